//! Background work on filters, in steps: those that should be in memory are read, and when a group of
//! volumes is complete, its filter is made. Errors are only logged: without a filter, a search reads
//! more and gives the same answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cache::OpenVolumes;
use crate::damage::Fault;
use crate::derived::{self, Derived, Of};
use crate::disk;
use crate::filters::Filters;
use crate::groups::VolumeGroup;
use crate::manifest::VolumeNumber;
use crate::merged::{Making, Whose, Writing};
use crate::sealed::Sealed;

/// The filter that is being made, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Merger {
    writing: Option<((Of, VolumeGroup), Writing)>,
    /// The volumes whose rows were made again for this, which is done once.
    repaired: BTreeSet<VolumeNumber>,
}

impl Merger {
    pub(crate) fn is_busy(&self) -> bool {
        self.writing.is_some()
    }

    /// Does a bounded piece of work, and returns whether there was one. After an error there is none until a
    /// volume is sealed or the log is opened again.
    pub(crate) fn step(
        &mut self,
        filters: &Filters,
        sealed: &[Arc<Sealed>],
        open: &OpenVolumes,
    ) -> bool {
        let is_stale = filters.take_stale();
        let loaded = is_stale.then(|| filters.load_one(sealed, open));
        if loaded.is_some_and(|loaded| {
            loaded.unwrap_or_else(|fault| self.repair(filters, sealed, &fault))
        }) {
            filters.changed();
            return true;
        }
        let done = match self.writing.take() {
            Some(writing) => self.go_on(filters, writing),
            None if is_stale => self.begin(filters, sealed, open),
            None => Ok(false),
        };
        done.unwrap_or_else(|fault| self.repair(filters, sealed, &fault))
    }

    fn go_on(
        &mut self,
        filters: &Filters,
        ((of, group), mut writing): ((Of, VolumeGroup), Writing),
    ) -> Result<bool, Fault> {
        match writing.step() {
            Ok(true) => filters.made((of, group)),
            Ok(false) => self.writing = Some(((of, group), writing)),
            Err(fault) => {
                writing.give_up();
                return Err(fault);
            }
        }
        Ok(true)
    }

    fn begin(
        &mut self,
        filters: &Filters,
        sealed: &[Arc<Sealed>],
        open: &OpenVolumes,
    ) -> Result<bool, Fault> {
        let Some((of, group)) = filters.lacking(sealed.len()) else {
            return Ok(false);
        };
        let volumes = sealed.get(group.places()).unwrap_or_default();
        let Some(whose) = Whose::new(of, volumes) else {
            return Ok(false);
        };
        let rows: Vec<Arc<Derived>> = volumes
            .iter()
            .map(|volume| volume.derived(|| open.store(volume)))
            .collect::<Result<_, _>>()?;
        let path = filters.path((of, group));
        disk::create_dirs(disk::around(&path))?;
        let writing = Writing::begin(&path, Making::new(whose, rows))?;
        self.writing = Some(((of, group), writing));
        Ok(true)
    }

    /// Removes damaged rows, which are made again at the next attempt; other errors are only logged. Returns
    /// whether there will be another attempt.
    fn repair(&mut self, filters: &Filters, sealed: &[Arc<Sealed>], fault: &Fault) -> bool {
        let volume = rows_of(sealed, fault);
        if let Some(volume) = volume.filter(|volume| self.repaired.insert(volume.number())) {
            match volume.discard_derived() {
                Ok(()) => {
                    tracing::warn!(volume = %volume.number(), ?fault, "index rows of a volume are damaged; no commit is lost, and they are rebuilt from the commits");
                    filters.changed();
                    return true;
                }
                Err(failed) => tracing::warn!(
                    ?failed,
                    "damaged rows were not removed; they are made again when they are needed"
                ),
            }
        }
        tracing::warn!(
            ?fault,
            "filters could not be created; searches take longer until the next attempt succeeds"
        );
        false
    }
}

/// The volume whose rows are damaged, if that is what happened.
fn rows_of<'a>(sealed: &'a [Arc<Sealed>], fault: &Fault) -> Option<&'a Sealed> {
    let Fault::Damage(damage) = fault else {
        return None;
    };
    let dir = damage.path.parent()?;
    let volume = sealed.iter().find(|volume| volume.dir == dir)?;
    disk::is_called(&damage.path, derived::NAME).then_some(volume)
}

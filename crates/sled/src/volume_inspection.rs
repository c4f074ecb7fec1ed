//! Inspection of what a data folder holds apart from sealed volumes: which volumes there are, what
//! their journals say, and whether `HEAD` agrees. It continues after what it finds wrong, and writes
//! nothing.

use std::path::Path;
use std::sync::Arc;

use plansync_log::Tip;
use plansync_log::backend::OpenError;

use crate::damage::{Damage, Failed};
use crate::disk;
use crate::head::{self, Head};
use crate::journal::{Access, Journal};
use crate::manifest::{Entry, Manifest, VolumeNumber};
use crate::recovery::{self, Found, Known};
use crate::shared::{volume_dir, volumes};
use crate::unsealed::{JOURNAL, Unsealed};

/// How a folder is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// By the process that will write to it.
    Own,
    /// For reading only, while no process has the log open.
    Alone,
    /// For reading only, while a process appends: up to `HEAD`.
    Beside,
}

/// What was found, and everything that is wrong with it, in order.
#[derive(Debug)]
pub(crate) struct VolumeInspection {
    pub(crate) found: Vec<Found>,
    pub(crate) wrong: Vec<OpenError>,
    /// The last commit that could be read.
    pub(crate) tip: Tip,
}

impl VolumeInspection {
    /// What was found, or the first error.
    pub(crate) fn whole(self) -> Result<Vec<Found>, OpenError> {
        self.wrong.into_iter().next().map_or(Ok(self.found), Err)
    }
}

/// Inspects the volumes that are not sealed. `head` is `None` if it could not be read.
pub(crate) fn inspect(
    dir: &Path,
    manifest: &Manifest,
    head: Option<&Head>,
    how: How,
) -> VolumeInspection {
    let mut inspection = VolumeInspection {
        found: Vec::new(),
        wrong: Vec::new(),
        tip: manifest.tip(),
    };
    let is_mine = head.map(|head| check_head(dir, manifest, head));
    let head = match is_mine {
        Some(Err(error)) => {
            inspection.wrong.push(error);
            None
        }
        Some(Ok(())) => head,
        None => None,
    };
    let is_whole = match numbers(&volumes(dir)) {
        Ok(numbers) => inspection.volumes(dir, manifest, head, how, &numbers),
        Err(failed) => {
            inspection.wrong.push(failed.into());
            false
        }
    };
    inspection.excuse_strays();
    match head {
        // What is missing is named already if something could not be read.
        Some(head) if is_whole && head.position > inspection.tip.position => {
            inspection.wrong.push(OpenError::Behind {
                head: head.position,
                tip: inspection.tip.position,
            });
        }
        _ => {}
    }
    inspection
}

impl VolumeInspection {
    /// Inspects every volume that should be there. Returns whether all that are not sealed were read.
    fn volumes(
        &mut self,
        dir: &Path,
        manifest: &Manifest,
        head: Option<&Head>,
        how: How,
        numbers: &[VolumeNumber],
    ) -> bool {
        let volumes = volumes(dir);
        let sealed = u64::try_from(manifest.sealed.len()).unwrap_or(u64::MAX);
        let last = numbers.last().map_or(0, |last| last.get()).max(sealed);
        let until = match how {
            How::Own | How::Alone => None,
            How::Beside => Some(head.map_or(self.tip.position, |head| head.position)),
        };
        let mut is_whole = true;
        for number in (1..=last).map(VolumeNumber::new) {
            let is_sealed = number < manifest.unsealed_from();
            if !is_sealed && until.is_some_and(|until| self.tip.position >= until) {
                break;
            }
            if numbers.binary_search(&number).is_err() {
                let path = volume_dir(&volumes, number);
                self.wrong
                    .push(Damage::new(&path, "the volume is missing").into());
                if !is_sealed {
                    return false;
                }
            } else if !is_sealed {
                let found = self.unsealed(&volumes, number, Known { head, until }, how, is_whole);
                is_whole &= found;
            }
        }
        is_whole
    }

    /// Inspects one volume. Its content is read only if it continues what was read before.
    fn unsealed(
        &mut self,
        volumes: &Path,
        number: VolumeNumber,
        known: Known<'_>,
        how: How,
        continues: bool,
    ) -> bool {
        let opened = open_unsealed(volumes, number, self.tip, how);
        let found = match opened {
            Ok(volume) if continues => recovery::find(Arc::new(volume), self.tip, known),
            Ok(_) => return false,
            Err(error) => Err(error),
        };
        match found {
            Ok(mut found) => {
                let damage = found.damage.take();
                let is_whole = damage.is_none();
                if let Some(error) = damage {
                    self.after_torn(error);
                }
                self.tip = found.content.tip;
                self.found.push(found);
                is_whole
            }
            Err(error) => {
                self.after_torn(error);
                false
            }
        }
    }

    /// Notes what is wrong with a volume. What the volume follows is most likely what is torn in the one before it.
    fn after_torn(&mut self, error: OpenError) {
        self.wrong.extend(self.torn().map(OpenError::from));
        self.wrong.push(error);
    }

    /// The remains of a group at the end of what was read, as damage: whole groups follow in a
    /// later volume, so these were whole once.
    fn torn(&self) -> Option<Damage> {
        let last = self.found.last()?;
        let what = format!(
            "the group at byte {} is not what was written, and a later volume is whole",
            last.torn?.from
        );
        Some(Damage::new(last.content.volume.journal.path(), what))
    }

    /// Remains in a volume that the next one follows without a gap are not those of a commit:
    /// nothing is missing.
    fn excuse_strays(&mut self) {
        let mut goes_on = false;
        for found in self.found.iter_mut().rev() {
            if goes_on && let Some(torn) = found.torn.take() {
                found.stray.get_or_insert(torn.from);
            }
            goes_on |= !found.content.is_empty();
        }
    }
}

/// The numbers of the volumes that have their names, in order.
pub(crate) fn numbers(volumes: &Path) -> Result<Vec<VolumeNumber>, Failed> {
    let entries = disk::entries(volumes)?;
    let mut numbers: Vec<VolumeNumber> = entries.iter().filter_map(|path| number(path)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// The number of the volume in this folder, if that is the name of one.
pub(crate) fn number(path: &Path) -> Option<VolumeNumber> {
    let name = path.file_name()?.to_str()?;
    let number = VolumeNumber::new(name.parse().ok()?);
    (number.to_string() == name && number.get() > 0).then_some(number)
}

fn open_unsealed(
    volumes: &Path,
    number: VolumeNumber,
    tip: Tip,
    how: How,
) -> Result<Unsealed, OpenError> {
    let dir = volume_dir(volumes, number);
    let access = match how {
        How::Own => Access::Write,
        How::Alone | How::Beside => Access::Read,
    };
    let journal = Journal::open(&dir.join(JOURNAL), tip.log, number, access)?;
    Ok(Unsealed::new(number, &dir, journal, None))
}

/// Whether `HEAD` is of this incarnation of this log, and knows the same volumes.
fn check_head(dir: &Path, manifest: &Manifest, head: &Head) -> Result<(), OpenError> {
    let path = dir.join(head::NAME);
    if head.log != manifest.log {
        return Err(OpenError::Foreign {
            path,
            found: head.log,
            expected: manifest.log,
        });
    }
    if head.incarnation != manifest.tip().incarnation {
        return Err(Damage::new(&path, "it belongs to another incarnation of this log").into());
    }
    let denies = |entry: &Entry| entry.last == head.position && entry.chain != head.chain;
    if manifest.sealed.iter().any(denies) {
        return Err(Damage::new(&path, "its chain differs from that of the manifest").into());
    }
    Ok(())
}

//! Which filters are in memory: the newest that have room. Each call reads one filter at most, so that
//! a step stays short.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use super::{FilterSlot, Filters};
use crate::cache::OpenVolumes;
use crate::damage::Fault;
use crate::derived::{Derived, Of};
use crate::groups::VolumeGroup;
use crate::merged::Merged;
use crate::sealed::Sealed;

/// Where a filter is read from.
enum FilterSource {
    Volume(Arc<Derived>),
    Group(Arc<Merged>),
}

/// The filters that should be in memory, and the first of them that is not.
#[derive(Default)]
struct Wanted {
    slots: BTreeSet<FilterSlot>,
    missing: Option<(FilterSlot, FilterSource)>,
}

impl Filters {
    /// Reads one filter into memory that should be there, and lets go of those that should not. Says
    /// whether there was one.
    pub(crate) fn load_one(
        &self,
        sealed: &[Arc<Sealed>],
        open: &OpenVolumes,
    ) -> Result<bool, Fault> {
        for of in Of::ALL {
            let wanted = self.wanted(sealed, open, of)?;
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            held.retain(|slot, _| slot.0 != of || wanted.slots.contains(slot));
            drop(held);
            let Some(source) = wanted.missing else {
                continue;
            };
            let blocks = match &source {
                (_, FilterSource::Volume(derived)) => derived.load_filter(of)?,
                (slot, FilterSource::Group(merged)) => merged
                    .load()
                    .inspect_err(|fault| self.unusable(*slot, fault))?,
            };
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            held.insert(source.0, Arc::new(blocks));
            return Ok(true);
        }
        Ok(false)
    }

    /// The filters that should be in memory, which are the newest that have room, and the first of
    /// them that is not.
    fn wanted(&self, sealed: &[Arc<Sealed>], open: &OpenVolumes, of: Of) -> Result<Wanted, Fault> {
        let mut left = match of {
            Of::Commands => self.command_bytes_max,
            Of::Streams => self.stream_bytes_max,
        };
        let mut wanted = Wanted::default();
        let mut groups = VolumeGroup::roots(sealed.len());
        while let Some(group) = groups.pop() {
            let slot = (of, group);
            let found = match self.source(sealed, open, slot) {
                // Newer ones are read first, whatever is wrong with this.
                Err(_) if wanted.missing.is_some() => break,
                found => found?,
            };
            let Some((source, bytes)) = found else {
                groups.extend(group.parts());
                continue;
            };
            if bytes > left {
                break;
            }
            left -= bytes;
            wanted.slots.insert(slot);
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if wanted.missing.is_none() && !held.contains_key(&slot) {
                wanted.missing = Some((slot, source));
            }
        }
        Ok(wanted)
    }

    /// Where a filter is read from and how many bytes it has, if there is one.
    fn source(
        &self,
        sealed: &[Arc<Sealed>],
        open: &OpenVolumes,
        slot: FilterSlot,
    ) -> Result<Option<(FilterSource, usize)>, Fault> {
        let (of, group) = slot;
        if group.level > 0 {
            let merged = self.merged(sealed, slot);
            return Ok(merged.map(|merged| {
                let bytes = merged.bytes();
                (FilterSource::Group(merged), bytes)
            }));
        }
        let Some(volume) = sealed.get(group.index) else {
            return Ok(None);
        };
        let derived = volume.derived(|| open.store(volume))?;
        let bytes = derived.filter_bytes(of);
        Ok(Some((FilterSource::Volume(derived), bytes)))
    }
}

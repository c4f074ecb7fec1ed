//! The filters of sealed volumes that are kept in memory, within a bound. It refuses to load what
//! nobody asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::damage::Fault;
use crate::derived::{Derived, Of};
use crate::filter::{self, Block};
use crate::index::Key;
use crate::manifest::VolumeNumber;

/// Filters by volume and kind. The newest volumes are preferred, because what is asked for is
/// mostly new.
#[derive(Debug)]
pub(crate) struct Filters {
    bytes_max: usize,
    held: RwLock<Held>,
}

#[derive(Debug, Default)]
struct Held {
    filters: BTreeMap<(VolumeNumber, bool), Arc<Vec<Block>>>,
    bytes: usize,
}

impl Filters {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            held: RwLock::default(),
        }
    }

    /// Whether the volume may have the key.
    pub(crate) fn may_hold(
        &self,
        volume: VolumeNumber,
        derived: &Derived,
        of: Of,
        key: Key,
    ) -> Result<bool, Fault> {
        let slot = (volume, of == Of::Commands);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(blocks) = held.filters.get(&slot) {
            return Ok(asked(blocks, key));
        }
        let has_room = held.has_room(slot, derived.filter_bytes(of), self.bytes_max);
        drop(held);
        if !has_room {
            return derived.may_hold(of, key);
        }
        let blocks = Arc::new(derived.load_filter(of)?);
        let answer = asked(&blocks, key);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.keep(slot, blocks, derived.filter_bytes(of), self.bytes_max);
        Ok(answer)
    }

    /// Forgets the filters of a volume whose rows were made again.
    pub(crate) fn forget(&self, volume: VolumeNumber) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.remove((volume, true));
        held.remove((volume, false));
    }
}

fn asked(blocks: &[Block], key: Key) -> bool {
    let count = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    let place = usize::try_from(filter::block_of(key, count)).unwrap_or_default();
    blocks
        .get(place)
        .is_some_and(|block| filter::may_hold(block, key))
}

impl Held {
    fn has_room(&self, slot: (VolumeNumber, bool), bytes: usize, bytes_max: usize) -> bool {
        let oldest = self.filters.keys().next();
        self.bytes + bytes <= bytes_max
            || (bytes <= bytes_max && oldest.is_some_and(|oldest| *oldest < slot))
    }

    fn keep(
        &mut self,
        slot: (VolumeNumber, bool),
        blocks: Arc<Vec<Block>>,
        bytes: usize,
        bytes_max: usize,
    ) {
        self.remove(slot);
        while self.bytes + bytes > bytes_max {
            match self.filters.keys().next().copied() {
                Some(oldest) if oldest < slot => self.remove(oldest),
                _ => return,
            }
        }
        self.bytes += bytes;
        self.filters.insert(slot, blocks);
    }

    fn remove(&mut self, slot: (VolumeNumber, bool)) {
        if let Some(blocks) = self.filters.remove(&slot) {
            self.bytes -= blocks.len() * filter::BLOCK_BYTES;
        }
    }
}

//! The databases of sealed volumes that are open; their number is bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::damage::Fault;
use crate::manifest::VolumeNumber;
use crate::sealed::Sealed;
use crate::store::Store;

/// The databases that were used last. Opening one blocks only those who need the same one.
#[derive(Debug)]
pub(crate) struct OpenVolumes {
    count_max: usize,
    cache_bytes: u64,
    slots: Mutex<VecDeque<Arc<CacheSlot>>>,
}

#[derive(Debug)]
struct CacheSlot {
    volume: VolumeNumber,
    store: Mutex<Option<Arc<Store>>>,
}

impl OpenVolumes {
    pub(crate) fn new(count_max: usize, cache_bytes: u64) -> Self {
        Self {
            count_max: count_max.max(1),
            cache_bytes,
            slots: Mutex::default(),
        }
    }

    /// The database of a sealed volume, opened if it is not.
    pub(crate) fn store(&self, sealed: &Sealed) -> Result<Arc<Store>, Fault> {
        let slot = self.slot(sealed.number());
        let mut held = slot.store.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = held.as_ref() {
            return Ok(Arc::clone(store));
        }
        let store = Arc::new(sealed.open_store(self.cache_bytes)?);
        *held = Some(Arc::clone(&store));
        Ok(store)
    }

    fn slot(&self, volume: VolumeNumber) -> Arc<CacheSlot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().position(|slot| slot.volume == volume);
        let slot = known
            .and_then(|index| slots.remove(index))
            .unwrap_or_else(|| {
                Arc::new(CacheSlot {
                    volume,
                    store: Mutex::default(),
                })
            });
        slots.push_front(Arc::clone(&slot));
        let kept = self.count_max.min(slots.len());
        let evicted = slots.split_off(kept);
        drop(slots);
        // Dropping a database flushes it and ends its threads. Nobody else has to wait for that.
        drop(evicted);
        slot
    }
}

//! The databases of sealed volumes that are open, or copies of them; their number is bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::damage::Fault;
use crate::manifest::VolumeNumber;
use crate::measures::Lookups;
use crate::sealed::Sealed;
use crate::store::Store;

/// The databases that were used last. Opening one blocks only those who need the same one.
#[derive(Debug)]
pub(crate) struct OpenVolumes<T = Store> {
    count_max: usize,
    cache_bytes: u64,
    slots: Mutex<VecDeque<Arc<CacheSlot<T>>>>,
    pub(crate) lookups: Lookups,
}

#[derive(Debug)]
struct CacheSlot<T> {
    volume: VolumeNumber,
    store: Mutex<Option<Arc<T>>>,
}

impl OpenVolumes {
    /// The database of a sealed volume, opened if it is not.
    pub(crate) fn store(&self, sealed: &Sealed) -> Result<Arc<Store>, Fault> {
        self.get(sealed, |cache_bytes| sealed.open_store(cache_bytes))
    }
}

impl<T> OpenVolumes<T> {
    pub(crate) fn new(count_max: usize, cache_bytes: u64) -> Self {
        Self {
            count_max: count_max.max(1),
            cache_bytes,
            slots: Mutex::default(),
            lookups: Lookups::default(),
        }
    }

    /// What is open of a sealed volume; if nothing is, what `open` opens with a cache of so many bytes.
    pub(crate) fn get(
        &self,
        sealed: &Sealed,
        open: impl FnOnce(u64) -> Result<T, Fault>,
    ) -> Result<Arc<T>, Fault> {
        let slot = self.slot(sealed.number());
        let mut held = slot.store.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = held.as_ref() {
            self.lookups.hits.count();
            return Ok(Arc::clone(store));
        }
        self.lookups.misses.count();
        let store = Arc::new(open(self.cache_bytes)?);
        *held = Some(Arc::clone(&store));
        Ok(store)
    }

    fn slot(&self, volume: VolumeNumber) -> Arc<CacheSlot<T>> {
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

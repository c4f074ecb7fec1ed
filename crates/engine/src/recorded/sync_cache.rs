//! A bounded cache of what was read from the log about syncs that have ended, which never changes again. The
//! least recently used entries are dropped.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_domain::ids::{SyncId, TenantId};
use plansync_log::Lookups;
use plansync_measures::Counter;

/// Bytes that the entries of one cache may take together.
pub(crate) const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Entries of a cache, if its owner sets no other bound.
const COUNT_MAX: usize = 64;

/// The name of a cache of what the log has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheName {
    /// The change sets of syncs that have ended.
    ChangeSets,
    /// Their targets.
    SyncTargets,
    /// What was decided of each target.
    SyncOutcomes,
    /// Short forms of their change sets, for events.
    SyncOutlines,
}

/// Values of one kind, one per sync, the most recently used last.
pub(crate) struct SyncCache<T> {
    items: Mutex<VecDeque<Item<T>>>,
    count_max: usize,
    hits: Counter,
    misses: Counter,
}

struct Item<T> {
    tenant: TenantId,
    sync: SyncId,
    value: Arc<T>,
    bytes: usize,
}

impl<T> Default for SyncCache<T> {
    fn default() -> Self {
        Self::of_at_most(COUNT_MAX)
    }
}

impl<T> SyncCache<T> {
    /// A cache for the values of at most so many syncs.
    pub(crate) fn of_at_most(count_max: usize) -> Self {
        Self {
            items: Mutex::default(),
            count_max,
            hits: Counter::default(),
            misses: Counter::default(),
        }
    }

    /// How often a value was cached when it was looked for, and how often it was not.
    pub(crate) fn lookups(&self) -> Lookups {
        Lookups {
            hits: self.hits.get(),
            misses: self.misses.get(),
        }
    }

    /// The cached value of a sync.
    pub(crate) fn get(&self, tenant: &TenantId, sync: SyncId) -> Option<Arc<T>> {
        let found = self.find(tenant, sync);
        match &found {
            Some(_) => self.hits.count(),
            None => self.misses.count(),
        }
        found
    }

    fn find(&self, tenant: &TenantId, sync: SyncId) -> Option<Arc<T>> {
        let mut items = self.lock();
        let is_wanted = |item: &Item<T>| item.sync == sync && item.tenant == *tenant;
        let index = items.iter().position(is_wanted)?;
        let found = items.remove(index)?;
        let value = Arc::clone(&found.value);
        items.push_back(found);
        Some(value)
    }

    /// Caches a value that takes so many bytes, and drops the least recently used ones to make room. A value
    /// that is larger than the cache is only returned.
    pub(crate) fn insert(&self, tenant: &TenantId, sync: SyncId, value: T, bytes: usize) -> Arc<T> {
        let value = Arc::new(value);
        if bytes > BYTES_MAX {
            return value;
        }
        let mut items = self.lock();
        items.retain(|item| item.sync != sync || item.tenant != *tenant);
        items.push_back(Item {
            tenant: tenant.clone(),
            sync,
            value: Arc::clone(&value),
            bytes,
        });
        let mut bytes: usize = items.iter().map(|item| item.bytes).sum();
        while items.len() > self.count_max || bytes > BYTES_MAX {
            let Some(oldest) = items.pop_front() else {
                break;
            };
            bytes = bytes.saturating_sub(oldest.bytes);
        }
        drop(items);
        value
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Item<T>>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn kept(sizes: &[usize], used_between: Option<u128>) -> Vec<u128> {
        let tenant: TenantId = "college".parse().unwrap();
        let sync = |number| SyncId::from_uuid(Uuid::from_u128(number));
        let kept = SyncCache::default();
        for (number, bytes) in (0..).zip(sizes) {
            kept.insert(&tenant, sync(number), number, *bytes);
            used_between.and_then(|used| kept.get(&tenant, sync(used)));
        }
        let all = (0..).take(sizes.len());
        all.filter(|number| kept.get(&tenant, sync(*number)).is_some())
            .collect()
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let third = BYTES_MAX / 3;
        assert_eq!(kept(&[third; 3], None), [0, 1, 2]);
        assert_eq!(kept(&[third; 5], None), [2, 3, 4]);
        assert_eq!(kept(&[third; 5], Some(0)), [0, 3, 4]);
        assert_eq!(kept(&[1; COUNT_MAX + 1], None).first(), Some(&1));
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        assert_eq!(kept(&[1, BYTES_MAX + 1], None), [0]);
    }
}

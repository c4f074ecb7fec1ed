//! What a sync replays, read back from the log: chunks and acceptance, through a bounded cache.
//!
//! The state keeps it only while the sync runs; the log keeps it for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plansync_domain::change_set::{ChangeSet, Entry};
use plansync_domain::event::Event;
use plansync_domain::ids::{SyncId, TenantId};
use plansync_domain::stream::Stream;
use plansync_domain::sync_state::SyncState;
use plansync_log::Version;

use crate::call::Refusal;
use crate::read::{Reading, understood};

/// Bytes of the log whose change sets are kept in memory.
const CACHE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Change sets that are kept in memory.
const CACHE_COUNT_MAX: usize = 64;

/// The change sets that were looked at lately, the latest last.
#[derive(Default)]
pub(crate) struct ChangeSets {
    held: Mutex<VecDeque<Held>>,
}

struct Held {
    tenant: TenantId,
    sync: SyncId,
    change_set: Arc<ChangeSet>,
    /// What it takes in the log.
    bytes: usize,
}

impl ChangeSets {
    fn get(&self, tenant: &TenantId, sync: SyncId) -> Option<Arc<ChangeSet>> {
        let mut held = self.lock();
        let index = held
            .iter()
            .position(|held| held.sync == sync && held.tenant == *tenant)?;
        let found = held.remove(index)?;
        let change_set = Arc::clone(&found.change_set);
        held.push_back(found);
        Some(change_set)
    }

    fn insert(&self, new: Held) {
        let mut held = self.lock();
        held.push_back(new);
        let mut bytes: usize = held.iter().map(|held| held.bytes).sum();
        while held.len() > CACHE_COUNT_MAX || bytes > CACHE_BYTES_MAX {
            let Some(oldest) = held.pop_front() else {
                return;
            };
            bytes = bytes.saturating_sub(oldest.bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading<'_> {
    /// What a sync replays.
    pub(crate) fn change_set(&self, sync: &SyncState) -> Result<Arc<ChangeSet>, Refusal> {
        if sync.is_running() {
            return Ok(Arc::clone(sync.change_set()));
        }
        if let Some(known) = self.engine.parts.change_sets.get(self.tenant_id, sync.id()) {
            return Ok(known);
        }
        let (change_set, bytes) = self.logged_change_set(sync)?;
        let change_set = Arc::new(change_set);
        self.engine.parts.change_sets.insert(Held {
            tenant: self.tenant_id.clone(),
            sync: sync.id(),
            change_set: Arc::clone(&change_set),
            bytes,
        });
        Ok(change_set)
    }

    /// The chunks stand right before the acceptance: they were written under one lock.
    fn logged_change_set(&self, sync: &SyncState) -> Result<(ChangeSet, usize), Refusal> {
        let stream = self.stream(&Stream::Sync(sync.id()));
        let last = sync.accepted_version();
        let mut next = last.saturating_sub(u64::from(sync.accepted().chunks));
        let mut entries = Vec::new();
        let mut bytes = 0;
        while next <= last {
            let version = Version::new(next);
            let count = usize::try_from(last - next)
                .unwrap_or(usize::MAX)
                .saturating_add(1);
            let commits = self.log().stream(&stream, version, count)?;
            if commits.is_empty() {
                let cause = format!("the log has no version {version} of {stream}");
                return Err(Refusal::Internal { cause });
            }
            for commit in &commits {
                bytes += commit.stored().len();
                next += 1;
                let events = understood(commit)?.events;
                entries.extend(events.into_iter().flat_map(entries_of));
            }
        }
        Ok((ChangeSet::new(entries), bytes))
    }
}

/// What an event holds of a change set.
fn entries_of(event: Event) -> Vec<Entry> {
    if let Event::ChangeSetChunk(chunk) = event {
        chunk.entries
    } else if let Event::SyncAccepted(accepted) = event {
        accepted.entries
    } else {
        Vec::new()
    }
}

//! Reads the change set of a sync that has ended from the log: its chunks and its acceptance. The state
//! holds it only while the sync runs.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{SyncId, TenantId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::fold_cache::ChangeSets;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::change_set::{self, ChangeSet};
use plansync_log::sealing::Keys;
use plansync_log::{Lookups, Read, Version};

use crate::call::Refusal;
use crate::naming::stream_id;
use crate::recorded::commit::decoded;
use crate::recorded::sync_cache::SyncCache;

/// Reads the change sets of syncs that have ended, and caches them.
pub(crate) struct ChangeSetReader {
    log: Arc<dyn Read>,
    keys: Arc<Keys>,
    cache: SyncCache<ChangeSet>,
}

impl ChangeSetReader {
    pub(crate) fn new(log: &Arc<dyn Read>, keys: &Arc<Keys>) -> Self {
        Self {
            log: Arc::clone(log),
            keys: Arc::clone(keys),
            cache: SyncCache::default(),
        }
    }

    /// How often a change set was cached.
    pub(crate) fn lookups(&self) -> Lookups {
        self.cache.lookups()
    }

    /// What a sync replays.
    pub(crate) fn change_set(
        &self,
        tenant: &TenantId,
        sync: &SyncState,
    ) -> Result<Arc<ChangeSet>, Refusal> {
        if sync.is_running() {
            return Ok(Arc::clone(sync.change_set()));
        }
        if let Some(known) = self.cache.get(tenant, sync.id()) {
            return Ok(known);
        }
        let (change_set, bytes) = self.logged(tenant, sync)?;
        Ok(self.cache.insert(tenant, sync.id(), change_set, bytes))
    }

    /// Adds the change set of a sync that has ended, unless it is there already.
    pub(crate) fn add_to(
        &self,
        change_sets: &mut ChangeSets,
        (tenant_id, tenant): (&TenantId, &Tenant),
        sync: SyncId,
    ) -> Result<(), Refusal> {
        let Some(state) = tenant.sync(sync) else {
            return Ok(());
        };
        if let Entry::Vacant(unknown) = change_sets.entry(sync) {
            unknown.insert(self.change_set(tenant_id, state)?);
        }
        Ok(())
    }

    /// The chunks precede the acceptance directly in the stream: they were committed under one lock.
    fn logged(&self, tenant: &TenantId, sync: &SyncState) -> Result<(ChangeSet, usize), Refusal> {
        let stream = stream_id(tenant, &Stream::Sync(sync.id()));
        let last = sync.facts().accepted_version;
        let mut next = last.saturating_sub(u64::from(sync.facts().chunks));
        let mut entries = Vec::new();
        let mut bytes = 0;
        while next <= last {
            let version = Version::new(next);
            let count = usize::try_from(last - next)
                .unwrap_or(usize::MAX)
                .saturating_add(1);
            let commits = self.log.stream(&stream, version, count)?;
            if commits.is_empty() {
                let problem = format!("the log has no version {version} of {stream}");
                return Err(Refusal::internal(problem));
            }
            for commit in &commits {
                bytes += commit.stored().len();
                next += 1;
                let events = decoded(commit, &self.keys)?.events;
                entries.extend(events.into_iter().flat_map(entries_of));
            }
        }
        Ok((ChangeSet::new(entries), bytes))
    }
}

/// The entries of a change set that an event holds.
fn entries_of(event: Event) -> Vec<change_set::Entry> {
    if let Event::ChangeSetChunk(chunk) = event {
        chunk.entries
    } else if let Event::SyncAccepted(accepted) = event {
        accepted.entries
    } else {
        Vec::new()
    }
}

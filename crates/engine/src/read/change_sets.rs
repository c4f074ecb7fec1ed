//! What a sync replays, read back from the log: chunks and acceptance, kept for a while.
//!
//! The state keeps it only while the sync runs; the log keeps it for ever.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::change_set::{ChangeSet, Entry};
use plansync_log::Version;

use crate::call::Refusal;
use crate::engine::Engine;
use crate::naming::stream_id;
use crate::read::{Reading, understood};

impl Reading<'_> {
    /// What a sync replays.
    pub(super) fn change_set(&self, sync: &SyncState) -> Result<Arc<ChangeSet>, Refusal> {
        self.engine.change_set(self.tenant_id, sync)
    }
}

impl Engine {
    /// What a sync replays.
    pub(crate) fn change_set(
        &self,
        tenant: &TenantId,
        sync: &SyncState,
    ) -> Result<Arc<ChangeSet>, Refusal> {
        if sync.is_running() {
            return Ok(Arc::clone(sync.change_set()));
        }
        let kept = &self.parts.look_back.change_sets;
        if let Some(known) = kept.get(tenant, sync.id()) {
            return Ok(known);
        }
        let (change_set, bytes) = self.logged_change_set(tenant, sync)?;
        Ok(kept.insert(tenant, sync.id(), change_set, bytes))
    }

    /// The chunks stand right before the acceptance: they were written under one lock.
    fn logged_change_set(
        &self,
        tenant: &TenantId,
        sync: &SyncState,
    ) -> Result<(ChangeSet, usize), Refusal> {
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

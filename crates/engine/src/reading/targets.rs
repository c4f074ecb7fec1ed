//! Finds the targets of a sync, and which of them are done. While the sync runs, they are in the state; once
//! it has ended, they are read from the log: from its acceptance and the commits of its targets.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::status::SyncStatus;
use plansync_log::{CommandKey, CommandScope, Position};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::ended_syncs::Targets;

impl Reading<'_> {
    /// The targets of a sync.
    pub(crate) fn targets(&self, sync: &SyncState) -> Result<Arc<Targets>, Refusal> {
        if let Some(targets) = sync.targets() {
            return Ok(Arc::new(Targets::of(targets)));
        }
        let kept = &self.readings.ended.targets;
        if let Some(known) = kept.get(self.tenant_id, sync.id()) {
            return Ok(known);
        }
        let targets = self.logged_targets(sync)?;
        let bytes = targets.bytes();
        Ok(kept.insert(self.tenant_id, sync.id(), targets, bytes))
    }

    fn logged_targets(&self, sync: &SyncState) -> Result<Targets, Refusal> {
        let facts = sync.facts();
        let acceptance = self.commit(&Stream::Sync(sync.id()), facts.accepted_version)?;
        let mut events = self.decoded(&acceptance)?.events.into_iter();
        let learners = events.find_map(|event| {
            if let Event::SyncAccepted(accepted) = event {
                Some(accepted.learners)
            } else {
                None
            }
        });
        let learners = learners.ok_or_else(|| {
            Refusal::internal(format!("the log has no acceptance of sync {}", sync.id()))
        })?;
        let source = sync.updates_source().then_some(facts.source);
        // If the sync completed, every target is done.
        let ends_early = sync.status() == SyncStatus::Cancelled;
        let known = source.into_iter().chain(learners).map(|target| {
            let is_done = !ends_early || self.target_position(sync, target)?.is_some();
            Ok::<_, Refusal>((target, is_done))
        });
        Ok(Targets::of(
            known.collect::<Result<Vec<_>, _>>()?.into_iter(),
        ))
    }

    /// The position of a target's commit, if there is one.
    pub(crate) fn target_position(
        &self,
        sync: &SyncState,
        target: LearnerId,
    ) -> Result<Option<Position>, Refusal> {
        let key = CommandKey {
            scope: CommandScope::Engine,
            id: sync.id().of_target(target),
        };
        Ok(self.log().command(self.tenant_id.as_str(), key)?)
    }
}

//! Who the targets of a sync are, and which of them are done: while it runs the state knows, and once
//! it has ended the log: its acceptance, and a commit of each target that it reached.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::status::SyncStatus;
use plansync_log::{CommandKey, CommandScope, Position};

use crate::call::Refusal;
use crate::read::{Reading, internal, understood};

/// The targets of one sync.
pub(crate) struct Targets {
    /// By learner id, each once, the updated source among them: who, and whether they are done.
    by_id: Vec<(LearnerId, bool)>,
}

impl Targets {
    fn of(targets: impl Iterator<Item = (LearnerId, bool)>) -> Self {
        let mut by_id: Vec<_> = targets.collect();
        by_id.sort_unstable();
        by_id.dedup_by_key(|(learner, _)| *learner);
        Self { by_id }
    }

    /// All of them by id, and whether each is done.
    pub(super) fn iter(&self) -> impl Iterator<Item = (LearnerId, bool)> + '_ {
        self.by_id.iter().copied()
    }

    fn bytes(&self) -> usize {
        self.by_id
            .len()
            .saturating_mul(size_of::<(LearnerId, bool)>())
    }
}

impl Reading<'_> {
    /// The targets of a sync.
    pub(super) fn targets(&self, sync: &SyncState) -> Result<Arc<Targets>, Refusal> {
        if let Some(targets) = sync.targets() {
            return Ok(Arc::new(Targets::of(targets)));
        }
        let kept = &self.engine.parts.look_back.targets;
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
        let mut events = understood(&acceptance)?.events.into_iter();
        let learners = events.find_map(|event| {
            if let Event::SyncAccepted(accepted) = event {
                Some(accepted.learners)
            } else {
                None
            }
        });
        let learners = learners
            .ok_or_else(|| internal(format!("the log has no acceptance of sync {}", sync.id())))?;
        let source = sync.updates_source().then_some(facts.source);
        // Of a completed sync, everybody is done.
        let ends_early = sync.status() == SyncStatus::Cancelled;
        let known = source.into_iter().chain(learners).map(|target| {
            let is_done = !ends_early || self.target_position(sync, target)?.is_some();
            Ok::<_, Refusal>((target, is_done))
        });
        Ok(Targets::of(
            known.collect::<Result<Vec<_>, _>>()?.into_iter(),
        ))
    }

    /// Where the commit of one target stands, if there is one.
    pub(super) fn target_position(
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

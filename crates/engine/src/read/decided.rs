//! What was decided of each target of a sync, read back from the target's own commit.
//!
//! Nothing is judged again. Pair outcomes stay the few runs that the log keeps of them.

use std::collections::HashMap;
use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::LearnerId;
use plansync_domain::judging::judge::skipped;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::change_set::ChangeSet;
use plansync_domain::sync::pair_outcome::{Outcome, Reason};
use plansync_domain::sync::pair_outcomes::{OutcomeRun, PairOutcomes};

use crate::call::Refusal;
use crate::read::look_back::BYTES_MAX;
use crate::read::{Reading, understood};

/// What was decided of one target.
#[derive(Debug, Clone)]
pub(crate) struct DecidedTarget {
    /// One pair outcome a component, in the change set's order.
    pub(super) pair_outcomes: PairOutcomes,
    /// What went wrong, where a pair outcome is `failed`.
    pub(super) cause: Option<String>,
}

impl DecidedTarget {
    /// P8: such a row tells nothing that was not in the request, or in the preview that it confirmed.
    pub(super) fn says_only_that_it_was_given(&self, sync: &SyncState) -> bool {
        let unavailable = Outcome::Skipped(Reason::LearnerNotAvailable);
        let mut runs = self.pair_outcomes.runs().iter();
        sync.facts().lists_learners && runs.all(|run| run.pair_outcome.outcome() == unavailable)
    }

    fn bytes(&self) -> usize {
        let runs = self
            .pair_outcomes
            .runs()
            .len()
            .saturating_mul(size_of::<OutcomeRun>());
        runs + self.cause.as_ref().map_or(0, String::len) + size_of::<(LearnerId, Arc<Self>)>()
    }
}

/// What was decided of every target that a sync reached.
pub(crate) type DecidedTargets = HashMap<LearnerId, Arc<DecidedTarget>>;

impl Reading<'_> {
    /// What was decided of all targets of a sync that has ended; none if that is too much to
    /// hold at once, or may still grow.
    pub(super) fn decided_targets(
        &self,
        sync: &SyncState,
    ) -> Result<Option<Arc<DecidedTargets>>, Refusal> {
        if sync.is_running() {
            return Ok(None);
        }
        let kept = &self.engine.parts.look_back.decided;
        if let Some(known) = kept.get(self.tenant_id, sync.id()) {
            return Ok(Some(known));
        }
        let mut all = DecidedTargets::new();
        let mut bytes = 0_usize;
        let targets = self.targets(sync)?;
        let done = targets.iter().filter(|(_, is_done)| *is_done);
        for (target, _) in done {
            let decided = self.replayed(sync, target)?;
            bytes = bytes.saturating_add(decided.bytes());
            if bytes > BYTES_MAX {
                return Ok(None);
            }
            all.insert(target, Arc::new(decided));
        }
        Ok(Some(kept.insert(self.tenant_id, sync.id(), all, bytes)))
    }

    /// What was decided of one target, which is done or not; `cancelled`, if the sync was stopped before
    /// its turn.
    pub(super) fn decided_target(
        &self,
        sync: &SyncState,
        change_set: &ChangeSet,
        (target, is_done): (LearnerId, bool),
    ) -> Result<DecidedTarget, Refusal> {
        if is_done {
            return self.replayed(sync, target);
        }
        Ok(DecidedTarget {
            pair_outcomes: skipped(change_set, Reason::Cancelled),
            cause: None,
        })
    }

    fn replayed(&self, sync: &SyncState, target: LearnerId) -> Result<DecidedTarget, Refusal> {
        let position = self.target_position(sync, target)?;
        let commits = position.map(|position| self.log().read(position, 1));
        for commit in commits.transpose()?.iter().flatten() {
            let mut events = understood(commit)?.events.into_iter();
            if let Some(found) = events.find_map(of_target) {
                return Ok(found);
            }
        }
        Err(Refusal::Internal {
            cause: format!(
                "the log has no commit of learner {target} for sync {}",
                sync.id()
            ),
        })
    }
}

fn of_target(event: Event) -> Option<DecidedTarget> {
    if let Event::TargetReplayed(TargetReplayed {
        pair_outcomes,
        cause,
        ..
    }) = event
    {
        Some(DecidedTarget {
            pair_outcomes,
            cause,
        })
    } else {
        None
    }
}

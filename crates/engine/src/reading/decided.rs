//! Reads what was decided of each target of a sync from the target's own commit. Nothing is judged again, and
//! pair outcomes stay the few runs in which the log stores them.

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::LearnerId;
use plansync_domain::judging::judge::skipped;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::change_set::ChangeSet;
use plansync_domain::sync::pair_outcome::Reason;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::ended_syncs::{DecidedTarget, DecidedTargets};
use crate::recorded::sync_cache::BYTES_MAX;

impl Reading<'_> {
    /// What was decided of all targets of a sync; `None` if the sync is still running, or if that is too
    /// large to be held.
    pub(super) fn decided_targets(
        &self,
        sync: &SyncState,
    ) -> Result<Option<Arc<DecidedTargets>>, Refusal> {
        if sync.is_running() {
            return Ok(None);
        }
        let kept = &self.readings.ended.decided;
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

    /// What was decided of one target; `cancelled` if the target is not done, because the sync was cancelled
    /// before.
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
            let mut events = self.decoded(commit)?.events.into_iter();
            if let Some(found) = events.find_map(of_target) {
                return Ok(found);
            }
        }
        Err(Refusal::internal(format!(
            "the log has no commit of learner {target} for sync {}",
            sync.id()
        )))
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

//! What readers cache about syncs that have ended: their targets, what was decided of each, and outlines of
//! their change sets.

use std::collections::HashMap;
use std::sync::Arc;

use plansync_domain::history::target_told::Outline;
use plansync_domain::ids::LearnerId;
use plansync_domain::progress::state::SyncState;
use plansync_domain::sync::pair_outcome::{Outcome, Reason};
use plansync_domain::sync::pair_outcomes::{OutcomeRun, PairOutcomes};
use plansync_log::Lookups;

use crate::recorded::sync_cache::{CacheName, SyncCache};

/// Outlines are small, and the relay must not read one again for each target of many syncs.
const OUTLINES_MAX: usize = 1_024;

/// Caches about ended syncs.
pub(super) struct EndedSyncs {
    pub(super) targets: SyncCache<Targets>,
    pub(super) decided: SyncCache<DecidedTargets>,
    pub(super) outlines: SyncCache<Outline>,
}

impl EndedSyncs {
    /// How often each cache had what was looked for.
    pub(super) fn lookups(&self) -> [(CacheName, Lookups); 3] {
        [
            (CacheName::SyncTargets, self.targets.lookups()),
            (CacheName::SyncOutcomes, self.decided.lookups()),
            (CacheName::SyncOutlines, self.outlines.lookups()),
        ]
    }
}

impl Default for EndedSyncs {
    fn default() -> Self {
        Self {
            targets: SyncCache::default(),
            decided: SyncCache::default(),
            outlines: SyncCache::of_at_most(OUTLINES_MAX),
        }
    }
}

/// The targets of one sync.
pub(crate) struct Targets {
    /// By learner id, each once, with the updated source: who, and whether the target is done.
    by_id: Vec<(LearnerId, bool)>,
}

impl Targets {
    pub(super) fn of(targets: impl Iterator<Item = (LearnerId, bool)>) -> Self {
        let mut by_id: Vec<_> = targets.collect();
        by_id.sort_unstable();
        by_id.dedup_by_key(|(learner, _)| *learner);
        Self { by_id }
    }

    /// All of them by id, and whether each is done.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (LearnerId, bool)> + '_ {
        self.by_id.iter().copied()
    }

    pub(super) fn bytes(&self) -> usize {
        self.by_id
            .len()
            .saturating_mul(size_of::<(LearnerId, bool)>())
    }
}

/// What was decided of one target.
#[derive(Debug, Clone)]
pub(super) struct DecidedTarget {
    /// One pair outcome a component, in the change set's order.
    pub(super) pair_outcomes: PairOutcomes,
    /// What went wrong, where a pair outcome is `failed`.
    pub(super) cause: Option<String>,
}

impl DecidedTarget {
    /// P8: such a row shows nothing that was not in the request or in the preview that it confirmed.
    pub(super) fn says_only_that_it_was_given(&self, sync: &SyncState) -> bool {
        let unavailable = Outcome::Skipped(Reason::LearnerNotAvailable);
        let mut runs = self.pair_outcomes.runs().iter();
        sync.facts().lists_learners && runs.all(|run| run.pair_outcome.outcome() == unavailable)
    }

    pub(super) fn bytes(&self) -> usize {
        let runs = self
            .pair_outcomes
            .runs()
            .len()
            .saturating_mul(size_of::<OutcomeRun>());
        runs + self.cause.as_ref().map_or(0, String::len) + size_of::<(LearnerId, Arc<Self>)>()
    }
}

/// What was decided of every target that a sync reached.
pub(super) type DecidedTargets = HashMap<LearnerId, Arc<DecidedTarget>>;

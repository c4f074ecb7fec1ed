//! What is counted of syncs and their targets.

use plansync_domain::sync::pair_outcome::{Outcome, Reason};
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_measures::Counter;

/// The number of outcomes that the code of a pair outcome has room for.
const OUTCOMES_MAX: usize = 64;

/// What is counted of syncs and their targets, since the engine was opened.
pub(super) struct SyncMeasures {
    pub(super) accepted: Counter,
    pub(super) completed: Counter,
    pub(super) cancelled: Counter,
    targets: Counter,
    /// By the number of the outcome.
    pairs: [Counter; OUTCOMES_MAX],
}

/// What was counted of syncs since the engine was opened, and how many there are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncsMeasured {
    /// Syncs that were accepted.
    pub accepted: u64,
    /// Syncs whose last target was done.
    pub completed: u64,
    /// Syncs that were cancelled.
    pub cancelled: u64,
    /// Targets that were done.
    pub targets: u64,
    /// The pairs of these targets, by outcome; those that did not occur, too.
    pub pairs: Vec<(Outcome, u64)>,
    /// Targets that wait for a worker now.
    pub targets_waiting: usize,
    /// Targets that an earlier sync must do first.
    pub targets_held: usize,
    /// Syncs whose targets that are left are all held.
    pub syncs_held: usize,
}

impl SyncMeasures {
    pub(super) fn new() -> Self {
        Self {
            accepted: Counter::default(),
            completed: Counter::default(),
            cancelled: Counter::default(),
            targets: Counter::default(),
            pairs: std::array::from_fn(|_| Counter::default()),
        }
    }

    /// Counts a target that was committed.
    pub(super) fn count_target(&self, pair_outcomes: &PairOutcomes) {
        self.targets.count();
        for run in pair_outcomes.runs() {
            if let Some(counter) = self.pairs.get(place(run.pair_outcome.outcome())) {
                counter.add(u64::from(run.count));
            }
        }
    }

    pub(super) fn targets(&self) -> u64 {
        self.targets.get()
    }

    /// How many pairs had each outcome.
    pub(super) fn pairs(&self) -> Vec<(Outcome, u64)> {
        let reasons = Reason::ALL.iter().copied().map(Outcome::Skipped);
        let outcomes = [Outcome::Applied, Outcome::Unchanged].into_iter();
        let counted = |outcome| {
            let counter = self.pairs.get(place(outcome));
            (outcome, counter.map_or(0, Counter::get))
        };
        outcomes.chain(reasons).map(counted).collect()
    }
}

/// The number of an outcome, as in the code of a pair outcome.
fn place(outcome: Outcome) -> usize {
    usize::from(match outcome {
        Outcome::Applied => 0,
        Outcome::Unchanged => 1,
        Outcome::Skipped(reason) => reason.code(),
    })
}

#[cfg(test)]
mod tests {
    use plansync_domain::sync::pair_outcome::{Action, OwnerEffect, PairOutcome};

    use super::*;

    #[test]
    fn every_outcome_is_counted_in_a_place_of_its_own() {
        let measures = SyncMeasures::new();
        let reasons = Reason::ALL.iter().map(|reason| Outcome::Skipped(*reason));
        for outcome in [Outcome::Applied, Outcome::Unchanged]
            .into_iter()
            .chain(reasons)
        {
            let before = measures.pairs();
            let pair = match outcome {
                Outcome::Applied => PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false),
                Outcome::Unchanged => PairOutcome::unchanged(Action::Synchronise),
                Outcome::Skipped(reason) => PairOutcome::skipped(Action::Create, reason),
            };
            measures.count_target(&[pair, pair].into_iter().collect());
            let expected = before
                .into_iter()
                .map(|(known, count)| (known, count + if known == outcome { 2 } else { 0 }));
            assert_eq!(measures.pairs(), expected.collect::<Vec<_>>());
        }
        let all = u64::try_from(Reason::ALL.len()).unwrap() + 2;
        assert_eq!(measures.targets(), all);
    }
}

//! The components of a sync that no learner has received so far. If that is still so when the sync
//! ends, they are preselected again (C7).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sync::pair_outcomes::{OutcomeRun, PairOutcomes};

/// The components of which no pair was applied or unchanged. A clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Unreached {
    /// Their indexes in the change set, ascending.
    places: Arc<Vec<u32>>,
}

impl Unreached {
    /// All components of a change set of this size.
    pub(crate) fn all(count: usize) -> Self {
        let places = (0..).take(count).collect();
        Self {
            places: Arc::new(places),
        }
    }

    /// One more target was judged. In most syncs the first target reaches every component, or no later
    /// one reaches any more.
    pub(crate) fn judged(&mut self, pair_outcomes: &PairOutcomes) {
        if self.places.is_empty() || !pair_outcomes.runs().iter().any(reaches) {
            return;
        }
        let mut runs = pair_outcomes.runs().iter();
        let (mut until, mut is_reached) = (0_u32, false);
        let left = self.places.iter().copied().filter(|place| {
            while until <= *place {
                let Some(run) = runs.next() else {
                    return true;
                };
                until = until.saturating_add(run.count);
                is_reached = reaches(run);
            }
            !is_reached
        });
        let left: Vec<u32> = left.collect();
        if left.len() < self.places.len() {
            self.places = Arc::new(left);
        }
    }

    /// Their indexes in the change set.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let places = self.places.iter();
        places.filter_map(|place| usize::try_from(*place).ok())
    }
}

fn reaches(run: &OutcomeRun) -> bool {
    run.pair_outcome.outcome().reason().is_none()
}

//! Every learner's plan: here, or away, where only its version is known.
//!
//! Owns which is which. Refuses to know where a plan that is away is kept, and who fetches it: an
//! engine holds only as many plans as its memory is to take, and the log has all of them.

use std::sync::{Arc, LazyLock};

use crate::ids::LearnerId;
use crate::plan::Plan;
use crate::version::Version;

/// The plan of everybody for whom nothing was added yet.
static EMPTY_PLAN: LazyLock<Arc<Plan>> = LazyLock::new(Arc::default);

/// The plans of a tenant. A clone is cheap.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    by_learner: imbl::HashMap<LearnerId, Kept>,
}

#[derive(Debug, Clone)]
enum Kept {
    Here(Arc<Plan>),
    Away(Version),
}

impl Plans {
    /// The plan of a learner: empty, at version zero, as long as nothing was added to it.
    ///
    /// # Panics
    ///
    /// Where the plan is away: whoever decides on plans fetches them first.
    pub fn get(&self, learner: LearnerId) -> &Arc<Plan> {
        match self.by_learner.get(&learner) {
            None => &EMPTY_PLAN,
            Some(Kept::Here(plan)) => plan,
            Some(Kept::Away(version)) => {
                unreachable!("the plan of {learner} is away, at version {version}")
            }
        }
    }

    /// How many commits a learner's plan has, here or away.
    pub fn version(&self, learner: LearnerId) -> Version {
        match self.by_learner.get(&learner) {
            None => Version::ZERO,
            Some(Kept::Here(plan)) => plan.version(),
            Some(Kept::Away(version)) => *version,
        }
    }

    /// Whether a learner's plan can be looked at.
    pub fn is_here(&self, learner: LearnerId) -> bool {
        !matches!(self.by_learner.get(&learner), Some(Kept::Away(_)))
    }

    /// The plans that are here, and were ever changed.
    pub fn here(&self) -> impl Iterator<Item = (LearnerId, &Arc<Plan>)> {
        self.by_learner
            .iter()
            .filter_map(|(learner, kept)| match kept {
                Kept::Here(plan) => Some((*learner, plan)),
                Kept::Away(_) => None,
            })
    }

    /// The version of every plan that was ever changed.
    pub fn versions(&self) -> impl Iterator<Item = (LearnerId, Version)> {
        self.by_learner
            .keys()
            .map(|learner| (*learner, self.version(*learner)))
    }

    pub(crate) fn put(&mut self, learner: LearnerId, plan: Arc<Plan>) {
        self.by_learner.insert(learner, Kept::Here(plan));
    }

    pub(crate) fn put_away(&mut self, learner: LearnerId, version: Version) {
        self.by_learner.insert(learner, Kept::Away(version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::learner;

    #[test]
    fn a_plan_that_is_away_keeps_its_version() {
        let mut plans = Plans::default();
        assert_eq!(plans.version(learner(1)), Version::ZERO);
        assert!(plans.is_here(learner(1)));
        plans.put_away(learner(1), Version::new(7));
        assert_eq!(plans.version(learner(1)), Version::new(7));
        assert!(!plans.is_here(learner(1)));
        assert_eq!(plans.here().count(), 0);
        plans.put(learner(1), Arc::default());
        assert!(plans.get(learner(1)).is_empty());
        let versions: Vec<_> = plans.versions().collect();
        assert_eq!(versions, [(learner(1), Version::ZERO)]);
    }

    #[test]
    #[should_panic(expected = "is away, at version 7")]
    fn nobody_takes_a_plan_that_is_away_for_an_empty_one() {
        let mut plans = Plans::default();
        plans.put_away(learner(1), Version::new(7));
        plans.get(learner(1));
    }
}

//! Every learner's plan: here, or away, where only its version is known.
//!
//! Owns which is which. Refuses to know where a plan that is away is kept, and who fetches it: an
//! engine holds only as many plans as its memory is to take, and the log has all of them.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::ids::LearnerId;
use crate::ids::version::Version;
use crate::plan::Plan;
use crate::plan::away::Away;

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
    /// # Errors
    ///
    /// [`Away`], where it must be fetched first.
    pub fn get(&self, learner: LearnerId) -> Result<&Arc<Plan>, Away> {
        match self.by_learner.get(&learner) {
            None => Ok(&EMPTY_PLAN),
            Some(Kept::Here(plan)) => Ok(plan),
            Some(Kept::Away(_)) => Err(Away { learner }),
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

    /// The plan of a learner, if it is here and has this version.
    pub(crate) fn here_at(&self, learner: LearnerId, version: Version) -> Option<&Arc<Plan>> {
        let here = self.get(learner).ok();
        here.filter(|plan| plan.version() == version)
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

    /// Those of these learners alone.
    pub(crate) fn only(&self, learners: &BTreeSet<LearnerId>) -> Self {
        let kept = |learner: &LearnerId| Some((*learner, self.by_learner.get(learner)?.clone()));
        Self {
            by_learner: learners.iter().filter_map(kept).collect(),
        }
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
    use crate::test_support::learner;

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
        assert!(plans.get(learner(1)).unwrap().is_empty());
        let versions: Vec<_> = plans.versions().collect();
        assert_eq!(versions, [(learner(1), Version::ZERO)]);
    }

    #[test]
    fn nobody_takes_a_plan_that_is_away_for_an_empty_one() {
        let mut plans = Plans::default();
        plans.put_away(learner(1), Version::new(7));
        let learner = learner(1);
        assert_eq!(plans.get(learner).unwrap_err(), Away { learner });
    }
}

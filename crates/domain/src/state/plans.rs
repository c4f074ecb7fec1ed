//! The plans of all learners. A plan is resident, or only its version is known: an engine holds
//! only as many plans as its memory allows, and the log has all of them.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::ids::LearnerId;
use crate::ids::version::Version;
use crate::plan::Plan;
use crate::plan::not_resident::NotResident;

/// The plan of every learner to whom nothing was added.
static EMPTY_PLAN: LazyLock<Arc<Plan>> = LazyLock::new(Arc::default);

/// The plans of a tenant. A clone is cheap.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    by_learner: imbl::HashMap<LearnerId, Kept>,
}

#[derive(Debug, Clone)]
enum Kept {
    Resident(Arc<Plan>),
    NotResident(Version),
}

impl Plans {
    /// The plan of a learner: empty and at version zero if nothing was added to it.
    ///
    /// # Errors
    ///
    /// [`NotResident`] if it must be fetched first.
    pub fn get(&self, learner: LearnerId) -> Result<&Arc<Plan>, NotResident> {
        match self.by_learner.get(&learner) {
            None => Ok(&EMPTY_PLAN),
            Some(Kept::Resident(plan)) => Ok(plan),
            Some(Kept::NotResident(_)) => Err(NotResident { learner }),
        }
    }

    /// The number of commits on a learner's plan, resident or not.
    pub fn version(&self, learner: LearnerId) -> Version {
        match self.by_learner.get(&learner) {
            None => Version::ZERO,
            Some(Kept::Resident(plan)) => plan.version(),
            Some(Kept::NotResident(version)) => *version,
        }
    }

    /// Whether a learner's plan is resident.
    pub fn is_resident(&self, learner: LearnerId) -> bool {
        !matches!(self.by_learner.get(&learner), Some(Kept::NotResident(_)))
    }

    /// The plan of a learner, if it is resident and has this version.
    pub(crate) fn resident_at(&self, learner: LearnerId, version: Version) -> Option<&Arc<Plan>> {
        let plan = self.get(learner).ok();
        plan.filter(|plan| plan.version() == version)
    }

    /// The plans that are resident and have commits.
    pub fn resident(&self) -> impl Iterator<Item = (LearnerId, &Arc<Plan>)> {
        self.by_learner
            .iter()
            .filter_map(|(learner, kept)| match kept {
                Kept::Resident(plan) => Some((*learner, plan)),
                Kept::NotResident(_) => None,
            })
    }

    /// The number of plans that have commits, resident or not.
    pub fn count(&self) -> usize {
        self.by_learner.len()
    }

    /// The version of every plan that has commits.
    pub fn versions(&self) -> impl Iterator<Item = (LearnerId, Version)> {
        self.by_learner
            .keys()
            .map(|learner| (*learner, self.version(*learner)))
    }

    /// The same with only the plans of these learners.
    pub(crate) fn only(&self, learners: &BTreeSet<LearnerId>) -> Self {
        let kept = |learner: &LearnerId| Some((*learner, self.by_learner.get(learner)?.clone()));
        Self {
            by_learner: learners.iter().filter_map(kept).collect(),
        }
    }

    pub(crate) fn put(&mut self, learner: LearnerId, plan: Arc<Plan>) {
        self.by_learner.insert(learner, Kept::Resident(plan));
    }

    pub(crate) fn evict(&mut self, learner: LearnerId, version: Version) {
        self.by_learner.insert(learner, Kept::NotResident(version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::learner;

    #[test]
    fn a_plan_that_is_not_resident_keeps_its_version() {
        let mut plans = Plans::default();
        assert_eq!(plans.version(learner(1)), Version::ZERO);
        assert!(plans.is_resident(learner(1)));
        plans.evict(learner(1), Version::new(7));
        assert_eq!(plans.version(learner(1)), Version::new(7));
        assert!(!plans.is_resident(learner(1)));
        assert_eq!(plans.resident().count(), 0);
        plans.put(learner(1), Arc::default());
        assert!(plans.get(learner(1)).unwrap().is_empty());
        let versions: Vec<_> = plans.versions().collect();
        assert_eq!(versions, [(learner(1), Version::ZERO)]);
    }

    #[test]
    fn nobody_takes_a_plan_that_is_not_resident_for_an_empty_one() {
        let mut plans = Plans::default();
        plans.evict(learner(1), Version::new(7));
        let learner = learner(1);
        assert_eq!(plans.get(learner).unwrap_err(), NotResident { learner });
    }
}

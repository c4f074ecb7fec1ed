//! Which learners are under a legal hold, and which are erased (D6, D7).

use serde::{Deserialize, Serialize};

use crate::ids::LearnerId;

/// What stands in the way of commands about a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasure {
    /// A legal hold: the learner may not be erased.
    Held,
    /// The erasure was asked for, and is not done.
    Requested,
    /// The keys of the learner's text are destroyed.
    Done,
}

/// The learners who are held or erased. A clone is cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Erasures {
    learners: imbl::OrdMap<LearnerId, Erasure>,
}

impl Erasures {
    /// Whether the learner was erased, or their erasure was asked for.
    pub fn is_erased(&self, learner: LearnerId) -> bool {
        matches!(
            self.learners.get(&learner),
            Some(Erasure::Requested | Erasure::Done)
        )
    }

    /// Whether a legal hold keeps the learner from being erased.
    pub fn is_held(&self, learner: LearnerId) -> bool {
        self.of(learner) == Some(Erasure::Held)
    }

    /// What is known of a learner; none of most.
    pub fn of(&self, learner: LearnerId) -> Option<Erasure> {
        self.learners.get(&learner).copied()
    }

    /// The learners whose erasure was asked for and is not done, by id.
    pub fn requested_ones(&self) -> impl Iterator<Item = LearnerId> {
        let requested = |erasure: &Erasure| *erasure == Erasure::Requested;
        let learners = self.learners.iter();
        learners.filter_map(move |(learner, erasure)| requested(erasure).then_some(*learner))
    }

    /// The learners who are erased, or whose erasure was asked for, by id.
    pub fn erased_ones(&self) -> impl Iterator<Item = LearnerId> {
        let learners = self.learners.keys().copied();
        learners.filter(|learner| self.is_erased(*learner))
    }

    /// The number of learners who are erased, or whose erasure was asked for.
    pub fn erased_count(&self) -> u64 {
        u64::try_from(self.erased_ones().count()).unwrap_or(u64::MAX)
    }

    pub(crate) fn held(&mut self, learner: LearnerId) {
        self.learners.insert(learner, Erasure::Held);
    }

    pub(crate) fn released(&mut self, learner: LearnerId) {
        self.learners.remove(&learner);
    }

    pub(crate) fn requested(&mut self, learner: LearnerId) {
        self.learners.insert(learner, Erasure::Requested);
    }

    pub(crate) fn erased(&mut self, learner: LearnerId) {
        self.learners.insert(learner, Erasure::Done);
    }
}

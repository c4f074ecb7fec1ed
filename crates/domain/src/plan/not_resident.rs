//! The result of a function that needs a plan which is not resident. It is a type of its own, so
//! that such a plan cannot be mistaken for an empty one.

use crate::ids::LearnerId;

/// The plan of this learner is needed and is not resident. The caller fetches it and tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the plan of {learner} is needed, but is not in memory")]
pub struct NotResident {
    /// The learner whose plan is needed.
    pub learner: LearnerId,
}

//! A plan that a rule needs and that is not resident: no decision, but what it takes to make one.
//!
//! Owns the type, so that nobody can take such a plan for an empty one. Refuses to fetch it.

use crate::ids::LearnerId;

/// The plan of this learner is needed and is not resident: whoever asked fetches it, and asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the plan of {learner} is needed, and is not resident")]
pub struct NotResident {
    /// Whose plan.
    pub learner: LearnerId,
}

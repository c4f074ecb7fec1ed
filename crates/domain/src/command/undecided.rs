//! Why a command or a query has no answer: it is refused, or a plan that it needs is not resident.

use crate::command::rejection::Rejection;
use crate::plan::not_resident::NotResident;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// It is refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It cannot be answered before a plan is resident.
    #[error(transparent)]
    NotResident(#[from] NotResident),
}

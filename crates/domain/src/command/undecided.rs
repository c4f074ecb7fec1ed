//! Why a command or a question has no answer: it is refused, or a plan that it needs is away.

use crate::command::rejection::Rejection;
use crate::plan::away::Away;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// It is refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Nobody can say before a plan is here.
    #[error(transparent)]
    Away(#[from] Away),
}

//! A refusal, as a sender sees it. Knows nothing of why.

use serde::Serialize;

/// The code of an error, and the reason where a permission is lacking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The protocol's code.
    pub code: String,
    /// What `details.reason` says.
    pub reason: Option<String>,
}

/// A refusal that is a code alone.
pub fn refuse<T>(code: &str) -> Result<T, Refusal> {
    Err(Refusal {
        code: code.to_owned(),
        reason: None,
    })
}

/// A refusal for want of a permission.
pub fn refuse_for<T>(reason: &str) -> Result<T, Refusal> {
    Err(Refusal {
        code: "not_permitted".to_owned(),
        reason: Some(reason.to_owned()),
    })
}

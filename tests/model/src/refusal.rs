//! A refusal, as a sender sees it. Knows nothing of why.

use serde::Serialize;
use serde_json::Value as Json;

/// The code of an error, and the reason where a permission is lacking or a session is closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The protocol's code.
    pub code: String,
    /// What `details.reason` says.
    pub reason: Option<String>,
}

impl Refusal {
    /// What an error reply says.
    pub fn of_reply(reply: &Json) -> Self {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let error = &reply["error"];
        let code = text(&error["code"]).unwrap_or_default();
        let has_reason = ["not_permitted", "session_not_open"].contains(&code.as_str());
        let reason = text(&error["details"]["reason"]).filter(|_| has_reason);
        Self { code, reason }
    }
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

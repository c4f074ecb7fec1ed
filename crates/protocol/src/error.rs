//! Error replies: codes, numbers, details and their form in messages.
//!
//! A program acts on the code, the details give it what it needs for that, and the message is for
//! people: it says what happened and what to do.

mod code;

use plansync_primitives::ids::SessionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::DecodeError;
use crate::encoding::UnsupportedMediaType;
use crate::scalar::Version;

pub use code::{ErrorCode, PermissionReason, SessionEnd};

/// The reason for a code: which permission is missing, or why a session is no longer open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DetailReason {
    /// For `not_permitted`.
    Permission(PermissionReason),
    /// For `session_not_open`, if it is known.
    Session(SessionEnd),
}

/// What a program may need in addition to the code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Details {
    /// The path of the field at fault, such as `edits[3].set.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Which permission is missing, or why a session is no longer open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DetailReason>,
    /// The session that replaced the one that is no longer open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<SessionId>,
    /// The version of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The largest page size with which every page of this list fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u16>,
    /// How long to wait before sending it again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Error {
    /// The kind of refusal, for programs.
    pub code: ErrorCode,
    /// What happened and what to do, for people.
    pub message: String,
    /// Details for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

impl Error {
    /// A refusal without details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
        }
    }

    /// The same refusal with details.
    #[must_use]
    pub fn with(self, details: Details) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }
}

impl From<DecodeError> for Error {
    /// The message names the field at fault, as those of the rules do: a reader may see nothing else.
    fn from(fault: DecodeError) -> Self {
        Self {
            code: ErrorCode::InvalidRequest,
            message: fault.named(),
            details: fault.path.map(|path| Details {
                path: Some(path),
                ..Details::default()
            }),
        }
    }
}

impl From<UnsupportedMediaType> for Error {
    fn from(fault: UnsupportedMediaType) -> Self {
        Self::new(ErrorCode::UnsupportedMediaType, fault.to_string())
    }
}

/// The body of an error reply.
///
/// ```
/// use plansync_protocol::{Encoding, ErrorCode, ErrorReply, decode_known};
///
/// let body = br#"{"error":{"code":"overloaded","message":"not done","details":{"retry_after_ms":50}}}"#;
/// let ErrorReply { error } = decode_known(Encoding::Json, body)?;
/// assert_eq!(error.code, ErrorCode::Overloaded);
/// assert_eq!(error.details.and_then(|details| details.retry_after_ms), Some(50));
/// # Ok::<(), plansync_protocol::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "The body of an error reply.")]
pub struct ErrorReply {
    /// The refusal.
    pub error: Error,
}

//! Error replies: codes, numbers, details and their form in messages.
//!
//! A program acts on the code, the details give it what it needs for that, and the message is for
//! people: it says what happened and what to do.

use plansync_primitives::ids::SessionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::DecodeError;
use crate::encoding::UnsupportedMediaType;
use crate::scalar::Version;
use crate::words::words;

words! {
    /// The kind of a refusal. A program decides by it what to do.
    ErrorCode {
        InvalidRequest = "invalid_request",
        PageTooLarge = "page_too_large",
        UnknownActor = "unknown_actor",
        NotPermitted = "not_permitted",
        SyncNotPermitted = "sync_not_permitted",
        UnknownOperation = "unknown_operation",
        TenantNotFound = "tenant_not_found",
        AdministratorNotFound = "administrator_not_found",
        LearnerNotAvailable = "learner_not_available",
        ComponentNotFound = "component_not_found",
        ProgrammeNotFound = "programme_not_found",
        SessionNotOpen = "session_not_open",
        SyncNotFound = "sync_not_found",
        VersionConflict = "version_conflict",
        CommandIdReused = "command_id_reused",
        SourceChanged = "source_changed",
        ReadingExpired = "reading_expired",
        ComponentExists = "component_exists",
        SessionExists = "session_exists",
        SyncExists = "sync_exists",
        UnsupportedMediaType = "unsupported_media_type",
        TooManyComponents = "too_many_components",
        TooManyLearners = "too_many_learners",
        NothingSelected = "nothing_selected",
        NoRecentChanges = "no_recent_changes",
        AttributeNotAllowed = "attribute_not_allowed",
        ReasonRequired = "reason_required",
        Overloaded = "overloaded",
        Internal = "internal",
        Unavailable = "unavailable",
    }
}

impl ErrorCode {
    /// The number in the header `Nats-Service-Error-Code`; its meaning is that of HTTP.
    pub const fn number(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::PageTooLarge => 400,
            Self::UnknownActor => 401,
            Self::NotPermitted | Self::SyncNotPermitted => 403,
            Self::UnknownOperation
            | Self::TenantNotFound
            | Self::AdministratorNotFound
            | Self::LearnerNotAvailable
            | Self::ComponentNotFound
            | Self::ProgrammeNotFound
            | Self::SessionNotOpen
            | Self::SyncNotFound => 404,
            Self::VersionConflict
            | Self::CommandIdReused
            | Self::SourceChanged
            | Self::ComponentExists
            | Self::SessionExists
            | Self::SyncExists => 409,
            Self::ReadingExpired => 410,
            Self::UnsupportedMediaType => 415,
            Self::TooManyComponents
            | Self::TooManyLearners
            | Self::NothingSelected
            | Self::NoRecentChanges
            | Self::AttributeNotAllowed
            | Self::ReasonRequired => 422,
            Self::Overloaded => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

words! {
    /// Which permission is missing (P2 to P5, P10, reading of reference data).
    PermissionReason {
        SystemOnly = "system_only",
        AdministratorOnly = "administrator_only",
        ReadNotPermitted = "read_not_permitted",
        AddNotPermitted = "add_not_permitted",
        EditNotPermitted = "edit_not_permitted",
        EditFinishedNotPermitted = "edit_finished_not_permitted",
        DeleteNotPermitted = "delete_not_permitted",
        DeleteFinishedNotPermitted = "delete_finished_not_permitted",
    }
}

words! {
    /// Why a record session ended (C6).
    SessionEnd {
        Closed = "closed",
        Idle = "idle",
        Displaced = "displaced",
        Replaced = "replaced",
    }
}

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
    fn from(fault: DecodeError) -> Self {
        Self {
            code: ErrorCode::InvalidRequest,
            message: fault.message,
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
pub struct ErrorReply {
    /// The refusal.
    pub error: Error,
}

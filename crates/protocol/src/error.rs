//! Error replies: their codes, numbers and bodies.
//!
//! Owns the spelling. When an error is due is decided elsewhere.

use plansync_domain::ids::SessionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::DecodeError;
use crate::encoding::UnsupportedMediaType;
use crate::scalar::Version;
use crate::words::words;

words! {
    /// What kind of refusal it is.
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
    /// The number that the header `Nats-Service-Error-Code` carries; read as in HTTP.
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
    /// Which permission is missing (P2 to P5, P10, and reading of reference data).
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

/// The reason behind a code: which permission is missing, or why a session is not open any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DetailReason {
    /// Of `not_permitted`.
    Permission(PermissionReason),
    /// Of `session_not_open`, where it is known.
    Session(SessionEnd),
}

/// What a program may want to know beyond the code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Details {
    /// The field at fault, as `edits[3].set.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Which permission is missing, or why a session is not open any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DetailReason>,
    /// The session that replaced one that is not open any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<SessionId>,
    /// The version that the plan really has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The largest page size that fits here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u16>,
    /// How long to wait before asking again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Error {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what to do.
    pub message: String,
    /// What belongs to the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

impl Error {
    /// A refusal that its code and message say in full.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
        }
    }

    /// The same with details.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorReply {
    /// The refusal.
    pub error: Error,
}

//! The refusal of a durable command as the log keeps it: a code, the message that its sender was
//! given, and typed details.
//!
//! A repeat of the command and the published event get the same refusal from it. The message is kept
//! because later versions may word it differently, and a repeat gets the first answer. How a refusal is
//! encoded for its sender is not known here.

use serde::{Deserialize, Serialize};

use crate::event::CloseReason;
use crate::ids::SessionId;
use crate::ids::version::Version;
use crate::permission::PermissionReason;
use crate::text::personal::{Personal, sealable, sealable_option};

macro_rules! codes {
    ($($code:ident = $name:literal,)*) => {
        /// What kind of refusal it is. Names may be added, but none changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // The names are their documentation.
        pub enum RefusalCode {
            $($code,)*
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// Its name in messages and in the log.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request",
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
    LogDamaged = "log_damaged",
    LearnerErased = "learner_erased",
    LearnerHeld = "learner_held",
}

/// Why a durable command was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRefusal {
    /// The kind of refusal, for programs.
    pub code: RefusalCode,
    /// The text that the sender was given. It may repeat parts of a command that could not be decoded.
    #[serde(deserialize_with = "sealable::deserialize")]
    pub message: Personal,
    /// What belongs to the code; none if code and message state everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<RefusalDetails>,
}

/// What a program can use beyond the code of a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalDetails {
    /// The field at fault, such as `edits[2].set.name`. It may repeat keys of a command that could not be decoded.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "sealable_option::deserialize"
    )]
    pub path: Option<Personal>,
    /// The reason behind the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
    /// The version that the plan has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// How long to wait before the command is sent again, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// The reason behind a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Of `not_permitted`: the permission rule that was broken.
    Permission(PermissionReason),
    /// Of `session_not_open`: why the session was closed.
    Closed(CloseReason),
    /// Of `session_not_open`: the same administrator opened the record again, as this session.
    Replaced(SessionId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_stored_under_its_name() {
        for code in RefusalCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }
}

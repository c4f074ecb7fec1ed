//! Why a command or a query is refused: one variant for each case, several of which may share a
//! code.
//!
//! Each message states what to do. How a rejection is encoded is not known here.

use crate::command::nothing::Nothing;
use crate::event::refusal::RefusalCode;
use crate::ids::version::Version;
use crate::ids::{AdministratorId, ComponentId, ProgrammeId, SessionId, SyncId};
use crate::permission::PermissionReason;
use crate::recent::closings::SessionEnd;

/// A refusal. It changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// A field of the request does not have the required form, or is out of bounds.
    #[error("{path}: {problem}")]
    InvalidRequest {
        /// The path of the field in the body, such as `edits[2].set.name`.
        path: String,
        /// What is wrong, and what would be accepted.
        problem: String,
    },
    /// The tenant does not exist: no settings were put.
    #[error("the tenant does not exist; create it with `tenant.put` as `system`")]
    TenantNotFound,
    /// The actor is not an administrator of the tenant.
    #[error(
        "the actor is not an administrator of this tenant; create the administrator with `administrator.put` as `system`"
    )]
    UnknownActor,
    /// A permission rule forbids it.
    #[error("{}", .0.needs())]
    NotPermitted(PermissionReason),
    /// P6: the administrator has no permission that a sync could use.
    #[error("you have none of the permissions that synchronising requires; ask for one of them")]
    SyncNotPermitted,
    /// There is no administrator with this name.
    #[error("the administrator `{0}` does not exist; see `administrator.list`")]
    AdministratorNotFound(AdministratorId),
    /// P8: there is no such learner, or the actor may not see them. The message is the same for
    /// both.
    #[error(
        "the learner does not exist, or you may not see this learner; check the id and your groups"
    )]
    LearnerNotAvailable,
    /// D6: the learner's personal text was erased, or its erasure was asked for.
    #[error(
        "the learner was erased: nothing about them can be changed any more, and nothing was; their plan can still be read"
    )]
    LearnerErased,
    /// D7: a legal hold keeps the learner from being erased.
    #[error(
        "a legal hold keeps this learner from being erased, and nothing was erased; lift it with `learner.release` first"
    )]
    LearnerHeld,
    /// There is no component with this id in the plan or template.
    #[error(
        "the plan or template has no component {0}; check the id with `plan.get` or `template.get`"
    )]
    ComponentNotFound(ComponentId),
    /// There is no programme with this id, or the learner is not enrolled on it.
    #[error(
        "the programme {0} does not exist, or the learner is not enrolled on it; check the id and the enrolments"
    )]
    ProgrammeNotFound(ProgrammeId),
    /// The session is unknown, closed, or belongs to somebody else.
    #[error("record session {0} is not open; open the learner's record with `record.open`")]
    SessionNotOpen(SessionId),
    /// The session belonged to this administrator and is closed; the reason is known.
    #[error("record session {session} {}", .end.advice())]
    SessionClosed {
        /// The session.
        session: SessionId,
        /// Why it is closed.
        end: SessionEnd,
    },
    /// The sync is unknown, or the actor may not see it.
    #[error("the synchronisation {0} does not exist, or you may not see it; see `sync.list`")]
    SyncNotFound(SyncId),
    /// The plan does not have the expected version.
    #[error(
        "the plan has changed and is at version {actual}; nothing was changed by this command: read the plan again and repeat the edit"
    )]
    VersionConflict {
        /// The version that the plan has.
        actual: Version,
    },
    /// The plan already has the component.
    #[error("the plan already has the component {0}; change it instead of adding it")]
    ComponentExists(ComponentId),
    /// The id of the session was used before.
    #[error("the id {0} was already used for another record session; use a new id")]
    SessionExists(SessionId),
    /// The id of the sync was used by another command.
    #[error("the id {0} was already used for another synchronisation; use a new id")]
    SyncExists(SyncId),
    /// S3: too many components.
    #[error(
        "Too many components have been selected. Please synchronise no more than {} components \
         at a time.", thousands(*.limit)
    )]
    TooManyComponents {
        /// The largest number allowed.
        limit: usize,
    },
    /// S4: too many learners.
    #[error(
        "Too many learners have been selected. Please synchronise no more than {} learners at a \
         time.", thousands(*.limit)
    )]
    TooManyLearners {
        /// The largest number allowed.
        limit: usize,
    },
    /// M5: the request differs from that of the preview that it confirms, or leads to another
    /// change set.
    #[error(
        "the source plan or the request has changed since the preview; nothing was started: preview it again"
    )]
    SourceChanged,
    /// M5: so many learner records were replaced since the preview that it is no longer known which
    /// learners it showed.
    #[error(
        "this preview can no longer be confirmed because too many learner records have changed since; nothing was started: preview it again"
    )]
    PreviewTooOld,
    /// S8: no component or no learner is selected.
    #[error("{}: {}", .0.path(), .0.message())]
    NothingSelected(Nothing),
    /// T1: no component of the programme has recent changes.
    #[error(
        "there are no recent changes to synchronise; change the plan first, or choose another type of synchronisation"
    )]
    NoRecentChanges,
    /// The attribute may not be set or synchronised here.
    #[error("{attribute} is not allowed here: {problem}")]
    AttributeNotAllowed {
        /// The name of the attribute.
        attribute: &'static str,
        /// Why it is not allowed, and what to do.
        problem: &'static str,
    },
    /// An administrator moved a due date without giving a reason.
    #[error("a change of the due date requires a reason; add a `reason` of 1 to 1,000 characters")]
    ReasonRequired,
    /// A limit on what one administrator or tenant may have open or running is reached.
    #[error("{problem}")]
    Overloaded {
        /// Which limit, and what to do.
        problem: &'static str,
    },
}

impl Rejection {
    /// Its code.
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::InvalidRequest { .. } => RefusalCode::InvalidRequest,
            Self::TenantNotFound => RefusalCode::TenantNotFound,
            Self::UnknownActor => RefusalCode::UnknownActor,
            Self::NotPermitted(_) => RefusalCode::NotPermitted,
            Self::SyncNotPermitted => RefusalCode::SyncNotPermitted,
            Self::AdministratorNotFound(_) => RefusalCode::AdministratorNotFound,
            Self::LearnerNotAvailable => RefusalCode::LearnerNotAvailable,
            Self::LearnerErased => RefusalCode::LearnerErased,
            Self::LearnerHeld => RefusalCode::LearnerHeld,
            Self::ComponentNotFound(_) => RefusalCode::ComponentNotFound,
            Self::ProgrammeNotFound(_) => RefusalCode::ProgrammeNotFound,
            Self::SessionNotOpen(_) | Self::SessionClosed { .. } => RefusalCode::SessionNotOpen,
            Self::SyncNotFound(_) => RefusalCode::SyncNotFound,
            Self::VersionConflict { .. } => RefusalCode::VersionConflict,
            Self::ComponentExists(_) => RefusalCode::ComponentExists,
            Self::SessionExists(_) => RefusalCode::SessionExists,
            Self::SyncExists(_) => RefusalCode::SyncExists,
            Self::TooManyComponents { .. } => RefusalCode::TooManyComponents,
            Self::TooManyLearners { .. } => RefusalCode::TooManyLearners,
            Self::SourceChanged | Self::PreviewTooOld => RefusalCode::SourceChanged,
            Self::NothingSelected(_) => RefusalCode::NothingSelected,
            Self::NoRecentChanges => RefusalCode::NoRecentChanges,
            Self::AttributeNotAllowed { .. } => RefusalCode::AttributeNotAllowed,
            Self::ReasonRequired => RefusalCode::ReasonRequired,
            Self::Overloaded { .. } => RefusalCode::Overloaded,
        }
    }

    /// A request with a wrong field: its path, and what is wrong.
    pub fn invalid(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidRequest {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

/// A count with thousands separators: 2,089.
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_s4_limits_are_named_with_thousands_separators() {
        let limits = [0, 12, 999, 1_000, 2_089, 1_234_567];
        assert_eq!(
            limits.map(thousands),
            ["0", "12", "999", "1,000", "2,089", "1,234,567"]
        );
    }
}

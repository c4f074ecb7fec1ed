//! Why a command or a question is refused: one variant a code of the protocol.
//!
//! Every message says what to do. Knows nothing of how a refusal travels.

use crate::ids::version::Version;
use crate::ids::{AdministratorId, ComponentId, ProgrammeId, SessionId, SyncId};
use crate::permission::PermissionReason;
use crate::recent::closings::SessionEnd;

/// A refusal, which changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Something in what was asked is not of the form or within the bounds it must be.
    #[error("{path}: {problem}")]
    InvalidRequest {
        /// Where in the body, such as `edits[2].set.name`.
        path: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The tenant was never put.
    #[error("there is no such tenant; put it first with `tenant.put` as `system`")]
    TenantNotFound,
    /// The actor is no administrator of the tenant.
    #[error("there is no such administrator; put it first with `administrator.put` as `system`")]
    UnknownActor,
    /// A permission rule stands against it.
    #[error("{}; ask somebody who may grant it", .0.needs())]
    NotPermitted(PermissionReason),
    /// P6: the administrator holds no permission that a sync could use.
    #[error("you hold no permission that synchronising needs; ask for one of them to be granted")]
    SyncNotPermitted,
    /// No administrator of this name.
    #[error("there is no administrator `{0}`; see `administrator.list`")]
    AdministratorNotFound(AdministratorId),
    /// P8: no such learner, or none that the actor may see. The words are the same.
    #[error("there is no such learner, or you may not see them; check the id and your groups")]
    LearnerNotAvailable,
    /// No component of this id where it was looked for.
    #[error("there is no component {0} here; check the id against `plan.get` or the template")]
    ComponentNotFound(ComponentId),
    /// No programme of this id, or the learner is not enrolled on it.
    #[error("there is no programme {0} here; check the id, and that the learner is enrolled on it")]
    ProgrammeNotFound(ProgrammeId),
    /// The session is unknown, closed, or another's.
    #[error("record session {0} is not open; open the learner's record with `record.open`")]
    SessionNotOpen(SessionId),
    /// The session was this administrator's own and is closed, for a reason that is known.
    #[error("record session {session} {}", .end.advice())]
    SessionClosed {
        /// Which.
        session: SessionId,
        /// Why it is closed.
        end: SessionEnd,
    },
    /// The sync is unknown, or not the actor's to see.
    #[error("there is no sync {0} that you may see; see `sync.list`")]
    SyncNotFound(SyncId),
    /// The plan has moved since the version that was expected.
    #[error("the plan is at version {actual}; read it again and decide anew")]
    VersionConflict {
        /// The version it is at.
        actual: Version,
    },
    /// The plan has the component already.
    #[error("the plan has component {0} already; change it instead of adding it")]
    ComponentExists(ComponentId),
    /// The session's id was used before.
    #[error("record session {0} was used before; take a new id")]
    SessionExists(SessionId),
    /// The sync's id was used by another command.
    #[error("sync {0} was used by another command; take a new id")]
    SyncExists(SyncId),
    /// S3: too many components.
    #[error(
        "Too many components have been selected. Please synchronise no more than {} components \
         at a time.", thousands(*.limit)
    )]
    TooManyComponents {
        /// The most there may be.
        limit: usize,
    },
    /// S4: too many learners.
    #[error(
        "Too many learners have been selected. Please synchronise no more than {} learners at a \
         time.", thousands(*.limit)
    )]
    TooManyLearners {
        /// The most there may be.
        limit: usize,
    },
    /// M5: the request is not the one of the preview that it confirms, or comes to something else.
    #[error("the source or the request is not as it was previewed; preview it again")]
    SourceChanged,
    /// M5: so many learners' records were replaced since the preview that whom it showed is not known any
    /// more.
    #[error(
        "too many learners' records were changed since this preview for it to be confirmed: whom \
         it showed is not known any more; preview it again"
    )]
    PreviewTooOld,
    /// No component or no learner is left to synchronise.
    #[error("nothing is selected; choose at least one component and one learner")]
    NothingSelected,
    /// T1: none of the programme's components has recent changes.
    #[error("nothing was changed recently; change something first, or choose another type")]
    NoRecentChanges,
    /// An attribute that may not be set or synchronised here.
    #[error("{attribute} is not allowed here: {problem}")]
    AttributeNotAllowed {
        /// Which.
        attribute: &'static str,
        /// Why not, and what to do.
        problem: &'static str,
    },
    /// An administrator moved a due date and did not say why.
    #[error("say why the due date changes: give a reason of 1 to 1,000 characters")]
    ReasonRequired,
    /// A bound on what one administrator or tenant has going on is reached.
    #[error("{problem}")]
    Overloaded {
        /// Which bound, and what to do.
        problem: &'static str,
    },
}

impl Rejection {
    /// The code, as messages have it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "invalid_request",
            Self::TenantNotFound => "tenant_not_found",
            Self::UnknownActor => "unknown_actor",
            Self::NotPermitted(_) => "not_permitted",
            Self::SyncNotPermitted => "sync_not_permitted",
            Self::AdministratorNotFound(_) => "administrator_not_found",
            Self::LearnerNotAvailable => "learner_not_available",
            Self::ComponentNotFound(_) => "component_not_found",
            Self::ProgrammeNotFound(_) => "programme_not_found",
            Self::SessionNotOpen(_) | Self::SessionClosed { .. } => "session_not_open",
            Self::SyncNotFound(_) => "sync_not_found",
            Self::VersionConflict { .. } => "version_conflict",
            Self::ComponentExists(_) => "component_exists",
            Self::SessionExists(_) => "session_exists",
            Self::SyncExists(_) => "sync_exists",
            Self::TooManyComponents { .. } => "too_many_components",
            Self::TooManyLearners { .. } => "too_many_learners",
            Self::SourceChanged | Self::PreviewTooOld => "source_changed",
            Self::NothingSelected => "nothing_selected",
            Self::NoRecentChanges => "no_recent_changes",
            Self::AttributeNotAllowed { .. } => "attribute_not_allowed",
            Self::ReasonRequired => "reason_required",
            Self::Overloaded { .. } => "overloaded",
        }
    }

    /// A request that is not as it must be, and where.
    pub fn invalid(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::InvalidRequest {
            path: path.into(),
            problem: problem.into(),
        }
    }
}

/// A count as people write it: 2,089.
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

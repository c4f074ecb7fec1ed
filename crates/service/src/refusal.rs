//! Refusals of the rules and of the engine as errors of the protocol.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::recent::closings::SessionEnd;
use plansync_engine::Refusal;
use plansync_protocol::{
    self as protocol, DetailReason, Details, EncodeError, Error, ErrorCode, Version,
};

use crate::words::ToWire;

/// How long to wait if a bound of the rules is reached, such as the number of running synchronisations.
const BOUND_RETRY_MS: u64 = 1_000;

/// A refusal by a rule as an error.
pub(crate) fn rejected(rejection: &Rejection) -> Error {
    let error = Error::new(rejection.code().wire(), rejection.to_string());
    match details(rejection) {
        Some(details) => error.with(details),
        None => error,
    }
}

/// Any refusal as an error.
pub(crate) fn refused(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::Rejected(rejection) => rejected(rejection),
        // A durable command that was rejected has used its id as well.
        Refusal::CommandIdReused | Refusal::Recorded { .. } => {
            Error::new(ErrorCode::CommandIdReused, refusal.to_string())
        }
        Refusal::ReadingExpired => Error::new(ErrorCode::ReadingExpired, refusal.to_string()),
        Refusal::Overloaded { retry_after_ms } => overloaded(refusal.to_string(), *retry_after_ms),
        Refusal::Unavailable { .. } | Refusal::OnlyRead | Refusal::NotLeading => {
            Error::new(ErrorCode::Unavailable, refusal.to_string())
        }
        Refusal::Damaged { .. } => Error::new(ErrorCode::LogDamaged, refusal.to_string()),
        Refusal::Internal { .. } => internal(refusal.to_string()),
    }
}

/// The refusal of a request because of too much load.
pub(crate) fn overloaded(message: String, retry_after_ms: u64) -> Error {
    Error::new(ErrorCode::Overloaded, message).with(Details {
        retry_after_ms: Some(retry_after_ms),
        ..Details::default()
    })
}

/// The refusal of a request by a node that may not lead any more.
pub(crate) fn withheld() -> Error {
    let message = "another node of plansync may lead now; nothing was changed: send the request again, a command with the \
                   same command_id";
    Error::new(ErrorCode::Unavailable, message)
}

/// The refusal of a message that the transport could not deliver completely.
pub(crate) fn undeliverable(why: &str) -> Error {
    let message = format!(
        "the message cannot be processed because {why}; nothing was changed: send it with a subject of \
         visible ASCII and headers as NATS defines them"
    );
    Error::new(ErrorCode::InvalidRequest, message)
}

/// A message that cannot be encoded. This does not happen to the types of the protocol.
pub(crate) fn unencodable(error: &EncodeError) -> Error {
    internal(format!(
        "the reply {error}; nothing that was recorded is lost; report it"
    ))
}

/// An error in plansync itself.
pub(crate) fn internal(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Internal, message)
}

fn details(rejection: &Rejection) -> Option<Details> {
    let empty = Details::default();
    match rejection {
        Rejection::InvalidRequest { path, .. } => Some(Details {
            path: Some(path.clone()),
            ..empty
        }),
        Rejection::NothingSelected(nothing) => Some(Details {
            path: Some(nothing.path().to_owned()),
            ..empty
        }),
        Rejection::NotPermitted(permission) => Some(Details {
            reason: Some(DetailReason::Permission(permission.wire())),
            ..empty
        }),
        Rejection::SessionClosed { end, .. } => Some(Details {
            reason: Some(DetailReason::Session(session_end(*end))),
            replaced_by: match end {
                SessionEnd::Replaced(by) => Some(*by),
                SessionEnd::Closed | SessionEnd::Idle | SessionEnd::Displaced => None,
            },
            ..empty
        }),
        Rejection::VersionConflict { actual } => Some(Details {
            version: Some(Version(u64::from(*actual))),
            ..empty
        }),
        Rejection::Overloaded { .. } => Some(Details {
            retry_after_ms: Some(BOUND_RETRY_MS),
            ..empty
        }),
        Rejection::TenantNotFound
        | Rejection::UnknownActor
        | Rejection::SyncNotPermitted
        | Rejection::AdministratorNotFound(_)
        | Rejection::LearnerNotAvailable
        | Rejection::LearnerErased
        | Rejection::LearnerHeld
        | Rejection::ComponentNotFound(_)
        | Rejection::ProgrammeNotFound(_)
        | Rejection::SessionNotOpen(_)
        | Rejection::SyncNotFound(_)
        | Rejection::ComponentExists(_)
        | Rejection::SessionExists(_)
        | Rejection::SyncExists(_)
        | Rejection::TooManyComponents { .. }
        | Rejection::TooManyLearners { .. }
        | Rejection::SourceChanged
        | Rejection::PreviewTooOld
        | Rejection::NoRecentChanges
        | Rejection::AttributeNotAllowed { .. }
        | Rejection::ReasonRequired => None,
    }
}

const fn session_end(end: SessionEnd) -> protocol::SessionEnd {
    use protocol::SessionEnd as Wire;
    match end {
        SessionEnd::Closed => Wire::Closed,
        SessionEnd::Idle => Wire::Idle,
        SessionEnd::Displaced => Wire::Displaced,
        SessionEnd::Replaced(_) => Wire::Replaced,
    }
}

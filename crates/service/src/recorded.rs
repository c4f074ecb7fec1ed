//! Refusals of durable commands: from an error of the protocol to what the log keeps of it, and back.
//!
//! Both directions together lose nothing, so a repeat is told exactly what was told first.

use plansync_domain::event::CloseReason;
use plansync_domain::event::refusal::{
    RecordedRefusal, RefusalCode, RefusalDetails, RefusalReason,
};
use plansync_domain::ids::SessionId;
use plansync_domain::ids::version::Version;
use plansync_domain::text::personal::Personal;
use plansync_protocol::{DetailReason, Details, Error, SessionEnd};

use crate::answer::version;
use crate::words::{ToDomain, ToWire};

/// What the log keeps of an error; none if no command is refused with such an error.
pub(crate) fn recorded(error: &Error) -> Option<RecordedRefusal> {
    let mut codes = RefusalCode::ALL.iter().copied();
    let details = error.details.as_ref().map(recorded_details);
    Some(RecordedRefusal {
        code: codes.find(|code| code.wire() == error.code)?,
        message: error.message.as_str().into(),
        // Details that cannot be kept are an error of their own, not absent details.
        details: match details {
            Some(details) => Some(details?),
            None => None,
        },
    })
}

fn recorded_details(details: &Details) -> Option<RefusalDetails> {
    let Details {
        path,
        reason,
        replaced_by,
        version,
        page_size: None,
        retry_after_ms,
    } = details
    else {
        return None;
    };
    let reason = match (*reason, *replaced_by) {
        (None, None) => None,
        (Some(DetailReason::Permission(reason)), None) => {
            Some(RefusalReason::Permission(reason.domain()))
        }
        (Some(DetailReason::Session(end)), by) => Some(recorded_end(end, by)?),
        (None | Some(DetailReason::Permission(_)), Some(_)) => return None,
    };
    let version = version.map(|version| u32::try_from(version.0)).transpose();
    Some(RefusalDetails {
        path: path.as_deref().map(Personal::from),
        reason,
        version: version.ok()?.map(Version::new),
        retry_after_ms: *retry_after_ms,
    })
}

const fn recorded_end(end: SessionEnd, replaced_by: Option<SessionId>) -> Option<RefusalReason> {
    match (end, replaced_by) {
        (SessionEnd::Closed, None) => Some(RefusalReason::Closed(CloseReason::Closed)),
        (SessionEnd::Idle, None) => Some(RefusalReason::Closed(CloseReason::Idle)),
        (SessionEnd::Displaced, None) => Some(RefusalReason::Closed(CloseReason::Displaced)),
        (SessionEnd::Replaced, Some(by)) => Some(RefusalReason::Replaced(by)),
        (SessionEnd::Closed | SessionEnd::Idle | SessionEnd::Displaced, Some(_))
        | (SessionEnd::Replaced, None) => None,
    }
}

/// What stands for a message that repeated a part of a command, and that nobody can read any more.
const ERASED_MESSAGE: &str =
    "the command could not be decoded; what was wrong with it was erased together with a learner";

fn told_message(message: &Personal) -> String {
    if message.is_erased() {
        ERASED_MESSAGE.to_owned()
    } else {
        message.to_string()
    }
}

/// The error that a recorded refusal was told with.
pub(crate) fn told_again(refusal: &RecordedRefusal) -> Error {
    Error {
        code: refusal.code.wire(),
        message: told_message(&refusal.message),
        details: refusal.details.as_ref().map(told_details),
    }
}

fn told_path(path: Option<&Personal>) -> Option<String> {
    let readable = path.filter(|path| !path.is_erased());
    readable.map(Personal::to_string)
}

fn told_details(details: &RefusalDetails) -> Details {
    Details {
        path: told_path(details.path.as_ref()),
        reason: details.reason.map(told_reason),
        replaced_by: details.reason.and_then(replaced_by),
        version: details.version.map(version),
        page_size: None,
        retry_after_ms: details.retry_after_ms,
    }
}

fn told_reason(reason: RefusalReason) -> DetailReason {
    match reason {
        RefusalReason::Permission(reason) => DetailReason::Permission(reason.wire()),
        RefusalReason::Closed(CloseReason::Closed) => DetailReason::Session(SessionEnd::Closed),
        RefusalReason::Closed(CloseReason::Idle) => DetailReason::Session(SessionEnd::Idle),
        RefusalReason::Closed(CloseReason::Displaced) => {
            DetailReason::Session(SessionEnd::Displaced)
        }
        RefusalReason::Replaced(_) => DetailReason::Session(SessionEnd::Replaced),
    }
}

const fn replaced_by(reason: RefusalReason) -> Option<SessionId> {
    match reason {
        RefusalReason::Replaced(by) => Some(by),
        RefusalReason::Permission(_) | RefusalReason::Closed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use plansync_protocol::{self as protocol, ErrorCode, PermissionReason};
    use uuid::Uuid;

    use super::*;

    fn with(details: Details) -> Error {
        Error::new(ErrorCode::SessionNotOpen, "why").with(details)
    }

    fn of_reason(reason: DetailReason, replaced_by: Option<SessionId>) -> Error {
        with(Details {
            reason: Some(reason),
            replaced_by,
            ..Details::default()
        })
    }

    fn session() -> SessionId {
        SessionId::from_uuid(Uuid::from_u128(1))
    }

    #[track_caller]
    fn comes_back(error: &Error) {
        let recorded = recorded(error).unwrap_or_else(|| panic!("{error:?} cannot be kept"));
        assert_eq!(told_again(&recorded), *error);
    }

    #[test]
    fn every_refusal_of_a_command_is_told_again_as_it_was() {
        for code in RefusalCode::ALL {
            comes_back(&Error::new(code.wire(), "why"));
        }
        let ends = [SessionEnd::Closed, SessionEnd::Idle, SessionEnd::Displaced];
        for end in ends {
            comes_back(&of_reason(DetailReason::Session(end), None));
        }
        comes_back(&of_reason(
            DetailReason::Session(SessionEnd::Replaced),
            Some(session()),
        ));
        for reason in PermissionReason::ALL {
            comes_back(&of_reason(DetailReason::Permission(*reason), None));
        }
        comes_back(&with(Details::default()));
        comes_back(&with(Details {
            path: Some("edits[0]".to_owned()),
            version: Some(protocol::Version(7)),
            retry_after_ms: Some(50),
            ..Details::default()
        }));
    }

    #[test]
    fn every_code_but_those_of_reads_and_of_the_disk_is_kept() {
        let kept = |code: ErrorCode| recorded(&Error::new(code, "why")).is_some();
        let lost: Vec<ErrorCode> = ErrorCode::ALL
            .iter()
            .copied()
            .filter(|code| !kept(*code))
            .collect();
        assert_eq!(lost, [ErrorCode::PageTooLarge, ErrorCode::Unavailable]);
    }

    #[test]
    fn details_that_no_command_has_are_not_dropped() {
        let page = Details {
            page_size: Some(1),
            ..Details::default()
        };
        assert_eq!(recorded(&with(page)), None);
        let nobody = DetailReason::Session(SessionEnd::Replaced);
        assert_eq!(recorded(&of_reason(nobody, None)), None);
    }
}

//! Why a request has no reply, and why events cannot be received, in the words of the command line.
//!
//! Whether something can be tried again, and what the service refused, is decided by the client crate; this file
//! says what a person can do about it here.

use std::error::Error as StdError;

use plansync_client::ids::CommandId;
use plansync_client::{Error, Unavailable, UnknownRefusal};
use plansync_nats::{COMMANDS, NotPermitted};
use plansync_protocol::{BODY_BYTES_MAX, DecodeError, ErrorCode};
use serde_json::{Value, json};

use crate::terminal;
use crate::view::ViewError;

/// The message of a library that another error has as its cause.
type Cause = Box<dyn StdError + Send + Sync>;

/// Why a request has no reply, or events cannot be received.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The service refused the request.
    #[error("{}", said(.error))]
    Refused {
        /// The error in its reply.
        error: plansync_protocol::Error,
    },
    /// The service refused the request with a code or details that this version does not know.
    #[error("{}: {}", terminal::line(&.0.code), terminal::line(&.0.message))]
    RefusedOtherwise(Box<UnknownRefusal>),
    /// Tenant, actor or operation cannot be part of a subject.
    #[error(
        "`{0}` is not a valid request subject, so nothing was sent: a tenant or an actor has 1 to 64 letters, \
         digits, `_` or `-`, and an operation has a name such as `plan.edit`"
    )]
    Subject(String),
    /// The body is larger than the service accepts.
    #[error(
        "nothing was sent: the body has {bytes} bytes, but the limit is {BODY_BYTES_MAX}; split it into several \
         requests"
    )]
    TooLarge {
        /// The size of the body, in bytes.
        bytes: usize,
    },
    /// No service answers on this subject.
    #[error(
        "no plansync service answers on this NATS server; start one with `plansync serve` or `plansync dev`"
    )]
    NoService,
    /// The service did not answer in time.
    #[error("the service did not answer within {seconds} s{}", unanswered(*.command))]
    TimedOut {
        /// The time waited, in seconds.
        seconds: u64,
        /// The command, which may still be carried out; none if it was no command.
        command: Option<CommandId>,
    },
    /// The connection failed during the request.
    #[error("the connection to NATS failed during the request{}", unanswered(*.command))]
    Connection {
        /// The client library's message.
        source: Cause,
        /// The command, which may have been carried out; none if it was no command.
        command: Option<CommandId>,
    },
    /// The command stream did not confirm that it stored the command.
    #[error(
        "the stream {COMMANDS} did not confirm that it stored the command{}; send it again with the same \
         `command_id`, so that it is not carried out twice",
        id_of(*.command)
    )]
    NotStored {
        /// The server's message.
        source: Cause,
        /// The command.
        command: Option<CommandId>,
    },
    /// The events cannot be read.
    #[error(
        "the events cannot be read; check the connection, and whether this user may read the event stream"
    )]
    Events {
        /// The server's message.
        source: Cause,
    },
    /// This user may not receive the events.
    #[error(transparent)]
    EventsNotPermitted(#[from] EventsNotPermitted),
    /// This user may not send the message.
    #[error(
        "{0}; ask the administrator of the NATS server for this permission, or connect as a user who has it"
    )]
    NotPermitted(#[from] NotPermitted),
    /// The connection was closed for good.
    #[error("the connection to NATS was closed")]
    Closed,
    /// A command with this id has a result, but whether it was the same command could not be checked.
    #[error(
        "a command with this `command_id` was carried out or refused, but it could not be checked whether it \
         was this command ({source}); send it again with the same `command_id`"
    )]
    CommandUnverified {
        /// Why it could not be checked.
        source: Box<AskError>,
    },
    /// A durable command was stored in the command stream, and its result is not known yet.
    #[error(
        "the command is stored in the command stream with the id {id} and will be carried out, but its result \
         is not known yet: {why}"
    )]
    ResultUnknown {
        /// The id under which it was stored.
        id: String,
        /// Why the result is not known, and what to do.
        why: NoResult,
    },
    /// The reply has a form that this version does not know.
    #[error(
        "the reply could not be decoded ({0}); a command may have been carried out: use the same version of \
         plansync as the service, and send the command again with the same `command_id`"
    )]
    Answer(String),
    /// The log that is only read gave no reply.
    #[error(transparent)]
    View(#[from] ViewError),
    /// Whatever else the client cannot do; its message says what.
    #[error(transparent)]
    Client(Box<Error>),
}

/// This user may not receive events.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "this user has no permission to receive the events of {tenants}; ask the administrator of the NATS server for \
     permission to subscribe to {subject}"
)]
pub(crate) struct EventsNotPermitted {
    /// The tenant, or all tenants.
    pub(crate) tenants: String,
    /// The subject of the subscription.
    pub(crate) subject: String,
}

/// Why the result of a durable command is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoResult {
    /// This user may not receive the events.
    #[error(
        "{0}; to get the result, send the same command with this `command_id` and without `--durable`"
    )]
    NotPermitted(EventsNotPermitted),
    /// The events cannot be received any more.
    #[error(
        "{0}; to get the result, send the same command again with this `command_id` (it is not carried out twice)"
    )]
    Unheard(Box<AskError>),
    /// No event with the result arrived in time.
    #[error(
        "no result within {seconds} s; to get the result, send the same command again with this `command_id` \
         (it is not carried out twice)"
    )]
    NotYet {
        /// The time waited, in seconds.
        seconds: u64,
    },
}

impl AskError {
    /// Whether there is no answer at all, so that it is not known what became of a command.
    pub(crate) fn is_without_answer(&self) -> bool {
        matches!(
            self,
            Self::NoService | Self::TimedOut { .. } | Self::Connection { .. }
        )
    }

    /// Whether the same request may be answered later: there is no answer, or the service cannot act now.
    pub(crate) fn may_pass(&self) -> bool {
        let is_of_now = |code| [ErrorCode::Overloaded, ErrorCode::Unavailable].contains(&code);
        self.is_without_answer() || self.code().is_some_and(is_of_now)
    }

    /// Whether events cannot be received, whatever became of a command.
    pub(crate) fn is_about_events(&self) -> bool {
        matches!(
            self,
            Self::Events { .. } | Self::EventsNotPermitted(_) | Self::Closed
        )
    }

    /// The code of the refusal, if this version knows it.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        if let Self::Refused { error } = self {
            return Some(error.code);
        }
        None
    }

    /// Whether a part of the log that was needed is damaged.
    pub(crate) fn is_of_damage(&self) -> bool {
        self.code() == Some(ErrorCode::LogDamaged)
    }

    /// The refusal as the service sent it, if there is one.
    pub(crate) fn refusal(&self) -> Option<Value> {
        if let Self::Refused { error } = self {
            return Some(json!(error));
        }
        if let Self::RefusedOtherwise(refusal) = self {
            let (code, message) = (&refusal.code, &refusal.message);
            return Some(json!({ "code": code, "message": message, "details": refusal.details }));
        }
        None
    }
}

impl From<Error> for AskError {
    #[allow(clippy::wildcard_enum_match_arm)] // Later versions of the client may have more errors.
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(error)
            | Error::Unavailable {
                why: Unavailable::Refusal(error),
                ..
            } => Self::Refused { error: *error },
            Error::RefusedOtherwise(refusal) => Self::RefusedOtherwise(refusal),
            Error::Unavailable {
                why: Unavailable::NoService,
                ..
            } => Self::NoService,
            Error::Timeout { waited, command } => Self::TimedOut {
                seconds: waited.as_secs(),
                command,
            },
            Error::Transport { source, command } => Self::Connection { source, command },
            Error::NotStored { source, command } => Self::NotStored { source, command },
            Error::Decode {
                operation, source, ..
            } => Self::Answer(named(&operation, &source)),
            Error::TooLarge { bytes } => Self::TooLarge { bytes },
            Error::Subject { subject } => Self::Subject(without_family(&subject).to_owned()),
            Error::Events { source, .. } => Self::Events { source },
            other => Self::Client(Box::new(other)),
        }
    }
}

/// Tenant, actor and operation in a subject, without `plansync.v1.<family>.` before them.
fn without_family(subject: &str) -> &str {
    subject.splitn(4, '.').nth(3).unwrap_or(subject)
}

/// What to do if there is no answer.
fn unanswered(command: Option<CommandId>) -> String {
    match command {
        None => "; check the connection, or wait longer with `--timeout`".to_owned(),
        Some(_) => format!(
            "; the command{} may still be carried out: send it again with the same `command_id`, so that it is \
             not carried out twice",
            id_of(command)
        ),
    }
}

/// The id of a command, after its noun.
fn id_of(command: Option<CommandId>) -> String {
    command.map_or_else(String::new, |command| format!(" {command}"))
}

/// The fault in a reply, with the operation and the field.
pub(crate) fn named(operation: &str, fault: &DecodeError) -> String {
    let message = terminal::line(&fault.message);
    let operation = terminal::line(operation);
    match &fault.path {
        None => format!("{operation}: {message}"),
        Some(path) => format!("{operation}: at {}: {message}", terminal::line(path)),
    }
}

/// Fields of requests that the command line calls otherwise, and what it calls them.
const TYPED: [(&str, &str); 10] = [
    ("at_version", "`--at-version`"),
    ("from_position", "`--from`"),
    ("from_time", "`--from`"),
    ("groups", "`--group`"),
    ("programme_statuses", "`--programme-status`"),
    ("search", "the name, or `--search`"),
    ("statuses", "`--status`"),
    ("to_position", "`--until`"),
    ("to_time", "`--until`"),
    ("tutors", "`--tutor`"),
];

/// A refusal as text: its code, the field at fault if there is one, with what people type for it, and the message.
pub(crate) fn said(error: &plansync_protocol::Error) -> String {
    let code = error.code.as_str();
    let message = terminal::line(&error.message);
    let Some(path) = error.details.as_ref().and_then(|it| it.path.as_deref()) else {
        return format!("{code}: {message}");
    };
    let shown = terminal::line(path);
    let typed = typed(path).map_or_else(String::new, |typed| format!(" ({typed})"));
    // Some messages begin with the field themselves.
    match message.strip_prefix(&format!("{path}: ")) {
        Some(message) => format!("{code}: {shown}{typed}: {message}"),
        None => format!("{code}: at {shown}{typed}: {message}"),
    }
}

/// What people type for the field at the end of a path.
fn typed(path: &str) -> Option<&'static str> {
    let last = path.rsplit('.').next()?;
    let field = last.split('[').next()?;
    let found = TYPED.iter().find(|(name, _)| *name == field);
    found.map(|(_, typed)| *typed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use plansync_client::{Error as ClientError, Unavailable};
    use plansync_protocol::{Details, Error, ErrorCode, OperationName};
    use serde_json::json;

    use super::{AskError, named, said};

    #[test]
    fn a_reply_without_a_field_is_an_error_that_names_it() {
        let fault = |operation: OperationName, reply| {
            let fault = operation.check_reply(&reply).unwrap_err();
            named(operation.as_str(), &fault)
        };
        let reply = json!({ "total": 1, "version": 7, "learner": "nobody", "components": [] });
        assert_eq!(
            fault(OperationName::SyncStart, json!({ "position": 9 })),
            "sync.start: at sync: missing field `sync`"
        );
        assert!(fault(OperationName::PlanGet, reply).starts_with("plan.get: at learner: "));
        let names = json!({ "items": [{ "administrator": "alice", "name": 7 }] });
        let expected =
            "administrator.names: at items[0].name: invalid type: integer `7`, expected a string";
        assert_eq!(fault(OperationName::AdministratorNames, names), expected);
    }

    #[test]
    fn a_field_that_the_command_line_calls_otherwise_is_said_with_its_option() {
        let at = |path: &str, message: &str| {
            said(
                &Error::new(ErrorCode::InvalidRequest, message).with(Details {
                    path: Some(path.to_owned()),
                    ..Details::default()
                }),
            )
        };
        assert_eq!(
            at("to_time", "to_time: it is before the other"),
            "invalid_request: to_time (`--until`): it is before the other"
        );
        assert_eq!(
            at("learners.tutors[3]", "unknown"),
            "invalid_request: at learners.tutors[3] (`--tutor`): unknown"
        );
        assert_eq!(
            at("name", "name: too long"),
            "invalid_request: name: too long"
        );
    }

    #[test]
    fn every_option_that_is_said_for_a_field_exists() {
        fn has(command: &clap::Command, option: &str) -> bool {
            let mut args = command.get_arguments();
            args.any(|arg| arg.get_long() == Some(option))
                || command.get_subcommands().any(|inner| has(inner, option))
        }
        let command = crate::arguments::Arguments::said();
        for (field, typed) in super::TYPED {
            let (_, option) = typed.split_once("`--").unwrap();
            assert!(
                has(&command, option.trim_end_matches('`')),
                "{field}: {typed}"
            );
        }
    }

    #[test]
    fn a_refusal_names_the_field_at_fault() {
        let error = Error::new(ErrorCode::InvalidRequest, "too long\u{7}");
        assert_eq!(said(&error), "invalid_request: too long\\u{7}");
        let error = error.with(Details {
            path: Some("edits[0].set.name\n".to_owned()),
            ..Details::default()
        });
        let expected = "invalid_request: at edits[0].set.name\\n: too long\\u{7}";
        assert_eq!(said(&error), expected);
        let error = Error::new(ErrorCode::InvalidRequest, "version: there is none");
        let error = error.with(Details {
            path: Some("version".to_owned()),
            ..Details::default()
        });
        assert_eq!(said(&error), "invalid_request: version: there is none");
    }

    #[test]
    fn a_service_that_cannot_act_now_refused_and_one_that_is_not_there_did_not() {
        let busy = Box::new(Error::new(ErrorCode::Overloaded, "busy"));
        let busy: AskError = ClientError::Unavailable {
            why: Unavailable::Refusal(busy),
            command: None,
        }
        .into();
        assert_eq!(busy.code(), Some(ErrorCode::Overloaded));
        assert!(busy.may_pass() && !busy.is_without_answer(), "{busy}");
        let away: AskError = ClientError::Unavailable {
            why: Unavailable::NoService,
            command: None,
        }
        .into();
        assert!(away.may_pass() && away.is_without_answer(), "{away}");
        let no: AskError =
            ClientError::Refused(Box::new(Error::new(ErrorCode::NotPermitted, "no"))).into();
        assert!(!no.may_pass(), "{no}");
    }

    #[test]
    fn a_command_without_an_answer_is_named() {
        let late = |command: Option<&str>| {
            let error: AskError = ClientError::Timeout {
                waited: Duration::from_secs(7),
                command: command.map(|id| id.parse().unwrap()),
            }
            .into();
            error.to_string()
        };
        let id = "0190a1b2-0000-7000-8000-000000000009";
        let said = late(Some(id));
        assert!(said.starts_with("the service did not answer within 7 s; the command 0190a1b2-"));
        assert!(said.contains("send it again with the same `command_id`"));
        assert!(!late(None).contains("command"), "{}", late(None));
    }
}

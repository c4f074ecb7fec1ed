//! Why a call has no result, and what can be done about it.

use std::time::Duration;

use plansync_primitives::ids::CommandId;
use plansync_protocol::{BODY_BYTES_MAX, DecodeError, EncodeError, ErrorCode};
use serde::Deserialize;
use serde_json::Value;

use crate::event::EventId;

/// Why a call has no result.
///
/// An error about a command names the command's id if the command may have been carried out. The same command,
/// sent again with this id (`command_id` in its body), is carried out once and gets its first answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service refused. Nothing was changed. A program decides by the code what to do.
    #[error("{}: {}", .0.code.as_str(), .0.message)]
    Refused(Box<plansync_protocol::Error>),
    /// The service refused with a code or details that this version does not know. Nothing was changed.
    #[error("{}: {}", .0.code, .0.message)]
    RefusedOtherwise(Box<UnknownRefusal>),
    /// No service answers, or it is overloaded, or it cannot write at the moment, also after all attempts.
    #[error(
        "the service is not available ({why}); nothing was changed by this attempt: try again later"
    )]
    Unavailable {
        /// What each attempt ended with.
        why: Unavailable,
        /// The command; an earlier attempt may have carried it out.
        command: Option<CommandId>,
    },
    /// No answer came in time. A command may have been carried out.
    #[error(
        "no answer within {} ms; the service may be busy, or this NATS user may not send this request or not receive \
         replies in its inbox: send a command again with the same `command_id`, so that it is not done twice",
        .waited.as_millis()
    )]
    Timeout {
        /// The time for which the last attempt waited.
        waited: Duration,
        /// The command.
        command: Option<CommandId>,
    },
    /// The client was closed ([`Client::close`](crate::Client::close)), also while this call waited. A command may have
    /// been carried out.
    #[error(
        "the client is closed; send a command again, over another connection, with the same `command_id`"
    )]
    Closed {
        /// The command.
        command: Option<CommandId>,
    },
    /// The NATS server does not let this user send the message, or receive the reply. Nothing was done.
    #[error("the NATS server refuses this: {said}; {advice}")]
    Forbidden {
        /// What the server says.
        said: String,
        /// What to do.
        advice: &'static str,
    },
    /// No connection to a NATS server could be made.
    #[error("{}", no_connection(.servers, *.within, *.is_refused))]
    NotConnected {
        /// The addresses, separated by commas.
        servers: String,
        /// The time within which the connection had to be made.
        within: Duration,
        /// Whether the server refuses the user, so that it was not tried again.
        is_refused: bool,
        /// The message of the client library, if an attempt ended before the time was up.
        source: Option<async_nats::Error>,
    },
    /// The stream of durable commands or of events does not exist: no engine has run with this NATS account. A command
    /// was not stored.
    #[error(
        "the stream {name} does not exist; start plansync once with this server (`plansync dev`, or `plansync serve` with \
         its address), which makes its streams; from then on, they are there while plansync is down, too"
    )]
    NoStream {
        /// The stream.
        name: String,
    },
    /// An argument is wrong. Nothing was sent.
    #[error("nothing was sent: {0}")]
    Argument(String),
    /// The connection failed. A command may have been carried out.
    #[error("the connection to NATS failed; send a command again with the same `command_id`")]
    Transport {
        /// The message of the client library.
        source: async_nats::Error,
        /// The command.
        command: Option<CommandId>,
    },
    /// A reply has a form that this version does not know. A command may have been carried out.
    #[error(
        "the reply to {operation} could not be decoded; use a version of this crate that fits the service"
    )]
    Decode {
        /// The operation.
        operation: String,
        /// What is wrong, and where.
        source: DecodeError,
        /// The command.
        command: Option<CommandId>,
    },
    /// The fields are not those of a body of the operation. Nothing was sent.
    #[error("nothing was sent: {operation}: {source}{}", at(.source))]
    Body {
        /// The operation.
        operation: &'static str,
        /// What is wrong, and where.
        source: DecodeError,
    },
    /// The body is larger than the service accepts. Nothing was sent.
    #[error(
        "nothing was sent: the body has {bytes} bytes, but the limit is {BODY_BYTES_MAX}; split it"
    )]
    TooLarge {
        /// The size of the body, in bytes.
        bytes: usize,
    },
    /// Tenant, actor or operation cannot stand in a subject. Nothing was sent.
    #[error(
        "nothing was sent: `{subject}` is not a valid subject; tenant and actor are 1 to 64 letters, digits, `_` or \
         `-`, and an operation has a name such as `plan.edit`"
    )]
    Subject {
        /// The subject.
        subject: String,
    },
    /// The body cannot be encoded. Nothing was sent.
    #[error("nothing was sent: the body cannot be encoded")]
    Encode(#[from] EncodeError),
    /// The command stream did not store a durable command, or its acknowledgement was lost.
    #[error(
        "the stream of commands did not confirm the command, which may be stored nevertheless; send it again with the \
         same `command_id`"
    )]
    NotStored {
        /// The message of the server or the client library.
        source: async_nats::Error,
        /// The command.
        command: Option<CommandId>,
    },
    /// A durable command is stored and will be decided, but its result is not known yet.
    #[error(
        "the command {command} is stored and will be decided, but its result is not known yet; to get the result, send \
         the same command again with this `command_id`"
    )]
    OutcomeUnknown {
        /// The command.
        command: CommandId,
        /// What the service answers to the same command as a request. The durable command may still be accepted
        /// if it waits behind others.
        refusal: Option<Box<plansync_protocol::Error>>,
    },
    /// A list is no longer held: more than a minute passed between two pages. Read it again from the first item.
    #[error(
        "the list is no longer held after {read} items were read; read it again from the first item"
    )]
    ReadingExpired {
        /// The number of items that were returned before.
        read: u64,
    },
    /// A list that cannot be held changed while it was read. Read it again from the first item.
    #[error("the list changed after {read} items were read; read it again from the first item")]
    ListChanged {
        /// The number of items that were returned before.
        read: u64,
    },
    /// The events cannot be read: the consumer or the stream is missing, or this user may not use it.
    #[error("the events cannot be read from {name}")]
    Events {
        /// The consumer or the stream.
        name: String,
        /// Whether the cause may pass by itself: the server was not reached, or not ready.
        may_pass: bool,
        /// The message of the server or the client library.
        source: async_nats::Error,
    },
    /// A consumer has a setting with which events would be lost or be out of order.
    #[error(
        "the consumer {name} has {setting}, with which events would be lost or come out of order; {advice}"
    )]
    Consumer {
        /// The consumer.
        name: String,
        /// The setting and its value.
        setting: String,
        /// What to do.
        advice: &'static str,
    },
    /// Another subscriber takes events from the same consumer, so that this one does not see all of them.
    #[error(
        "another subscriber takes events from the consumer {name}; give each subscriber a consumer of its own"
    )]
    Shared {
        /// The consumer.
        name: String,
    },
    /// Events were removed from the stream before they were read. They will not be seen; reading can continue.
    #[error(
        "{at_least} or more events were removed from the stream before they were read; read faster, or enlarge it"
    )]
    Removed {
        /// The least number of events that are missing.
        at_least: u64,
    },
    /// The checkpoint belongs to another log than the events.
    #[error(
        "the checkpoint belongs to another log than the event {event}; begin anew with the data of that log"
    )]
    OtherLog {
        /// The event.
        event: EventId,
    },
}

/// A refusal that this version does not know, as the service sent it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UnknownRefusal {
    /// The code.
    pub code: String,
    /// What happened and what to do, for people.
    pub message: String,
    /// What a program may need in addition to the code; null if there is nothing.
    #[serde(default)]
    pub details: Value,
}

/// The message of [`Error::NotConnected`].
fn no_connection(servers: &str, within: Duration, is_refused: bool) -> String {
    if is_refused {
        return format!(
            "the NATS server at {servers} refused the connection; correct the user, the password, the credentials or the \
             settings of TLS"
        );
    }
    let within = within.as_millis();
    format!(
        "no connection to {servers} within {within} ms; start the NATS server (`plansync dev` starts one), or correct the \
         address"
    )
}

/// Where in a body a fault is, for messages.
fn at(fault: &DecodeError) -> String {
    let path = fault.path.as_ref();
    path.map(|path| format!(" (at `{path}`)"))
        .unwrap_or_default()
}

/// What an attempt ended with that found no service able to act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Nobody listens on the subject: no engine runs, or the NATS account does not reach it.
    #[error("no service answers on this subject")]
    NoService,
    /// No stream takes durable commands: none exists, or its server is starting.
    #[error(
        "no stream takes durable commands; if plansync has never run with this server, start it once, which makes its \
         streams"
    )]
    NoStream,
    /// The service answered `overloaded` or `unavailable`.
    #[error("{}: {}", .0.code.as_str(), .0.message)]
    Refusal(Box<plansync_protocol::Error>),
}

impl Error {
    /// The error for a refusal by the service.
    pub(crate) fn of_refusal(error: plansync_protocol::Error, command: Option<CommandId>) -> Self {
        let passes = [ErrorCode::Overloaded, ErrorCode::Unavailable].contains(&error.code);
        let error = Box::new(error);
        if passes {
            let why = Unavailable::Refusal(error);
            Self::Unavailable { why, command }
        } else {
            Self::Refused(error)
        }
    }

    /// Whether the same call may succeed later. A command must be sent with the same id.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Timeout { .. }
                | Self::Transport { .. }
                | Self::NotStored { .. }
                | Self::Events { may_pass: true, .. }
        )
    }

    /// Whether no service answers on the subject.
    pub(crate) fn is_without_service(&self) -> bool {
        let why = Unavailable::NoService;
        matches!(self, Self::Unavailable { why: found, .. } if *found == why)
    }

    /// The refusal of the service, if there is one.
    pub fn refusal(&self) -> Option<&plansync_protocol::Error> {
        if let Self::Refused(error)
        | Self::Unavailable {
            why: Unavailable::Refusal(error),
            ..
        }
        | Self::OutcomeUnknown {
            refusal: Some(error),
            ..
        } = self
        {
            return Some(error);
        }
        None
    }

    /// The code of the refusal, if there is one.
    pub fn code(&self) -> Option<ErrorCode> {
        self.refusal().map(|error| error.code)
    }

    /// The command that may have been carried out although there is no result.
    pub fn command(&self) -> Option<CommandId> {
        if let Self::OutcomeUnknown { command, .. } = self {
            return Some(*command);
        }
        if let Self::Unavailable { command, .. }
        | Self::Timeout { command, .. }
        | Self::Transport { command, .. }
        | Self::Decode { command, .. }
        | Self::Closed { command }
        | Self::NotStored { command, .. } = self
        {
            return *command;
        }
        None
    }

    /// The delay that the service asks for before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let details = self.refusal()?.details.as_ref()?;
        details.retry_after_ms.map(Duration::from_millis)
    }
}

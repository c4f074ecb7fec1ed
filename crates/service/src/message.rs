//! Messages as a transport passes them in and gets them back.
//!
//! A transport implements [`Headers`] and needs to know nothing about operations.

use std::time::Duration;

use plansync_log::Position;
use plansync_protocol::{Encoding, ErrorCode};

/// Headers of a message, by name in any case of letters.
pub trait Headers {
    /// All values of the header with this name, in any case; empty if the message does not have it. The
    /// transport must not choose among several values.
    fn values(&self, name: &str) -> Vec<&str>;
}

/// A header with several different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header `{0}` has several different values; nothing was changed: send one value")]
pub struct Ambiguous(pub(crate) &'static str);

/// The value of a header; `None` if it is missing. The same value may be repeated.
pub fn one_value<'a>(
    headers: &'a dyn Headers,
    name: &'static str,
) -> Result<Option<&'a str>, Ambiguous> {
    let values = headers.values(name);
    let first = values.first().copied();
    if values.iter().any(|value| Some(*value) != first) {
        return Err(Ambiguous(name));
    }
    Ok(first)
}

/// A message that was received.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The whole subject; tenant and actor are taken from it alone.
    pub subject: &'a str,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The body, of any size and content.
    pub body: &'a [u8],
}

/// A refusal, with its headers as the NATS service API defines them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The code of the error.
    pub code: ErrorCode,
    /// `Nats-Service-Error-Code`: a number like those of HTTP.
    pub number: u16,
    /// `Nats-Service-Error`: one line of printable ASCII.
    pub text: String,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The answer must not be sent before the log is durable up to this position.
    pub after: Position,
    /// The encoding of the body.
    pub encoding: Encoding,
    /// The headers of the refusal, if it is one.
    pub error: Option<ServiceError>,
    /// The encoded reply or error.
    pub body: Vec<u8>,
}

/// The place of a durable command in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The time at which the stream was created, in nanoseconds since 1970. It distinguishes streams of the
    /// same name.
    pub stream_created_ns: i128,
    /// The sequence number of the message in the stream.
    pub sequence: u64,
}

/// What the transport must do with a durable command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is decided: acknowledge the message when the log is durable up to `after`.
    Settled {
        /// The position at which its result is recorded.
        after: Position,
    },
    /// It cannot be decided now: deliver the same message again.
    Wait {
        /// How long to wait before that.
        retry_after: Duration,
    },
}

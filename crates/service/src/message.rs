//! Messages as a transport hands them over and takes them back.
//!
//! Knows no transport and no operation.

use std::time::Duration;

use plansync_log::Position;
use plansync_protocol::Encoding;

/// Headers of a message, by name in any case of letters.
pub trait Headers {
    /// Every value of a header, under whichever spelling of its name it came; none of one that the
    /// message does not have. Which of several values counts is not for the transport to say.
    fn values(&self, name: &str) -> Vec<&str>;
}

/// A header that was given several times, with values that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header `{0}` is given more than once, with different values; send it once")]
pub(crate) struct Ambiguous(pub(crate) &'static str);

/// The one value of a header; none if it is not there. A repeat of the same value is the same value.
pub(crate) fn one_value<'a>(
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

/// A message as it came in.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The whole subject; identity is read from it alone.
    pub subject: &'a str,
    /// Its headers.
    pub headers: &'a dyn Headers,
    /// Its body, of any size and content.
    pub body: &'a [u8],
}

/// How long an answer may take to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Microseconds.
    Light,
    /// Milliseconds or more: for a thread that may block.
    Heavy,
}

/// What the service headers say of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// A number like those of HTTP.
    pub number: u16,
    /// What it says to a person, on one line.
    pub text: String,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// It may leave only once the log is durable up to here.
    pub after: Position,
    /// How the body is written.
    pub encoding: Encoding,
    /// What was refused, if it was.
    pub error: Option<ServiceError>,
    /// The encoded reply or error.
    pub body: Vec<u8>,
}

/// Where a durable command stands in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When the stream was created, in nanoseconds since 1970: tells two streams of one name apart.
    pub stream_created_ns: i128,
    /// The message's sequence in it.
    pub sequence: u64,
}

/// What became of a durable command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Decided: to be acknowledged once the log is durable up to here.
    Settled {
        /// Where what became of it is recorded.
        after: Position,
    },
    /// Not decided now: the same message is to be given again.
    Wait {
        /// How long to wait before.
        retry_after: Duration,
    },
}

//! What the transport asks of whatever stands behind it, and the plain types of that talk.
//!
//! Owns two ports: [`Handler`] answers messages, [`Outbox`] hands out events. Knows no NATS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// A place in the log; the first commit is 1, zero is before any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(u64);

impl Position {
    /// Before the first commit.
    pub const ZERO: Self = Self(0);

    /// The position with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number behind it.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The log's hash at one position, as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain(Arc<str>);

impl Chain {
    /// The chain value with this text.
    pub fn new(hex: impl Into<Arc<str>>) -> Self {
        Self(hex.into())
    }

    /// Its lower-case hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which log this is: its id, and which of its incarnations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The log's id, as streams carry it in their metadata.
    pub log: Arc<str>,
    /// One more with every restored backup.
    pub incarnation: u32,
}

/// Headers of a message, by name in any case of letters.
pub trait Headers {
    /// The first value of a header.
    fn get(&self, name: &str) -> Option<&str>;
}

/// A message as it came in.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The whole subject; identity is read from it alone.
    pub subject: &'a str,
    /// Its headers, without those that only the server's own parts may set.
    pub headers: &'a dyn Headers,
    /// Its body, of any size and content.
    pub body: &'a [u8],
}

/// How long an answer may take to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Microseconds: answered where it is received, in the order of arrival.
    Light,
    /// Milliseconds or more: answered on a thread that may block.
    Heavy,
}

/// What the service headers say of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// A number like those of HTTP.
    pub number: u16,
    /// What it says to a person; one line.
    pub text: String,
}

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// It may leave only once the log is durable up to here.
    pub after: Position,
    /// The media type of the body.
    pub content_type: &'static str,
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

/// Answers messages; it never waits for the disk.
pub trait Handler: Send + Sync + 'static {
    /// How heavy a request on this subject is.
    fn weight(&self, subject: &str) -> Weight;

    /// Answers a request, whatever it holds.
    fn request(&self, inbound: Inbound<'_>) -> Answer;

    /// Refuses a request without looking into it, because too many wait already.
    fn overloaded(&self, inbound: Inbound<'_>, retry_after: Duration) -> Answer;

    /// Refuses a request whose handling crashed.
    fn crashed(&self, inbound: Inbound<'_>) -> Answer;

    /// Decides a durable command, whatever it holds.
    fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// Records a durable command as rejected because deciding it crashed.
    fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// How far the log is durable.
    fn durable(&self) -> watch::Receiver<Position>;
}

/// One event, ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// Where its commit is in the log.
    pub position: Position,
    /// The log's hash there.
    pub chain: Chain,
    /// Its unique id: `<log id>.<incarnation>/<position>`.
    pub id: String,
    /// The subject to publish on.
    pub subject: String,
    /// Headers, spelt as they go out.
    pub headers: Vec<(&'static str, String)>,
    /// The encoded body.
    pub body: Vec<u8>,
}

/// A run of the log, seen as events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The events in it, in log order.
    pub events: Vec<Outbound>,
    /// The last position that was looked at, whether it gave an event or not.
    pub through: Position,
}

/// Why events could not be read from the log.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// It may work later.
    #[error("the log cannot be read now ({cause})")]
    Unavailable {
        /// What the storage said.
        cause: String,
    },
    /// It will not work again.
    #[error("the log is damaged ({cause})")]
    Corrupt {
        /// What is wrong, and what to do.
        cause: String,
    },
}

/// Hands out the log's events in order.
pub trait Outbox: Send + Sync + 'static {
    /// Which log this is.
    fn name(&self) -> LogName;

    /// How far the log is durable; nothing beyond may be published.
    fn durable(&self) -> watch::Receiver<Position>;

    /// The hash at a durable position; nothing for a position that the log does not have.
    fn chain(&self, position: Position) -> Result<Option<Chain>, OutboxError>;

    /// The events after a position: at most `count_max` commits, none beyond what is durable.
    fn events(&self, after: Position, count_max: usize) -> Result<Batch, OutboxError>;
}

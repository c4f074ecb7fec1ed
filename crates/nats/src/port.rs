//! The ports of the transport: [`Handler`] answers messages, [`Outbox`] provides events, and the
//! relay writes to an [`EventStream`].
//!
//! The service implements the first two and `JetStream` the third; tests use simpler ones.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use plansync_log::{Chain, Incarnations, Position};
use plansync_service::{
    Answer, Awaited, Batch, EventsError, Inbound, NeedsDisk, Outbound, Place, Service, Verdict,
    Weight,
};
use tokio::sync::watch;

use crate::resume::{End, Found};
use crate::streams::StreamError;

/// Which log this is: its id and incarnation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The id of the log, as in the metadata of streams.
    pub log: Arc<str>,
    /// The incarnation of the log: a restored log has another one than the original.
    pub incarnation: u32,
}

/// Answers messages. It does not wait until its decisions are durable: the sender of the answer
/// does. Only a repeat may wait for the one sync to the disk that makes its first sending durable,
/// on a thread that may block.
pub trait Handler: Send + Sync + 'static {
    /// How heavy a request on this subject is.
    fn weight(&self, subject: &str) -> Weight;

    /// The tenant of a subject, if there is one of this name. Log output and spans name no others, because whoever sends
    /// a message can write anything there.
    fn tenant(&self, subject: &str) -> Option<String> {
        let _ = subject;
        None
    }

    /// Until when a heavy request is held back; `None` if it is to be answered as soon as possible.
    fn awaited(&self, inbound: Inbound<'_>) -> Option<Awaited> {
        let _ = inbound;
        None
    }

    /// Answers a request with any content, on a thread that may block.
    fn request(&self, inbound: Inbound<'_>) -> Answer;

    /// Refuses a request that could not be delivered unchanged; the body has what is known of it.
    fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer;

    /// Answers a light request if that needs no disk, and never blocks. If it needs the disk,
    /// nothing has happened.
    fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk>;

    /// Refuses a request without reading it, because too many wait.
    fn overloaded(&self, inbound: Inbound<'_>, retry_after: Duration) -> Answer;

    /// Refuses a request whose handling crashed.
    fn crashed(&self, inbound: Inbound<'_>) -> Answer;

    /// Takes the place of an answer that a node must not send, because it does not lead any more.
    fn withheld(&self, answer: &Answer) -> Answer;

    /// While the returned value is held, decisions need not become durable: more follow at once and
    /// are written together with them.
    fn gathering(&self) -> impl Send + 'static;

    /// The number of commits whose events wait to be published.
    fn events_behind(&self) -> u64;

    /// Decides a durable command with any content.
    fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// Records a durable command as rejected because deciding it crashed.
    fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// Records a durable command as rejected because it could not be delivered unchanged; the body
    /// has what is known of it.
    fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, why: &str) -> Verdict;

    /// The position up to which the log is durable.
    fn durable(&self) -> watch::Receiver<Position>;
}

/// Provides the events of the log in order.
pub trait Outbox: Send + Sync + 'static {
    /// Which log this is.
    fn name(&self) -> LogName;

    /// All incarnations of the log, up to the one in its name.
    fn incarnations(&self) -> Incarnations;

    /// The position up to which the log is durable. Nothing after it may be published.
    fn durable(&self) -> watch::Receiver<Position>;

    /// The hash at a durable position; none if the log does not have the position.
    fn chain(&self, position: Position) -> Result<Option<Chain>, EventsError>;

    /// The events after a position: those of at most `count_max` commits, all of them durable.
    fn events(&self, after: Position, count_max: usize) -> Result<Batch, EventsError>;

    /// Takes note of how far events are published: those of all commits up to a position are in the stream, whose
    /// last sequence that is, so that a consumer from the next sequence on receives every later one. `None` while
    /// that is not known.
    fn relayed(&self, through: Option<(Position, u64)>) {
        let _ = through;
    }
}

/// The server's confirmation that an event is in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The sequence of the event.
    pub sequence: u64,
    /// Whether it was there already, according to its id.
    pub duplicate: bool,
}

/// Why an event is not known to be in the stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlaced {
    /// The stream does not end where the event was to go, so the server refused it.
    #[error("{0}")]
    Refused(String),
    /// The event may be there or not: no answer was received.
    #[error("{0}")]
    Unknown(String),
}

/// The stream for events.
pub trait EventStream: Send + Sync + 'static {
    /// An event that was sent and whose answer is still to be awaited.
    type Sent: Send;

    /// Prepares the stream if necessary, and finds where it ends.
    fn find_end(
        &self,
        name: &LogName,
        incarnations: &Incarnations,
    ) -> impl Future<Output = Result<Found, StreamError>> + Send;

    /// Finds where the stream ends, without reading its messages.
    fn end(&self) -> impl Future<Output = Result<End, StreamError>> + Send;

    /// Sends an event that is stored only if the stream ends at this sequence.
    fn send(
        &mut self,
        event: Outbound,
        expected_last_sequence: u64,
    ) -> impl Future<Output = Result<Self::Sent, NotPlaced>> + Send;

    /// Awaits the server's answer. Called in the order of sending.
    fn answer(
        &mut self,
        sent: Self::Sent,
    ) -> impl Future<Output = Result<Placed, NotPlaced>> + Send;
}

impl Handler for Service {
    fn tenant(&self, subject: &str) -> Option<String> {
        Self::tenant(self, subject).map(|tenant| tenant.to_string())
    }

    fn weight(&self, subject: &str) -> Weight {
        Self::weight(self, subject)
    }

    fn awaited(&self, inbound: Inbound<'_>) -> Option<Awaited> {
        Self::awaited(self, inbound)
    }

    fn request(&self, inbound: Inbound<'_>) -> Answer {
        Self::request(self, inbound)
    }

    fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer {
        Self::undeliverable(self, inbound, why)
    }

    fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk> {
        Self::request_without_disk(self, inbound)
    }

    fn overloaded(&self, inbound: Inbound<'_>, retry_after: Duration) -> Answer {
        let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
        Self::overloaded(self, inbound, retry_after_ms)
    }

    fn crashed(&self, inbound: Inbound<'_>) -> Answer {
        Self::crashed(self, inbound)
    }

    fn withheld(&self, answer: &Answer) -> Answer {
        Self::withheld(self, answer)
    }

    fn gathering(&self) -> impl Send + 'static {
        self.engine().gathering()
    }

    fn events_behind(&self) -> u64 {
        Self::events_behind(self)
    }

    fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        Self::command(self, inbound, place)
    }

    fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        Self::set_aside(self, inbound, place)
    }

    fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, why: &str) -> Verdict {
        Self::undeliverable_command(self, inbound, place, why)
    }

    fn durable(&self) -> watch::Receiver<Position> {
        self.engine().durable().subscribe()
    }
}

impl Outbox for Service {
    fn name(&self) -> LogName {
        let tip = self.engine().log().tip();
        LogName {
            log: tip.log.to_string().into(),
            incarnation: tip.incarnation.get(),
        }
    }

    fn incarnations(&self) -> Incarnations {
        self.engine().log().incarnations()
    }

    fn durable(&self) -> watch::Receiver<Position> {
        self.engine().durable().subscribe()
    }

    fn chain(&self, position: Position) -> Result<Option<Chain>, EventsError> {
        Self::chain(self, position)
    }

    fn events(&self, after: Position, count_max: usize) -> Result<Batch, EventsError> {
        Self::events(self, after, count_max)
    }

    fn relayed(&self, through: Option<(Position, u64)>) {
        self.note_relayed(through);
    }
}

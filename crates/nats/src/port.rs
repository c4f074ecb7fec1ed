//! What the transport asks of whatever stands behind it: [`Handler`] answers messages, [`Outbox`]
//! hands out events; and what the relay asks of the stream before it: [`EventStream`]. The service is
//! the first two and `JetStream` the third; a test may be something simpler. Knows no NATS.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use plansync_log::{Chain, Incarnations, Position};
use plansync_service::{
    Answer, Batch, EventsError, Inbound, NeedsDisk, Outbound, Place, Service, Verdict, Weight,
};
use tokio::sync::watch;

use crate::resume::{End, Found};
use crate::streams::StreamError;

/// Which log this is: its id, and which of its incarnations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The log's id, as streams carry it in their metadata.
    pub log: Arc<str>,
    /// Which incarnation of the log: one that was restored is in another than what it was restored from.
    pub incarnation: u32,
}

/// Answers messages. It does not wait until what it decides is durable, which is for whoever sends
/// the answer; only a repeat may wait for the one sync that makes its first sending durable, on a
/// thread that may block.
pub trait Handler: Send + Sync + 'static {
    /// How heavy a request on this subject is.
    fn weight(&self, subject: &str) -> Weight;

    /// Answers a request, whatever it holds, on a thread that may block.
    fn request(&self, inbound: Inbound<'_>) -> Answer;

    /// Refuses a request that could not be delivered as it is; the body is what is known of it.
    fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer;

    /// Answers a light request where that needs no disk, and never blocks; nothing has happened where it
    /// does need it.
    fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk>;

    /// Refuses a request without looking into it, because too many wait already.
    fn overloaded(&self, inbound: Inbound<'_>, retry_after: Duration) -> Answer;

    /// Refuses a request whose handling crashed.
    fn crashed(&self, inbound: Inbound<'_>) -> Answer;

    /// Until what this gives is dropped, what is decided need not become durable: more is to come at
    /// once, and is written with it.
    fn gathering(&self) -> impl Send + 'static;

    /// How many commits wait for their events to be published.
    fn events_behind(&self) -> u64;

    /// Decides a durable command, whatever it holds.
    fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// Records a durable command as rejected because deciding it crashed.
    fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict;

    /// Records a durable command as rejected because it could not be delivered as it is; the body is
    /// what is known of it.
    fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, why: &str) -> Verdict;

    /// How far the log is durable.
    fn durable(&self) -> watch::Receiver<Position>;
}

/// Hands out the log's events in order.
pub trait Outbox: Send + Sync + 'static {
    /// Which log this is.
    fn name(&self) -> LogName;

    /// All incarnations of the log, up to the one in its name.
    fn incarnations(&self) -> Incarnations;

    /// How far the log is durable; nothing beyond may be published.
    fn durable(&self) -> watch::Receiver<Position>;

    /// The hash at a durable position; nothing for a position that the log does not have.
    fn chain(&self, position: Position) -> Result<Option<Chain>, EventsError>;

    /// The events after a position: at most `count_max` commits, none beyond what is durable.
    fn events(&self, after: Position, count_max: usize) -> Result<Batch, EventsError>;
}

/// The server's word that an event is in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Where.
    pub sequence: u64,
    /// Whether it was there already, by its id.
    pub duplicate: bool,
}

/// Why an event is not known to be in the stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlaced {
    /// The stream does not end where the event was to go, so the server did not take it.
    #[error("{0}")]
    Refused(String),
    /// It may be there or not: the server was not heard.
    #[error("{0}")]
    Unknown(String),
}

/// The stream that events go into.
pub trait EventStream: Send + Sync + 'static {
    /// An event that was sent, and whose answer has not been waited for.
    type Sent: Send;

    /// Makes the stream ready if need be, and looks where it ends.
    fn look(
        &self,
        name: &LogName,
        incarnations: &Incarnations,
    ) -> impl Future<Output = Result<Found, StreamError>> + Send;

    /// Where the stream ends, without a look at what is in it.
    fn end(&self) -> impl Future<Output = Result<End, StreamError>> + Send;

    /// Sends an event, to be stored only if the stream ends at this sequence.
    fn send(
        &mut self,
        event: Outbound,
        expected_last_sequence: u64,
    ) -> impl Future<Output = Result<Self::Sent, NotPlaced>> + Send;

    /// What the server says of it; asked in the order of sending.
    fn answer(
        &mut self,
        sent: Self::Sent,
    ) -> impl Future<Output = Result<Placed, NotPlaced>> + Send;
}

impl Handler for Service {
    fn weight(&self, subject: &str) -> Weight {
        Self::weight(self, subject)
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
}

//! The consumer of durable commands: it takes them in stream order, one at a time, and acknowledges
//! them when they are durable.
//!
//! The server may lose a delivery when a connection breaks, and send it again later, after others.
//! Therefore the consumer is recreated whenever a delivery is missing, and starts again at the
//! first message that was not acknowledged.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::message::Acker;
use async_nats::jetstream::stream::{ConsumerErrorKind, Stream};
use async_nats::jetstream::{AckKind, ErrorCode, Message};
use futures_util::StreamExt as _;
use plansync_log::Position;
use plansync_service::{OperationName, Place, Verdict, operation};
use plansync_traces::{Event, Steps, Work};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::command_queue::as_sent;
use crate::condition::Condition;
use crate::filter::{Filtered, Undeliverable};
use crate::gate::{Gate, GateQueue, gate};
use crate::headers::Received;
use crate::message_trace::MessageTrace;
use crate::port::Handler;
use crate::report_limit::BurstLimit;
use crate::settings::UNACKNOWLEDGED_MAX;
use crate::stop::requested;
use crate::stream_faults::refused_for_others;
use crate::streams::{Demand, StreamError, Streams, created_ns};

pub(crate) const CONSUMER: &str = "plansync-engine";
/// The server delivers a command again if it has received nothing about it for this long.
pub(crate) const ACK_WAIT: Duration = Duration::from_secs(30);
/// The interval of progress messages to the server for a command that must wait.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);
/// The time for which one pull waits for a command.
pub(crate) const PULL_EXPIRES: Duration = Duration::from_secs(10);
/// The pause before the consumer is set up again.
const CONSUMER_RETRY_DELAY: Duration = Duration::from_millis(500);
/// The shortest time that a command waits before it is tried again.
const WAIT_MIN: Duration = Duration::from_millis(10);

/// Why durable commands are no longer taken.
#[derive(Debug, thiserror::Error)]
pub enum CommandsError {
    /// The stream belongs to another log, or has a setting that is refused.
    #[error(transparent)]
    Stream(StreamError),
    /// The handler has ended.
    #[error(
        "the engine stopped while durable commands were processed; commands without a result stay in the \
         stream: start the engine again"
    )]
    EngineGone,
}

/// Takes durable commands from their stream.
pub struct CommandConsumer<H> {
    streams: Streams,
    handler: Arc<H>,
    /// The last message that was decided: if it is delivered again, it is only acknowledged again.
    decided: Option<Decided>,
    /// Why the consumer was last recreated, if no command was taken since.
    last_why: Option<String>,
    condition: Condition,
    /// Limits the lines in the engine's log about messages that cannot be delivered.
    refusals: BurstLimit,
}

/// A command whose result is recorded, and which is acknowledged once that is durable.
struct Settled {
    acker: Acker,
    steps: Steps,
}

#[derive(Clone, Copy)]
struct Decided {
    place: Place,
    after: Position,
}

/// One run through the stream, from its first unacknowledged message to the first missing delivery.
struct Session {
    stream_created_ns: i128,
    messages: pull::Stream,
    /// The number that the next delivery must have.
    delivery: u64,
}

/// Why a session ended.
enum Ended {
    Stopped,
    /// A delivery is missing, or the server cannot be reached.
    StartOver(String),
}

impl<H: Handler> CommandConsumer<H> {
    /// Opens the consumer. Commands are taken once it is run.
    pub async fn open(
        streams: &Streams,
        filtered: &Filtered,
        handler: Arc<H>,
    ) -> Result<Self, CommandsError> {
        let consumer = Self {
            streams: streams.over(filtered.client().clone()),
            handler,
            decided: None,
            last_why: None,
            condition: Condition::default(),
            refusals: BurstLimit::new(),
        };
        consumer
            .session(Demand::Fit)
            .await
            .map_err(CommandsError::Stream)?;
        Ok(consumer)
    }

    /// What is wrong with the consumer, while it runs.
    pub fn condition(&self) -> Condition {
        self.condition.clone()
    }

    /// Takes commands until `stop` is true (or its sender is gone). It returns when those that were
    /// decided are acknowledged.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), CommandsError> {
        let (waiting, acknowledged) = gate(self.handler.durable(), usize::from(UNACKNOWLEDGED_MAX));
        let acknowledging = tokio::spawn(acknowledge_all(acknowledged));
        let ended = self.take_all(&waiting, &mut stop).await;
        drop(waiting);
        acknowledging.await.map_err(|_| CommandsError::EngineGone)?;
        ended
    }

    async fn take_all(
        &mut self,
        waiting: &GateQueue<Settled>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), CommandsError> {
        loop {
            let ended = match self.session(Demand::Ours).await {
                Ok(session) => {
                    self.condition.is_well();
                    self.take_session(session, waiting, stop).await?
                }
                Err(error) if error.may_pass() => Ended::StartOver(error.to_string()),
                Err(error) => return Err(CommandsError::Stream(error)),
            };
            if let Ended::StartOver(why) = &ended {
                self.condition.suffers(&format!(
                    "durable commands are not taken now ({why}); none is lost: they wait in {}, and taking them is \
                     tried again",
                    crate::COMMANDS
                ));
            }
            match ended {
                Ended::Stopped => return Ok(()),
                // A server that cannot be reached gives the same reason many times.
                Ended::StartOver(why) if self.last_why.as_ref() == Some(&why) => {}
                Ended::StartOver(why) => {
                    tracing::warn!(
                        why,
                        "reading durable commands again from the first one that is not acknowledged"
                    );
                    self.last_why = Some(why);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(CONSUMER_RETRY_DELAY) => {}
                () = requested(stop) => return Ok(()),
            }
        }
    }

    /// A consumer that starts at the first message that was not acknowledged.
    async fn session(&self, demand: Demand) -> Result<Session, StreamError> {
        let stream = self.streams.commands(demand).await?;
        let server = |source| StreamError::Server {
            stream: crate::COMMANDS,
            source,
        };
        forget(&stream).await.map_err(server)?;
        let created = stream
            .create_consumer(pull::Config {
                durable_name: Some(CONSUMER.to_owned()),
                ack_policy: AckPolicy::Explicit,
                ack_wait: ACK_WAIT,
                max_deliver: -1,
                max_ack_pending: i64::from(UNACKNOWLEDGED_MAX),
                ..pull::Config::default()
            })
            .await;
        let consumer: PullConsumer = match created {
            Ok(consumer) => consumer,
            Err(error) => return Err(refused_for_others(self.streams.context(), error).await),
        };
        let messages = consumer
            .stream()
            .max_messages_per_batch(usize::from(UNACKNOWLEDGED_MAX))
            .heartbeat(Duration::from_secs(2))
            .expires(PULL_EXPIRES)
            .messages()
            .await
            .map_err(|error| server(error.into()))?;
        Ok(Session {
            stream_created_ns: created_ns(&stream),
            messages,
            delivery: 1,
        })
    }

    async fn take_session(
        &mut self,
        mut session: Session,
        waiting: &GateQueue<Settled>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, CommandsError> {
        loop {
            let message = tokio::select! {
                () = requested(stop) => return Ok(Ended::Stopped),
                message = session.messages.next() => match message {
                    Some(Ok(message)) => message,
                    Some(Err(error)) => return Ok(Ended::StartOver(error.to_string())),
                    None => return Ok(Ended::StartOver("the consumer was closed".to_owned())),
                }
            };
            let Some(place) = session.expected(&message) else {
                return Ok(Ended::StartOver("the server skipped a delivery".to_owned()));
            };
            if may_lack_its_body(&message) && !self.sends_bodies().await {
                let why = "the consumer was edited to send headers only";
                return Ok(Ended::StartOver(why.to_owned()));
            }
            let Some((after, mut steps)) = self.settle(&message, place, stop).await? else {
                return Ok(Ended::Stopped);
            };
            let room = waiting
                .room_in_time()
                .await
                .ok_or(CommandsError::EngineGone)?;
            steps.durable();
            let acker = message.split().1;
            room.put(after, Settled { acker, steps });
            self.last_why = None;
        }
    }

    /// Whether the consumer delivers whole messages, as far as the server says.
    async fn sends_bodies(&self) -> bool {
        let Ok(stream) = self.streams.commands(Demand::Ours).await else {
            return false;
        };
        let info = stream.consumer_info(CONSUMER).await;
        info.is_ok_and(|info| !info.config.headers_only)
    }

    /// Decides a message, however long it must wait; none if it is told to stop before.
    async fn settle(
        &mut self,
        message: &Message,
        place: Place,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Option<(Position, Steps)>, CommandsError> {
        if let Some(known) = self.decided.filter(|decided| decided.covers(place)) {
            return Ok(Some((known.after, Steps::default())));
        }
        let received = Received(as_sent(message.message.clone()));
        let mut steps = MessageTrace::of(&received, Event::Command, &*self.handler).steps;
        steps.decided();
        let mut has_waited = false;
        loop {
            let verdict = self.decide(received.clone(), place, steps.message());
            match verdict.await? {
                Verdict::Settled { after } => {
                    self.decided = Some(Decided { place, after });
                    return Ok(Some((after, steps)));
                }
                Verdict::Wait { retry_after } => {
                    // One span, however often it is tried again.
                    if !has_waited {
                        steps.queued();
                        has_waited = true;
                    }
                    tokio::select! {
                        () = wait(message, retry_after.max(WAIT_MIN)) => {}
                        () = requested(stop) => return Ok(None),
                    }
                }
            }
        }
    }

    /// Decides on a thread that may block. A message whose handling crashes is set aside.
    async fn decide(
        &mut self,
        message: Received,
        place: Place,
        span: Work,
    ) -> Result<Verdict, CommandsError> {
        if let Some(message) = Undeliverable::of(&message.0) {
            return self.refuse(message, place).await;
        }
        let handler = Arc::clone(&self.handler);
        let given = message.clone();
        let decide = move || span.within(|| handler.command(given.inbound(), place));
        if let Ok(verdict) = spawn_blocking(decide).await {
            return Ok(verdict);
        }
        // What the crash said may quote the command.
        tracing::error!(
            sequence = place.sequence,
            "a defect in plansync ended the processing of a durable command; it is rejected as `internal`"
        );
        let handler = Arc::clone(&self.handler);
        spawn_blocking(move || handler.set_aside(message.inbound(), place))
            .await
            .map_err(|_| CommandsError::EngineGone)
    }

    /// Records a message that could not be delivered, and reports which one it was.
    async fn refuse(
        &mut self,
        message: Undeliverable,
        place: Place,
    ) -> Result<Verdict, CommandsError> {
        let (subject, fault) = (message.subject_escaped(), message.fault);
        let operation = operation(&subject).map(OperationName::as_str);
        let tenant = self.handler.tenant(&subject);
        let handler = Arc::clone(&self.handler);
        let verdict = spawn_blocking(move || message.command(&*handler, place))
            .await
            .map_err(|_| CommandsError::EngineGone)?;
        if matches!(verdict, Verdict::Settled { .. })
            && let Some(unnamed) = self.refusals.due(Instant::now())
        {
            tracing::warn!(
                sequence = place.sequence,
                tenant,
                operation,
                %fault,
                unnamed,
                "a durable command does not follow the NATS protocol; it was rejected and removed from {}; \
                 `unnamed` is the number of earlier ones that were not logged",
                crate::COMMANDS
            );
        }
        Ok(verdict)
    }
}

impl Decided {
    /// Whether a message is at or before the one that was decided last.
    fn covers(&self, place: Place) -> bool {
        self.place.stream_created_ns == place.stream_created_ns
            && place.sequence <= self.place.sequence
    }
}

impl Session {
    /// The place of the next delivery; none if one before it is missing.
    fn expected(&mut self, message: &Message) -> Option<Place> {
        let info = message.info().ok()?;
        if info.consumer_sequence != self.delivery {
            return None;
        }
        self.delivery += 1;
        Some(Place {
            stream_created_ns: self.stream_created_ns,
            sequence: info.stream_sequence,
        })
    }
}

/// Whether the server may have left out the body: it then states its length in a header. Clients
/// can set that header too.
fn may_lack_its_body(message: &Message) -> bool {
    let headers = message.headers.as_ref();
    message.payload.is_empty()
        && headers.is_some_and(|headers| headers.get("Nats-Msg-Size").is_some())
}

/// Deletes the consumer and its delivery state. Messages that were not acknowledged stay in the
/// stream.
async fn forget(stream: &Stream) -> Result<(), async_nats::Error> {
    match stream.delete_consumer(CONSUMER).await {
        Err(error) if !is_absent(&error.kind()) => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn is_absent(kind: &ConsumerErrorKind) -> bool {
    if let ConsumerErrorKind::JetStream(error) = kind {
        error.error_code() == ErrorCode::CONSUMER_NOT_FOUND
    } else {
        false
    }
}

/// Waits, and sends progress messages to the server meanwhile.
async fn wait(message: &Message, delay: Duration) {
    let end = Instant::now() + delay;
    loop {
        if let Err(error) = message.ack_with(AckKind::Progress).await {
            tracing::debug!(%error, "the server was not told that a command is still in progress");
        }
        let next = Instant::now() + PROGRESS_EVERY;
        tokio::time::sleep_until(next.min(end)).await;
        if next >= end {
            return;
        }
    }
}

async fn acknowledge_all(mut acknowledged: Gate<Settled>) {
    while let Some(Settled { acker, mut steps }) = acknowledged.next().await {
        steps.answered();
        // If an acknowledgement is lost, the message is delivered again and is only a repeat.
        if let Err(error) = acker.ack().await {
            tracing::warn!(
                %error,
                "a durable command could not be acknowledged; it will be delivered and acknowledged again"
            );
        }
    }
}

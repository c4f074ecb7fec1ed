//! Publishes events again as JSON, for subscribers that read no MessagePack.
//!
//! The bridge reads the event stream in order and publishes each event into a stream of its own, under
//! `plansync.v1.evtjson.` instead of `plansync.v1.evt.`. The stream of JSON events is its only memory:
//! the last event in it tells where to continue. Each event is published with the sequence that it
//! expects, so an event is stored once even if two bridges run or one is killed at any moment
//! ([decision 0008](../../../docs/decisions/0008-json-events-by-a-bridge.md)).

mod target;

use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, Message};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::timeout;
use uuid::Uuid;

use crate::client_connection::ClientConnection;
use crate::event::Event;
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;
use crate::streams::{EVENTS, created_ns};
use target::{Target, Waiting};

/// The stream of events in JSON.
pub const JSON_EVENTS: &str = "PLANSYNC_EVENTS_JSON";
/// The subjects of events as the engine publishes them, up to the tenant.
const FROM: &str = "plansync.v1.evt.";
/// The subjects of events in JSON, up to the tenant.
const TO: &str = "plansync.v1.evtjson.";
/// How many events are on their way to the stream at a time.
const ON_THEIR_WAY_MAX: usize = 256;
/// Room for the headers of an event, in bytes.
const HEADER_BYTES_MAX: usize = 4 * 1024;
/// How long the bridge waits for a further event before it looks at what it has sent.
const PAUSE: Duration = Duration::from_millis(20);
/// How long it waits before it tries again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why the bridge ended.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The event stream does not exist, or may not be read.
    #[error(
        "the stream {stream} cannot be read or made; the bridge needs a user of the engine's account \
         with the permissions that docs/nats.md lists. No event was lost"
    )]
    Stream {
        /// The stream.
        stream: &'static str,
        /// The server's message.
        source: async_nats::Error,
    },
    /// The stream of JSON events holds events of another log.
    #[error(
        "the stream {JSON_EVENTS} holds events of the log {theirs}, and {EVENTS} those of {ours}; remove \
         {JSON_EVENTS} with `nats stream rm`, and the bridge publishes all events again"
    )]
    OtherLog {
        /// The log of the JSON events.
        theirs: String,
        /// The log of the events.
        ours: String,
    },
}

/// Why one turn of the bridge ended, and another one follows.
#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    #[error("the events cannot be read: {0}")]
    Reading(async_nats::Error),
    #[error("an event was not stored: {0}")]
    Storing(async_nats::Error),
}

/// Translates the body of an event to JSON; none if that is not possible.
pub type Translate = dyn Fn(&Event) -> Option<Vec<u8>> + Send + Sync;

/// Publishes events again as JSON.
pub struct Bridge {
    context: Context,
    translate: Box<Translate>,
}

impl ClientConnection {
    /// A bridge over this connection.
    pub fn bridge(&self, translate: Box<Translate>) -> Bridge {
        Bridge {
            context: self.jetstream().clone(),
            translate,
        }
    }
}

impl Bridge {
    /// Makes the stream of JSON events if it is missing, and says whether both streams can be used.
    pub async fn prepare(&self) -> Result<(), BridgeError> {
        self.source().await?;
        Target::open(&self.context).await.map(drop)
    }

    /// Publishes events until something happens that trying again does not change.
    pub async fn run(&self) -> Result<(), BridgeError> {
        loop {
            match self.turn().await {
                Ok(()) => tracing::info!("the events ended; the bridge begins again"),
                Err(Interrupted::Bridge(error @ BridgeError::OtherLog { .. })) => {
                    return Err(error);
                }
                Err(error) => {
                    let error = error.to_string();
                    tracing::warn!(error, "the bridge begins again after the last JSON event");
                }
            }
            tokio::time::sleep(RETRY_DELAY).await;
        }
    }

    async fn source(&self) -> Result<Stream, BridgeError> {
        let found = self.context.get_stream(EVENTS).await;
        found.map_err(|error| BridgeError::Stream {
            stream: EVENTS,
            source: error.into(),
        })
    }

    /// From the end of the JSON events on, until something fails or the events end.
    async fn turn(&self) -> Result<(), Interrupted> {
        let source = self.source().await?;
        let created = created_ns(&source);
        let mut target = Target::open(&self.context).await?;
        let from = target.next_sequence(created);
        let config = pull::OrderedConfig {
            // With a name, the subject of the request names the filter, so that permissions can.
            name: Some(format!("plansync-json-{}", Uuid::new_v4().simple())),
            filter_subject: format!("{FROM}>"),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: from,
            },
            ..pull::OrderedConfig::default()
        };
        let reading = |error: async_nats::Error| Interrupted::Reading(error);
        let consumer = source.create_consumer(config).await;
        let consumer = consumer.map_err(|error| reading(error.into()))?;
        let messages = consumer.messages().await;
        let mut messages = messages.map_err(|error| reading(error.into()))?;
        tracing::info!(from, "the bridge reads the events");
        let mut waiting = Waiting::default();
        loop {
            if waiting.count() >= ON_THEIR_WAY_MAX {
                waiting.settle(&mut target).await?;
            }
            match timeout(PAUSE, messages.next()).await {
                Ok(Some(message)) => {
                    let message = message.map_err(|error| reading(error.into()))?;
                    self.pass_on(&message, created, &mut target, &mut waiting)
                        .await?;
                }
                Ok(None) => return waiting.settle(&mut target).await,
                Err(_) => waiting.settle(&mut target).await?,
            }
        }
    }

    async fn pass_on(
        &self,
        message: &Message,
        created: i128,
        target: &mut Target,
        waiting: &mut Waiting,
    ) -> Result<(), Interrupted> {
        let event = Event::of(message);
        let info = message.info().map_err(Interrupted::Reading)?;
        let sequence = info.stream_sequence;
        let Some(published) = published_event(|name| event.header(name)) else {
            tracing::warn!(sequence, "a message that is no event is left out");
            return Ok(());
        };
        if target.holds(&published)? {
            return Ok(());
        }
        let bytes_max = self.context.client().server_info().max_payload;
        let json =
            (self.translate)(&event).filter(|json| json.len() + HEADER_BYTES_MAX <= bytes_max);
        if json.is_none() {
            tracing::error!(
                sequence,
                subject = event.subject,
                "an event cannot be translated to JSON and is passed on as it is"
            );
        }
        let translated = Translated {
            is_json: json.is_some(),
            body: json.map_or_else(|| event.body.clone(), Bytes::from),
            source: format!("{created}/{sequence}"),
            event,
            published,
        };
        waiting.send(target, translated).await
    }
}

/// An event on its way into the stream of JSON events.
struct Translated {
    event: Event,
    published: PublishedEvent,
    body: Bytes,
    is_json: bool,
    /// The stream that it was read from, by the time at which that was created, and its sequence there.
    source: String,
}

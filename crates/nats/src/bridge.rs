//! Publishes events again as JSON, for subscribers that read no MessagePack.
//!
//! The bridge reads the event stream in order and publishes each event into a stream of its own, under
//! `plansync.v1.evtjson.` instead of `plansync.v1.evt.`. The stream of JSON events is its only memory:
//! the last event in it tells where to continue. Each event is published with the sequence that it
//! expects, so an event is stored once even if two bridges run or one is killed at any moment
//! ([decision 0008](../../../docs/decisions/0008-json-events-by-a-bridge.md)).
//!
//! It uses five subjects, each of which changes nothing but the stream of JSON events, so that its user needs no
//! permission to manage consumers or streams.

mod source;
mod target;

use std::pin::pin;
use std::time::Duration;

use async_nats::jetstream::Context;
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::sync::watch;

use crate::client_connection::ClientConnection;
use crate::connection_status::ConnectionStatus;
use crate::event::Event;
use crate::permitted::{NotPermitted, permitted};
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;
use crate::streams::EVENTS;
use source::Source;
use target::{Target, Waiting};

/// The stream of events in JSON.
pub const JSON_EVENTS: &str = "PLANSYNC_EVENTS_JSON";
/// The subjects of events as the engine publishes them, up to the tenant.
const FROM: &str = "plansync.v1.evt.";
/// The subjects of events in JSON, up to the tenant.
const TO: &str = "plansync.v1.evtjson.";
/// Where the server is asked to make a stream.
const MAKING: &str = "$JS.API.STREAM.CREATE.";
/// How many events are on their way to the stream at a time.
const ON_THEIR_WAY_MAX: usize = 256;
/// Room for the headers of an event, in bytes.
const HEADER_BYTES_MAX: usize = 4 * 1024;
/// How long the bridge waits until it asks for further events: at first, and if there have been none for a while.
const PAUSE_MIN: Duration = Duration::from_millis(5);
const PAUSE_MAX: Duration = Duration::from_millis(160);
/// How long it waits before it tries again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why the bridge ended.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// A stream does not exist, or cannot be read.
    #[error(
        "the stream {stream} cannot be read; the bridge needs the user that docs/nats.md describes, or one of the \
         engine's account. No event was lost"
    )]
    Stream {
        /// The stream.
        stream: &'static str,
        /// The server's message.
        source: async_nats::Error,
    },
    /// There is no stream of JSON events, and it cannot be made.
    #[error(
        "there is no stream {JSON_EVENTS}, and it cannot be made with this connection; make it once with \
         `plansync bridge --make-stream` as a user of the engine's account"
    )]
    NoTarget {
        /// Why it was not made.
        source: async_nats::Error,
    },
    /// This user may not do what the bridge does.
    #[error(
        "{0}; the bridge needs the user that docs/nats.md describes, or one of the engine's account. No event was lost"
    )]
    NotPermitted(NotPermitted),
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
    status: watch::Receiver<ConnectionStatus>,
    translate: Box<Translate>,
}

impl ClientConnection {
    /// A bridge over this connection.
    pub fn bridge(&self, translate: Box<Translate>) -> Bridge {
        Bridge {
            context: self.jetstream().clone(),
            status: self.status(),
            translate,
        }
    }
}

impl Bridge {
    /// Makes the stream of JSON events if it is missing.
    pub async fn make_stream(&self) -> Result<(), BridgeError> {
        let made = permitted(&self.status, Target::open(&self.context)).await;
        made.map_err(refused)?.map(drop)
    }

    /// Says whether both streams can be used; the stream of JSON events is made if it is missing. A connection that
    /// is lost meanwhile says nothing about them, so that they are looked at once more.
    pub async fn prepare(&self) -> Result<(), BridgeError> {
        loop {
            let losses = self.status.borrow().losses;
            let both = async {
                Source::open(&self.context).await?;
                Target::open(&self.context).await.map(drop)
            };
            let opened = permitted(&self.status, both).await;
            let opened = opened.map_err(refused)?;
            if opened.is_ok() || self.status.borrow().losses == losses {
                return opened;
            }
            tokio::time::sleep(RETRY_DELAY).await;
        }
    }

    /// Publishes events until something happens that trying again does not change.
    pub async fn run(&self) -> Result<(), BridgeError> {
        loop {
            let turn = permitted(&self.status, self.turn()).await;
            match turn.map_err(refused)? {
                Ok(()) => {
                    tracing::info!("the stream of events was made anew; the bridge begins again");
                }
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

    /// From the end of the JSON events on, until something fails or the stream of events is another one.
    async fn turn(&self) -> Result<(), Interrupted> {
        let source = Source::open(&self.context).await?;
        let mut target = Target::open(&self.context).await?;
        let mut next = target.next_sequence(source.created());
        let mut waiting = Waiting::default();
        let mut pause = PAUSE_MIN;
        tracing::info!(from = next, "the bridge reads the events");
        loop {
            let held = source.held().await?;
            if held.created != source.created() {
                return Ok(());
            }
            next = next.max(held.first);
            if next > held.last {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
                continue;
            }
            let mut events = pin!(source.read(next, held.last));
            while let Some(event) = events.next().await {
                let (sequence, event) = event?;
                let place = format!("{}/{sequence}", held.created);
                self.pass_on(event, sequence, place, &mut target, &mut waiting)
                    .await?;
                if waiting.count() >= ON_THEIR_WAY_MAX {
                    waiting.settle(&mut target).await?;
                }
            }
            waiting.settle(&mut target).await?;
            next = held.last.saturating_add(1);
            pause = PAUSE_MIN;
        }
    }

    /// Sends an event, which has this sequence and this place, unless it is in the stream of JSON events already.
    async fn pass_on(
        &self,
        event: Event,
        sequence: u64,
        place: String,
        target: &mut Target,
        waiting: &mut Waiting,
    ) -> Result<(), Interrupted> {
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
            source: place,
            event,
            published,
        };
        waiting.send(target, translated).await
    }
}

/// What follows from what the server refuses to this user.
fn refused(error: NotPermitted) -> BridgeError {
    match error {
        NotPermitted::Publish { subject } if subject.starts_with(MAKING) => {
            let source = Box::new(NotPermitted::Publish { subject });
            BridgeError::NoTarget { source }
        }
        error @ (NotPermitted::Publish { .. } | NotPermitted::Inbox { .. }) => {
            BridgeError::NotPermitted(error)
        }
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

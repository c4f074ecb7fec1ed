//! The stream of events, read by sequences.
//!
//! Every event is requested by its sequence. A consumer would be faster, but a user who may create one also chooses the
//! subject on which the server delivers, and could have commands and events forged. These requests change nothing.

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{Stream as Futures, iter};
use serde::Deserialize;
use serde_json::json;

use super::{BridgeError, Interrupted};
use crate::event::Event;
use crate::filter;
use crate::streams::{EVENTS, created_ns};

/// The number of events that are requested at once.
const READS_AT_ONCE: usize = 64;

/// The stream of events.
pub(super) struct Source {
    context: Context,
    stream: Stream,
}

/// What is in the stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// When the stream was created, in nanoseconds since 1970.
    pub(super) created: i128,
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Source {
    pub(super) async fn open(context: &Context) -> Result<Self, BridgeError> {
        let stream = context.get_stream(EVENTS).await;
        let stream = stream.map_err(|error| BridgeError::Stream {
            stream: EVENTS,
            source: error.into(),
        })?;
        Ok(Self {
            context: context.clone(),
            stream,
        })
    }

    /// When the stream that was opened was created.
    pub(super) fn created(&self) -> i128 {
        created_ns(&self.stream)
    }

    /// What the stream of this name holds now.
    pub(super) async fn held(&self) -> Result<Held, Interrupted> {
        let info = self.stream.get_info().await;
        let info = info.map_err(|error| Interrupted::Reading(error.into()))?;
        Ok(Held {
            created: info.created.unix_timestamp_nanos(),
            first: info.state.first_sequence,
            last: info.state.last_sequence,
        })
    }

    /// The messages with these sequences, in order; those that were removed are left out.
    pub(super) fn read(
        &self,
        first: u64,
        last: u64,
    ) -> impl Futures<Item = Result<(u64, Event), Interrupted>> {
        iter(first..=last)
            .map(|sequence| self.message_at(sequence))
            .buffered(READS_AT_ONCE)
            .filter_map(|message| std::future::ready(message.transpose()))
    }

    /// The message with a sequence. It is not read with the library, which fails at headers of others that it does not
    /// accept.
    async fn message_at(&self, sequence: u64) -> Result<Option<(u64, Event)>, Interrupted> {
        let subject = format!("STREAM.MSG.GET.{EVENTS}");
        let answer = self
            .context
            .request(subject, &json!({ "seq": sequence }))
            .await;
        let answer = answer.map_err(|error| reading(error.into()))?;
        match answer {
            Response::Ok(Given { message }) => Ok(Some((sequence, message.event()?))),
            Response::Err { error } if error.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
                Ok(None)
            }
            Response::Err { error } => Err(reading(error.into())),
        }
    }
}

fn reading(error: async_nats::Error) -> Interrupted {
    Interrupted::Reading(error)
}

/// The server's answer for the message with a sequence.
#[derive(Deserialize)]
struct Given {
    message: Stored,
}

/// A message in the stream; what is binary is in base64.
#[derive(Deserialize)]
struct Stored {
    subject: String,
    #[serde(default)]
    hdrs: String,
    #[serde(default)]
    data: String,
}

impl Stored {
    fn event(self) -> Result<Event, Interrupted> {
        let decoded = |text: &str| STANDARD.decode(text).map_err(|error| reading(error.into()));
        let headers = filter::fields(&decoded(&self.hdrs)?);
        Ok(Event {
            subject: self.subject,
            headers,
            body: Bytes::from(decoded(&self.data)?),
        })
    }
}

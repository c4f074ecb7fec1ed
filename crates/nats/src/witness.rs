//! Reads what each event in the stream states about the log: the position of its commit, and the log's
//! hash there. `plansync audit verify` compares both with the log.
//!
//! Only headers are read.

use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{Context, Message};
use futures_util::StreamExt as _;

use crate::client_connection::ClientConnection;
use crate::resume::PublishedEvent;
use crate::stream_end::published_event;
use crate::streams::EVENTS;

/// Why the event stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The stream does not exist, or this user may not read it, or the connection failed.
    #[error(
        "the events cannot be read; check the connection, and whether this user may read the \
         event stream"
    )]
    Stream {
        /// The server's message.
        source: async_nats::Error,
    },
    /// The next message did not come in time.
    #[error("the next event did not come within {seconds} s; check the connection, and try again")]
    TimedOut {
        /// The time waited, in seconds.
        seconds: u64,
    },
}

impl ReadError {
    pub(crate) fn of(source: impl Into<async_nats::Error>) -> Self {
        let source = source.into();
        Self::Stream { source }
    }
}

/// What one message of the stream states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its sequence in the stream.
    pub sequence: u64,
    /// Its position in the log; `None` if no relay wrote it.
    pub event: Option<PublishedEvent>,
}

/// The messages that were in the event stream when they were requested, in its order.
pub struct Witnesses {
    messages: pull::Ordered,
    /// The number of messages.
    count: u64,
    left: u64,
    patience: Duration,
}

impl ClientConnection {
    /// Reads the event stream from its beginning to its current end.
    pub async fn witnesses(&self) -> Result<Witnesses, ReadError> {
        Witnesses::begin(self.jetstream(), String::new(), self.timeout()).await
    }
}

impl Witnesses {
    /// Reads the messages whose subjects match the filter; all of them, if it is empty.
    pub(crate) async fn begin(
        context: &Context,
        filter: String,
        patience: Duration,
    ) -> Result<Self, ReadError> {
        let config = pull::OrderedConfig {
            headers_only: true,
            deliver_policy: DeliverPolicy::All,
            filter_subject: filter,
            ..pull::OrderedConfig::default()
        };
        let consumer = context.create_consumer_on_stream(config, EVENTS).await;
        let consumer = consumer.map_err(ReadError::of)?;
        let count = consumer.cached_info().num_pending;
        let messages = consumer.messages().await;
        Ok(Self {
            messages: messages.map_err(ReadError::of)?,
            count,
            left: count,
            patience,
        })
    }

    /// The number of all messages.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The next message; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Witness, ReadError>> {
        let read = self.next_message().await?;
        Some(read.map(|(sequence, message)| Witness {
            sequence,
            event: event_of(&message),
        }))
    }

    /// The next message with its sequence; `None` after the last.
    pub(crate) async fn next_message(&mut self) -> Option<Result<(u64, Message), ReadError>> {
        if self.left == 0 {
            return None;
        }
        let message = match tokio::time::timeout(self.patience, self.messages.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Some(Err(ReadError::of(error))),
            Ok(None) => return None,
            Err(_) => {
                let seconds = self.patience.as_secs();
                return Some(Err(ReadError::TimedOut { seconds }));
            }
        };
        let (sequence, pending) = match message.info() {
            Ok(info) => (info.stream_sequence, info.pending),
            Err(error) => return Some(Err(ReadError::of(error))),
        };
        // Messages may be removed meanwhile, and new ones come: neither are waited for.
        self.left = (self.left - 1).min(pending);
        Some(Ok((sequence, message)))
    }
}

/// What a message states about the log; `None` if no relay wrote it.
pub(crate) fn event_of(message: &Message) -> Option<PublishedEvent> {
    let headers = message.headers.as_ref()?;
    published_event(|name| headers.get(name).map(async_nats::HeaderValue::as_str))
}

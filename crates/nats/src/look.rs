//! Where the event stream ends, as the stream itself tells it.
//!
//! Reads; what follows from it is decided elsewhere.

use async_nats::HeaderMap;
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind, State, Stream};
use futures_util::stream::iter;
use futures_util::{StreamExt as _, TryStreamExt as _};

use plansync_log::{Lives, Position};

use crate::port::LogName;
use crate::resume::{End, Found, PublishedEvent, is_left_behind};
use crate::streams::{EVENTS, StreamError, created_ns};

/// Messages of others that are looked past for the last event of the relay.
const LOOK_BACK_MAX: u64 = 1_000;

/// Messages that are asked for at once, so that a long life that was left behind is soon passed.
const LOOKS_AT_ONCE: usize = 64;

/// Where the stream ends, whoever wrote there.
pub(crate) async fn end(stream: &Stream) -> Result<End, StreamError> {
    let last_sequence = state(stream).await?.last_sequence;
    let created_ns = created_ns(stream);
    Ok(End {
        created_ns,
        last_sequence,
    })
}

async fn state(stream: &Stream) -> Result<State, StreamError> {
    let info = stream.get_info().await;
    Ok(info.map_err(|error| server(error.into()))?.state)
}

/// Looks where the event stream of a log with this name and these lives ends.
pub(crate) async fn look(
    stream: &Stream,
    name: &LogName,
    lives: &Lives,
) -> Result<Found, StreamError> {
    let state = state(stream).await?;
    let mut found = Found {
        created_ns: created_ns(stream),
        last_sequence: state.last_sequence,
        last: None,
    };
    let (mut foreign, mut left_behind) = (0, 0_u64);
    let first = state.first_sequence.max(1);
    let sequences = (first..=state.last_sequence).rev();
    let mut messages = iter(sequences)
        .map(|sequence| message_at(stream, sequence))
        .buffered(LOOKS_AT_ONCE);
    while let Some(message) = messages.try_next().await? {
        match message {
            Message::Absent => {}
            Message::Event(event) if is_left_behind(name, lives, &event) => left_behind += 1,
            Message::Event(event) => {
                found.last = Some(event);
                break;
            }
            Message::Foreign => foreign += 1,
        }
        if foreign >= LOOK_BACK_MAX {
            break;
        }
    }
    drop(messages);
    if foreign > 0 {
        tracing::warn!(
            foreign,
            "the event stream ends with messages that the relay did not write"
        );
    }
    if left_behind > 0 {
        tracing::warn!(
            left_behind,
            "the event stream ends with events of a life that this log does not come from"
        );
    }
    Ok(found)
}

fn server(source: async_nats::Error) -> StreamError {
    StreamError::Server {
        stream: EVENTS,
        source,
    }
}

/// What is at one place of the stream.
enum Message {
    /// It was deleted.
    Absent,
    /// Somebody else wrote it.
    Foreign,
    Event(PublishedEvent),
}

async fn message_at(stream: &Stream, sequence: u64) -> Result<Message, StreamError> {
    match stream.get_raw_message(sequence).await {
        Ok(message) => {
            Ok(published_event(&message.headers).map_or(Message::Foreign, Message::Event))
        }
        Err(error) if is_absent(&error) => Ok(Message::Absent),
        Err(error) => Err(server(error.into())),
    }
}

fn is_absent(error: &RawMessageError) -> bool {
    error.kind() == RawMessageErrorKind::NoMessageFound
}

/// What a message says of its place, if it is one of a relay's.
pub(crate) fn published_event(headers: &HeaderMap) -> Option<PublishedEvent> {
    let text = |name: &str| headers.get(name).map(async_nats::HeaderValue::as_str);
    let (name, position) = text("ce-id")?.split_once('/')?;
    let (log, incarnation) = name.rsplit_once('.')?;
    Some(PublishedEvent {
        name: LogName {
            log: log.into(),
            incarnation: incarnation.parse().ok()?,
        },
        position: Position::new(position.parse().ok()?),
        chain: text("ce-chain")?.to_owned(),
    })
}

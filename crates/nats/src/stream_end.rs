//! Finds where the event stream ends. `resume` decides what follows from it.

use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{State, Stream};
use async_nats::jetstream::{Context, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::iter;
use futures_util::{StreamExt as _, TryStreamExt as _};
use plansync_log::{Incarnations, Position};
use serde::Deserialize;
use serde_json::json;

use crate::filter;
use crate::port::LogName;
use crate::resume::{End, Found, PublishedEvent, is_left_behind};
use crate::streams::{EVENTS, StreamError, created_ns};

/// The number of messages of other publishers that are skipped in search of the last event of the
/// relay.
const FOREIGN_MAX: u64 = 1_000;

/// The number of messages that are requested at once, so that events of an incarnation that this log
/// does not descend from are skipped quickly.
const READS_AT_ONCE: usize = 64;

/// The end of the stream, whoever wrote its last message.
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

/// Finds where the event stream of a log with this name and these incarnations ends.
pub(crate) async fn find(
    context: &Context,
    stream: &Stream,
    name: &LogName,
    incarnations: &Incarnations,
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
        .map(|sequence| message_at(context, sequence))
        .buffered(READS_AT_ONCE);
    while let Some(message) = messages.try_next().await? {
        match message {
            Message::Absent => {}
            Message::Event(event) if is_left_behind(name, incarnations, &event) => left_behind += 1,
            Message::Event(event) => {
                found.last = Some(event);
                break;
            }
            Message::Foreign => foreign += 1,
        }
        if foreign >= FOREIGN_MAX {
            break;
        }
    }
    drop(messages);
    if foreign > 0 {
        tracing::warn!(
            foreign,
            "the last messages of the event stream were not published by this engine; restrict who may \
             publish on plansync.v1.evt.>"
        );
    }
    if left_behind > 0 {
        tracing::warn!(
            left_behind,
            "the last events of the event stream belong to an incarnation that this log does not descend \
             from; they stay in the stream, and the log has none of them"
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

/// The message at one sequence of the stream.
enum Message {
    /// It was deleted.
    Absent,
    /// Another client published it.
    Foreign,
    Event(PublishedEvent),
}

/// The server's answer for the message with a sequence.
#[derive(Deserialize)]
struct GivenMessage {
    message: StoredMessage,
}

#[derive(Deserialize)]
struct StoredMessage {
    /// The block of headers as it was sent, in base64.
    #[serde(default)]
    hdrs: String,
}

/// The message with a sequence. It is not read with the library, which fails at headers of others
/// that it does not accept.
async fn message_at(context: &Context, sequence: u64) -> Result<Message, StreamError> {
    let subject = format!("STREAM.MSG.GET.{EVENTS}");
    let asked = context.request(subject, &json!({ "seq": sequence })).await;
    match asked.map_err(|error| server(error.into()))? {
        Response::Ok(GivenMessage { message }) => {
            let block = STANDARD.decode(message.hdrs);
            let block = block.map_err(|error| server(error.into()))?;
            let event = published_event(|name| filter::value(&block, name));
            Ok(event.map_or(Message::Foreign, Message::Event))
        }
        Response::Err { error } if error.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
            Ok(Message::Absent)
        }
        Response::Err { error } => Err(server(error.into())),
    }
}

/// What the headers of a message say about its position, if it is an event of a relay.
pub(crate) fn published_event<'a>(
    text: impl Fn(&str) -> Option<&'a str>,
) -> Option<PublishedEvent> {
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

//! Where the event stream ends, as the stream itself tells it.
//!
//! Reads; what follows from it is decided elsewhere.

use async_nats::HeaderMap;
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind, Stream};

use plansync_log::{Lives, Position};

use crate::port::LogName;
use crate::resume::{Found, PublishedEvent, is_left_behind};
use crate::streams::{EVENTS, StreamError, created_ns};

/// Messages of others that are looked past for the last event of the relay.
const LOOK_BACK_MAX: u64 = 1_000;

/// Looks where the event stream of a log with this name and these lives ends.
pub(crate) async fn look(
    stream: &Stream,
    name: &LogName,
    lives: &Lives,
) -> Result<Found, StreamError> {
    let state = stream
        .get_info()
        .await
        .map_err(|error| server(error.into()))?
        .state;
    let mut found = Found {
        created_ns: created_ns(stream),
        last_sequence: state.last_sequence,
        last: None,
    };
    let (mut foreign, mut left_behind) = (0, 0_u64);
    let mut sequence = state.last_sequence;
    while state.messages > 0 && sequence >= state.first_sequence.max(1) && foreign < LOOK_BACK_MAX {
        match event_at(stream, sequence).await? {
            Some(event) if is_left_behind(name, lives, &event) => left_behind += 1,
            Some(event) => {
                found.last = Some(event);
                break;
            }
            None => foreign += 1,
        }
        sequence -= 1;
    }
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

/// The event with this sequence; nothing where there is none, or a message of somebody else.
async fn event_at(stream: &Stream, sequence: u64) -> Result<Option<PublishedEvent>, StreamError> {
    match stream.get_raw_message(sequence).await {
        Ok(message) => Ok(published_event(&message.headers)),
        Err(error) if is_absent(&error) => Ok(None),
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

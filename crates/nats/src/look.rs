//! Where the event stream ends, as the stream itself tells it.
//!
//! Reads; what follows from it is decided elsewhere.

use async_nats::HeaderMap;
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind, Stream};

use plansync_log::Position;

use crate::port::LogName;
use crate::resume::{Found, LastEvent};
use crate::streams::{EVENTS, StreamError, created_ns};

/// Messages of others that are looked past for the last event of the relay.
const LOOK_BACK_MAX: u64 = 1_000;

/// Looks where the event stream ends.
pub(crate) async fn look(stream: &Stream) -> Result<Found, StreamError> {
    let server = |source: async_nats::Error| StreamError::Server {
        stream: EVENTS,
        source,
    };
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
    let oldest = state
        .first_sequence
        .max(state.last_sequence.saturating_sub(LOOK_BACK_MAX));
    let mut sequence = state.last_sequence;
    while state.messages > 0 && sequence >= oldest.max(1) {
        match stream.get_raw_message(sequence).await {
            Ok(message) => found.last = last_event(&message.headers),
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(server(error.into())),
        }
        if found.last.is_some() {
            break;
        }
        tracing::warn!(
            sequence,
            "the event stream holds a message that the relay did not write"
        );
        sequence -= 1;
    }
    Ok(found)
}

fn is_absent(error: &RawMessageError) -> bool {
    error.kind() == RawMessageErrorKind::NoMessageFound
}

/// What an event says of its place, if it is one of a relay's.
fn last_event(headers: &HeaderMap) -> Option<LastEvent> {
    let text = |name: &str| headers.get(name).map(async_nats::HeaderValue::as_str);
    let (name, position) = text("ce-id")?.split_once('/')?;
    let (log, incarnation) = name.rsplit_once('.')?;
    Some(LastEvent {
        name: LogName {
            log: log.into(),
            incarnation: incarnation.parse().ok()?,
        },
        position: Position::new(position.parse().ok()?),
        chain: text("ce-chain")?.to_owned(),
    })
}

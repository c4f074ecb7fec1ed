//! Reads messages of a stream, and where it ends, from the server that leads the stream. That is asked by requests and
//! not by a consumer, which may be on a server that is behind.

use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ErrorCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use plansync_log::replication::{Entry, LogStreamError, StreamEnd, StreamSequence};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Asking, unavailable, unclear};

/// Which message is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// The one with this sequence.
    At(StreamSequence),
    /// The first one with this sequence or a later one, and with this subject.
    From(StreamSequence, &'a str),
    /// The last one with this subject.
    Last(&'a str),
}

/// A stream as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamNow {
    /// When it was made, in nanoseconds since 1970: this distinguishes two streams with the same name.
    pub(super) created_ns: i64,
    pub(super) end: StreamEnd,
}

/// The server's answer for one message.
#[derive(Deserialize)]
struct GivenMessage {
    message: StoredMessage,
}

#[derive(Deserialize)]
struct StoredMessage {
    #[serde(rename = "seq")]
    sequence: u64,
    /// The body in base64; nothing if it is empty.
    #[serde(default)]
    data: String,
}

/// The server's description of a stream.
#[derive(Deserialize)]
struct Described {
    created: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    messages: u64,
    #[serde(rename = "first_seq")]
    first: u64,
    #[serde(rename = "last_seq")]
    last: u64,
}

/// Reads a message; `None` if there is none.
pub(super) async fn message(
    asking: &Asking,
    stream: &str,
    wanted: Wanted<'_>,
) -> Result<Option<Entry>, LogStreamError> {
    let request = format!("STREAM.MSG.GET.{stream}");
    let GivenMessage { message } = match asking.ask(request, &wanted.body()).await? {
        Response::Ok(given) => given,
        Response::Err { error } if error.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
            return Ok(None);
        }
        Response::Err { error } => return Err(refused(stream, error)),
    };
    let sequence = StreamSequence::new(message.sequence);
    if !wanted.allows(sequence) {
        return Err(unclear(format!(
            "message {sequence} was given, which was not asked for"
        )));
    }
    let record = STANDARD.decode(message.data);
    let record =
        record.map_err(|error| unavailable("the message that was given cannot be read", error))?;
    Ok(Some(Entry { sequence, record }))
}

/// Reads how a stream is.
pub(super) async fn stream_now(asking: &Asking, stream: &str) -> Result<StreamNow, LogStreamError> {
    let described: Described = match asking.ask(format!("STREAM.INFO.{stream}"), &()).await? {
        Response::Ok(described) => described,
        Response::Err { error } => return Err(refused(stream, error)),
    };
    described
        .read()
        .ok_or_else(|| unclear("the description of the stream cannot be read"))
}

/// Nanoseconds since 1970 of a time of the server.
pub(super) fn nanos(time: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(time)
        .ok()?
        .timestamp_nanos_opt()
}

impl Wanted<'_> {
    fn body(self) -> Value {
        match self {
            Self::At(sequence) => json!({ "seq": sequence.get() }),
            Self::From(sequence, subject) => {
                json!({ "seq": sequence.get(), "next_by_subj": subject })
            }
            Self::Last(subject) => json!({ "last_by_subj": subject }),
        }
    }

    fn allows(self, given: StreamSequence) -> bool {
        match self {
            Self::At(sequence) => given == sequence,
            Self::From(sequence, _) => given >= sequence,
            Self::Last(_) => given > StreamSequence::ZERO,
        }
    }
}

impl Described {
    fn read(&self) -> Option<StreamNow> {
        let State {
            messages,
            first,
            last,
        } = self.state;
        let last = StreamSequence::new(last);
        let first = match messages {
            0 => last.next(),
            _ => StreamSequence::new(first),
        };
        let is_sound = StreamSequence::ZERO < first && first <= last.next();
        is_sound.then_some(StreamNow {
            created_ns: nanos(&self.created)?,
            end: StreamEnd { first, last },
        })
    }
}

fn refused(stream: &str, error: jetstream::Error) -> LogStreamError {
    match error.error_code() {
        ErrorCode::STREAM_NOT_FOUND => LogStreamError::Gone {
            what: format!(
                "the stream {stream} is not there any more; every node has its own log still, see \"Nodes that share a \
                 log\" in docs/nats.md before anything is started again"
            ),
        },
        _ => unavailable("the server did not answer the request", error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Described, StreamSequence};

    /// The first and the last message, as told by a description.
    fn told(messages: u64, first: u64, last: u64) -> Option<(u64, u64)> {
        let state = format!(r#"{{"messages":{messages},"first_seq":{first},"last_seq":{last}}}"#);
        let described = format!(r#"{{"created":"2026-01-02T03:04:05.6Z","state":{state}}}"#);
        let described: Described = serde_json::from_str(&described).unwrap();
        let now = described.read()?;
        assert_eq!(now.created_ns, 1_767_323_045_600_000_000);
        Some((now.end.first.get(), now.end.last.get()))
    }

    #[test]
    fn a_stream_without_messages_begins_after_its_last_one() {
        assert_eq!(told(0, 0, 0), Some((1, 0)));
        assert_eq!(told(0, 8, 7), Some((8, 7)));
        assert_eq!(told(0, 1, 7), Some((8, 7)));
        assert_eq!(told(3, 5, 7), Some((5, 7)));
        assert_eq!(told(1, 1, u64::MAX), Some((1, u64::MAX)));
    }

    #[test]
    fn a_description_that_contradicts_itself_is_none() {
        assert_eq!(told(3, 0, 7), None);
        assert_eq!(told(3, 9, 7), None);
        let endless = StreamSequence::new(u64::MAX);
        assert_eq!(endless.next(), endless);
    }
}

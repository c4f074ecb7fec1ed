//! Stores a message behind the last one of a stream, if that is still the end: the server compares and stores in one
//! step.
//!
//! No message has an id (`Nats-Msg-Id`): the server compares ids before sequences, so that a message whose answer was
//! lost could be taken for a duplicate of one that was never stored. The expected id of the previous message is never
//! set either: with servers 2.14 and 2.15, a different one makes a replicated stream lose its leader.

use async_nats::connection::State;
use async_nats::header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM};
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{HeaderMap, Request, RequestErrorKind};
use bytes::Bytes;
use plansync_log::replication::{LogStreamError, StreamSequence};
use serde::Deserialize;

use super::asking::{Asking, unavailable, unclear};

/// What became of a message.
#[derive(Debug)]
pub(super) enum Published {
    /// It is stored at this sequence.
    Stored(StreamSequence),
    /// The stream does not end there. Nothing was stored.
    Refused,
    /// It may be stored, or be stored later.
    Unknown(LogStreamError),
}

/// The server's answer.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    stream: String,
    #[serde(default, rename = "seq")]
    sequence: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<jetstream::Error>,
}

/// Sends a message once.
pub(super) async fn publish(
    asking: &Asking,
    (stream, subject): (&str, &str),
    body: &[u8],
    last: StreamSequence,
) -> Published {
    let connection = asking.connection();
    // What is sent while there is no connection waits in the client library, where further attempts would pile up.
    if connection.nats().connection_state() != State::Connected {
        return Published::Unknown(unclear("there is no connection to NATS"));
    }
    let mut headers = HeaderMap::new();
    headers.insert(NATS_EXPECTED_STREAM, stream);
    headers.insert(NATS_EXPECTED_LAST_SEQUENCE, last.to_string());
    let request = Request::new()
        .headers(headers)
        .payload(Bytes::copy_from_slice(body))
        .timeout(Some(asking.answer_within()));
    let sent = connection.nats().send_request(subject.to_owned(), request);
    let answer = match connection.permitted(subject, sent).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Published::Unknown(unanswered(error)),
        Err(refused) => {
            return Published::Unknown(unavailable("the server refused the message", refused));
        }
    };
    read(&answer.payload, stream)
}

fn unanswered(error: async_nats::RequestError) -> LogStreamError {
    let what = match error.kind() {
        RequestErrorKind::NoResponders => "no server leads the stream, or there is none",
        RequestErrorKind::TimedOut => "no answer came in time",
        RequestErrorKind::InvalidSubject
        | RequestErrorKind::MaxPayloadExceeded
        | RequestErrorKind::Other => "the message could not be sent",
    };
    unavailable(what, error)
}

/// What an answer says.
fn read(answer: &[u8], stream: &str) -> Published {
    let said: Said = match serde_json::from_slice(answer) {
        Ok(said) => said,
        Err(error) => return Published::Unknown(unavailable("the answer cannot be read", error)),
    };
    if let Some(error) = said.error {
        let is_refused = [
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE,
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT,
        ]
        .contains(&error.error_code());
        return if is_refused {
            Published::Refused
        } else {
            Published::Unknown(unavailable("the message was not stored", error))
        };
    }
    if said.stream != stream || said.duplicate || said.sequence == 0 {
        return Published::Unknown(unclear(
            "the answer is not one of this stream about this message",
        ));
    }
    Published::Stored(StreamSequence::new(said.sequence))
}

#[cfg(test)]
mod tests {
    use super::{Published, StreamSequence, read};

    const STREAM: &str = "PLANSYNC_LOG_1";

    #[test]
    fn a_message_is_stored_if_the_server_says_so_of_this_stream() {
        let answer = br#"{"stream":"PLANSYNC_LOG_1","domain":"x","seq":7}"#;
        let known = read(answer, STREAM);
        let Published::Stored(sequence) = known else {
            panic!("expected it to be stored, got {known:?}");
        };
        assert_eq!(sequence, StreamSequence::new(7));
    }

    #[test]
    fn a_message_is_refused_if_the_stream_ends_elsewhere() {
        for code in [10_071, 10_164] {
            let answer = format!(
                r#"{{"error":{{"code":400,"err_code":{code},"description":"wrong last sequence"}},"stream":"{STREAM}","seq":0}}"#
            );
            let answer = read(answer.as_bytes(), STREAM);
            assert!(matches!(answer, Published::Refused), "{code}: {answer:?}");
        }
    }

    #[test]
    fn of_everything_else_nothing_is_known() {
        for answer in [
            "",
            "[]",
            "{}",
            "\u{0}",
            r#"{"stream":"PLANSYNC_LOG_1"}"#,
            r#"{"stream":"PLANSYNC_LOG_1","seq":0}"#,
            r#"{"stream":"PLANSYNC_LOG_1","seq":-1}"#,
            r#"{"stream":"PLANSYNC_LOG_1","seq":7,"duplicate":true}"#,
            r#"{"stream":"PLANSYNC_LOG_10","seq":7}"#,
            r#"{"seq":7}"#,
            r#"{"error":{"code":503,"err_code":10047,"description":"insufficient storage resources available"}}"#,
            r#"{"error":{"code":400,"err_code":10060,"description":"expected stream does not match"}}"#,
        ] {
            let known = read(answer.as_bytes(), STREAM);
            assert!(
                matches!(known, Published::Unknown(_)),
                "{answer}: {known:?}"
            );
        }
    }
}

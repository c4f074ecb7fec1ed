//! The outcome of a durable command, before its type is known.

use bytes::Bytes;
use plansync_protocol::event::{CommandAccepted, CommandRejected};
use plansync_protocol::{DecodeError, Encoding, cloud_event, decode_known};
use serde::de::DeserializeOwned;

use crate::error::{Error, UnknownRefusal};
use crate::exchange::Answer;

/// What became of a command. It can be returned more than once.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The body of the event `command.<id>.accepted`.
    Event {
        encoding: Encoding,
        body: Bytes,
    },
    /// The answer to the same command as a request.
    Answer(Answer),
    Refused(Box<plansync_protocol::Error>),
    RefusedOtherwise(Box<UnknownRefusal>),
}

impl Outcome {
    pub(super) fn typed<R: DeserializeOwned>(&self) -> Result<R, Error> {
        match self {
            Self::Event { encoding, body } => {
                let accepted: Result<CommandAccepted<R>, DecodeError> =
                    decode_known(*encoding, body);
                let accepted = accepted.map_err(|source| Error::Decode {
                    operation: "the event of a command".to_owned(),
                    source,
                    command: None,
                })?;
                Ok(accepted.reply)
            }
            Self::Answer(answer) => answer.decode(),
            Self::Refused(error) => Err(Error::Refused(error.clone())),
            Self::RefusedOtherwise(refusal) => Err(Error::RefusedOtherwise(refusal.clone())),
        }
    }
}

/// The outcome in an event; none if it cannot be decoded.
pub(super) fn outcome_in<R: DeserializeOwned>(message: &async_nats::Message) -> Option<Outcome> {
    let content_type = message.headers.as_ref()?.get(cloud_event::CONTENT_TYPE);
    let content_type = content_type.map(async_nats::HeaderValue::as_str);
    let encoding = Encoding::of(content_type, &message.payload).ok()?;
    if message.subject.ends_with(".accepted") {
        let _: CommandAccepted<R> = decode_known(encoding, &message.payload).ok()?;
        let body = message.payload.clone();
        return Some(Outcome::Event { encoding, body });
    }
    let rejected: CommandRejected = decode_known(encoding, &message.payload).ok()?;
    Some(Outcome::Refused(Box::new(rejected.error)))
}

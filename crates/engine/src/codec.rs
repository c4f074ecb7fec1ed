//! Encodes events for the log, as a frozen kind number and a self-describing MessagePack map, and decodes
//! them.
//!
//! Each event is decoded again before it is written, so that the log never holds an event that cannot be
//! read.
//!
//! Text about persons is sealed before, and opened after.
//!
//! May import: `config`, `fault`, `naming`.

pub(crate) mod bodies;
mod difference;
pub(crate) mod fingerprint;
pub(crate) mod sealing;
pub(crate) mod writing;

use plansync_domain::event::Event;
use plansync_log::Recording;
use plansync_log::sealing::{SealError, UnsealError};
use rmp_serde::Deserializer;
use rmp_serde::decode::ReadRefReader;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why an event cannot be encoded, or bytes of the log cannot be decoded by this version.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The body of an event does not hold what its kind promises, or the kind is unknown: the log
    /// was written by a newer version.
    #[error(
        "an event of kind {kind} cannot be decoded ({source}); use the version of plansync that wrote it"
    )]
    Decode {
        /// The kind's number.
        kind: u16,
        /// What the decoder said.
        source: rmp_serde::decode::Error,
    },
    /// The event cannot be encoded.
    #[error("an event cannot be encoded: {0}")]
    Encode(#[from] rmp_serde::encode::Error),
    /// A text cannot be sealed; one of an erased learner cannot be any more.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A sealed text of the log is damaged.
    #[error("a sealed text cannot be opened ({0})")]
    Unseal(#[from] UnsealError),
    /// What was sealed is no text.
    #[error("what is sealed is no text; restore the log from a backup")]
    NoText,
    /// The encoded event decodes to nothing or to another event.
    #[error(
        "the encoded event does not decode to the same value at `{field}` of {event} ({problem})"
    )]
    NotReadBack {
        /// The event's name.
        event: &'static str,
        /// The field of the event.
        field: String,
        /// What is wrong with the field.
        problem: String,
    },
}

/// The deepest nesting that is decoded; no version writes deeper ones.
const DEPTH_MAX: usize = 64;

/// The event in the form that the log stores.
pub(crate) fn encode(event: &Event) -> Result<Recording, CodecError> {
    Ok(Recording {
        kind: event.kind(),
        body: rmp_serde::to_vec_named(event)?,
    })
}

/// Encodes derived state for a checkpoint or an image, which only this version reads. Fields are written
/// with their names: parts of events are among them, and those omit fields that have no value.
pub(crate) fn encode_image(image: &impl Serialize) -> Result<Vec<u8>, String> {
    rmp_serde::to_vec_named(image).map_err(|error| error.to_string())
}

/// Decodes derived state that this version encoded.
pub(crate) fn image<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    T::deserialize(&mut message_pack(bytes)).map_err(|error| error.to_string())
}

/// Decodes an event that the log stored.
pub(crate) fn decode(recording: &Recording) -> Result<Event, CodecError> {
    let mut deserializer = message_pack(&recording.body);
    Event::deserialize_body(recording.kind, &mut deserializer).map_err(|source| {
        CodecError::Decode {
            kind: recording.kind,
            source,
        }
    })
}

/// A deserializer with bounded nesting: damaged bytes could otherwise overflow the stack.
fn message_pack(bytes: &[u8]) -> Deserializer<ReadRefReader<'_, [u8]>> {
    let mut deserializer = Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(DEPTH_MAX);
    deserializer
}

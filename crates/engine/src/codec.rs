//! Events as the log keeps them: a frozen kind number, and a self-describing MessagePack map.
//!
//! What is to be written is read back first, so that nothing comes into the log that cannot be read again.

mod bodies;
mod difference;
mod writing;

use plansync_domain::event::Event;
use plansync_log::Recording;
use rmp_serde::Deserializer;
use rmp_serde::decode::ReadRefReader;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use bodies::EventBodies;
pub(crate) use writing::{Encoded, Writing};

/// Why an event cannot be written, or bytes of the log are no event of this version.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The body of an event does not hold what its kind promises, or the kind is unknown: the log
    /// was written by a newer version.
    #[error("an event of kind {kind} cannot be decoded ({source}); run the version that wrote it")]
    Decode {
        /// The kind's number.
        kind: u16,
        /// What the decoder said.
        source: rmp_serde::decode::Error,
    },
    /// An event that cannot be written.
    #[error("an event cannot be encoded: {0}")]
    Encode(#[from] rmp_serde::encode::Error),
    /// An event that could be written, but not be read again as it is.
    #[error("what was decided could not be read again at `{field}` of {event} ({problem})")]
    NotReadBack {
        /// What happened.
        event: &'static str,
        /// The field of the event.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The deepest nesting that is followed.
const DEPTH_MAX: usize = 64;

/// The event as the log keeps it.
fn encode(event: &Event) -> Result<Recording, CodecError> {
    Ok(Recording {
        kind: event.kind(),
        body: rmp_serde::to_vec_named(event)?,
    })
}

/// Derived state, as it is kept beside the log, and of this version alone. Fields have their names:
/// parts of events are among them, and those leave fields out that say nothing.
pub(crate) fn encode_image(image: &impl Serialize) -> Result<Vec<u8>, String> {
    rmp_serde::to_vec_named(image).map_err(|error| error.to_string())
}

/// Derived state that was kept by this version.
pub(crate) fn image<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    T::deserialize(&mut message_pack(bytes)).map_err(|error| error.to_string())
}

/// The event that the log kept.
pub(crate) fn decode(recording: &Recording) -> Result<Event, CodecError> {
    let mut deserializer = message_pack(&recording.body);
    Event::deserialize_body(recording.kind, &mut deserializer).map_err(|source| {
        CodecError::Decode {
            kind: recording.kind,
            source,
        }
    })
}

/// One that follows no nesting that no version has written: damaged bytes could lead it to the end of
/// the stack.
fn message_pack(bytes: &[u8]) -> Deserializer<ReadRefReader<'_, [u8]>> {
    let mut deserializer = Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(DEPTH_MAX);
    deserializer
}

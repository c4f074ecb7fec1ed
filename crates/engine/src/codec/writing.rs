//! Encodes events for the log, and decodes each again to compare it: a defect of a codec then costs one
//! command, and not the log.

use plansync_domain::event::Event;
use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_log::Recording;

use super::difference::differences;
use super::sealing::Seals;
use super::{CodecError, decode, encode, message_pack};
use crate::config::Config;
use crate::fault::Fault;

/// An event and its stored form, which was decoded again and compared.
pub(crate) struct Encoded {
    pub(crate) event: Event,
    pub(crate) recording: Recording,
}

/// Encodes the events of one operation.
#[derive(Clone, Copy)]
pub(crate) struct Writing<'a> {
    pub(crate) config: &'a Config,
    pub(crate) operation: &'a str,
}

impl Writing<'_> {
    /// An event that holds no text about persons in its stored form; see [`Self::sealed`].
    pub(crate) fn encoded(self, event: Event) -> Result<Encoded, CodecError> {
        let recording = encode(&event)?;
        self.compared(event, recording, Ok)
    }

    /// The event in its stored form, with its texts sealed, decoded again, opened and compared. A failure is logged,
    /// too: the command's sender can do nothing about it. `era` is the number of the tenant's learners who were
    /// erased.
    pub(crate) fn sealed(
        self,
        event: Event,
        (tenant, stream): (&TenantId, &Stream),
        era: u64,
    ) -> Result<Encoded, CodecError> {
        let keys = &self.config.keys;
        let seals = Seals {
            keys,
            tenant,
            stream,
        };
        let recording = if self.config.has(Fault::SealsNothing) {
            encode(&event)?
        } else {
            encode(seals.sealed(&event, era)?.as_ref())?
        };
        self.compared(event, recording, |read| seals.opened(read))
    }

    fn compared(
        self,
        event: Event,
        mut recording: Recording,
        opened: impl FnOnce(Event) -> Result<Event, CodecError>,
    ) -> Result<Encoded, CodecError> {
        self.break_on_purpose(&mut recording);
        let read = decode(&recording).and_then(opened);
        if read.as_ref().is_ok_and(|read| *read == event) {
            return Ok(Encoded { event, recording });
        }
        let (field, problem) = match read {
            Ok(read) => unlike(&event, &read),
            Err(_) => unreadable(&recording),
        };
        let name = event.name();
        tracing::error!(
            operation = self.operation,
            event = name,
            field,
            "a defect in plansync: an encoded event does not decode to the same value; nothing of its command was written"
        );
        Err(CodecError::NotReadBack {
            event: name,
            field,
            problem,
        })
    }

    fn break_on_purpose(self, recording: &mut Recording) {
        if self.config.has(Fault::WritesUnreadably(recording.kind)) {
            recording.body.pop();
        }
        if self.config.has(Fault::WritesAnother(recording.kind))
            && let Some(last) = recording.body.last_mut()
        {
            *last ^= 1;
        }
    }
}

/// The first field that decodes to another value.
fn unlike(event: &Event, read: &Event) -> (String, String) {
    let [decided, read] = [event, read].map(|event| {
        let encoded = encode(event).map(|recording| recording.body);
        encoded.unwrap_or_default()
    });
    let first = differences(&decided, &read);
    let field = first.into_iter().next();
    let field = field.map_or_else(
        || "the whole event".to_owned(),
        |difference| difference.path,
    );
    (field, "it decodes to another value".to_owned())
}

/// The field that cannot be decoded, and the decoder's message.
fn unreadable(recording: &Recording) -> (String, String) {
    let mut track = serde_path_to_error::Track::new();
    let mut deserializer = message_pack(&recording.body);
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let read = Event::deserialize_body(recording.kind, tracked);
    let problem = read.map_or_else(|error| error.to_string(), |_| String::new());
    (track.path().to_string(), problem)
}

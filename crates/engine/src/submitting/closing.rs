//! The commit that closes a record, whether it was idle or displaced by another one (C6).

use plansync_domain::event::{Event, RecordClosed};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, SessionId, TenantId};
use plansync_log::{Cause, CommandKey, CommandScope, Fingerprint, Recorded};
use uuid::Uuid;

use crate::call::Refusal;
use crate::codec::writing::{Encoded, Writing};
use crate::sequencing::sequencer::{Entry, SequenceError, Sequencer};

/// A record to be closed, and its encoded event.
pub(super) struct Closing {
    session: SessionId,
    event: Encoded,
}

impl Closing {
    /// Encodes the event.
    pub(super) fn of(writing: Writing<'_>, closed: RecordClosed) -> Result<Self, Refusal> {
        let session = closed.session;
        let event = writing.encoded(Event::RecordClosed(closed));
        let event = event.map_err(SequenceError::from)?;
        Ok(Self { session, event })
    }

    /// The id of its commit: a session is closed once.
    pub(super) fn id(&self) -> Uuid {
        Uuid::new_v5(self.session.as_uuid(), b"closed")
    }

    /// Commits it.
    pub(super) fn write(
        self,
        sequencer: &mut Sequencer,
        (tenant, actor): (&TenantId, &Actor),
        cause: Cause,
        at: Recorded,
    ) -> Result<(), SequenceError> {
        let stream = Stream::Record(self.session);
        let entry = Entry {
            tenant,
            version: sequencer.next_version(tenant, &stream),
            stream,
            actor,
            command: CommandKey {
                scope: CommandScope::Engine,
                id: self.id(),
            },
            fingerprint: Fingerprint::new([0; 32]),
            cause,
            judged_at: sequencer.position(),
            events: vec![self.event],
        };
        sequencer.commit(at, entry).map(|_| ())
    }
}

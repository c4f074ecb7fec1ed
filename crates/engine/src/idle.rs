//! Closing records that their administrators do not use: those that are idle, which is looked for from time
//! to time, and the one that gives way to another (C6).
//!
//! How long ago a touch was is measured by the log's own time. What is closed is a commit like any other.

use std::sync::PoisonError;

use parking_lot::MutexGuard;
use plansync_domain::decide::idle::due;
use plansync_domain::event::{Event, RecordClosed};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, SessionId, TenantId};
use plansync_log::{Cause, CommandKey, CommandScope, Fingerprint, Recorded};
use uuid::Uuid;

use crate::call::Refusal;
use crate::codec::{Encoded, Writing};
use crate::engine::Engine;
use crate::sequencer::{Entry, SequenceError, Sequencer};

/// Records that are closed under one lock: others wait for it meanwhile.
const LOCKED_MAX: usize = 8;
/// Records of a tenant that one step closes; the others are closed by the next ones.
const CLOSED_MAX: usize = 512;

/// A record that is to be closed, as it is stored.
pub(crate) struct Closing {
    session: SessionId,
    event: Encoded,
}

impl Closing {
    pub(crate) fn of(writing: Writing<'_>, closed: RecordClosed) -> Result<Self, Refusal> {
        let session = closed.session;
        let event = writing.encoded(Event::RecordClosed(closed));
        let event = event.map_err(SequenceError::from)?;
        Ok(Self { session, event })
    }

    /// The name of its commit: a session is closed once.
    fn id(&self) -> Uuid {
        Uuid::new_v5(self.session.as_uuid(), b"closed")
    }

    pub(crate) fn write(
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

impl Engine {
    /// Closes records that nobody touched for their tenant's idle hours, and says how many. It asks each
    /// tenant for the record touched least lately and looks at no other that is not due; of a tenant with
    /// very many, some are left to the next step. While the disk does not keep up, all of them are.
    pub fn idle_step(&self) -> Result<usize, Refusal> {
        let mut closed = 0;
        for tenant in self.with_idle_records() {
            for _ in 0..CLOSED_MAX / LOCKED_MAX {
                let some = self.close_idle(&tenant)?;
                closed += some;
                if some < LOCKED_MAX {
                    break;
                }
            }
        }
        self.wake_writer();
        Ok(closed)
    }

    /// The tenants in which a record is idle, as of the last durable position.
    fn with_idle_records(&self) -> Vec<TenantId> {
        let published = self.parts.published.read();
        let state = published.unwrap_or_else(PoisonError::into_inner).clone();
        let now = state.clock.at(self.now().get());
        let tenants = state.tenants();
        tenants
            .filter(|(_, tenant)| due(tenant, now, 1).next().is_some())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Closes a few records of one tenant, if they are still idle now.
    fn close_idle(&self, tenant: &TenantId) -> Result<usize, Refusal> {
        let mut sequencer = self.sequencer();
        self.check_room(&sequencer)?;
        let at = self.now();
        let now = sequencer.state.clock.at(at.get());
        let state = sequencer.state.tenant(tenant);
        let idle: Vec<_> = due(state, now, LOCKED_MAX).collect();
        let count = idle.len();
        for closed in idle {
            let closing = Closing::of(self.writing("record.close"), closed)?;
            let cause = Cause {
                correlation: closing.id(),
                trace: None,
            };
            closing.write(&mut sequencer, (tenant, &Actor::System), cause, at)?;
        }
        MutexGuard::unlock_fair(sequencer);
        Ok(count)
    }
}

//! What became of a durable command: a commit of its own, written once per command id, before the
//! bus is told that the message is done with.

use plansync_domain::event::Event;
use plansync_domain::ids::TenantId;
use plansync_domain::noted::{CommandAccepted, CommandRejected};
use plansync_domain::stream::Stream;
use plansync_log::{CommandKey, CommandScope, Position};
use uuid::Uuid;

use crate::call::{Call, Receipt, Refusal};
use crate::codec::Encoded;
use crate::engine::Engine;
use crate::sequencer::{Entry, SequenceError};

impl Engine {
    /// Records that a durable command was accepted, and how it was answered. A repeat writes
    /// nothing and gives the first record's position.
    pub fn record_accepted(
        &self,
        call: &Call,
        receipt: &Receipt,
        accepted: CommandAccepted,
    ) -> Result<Position, Refusal> {
        if let Some(position) = self.outcome(&call.tenant, *call.command.as_uuid())? {
            return Ok(position);
        }
        let version = if receipt.noted { 2 } else { 1 };
        self.record(call, version, Event::CommandAccepted(accepted))
    }

    /// Records that a durable command was refused, and why. A repeat writes nothing and gives the
    /// first record's position.
    pub fn record_rejected(
        &self,
        call: &Call,
        rejected: CommandRejected,
    ) -> Result<Position, Refusal> {
        if let Some(position) = self.outcome(&call.tenant, *call.command.as_uuid())? {
            return Ok(position);
        }
        self.record(call, 1, Event::CommandRejected(rejected))
    }

    /// Where it is recorded what became of a durable command.
    fn outcome(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Position>, Refusal> {
        let key = CommandKey {
            scope: CommandScope::Outcome,
            id,
        };
        let recent = self.sequencer().recent.get(&(tenant.clone(), key));
        match recent {
            Some(position) => Ok(Some(position)),
            None => Ok(self.log().command(tenant.as_str(), key)?),
        }
    }

    fn record(&self, call: &Call, version: u64, event: Event) -> Result<Position, Refusal> {
        let id = *call.command.as_uuid();
        let key = CommandKey {
            scope: CommandScope::Outcome,
            id,
        };
        let events = vec![Encoded::of(event).map_err(SequenceError::from)?];
        let mut sequencer = self.sequencer();
        // Looked up once more under the lock: somebody else may have recorded it in between.
        if let Some(first) = sequencer.recent.get(&(call.tenant.clone(), key)) {
            return Ok(first);
        }
        self.check_room(&sequencer)?;
        let judged_at = sequencer.position();
        let entry = Entry {
            tenant: &call.tenant,
            stream: Stream::Command(call.command),
            version,
            actor: &call.actor,
            command: key,
            fingerprint: call.fingerprint,
            cause: call.cause(),
            judged_at,
            events,
        };
        let (position, _) = sequencer.commit(self.now(), entry)?;
        drop(sequencer);
        self.wake_writer();
        Ok(position)
    }
}

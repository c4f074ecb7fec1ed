//! What became of a durable command: a commit of its own, written once per command id, before the
//! bus is told that the message is done with.

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandRejected, NotKept, REJECTED_BYTES_MAX,
    REJECTED_COMMAND_BYTES_MAX,
};
use plansync_domain::ids::TenantId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_log::{CommandKey, CommandScope, Position};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::call::{Call, Receipt, Refusal};
use crate::codec::Encoded;
use crate::engine::Engine;
use crate::sequencer::{Entry, SequenceError};

impl Engine {
    /// Records that a durable command was accepted: that its answer follows from the commit of the
    /// receipt. A repeat writes nothing and gives the first record's position.
    pub fn record_accepted(
        &self,
        call: &Call,
        operation: &str,
        receipt: &Receipt,
    ) -> Result<Position, Refusal> {
        if let Some(position) = self.outcome(&call.tenant, *call.command.as_uuid())? {
            return Ok(position);
        }
        let version = if receipt.unchanged { 2 } else { 1 };
        let accepted = CommandAccepted {
            operation: operation.to_owned(),
            answer: AcceptedAnswer::Commit(position::Position::new(receipt.position.get())),
        };
        let event = self.stored(operation, Event::CommandAccepted(accepted))?;
        self.record(call, version, |_| event)
    }

    /// Records that a durable command was refused, and why. A repeat writes nothing and gives the
    /// first record's position. Of bytes that nobody could decode it keeps
    /// [`REJECTED_COMMAND_BYTES_MAX`] a command and [`REJECTED_BYTES_MAX`] a tenant (the tenants that
    /// were never put are one), and of more only length and digest: the count is folded from the log.
    pub fn record_rejected(
        &self,
        call: &Call,
        rejected: CommandRejected,
    ) -> Result<Position, Refusal> {
        if let Some(position) = self.outcome(&call.tenant, *call.command.as_uuid())? {
            return Ok(position);
        }
        let operation = rejected.operation.clone();
        let length = u64::try_from(rejected.bytes.len()).unwrap_or(u64::MAX);
        if length == 0 {
            let event = self.stored(&operation, Event::CommandRejected(rejected))?;
            return self.record(call, 1, |_| event);
        }
        // Both forms are made before the lock: hashing takes as long as a hundred decisions.
        let digest = Digest::new(Sha256::digest(&rejected.bytes).into());
        let without_bytes = Event::CommandRejected(CommandRejected {
            bytes: Vec::new(),
            not_kept: Some(NotKept { length, digest }),
            ..rejected.clone()
        });
        let without_bytes = self.stored(&operation, without_bytes)?;
        if length > REJECTED_COMMAND_BYTES_MAX {
            return self.record(call, 1, |_| without_bytes);
        }
        let with_bytes = self.stored(&operation, Event::CommandRejected(rejected))?;
        self.record(call, 1, |kept_bytes| {
            if kept_bytes.saturating_add(length) <= REJECTED_BYTES_MAX {
                with_bytes
            } else {
                without_bytes
            }
        })
    }

    /// Where it is recorded what became of a durable command.
    fn outcome(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Position>, Refusal> {
        let key = CommandKey {
            scope: CommandScope::Outcome,
            id,
        };
        let recent = self.sequencer().recent_commands.get(&(tenant.clone(), key));
        match recent {
            Some(position) => Ok(Some(position)),
            None => Ok(self.log().command(tenant.as_str(), key)?),
        }
    }

    /// The event as it is stored, which was read back.
    fn stored(&self, operation: &str, event: Event) -> Result<Encoded, Refusal> {
        let encoded = self.writing(operation).encoded(event);
        Ok(encoded.map_err(SequenceError::from)?)
    }

    /// Records what `event` makes of the number of bytes that are kept of the tenant's rejected
    /// commands.
    fn record(
        &self,
        call: &Call,
        version: u64,
        event: impl FnOnce(u64) -> Encoded,
    ) -> Result<Position, Refusal> {
        let id = *call.command.as_uuid();
        let key = CommandKey {
            scope: CommandScope::Outcome,
            id,
        };
        let mut sequencer = self.sequencer();
        // Looked up once more under the lock: somebody else may have recorded it in between.
        if let Some(first) = sequencer.recent_commands.get(&(call.tenant.clone(), key)) {
            return Ok(first);
        }
        self.check_room(&sequencer)?;
        let judged_at = sequencer.position();
        let events = vec![event(sequencer.state.rejected_bytes(&call.tenant))];
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

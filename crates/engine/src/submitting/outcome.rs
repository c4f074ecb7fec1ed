//! Records the outcome of a durable command in a commit of its own, once per command id. The message is
//! acknowledged to the bus only afterwards. A command that is delivered again finds its outcome here, and
//! nothing is written (I2).

use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandRejected, NotKept, REJECTED_BYTES_MAX,
    REJECTED_COMMAND_BYTES_MAX,
};
use plansync_domain::ids::TenantId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_log::{CommandKey, CommandScope, Position, Read};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::call::{Call, Refusal};
use crate::codec::fingerprint;
use crate::codec::writing::{Encoded, Writing};
use crate::config::Config;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Entry, SequenceError};
use crate::submitting::answer::Receipt;
use crate::writing::group_writer::GroupWriter;

/// Records the outcomes of durable commands.
pub(crate) struct Outcomes {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
}

impl Outcomes {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
        }
    }

    /// Records that a durable command was accepted: that its answer follows from the commit of the
    /// receipt. A repeat writes nothing; the result is then the position of the first record.
    pub(crate) fn record_accepted(
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
        let event = self.stored((call, operation), Event::CommandAccepted(accepted))?;
        self.record(call, version, |_| event)
    }

    /// Records that a durable command was refused, and why. A repeat writes nothing; the result is then the
    /// position of the first record.
    ///
    /// Bytes that could not be decoded are stored up to [`REJECTED_COMMAND_BYTES_MAX`] per command and
    /// [`REJECTED_BYTES_MAX`] per tenant (all tenants that were never put count as one). Of more, only length
    /// and digest are stored. The stored bytes are counted by folding the log.
    pub(crate) fn record_rejected(
        &self,
        call: &Call,
        rejected: CommandRejected,
    ) -> Result<Position, Refusal> {
        if let Some(position) = self.outcome(&call.tenant, *call.command.as_uuid())? {
            return Ok(position);
        }
        let operation = rejected.operation.clone();
        let length = rejected.bytes.length();
        if length == 0 {
            let event = self.stored((call, &operation), Event::CommandRejected(rejected))?;
            return self.record(call, 1, |_| event);
        }
        // Both forms are encoded before the lock is taken: hashing takes as long as a hundred decisions.
        let digest = Digest::new(Sha256::digest(rejected.bytes.as_slice()).into());
        let without_bytes = Event::CommandRejected(CommandRejected {
            bytes: Vec::new().into(),
            not_kept: Some(NotKept { length, digest }),
            ..rejected.clone()
        });
        let without_bytes = self.stored((call, &operation), without_bytes)?;
        if length > REJECTED_COMMAND_BYTES_MAX {
            return self.record(call, 1, |_| without_bytes);
        }
        let with_bytes = self.stored((call, &operation), Event::CommandRejected(rejected))?;
        self.record(call, 1, |kept_bytes| {
            if kept_bytes.saturating_add(length) <= REJECTED_BYTES_MAX {
                with_bytes
            } else {
                without_bytes
            }
        })
    }

    /// The position at which the outcome of a durable command is recorded.
    fn outcome(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Position>, Refusal> {
        let key = key(id);
        let recent = self.sequencing.lock().recent_command(tenant, key);
        match recent {
            Some(position) => Ok(Some(position)),
            None => Ok(self.log.command(tenant.as_str(), key)?),
        }
    }

    /// The event in its stored form.
    fn stored(&self, (call, operation): (&Call, &str), event: Event) -> Result<Encoded, Refusal> {
        let writing = Writing {
            config: &self.config,
            operation,
        };
        let stream = Stream::Command(call.command);
        let era = if event.is_personal() {
            let current = self.sequencing.current(&call.tenant);
            current.tenant.erasures().erased_count()
        } else {
            0
        };
        let stored = writing.sealed(event, (&call.tenant, &stream), era);
        Ok(stored.map_err(SequenceError::from)?)
    }

    /// Commits the event that `event` gives for the number of bytes that the log holds of the tenant's
    /// rejected commands.
    fn record(
        &self,
        call: &Call,
        version: u64,
        event: impl FnOnce(u64) -> Encoded,
    ) -> Result<Position, Refusal> {
        let key = key(*call.command.as_uuid());
        let mut sequencer = self.sequencing.lock();
        // Looked up again under the lock: somebody else may have recorded it in between.
        if let Some(first) = sequencer.recent_command(&call.tenant, key) {
            return Ok(first);
        }
        self.writer.check_room(&sequencer)?;
        let judged_at = sequencer.position();
        let events = vec![event(sequencer.state().rejected_bytes(&call.tenant))];
        let entry = Entry {
            tenant: &call.tenant,
            stream: Stream::Command(call.command),
            version,
            actor: &call.actor,
            command: key,
            fingerprint: fingerprint::under_log(call.fingerprint, &self.config.keys),
            cause: call.cause(),
            judged_at,
            events,
        };
        let (position, _) = sequencer.commit(self.config.clock.now(), entry)?;
        self.sequencing.release(sequencer);
        Ok(position)
    }
}

/// The key of the commit that records a command's outcome.
fn key(id: Uuid) -> CommandKey {
    CommandKey {
        scope: CommandScope::Outcome,
        id,
    }
}

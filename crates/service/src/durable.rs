//! Durable commands: each is decided once, and its result is recorded before the message is
//! acknowledged.
//!
//! A command is rejected as `overloaded` only by the bounds of the rules. If the engine is overloaded
//! or the log cannot be written, the command waits in its stream.

use std::time::Duration;

use plansync_domain::event::command_outcome::{CommandRejected, NotKept, RejectedError};
use plansync_domain::ids::digest::Digest;
use plansync_domain::ids::{Actor, CommandId};
use plansync_engine::{Call, Receipt, Refusal, Refused};
use plansync_log::{CommandKey, CommandScope, Fingerprint, Position};
use plansync_protocol::{Error, ErrorCode, OperationName, decode_known};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tracing::field::display;

use crate::catalogue::{Commands, WithCommand, with_command};
use crate::durable_measures::DurableOutcome;
use crate::incoming::{Incoming, command_id_of_place};
use crate::message::{Inbound, Place, Verdict};
use crate::recorded::recorded;
use crate::refusal::{internal, refused, undeliverable};
use crate::request::{Asked, asked, reply};
use crate::service::Service;

/// How long a command waits if the log cannot be used.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

impl Service {
    /// Decides a durable command with any content, and records the result.
    pub fn command(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        let incoming = match Incoming::of(inbound) {
            Ok(incoming) => incoming,
            Err(fault) => return self.malformed(inbound, place, &fault),
        };
        let durable = self.durable(&incoming, place);
        if let Err(error) = &incoming.message_id {
            return durable.reject_unread(error);
        }
        let found = incoming
            .operation()
            .map(|operation| with_command(operation, durable));
        match found {
            Ok(Some(verdict)) => verdict,
            Ok(None) => durable.reject_unread(&no_command(incoming.operation)),
            Err(error) => durable.reject_unread(&error),
        }
    }

    /// Records a durable command as rejected because deciding it panicked.
    pub fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        let crashed = internal(
            "a defect in plansync stopped the command, and nothing was changed; its body is kept in the event of its rejection: report this to the operator of the service",
        );
        self.reject_unseen(inbound, place, &crashed)
    }

    /// Records a durable command as rejected because the transport could not deliver it completely;
    /// `inbound` has what is known of it.
    pub fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, why: &str) -> Verdict {
        self.reject_unseen(inbound, place, &undeliverable(why))
    }

    /// Records a message as rejected without decoding it.
    fn reject_unseen(&self, inbound: Inbound<'_>, place: Place, error: &Error) -> Verdict {
        match Incoming::of(inbound) {
            Ok(incoming) => self.durable(&incoming, place).reject_unread(error),
            Err(_) => self.malformed(inbound, place, error),
        }
    }

    /// Records a message whose subject is malformed as rejected, if the subject names a tenant.
    fn malformed(&self, inbound: Inbound<'_>, place: Place, fault: &Error) -> Verdict {
        if let Some(incoming) = Incoming::of_tenant(inbound) {
            return self.durable(&incoming, place).reject_unread(fault);
        }
        tracing::error!(
            sequence = place.sequence,
            code = fault.code.as_str(),
            "a durable command whose subject has no valid tenant was removed from the stream without a result"
        );
        NOBODYS
    }

    const fn durable<'a>(&'a self, incoming: &'a Incoming<'a>, place: Place) -> Durable<'a> {
        Durable {
            service: self,
            incoming,
            place,
        }
    }
}

/// A message without a tenant cannot be recorded; it is acknowledged, so that it does not block others.
const NOBODYS: Verdict = Verdict::Settled {
    after: Position::ZERO,
};

fn no_command(operation: &str) -> Error {
    let message = format!(
        "`{operation}` only reads and cannot be sent as a durable command; send it as a request"
    );
    Error::new(ErrorCode::UnknownOperation, message)
}

/// One durable command.
#[derive(Clone, Copy)]
struct Durable<'a> {
    service: &'a Service,
    incoming: &'a Incoming<'a>,
    place: Place,
}

impl WithCommand for Durable<'_> {
    type Output = Verdict;

    fn with<O: Commands>(self) -> Verdict {
        let otherwise = || command_id_of_place(self.place);
        let asked = self
            .incoming
            .encoding
            .clone()
            .and_then(|encoding| asked::<O>(self.service, self.incoming, encoding, otherwise));
        match asked {
            Ok(asked) => self.decide::<O>(&asked),
            Err(error) => self.reject_unread(&error),
        }
    }
}

impl Durable<'_> {
    fn decide<O: Commands>(self, asked: &Asked) -> Verdict {
        match self.service.engine.submit(&asked.call, &asked.command) {
            Ok(receipt) => self.accept::<O>(&asked.call, &receipt),
            Err(Refused { refusal, .. }) => self.refuse(&asked.call, &refusal),
        }
    }

    fn accept<O: Commands>(self, call: &Call, receipt: &Receipt) -> Verdict {
        // A commit of another operation has no answer to this one: nothing is recorded that says otherwise.
        match reply::<O>(receipt.clone()) {
            Ok(_) => {
                let (engine, operation) = (&self.service.engine, O::NAME.as_str());
                let recorded = engine.record_accepted(call, operation, receipt);
                self.settled(call, recorded, DurableOutcome::Accepted)
            }
            Err(error) => self.reject(call, &error, None),
        }
    }

    fn refuse(self, call: &Call, refusal: &Refusal) -> Verdict {
        match refusal {
            Refusal::Rejected(_)
            | Refusal::ReadingExpired
            | Refusal::Damaged { .. }
            | Refusal::Internal { .. } => self.reject(call, &refused(refusal), None),
            // The id belongs to another command: the result is recorded under the id of its place.
            Refusal::CommandIdReused => {
                let call = Call {
                    command: command_id_of_place(self.place),
                    ..call.clone()
                };
                self.reject(&call, &refused(refusal), None)
            }
            Refusal::Recorded { position } => {
                self.settled(call, Ok(*position), DurableOutcome::RejectedBefore)
            }
            Refusal::Overloaded { retry_after_ms } => Verdict::Wait {
                retry_after: Duration::from_millis(*retry_after_ms),
            },
            Refusal::Unavailable { .. } | Refusal::OnlyRead | Refusal::NotLeading => {
                Verdict::Wait {
                    retry_after: UNAVAILABLE_RETRY,
                }
            }
        }
    }

    /// Rejects a command that could not be decoded, and keeps its body.
    fn reject_unread(self, error: &Error) -> Verdict {
        let placed = command_id_of_place(self.place);
        let named = self.incoming.message_id.clone().ok().flatten();
        let named = self.named_in_body().or(named);
        let mut call = self.unread_call(named.unwrap_or(placed));
        match self.is_anothers(&call) {
            Ok(false) => {}
            Ok(true) => call.command = placed,
            Err(refusal) => return verdict(Err(refusal)),
        }
        self.reject(&call, error, Some(self.incoming.body))
    }

    /// The command id of a body in which something else is wrong: its sender waits for what becomes of it.
    fn named_in_body(self) -> Option<CommandId> {
        #[derive(Deserialize)]
        struct Named {
            command_id: Option<CommandId>,
        }
        let encoding = self.incoming.encoding.clone().ok()?;
        let named: Named = decode_known(encoding, self.incoming.body).ok()?;
        named.command_id
    }

    fn unread_call(self, command: CommandId) -> Call {
        let identity = &self.incoming.identity;
        let asked = [self.incoming.operation.as_bytes(), &[0], self.incoming.body].concat();
        Call {
            id_is_new: false,
            earlier: None,
            tenant: identity.tenant.clone(),
            // A reserved name belongs to nobody and cannot be recorded as an actor.
            actor: identity.actor.clone().unwrap_or(Actor::System),
            command,
            fingerprint: Fingerprint::of(&asked),
            trace: self.incoming.trace.clone(),
        }
    }

    /// Whether the id of a command that was not decoded belongs to another command.
    fn is_anothers(self, call: &Call) -> Result<bool, Refusal> {
        let engine = &self.service.engine;
        let id = *call.command.as_uuid();
        for scope in [CommandScope::Client, CommandScope::Outcome] {
            let key = CommandKey { scope, id };
            let found = engine.log().command(call.tenant.as_str(), key)?;
            if let Some(position) = found {
                let first = engine.decided_at(position)?;
                let same = engine.is_same(call, &first);
                return Ok(!same || first.actor != call.actor);
            }
        }
        Ok(false)
    }

    /// Records a rejection, with the body if it could not be decoded.
    fn reject(self, call: &Call, error: &Error, undecoded: Option<&[u8]>) -> Verdict {
        let Some(refusal) = recorded(error) else {
            let cause = format!("`{}` refuses no command", error.code);
            return verdict(Err(Refusal::Internal { cause }));
        };
        let rejected = CommandRejected {
            operation: self.incoming.operation.chars().take(100).collect(),
            error: RejectedError::Recorded(refusal),
            bytes: undecoded.unwrap_or_default().to_vec().into(),
            not_kept: undecoded.filter(|body| body.is_empty()).map(of_nothing),
        };
        let recorded = self.service.engine.record_rejected(call, rejected);
        self.settled(call, recorded, DurableOutcome::Rejected(error.code))
    }

    /// Counts the outcome if it was recorded, and tells it in the log output and on the span of the command.
    fn settled(
        self,
        call: &Call,
        recorded: Result<Position, Refusal>,
        outcome: DurableOutcome,
    ) -> Verdict {
        plansync_traces::note_command(call.command);
        if recorded.is_ok() {
            let measures = &self.service.durable_measures;
            measures.count(self.incoming.operation, outcome);
            self.tell(call, outcome);
        }
        verdict(recorded)
    }

    /// Ids and codes, and nothing else of what was sent.
    fn tell(self, call: &Call, outcome: DurableOutcome) {
        plansync_traces::note_outcome(outcome.as_str());
        if tracing::enabled!(tracing::Level::DEBUG) {
            let operation = self.incoming.operation().ok().map(OperationName::as_str);
            let tenant = self.service.existing(&call.tenant).map(display);
            tracing::debug!(
                operation,
                tenant,
                command = %call.command,
                sequence = self.place.sequence,
                outcome = outcome.as_str(),
                "a durable command was settled"
            );
        }
    }
}

/// A body without a byte, which could not be decoded either.
fn of_nothing(body: &[u8]) -> NotKept {
    NotKept {
        length: 0,
        digest: Digest::new(Sha256::digest(body).into()),
    }
}

/// What the transport must do after a result was recorded, or could not be.
fn verdict(recorded: Result<Position, Refusal>) -> Verdict {
    match recorded {
        Ok(after) => Verdict::Settled { after },
        Err(Refusal::Overloaded { retry_after_ms }) => Verdict::Wait {
            retry_after: Duration::from_millis(retry_after_ms),
        },
        Err(refusal) => {
            tracing::error!(
                refusal = refusal.kind(),
                "the result of a durable command cannot be recorded yet; the command is tried again"
            );
            Verdict::Wait {
                retry_after: UNAVAILABLE_RETRY,
            }
        }
    }
}

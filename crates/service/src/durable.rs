//! Durable commands: decided once, and what became of each recorded before it is acknowledged.
//!
//! Only bounds of the rules reject a command as overloaded; load, and a disk that refuses, make it
//! wait.

use std::time::Duration;

use plansync_domain::event::command_outcome::{CommandAccepted, CommandRejected};
use plansync_domain::ids::{Actor, CommandId};
use plansync_engine::{Call, Receipt, Refusal, Refused};
use plansync_log::{CommandKey, CommandScope, Fingerprint, Position};
use plansync_protocol::{Encoding, Error, ErrorCode, decode_known};
use serde::Deserialize;

use crate::catalogue::{Commands, WithCommand, with_command};
use crate::incoming::{Incoming, command_id_of_place};
use crate::message::{Inbound, Place, Verdict};
use crate::refusal::{internal, refused, undeliverable};
use crate::request::{Asked, asked, encoded_reply};
use crate::service::Service;

/// How long a command waits for a log that cannot be used.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

impl Service {
    /// Decides a durable command, whatever it holds.
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

    /// Records a durable command as rejected because deciding it crashed.
    pub fn set_aside(&self, inbound: Inbound<'_>, place: Place) -> Verdict {
        let crashed = internal("the command could not be decided; report it");
        self.reject_unseen(inbound, place, &crashed)
    }

    /// Records a durable command as rejected because it could not be delivered as it is; the body is
    /// what is known of it.
    pub fn undeliverable_command(&self, inbound: Inbound<'_>, place: Place, why: &str) -> Verdict {
        self.reject_unseen(inbound, place, &undeliverable(why))
    }

    /// Records a message that is not looked into.
    fn reject_unseen(&self, inbound: Inbound<'_>, place: Place, error: &Error) -> Verdict {
        match Incoming::of(inbound) {
            Ok(incoming) => self.durable(&incoming, place).reject_unread(error),
            Err(_) => self.malformed(inbound, place, error),
        }
    }

    /// Records a message that does not say who asks, wherever it says for which tenant.
    fn malformed(&self, inbound: Inbound<'_>, place: Place, fault: &Error) -> Verdict {
        if let Some(incoming) = Incoming::of_tenant(inbound) {
            return self.durable(&incoming, place).reject_unread(fault);
        }
        let subject = inbound.subject;
        tracing::error!(subject, %fault.message, "a command is nobody's");
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

/// A message that does not say its tenant: there is no stream that it could be recorded on.
const NOBODYS: Verdict = Verdict::Settled {
    after: Position::ZERO,
};

fn no_command(operation: &str) -> Error {
    let message = format!("`{operation}` is no command; send it as a request");
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
        let first = Receipt {
            duplicate: false,
            ..receipt.clone()
        };
        match encoded_reply::<O>(first, Encoding::MessagePack) {
            Ok(reply) => {
                let operation = O::NAME.to_string();
                let accepted = CommandAccepted { operation, reply };
                let engine = &self.service.engine;
                verdict(engine.record_accepted(call, receipt, accepted))
            }
            Err(error) => self.reject(call, &error, Vec::new()),
        }
    }

    fn refuse(self, call: &Call, refusal: &Refusal) -> Verdict {
        match refusal {
            Refusal::Rejected(_) | Refusal::ReadingExpired | Refusal::Internal { .. } => {
                self.reject(call, &refused(refusal), Vec::new())
            }
            // The id is another command's: what became of this one is told under its place.
            Refusal::CommandIdReused => {
                let call = Call {
                    command: command_id_of_place(self.place),
                    ..call.clone()
                };
                self.reject(&call, &refused(refusal), Vec::new())
            }
            Refusal::Recorded { position } => Verdict::Settled { after: *position },
            Refusal::Overloaded { retry_after_ms } => Verdict::Wait {
                retry_after: Duration::from_millis(*retry_after_ms),
            },
            Refusal::Unavailable { .. } => Verdict::Wait {
                retry_after: UNAVAILABLE_RETRY,
            },
        }
    }

    /// Rejects a command that was not understood, and keeps its bytes.
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
        self.reject(&call, error, self.incoming.body.to_vec())
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
            // Nobody is called by a reserved name, so nobody's name can be put to it.
            actor: identity.actor.clone().unwrap_or(Actor::System),
            command,
            fingerprint: Fingerprint::of(&asked),
            trace: self.incoming.trace.clone(),
        }
    }

    /// Whether the id of an unread command was used for something else.
    fn is_anothers(self, call: &Call) -> Result<bool, Refusal> {
        let engine = &self.service.engine;
        let id = *call.command.as_uuid();
        for scope in [CommandScope::Client, CommandScope::Outcome] {
            let key = CommandKey { scope, id };
            let found = engine.log().command(call.tenant.as_str(), key)?;
            if let Some(position) = found {
                let first = engine.decided_at(position)?;
                let same = first.commit.proposal.fingerprint == call.fingerprint;
                return Ok(!same || first.actor != call.actor);
            }
        }
        Ok(false)
    }

    fn reject(self, call: &Call, error: &Error, bytes: Vec<u8>) -> Verdict {
        let encoded = Encoding::MessagePack.encode(error);
        let rejected = encoded.map(|error| CommandRejected {
            operation: self.incoming.operation.chars().take(100).collect(),
            error,
            bytes,
            not_kept: None,
        });
        let rejected = match rejected {
            Ok(rejected) => rejected,
            Err(error) => {
                let cause = error.to_string();
                return verdict(Err(Refusal::Internal { cause }));
            }
        };
        verdict(self.service.engine.record_rejected(call, rejected))
    }
}

/// What a record of what became of a command means for its message.
fn verdict(recorded: Result<Position, Refusal>) -> Verdict {
    match recorded {
        Ok(after) => Verdict::Settled { after },
        Err(Refusal::Overloaded { retry_after_ms }) => Verdict::Wait {
            retry_after: Duration::from_millis(retry_after_ms),
        },
        Err(refusal) => {
            tracing::error!(%refusal, "what became of a durable command cannot be recorded yet");
            Verdict::Wait {
                retry_after: UNAVAILABLE_RETRY,
            }
        }
    }
}

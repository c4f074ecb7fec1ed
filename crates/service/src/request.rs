//! Requests: a message in, an answer out.
//!
//! The order of refusals starts here: what cannot be decoded first, then what the engine refuses.

use plansync_domain::ids::{Actor, CommandId, TenantId};
use plansync_domain::rejection::Rejection;
use plansync_engine::{Call, Receipt, Refusal, Refused};
use plansync_log::{Fingerprint, Position};
use plansync_protocol::{
    Body, Encoding, Error, ErrorCode, ErrorReply, OperationName, decode, write_fingerprint,
};

use crate::catalogue::{Commands, Reads, WithCommand, WithRead, with_command, with_read};
use crate::event::recorded_error;
use crate::incoming::{Identity, Incoming};
use crate::message::{Answer, Inbound, ServiceError};
use crate::refusal::{internal, overloaded, refused, rejected};
use crate::reply::page;
use crate::service::Service;

/// What an operation came to: an encoded reply or an error, and when it may be shown.
pub(crate) struct Outcome {
    pub(crate) after: Position,
    pub(crate) reply: Result<Vec<u8>, Error>,
}

impl Outcome {
    fn refused(error: impl Into<Error>) -> Self {
        Self {
            after: Position::ZERO,
            reply: Err(error.into()),
        }
    }
}

/// A body that became a command.
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) command: plansync_domain::command::Command,
}

impl Service {
    /// Answers a request, whatever it holds.
    pub fn request(&self, inbound: Inbound<'_>) -> Answer {
        match Incoming::of(inbound) {
            Ok(incoming) => answer(incoming.reply_encoding(), self.outcome(&incoming)),
            Err(error) => answer(Encoding::guess(inbound.body), Outcome::refused(error)),
        }
    }

    /// Refuses a request without looking into it, because too many wait already.
    pub fn overloaded(&self, inbound: Inbound<'_>, retry_after_ms: u64) -> Answer {
        let message = format!("too many requests wait; send it again in {retry_after_ms} ms");
        unseen(inbound, overloaded(message, retry_after_ms))
    }

    /// Refuses a request whose handling crashed.
    pub fn crashed(&self, inbound: Inbound<'_>) -> Answer {
        unseen(
            inbound,
            internal("the request could not be handled; report it with its body"),
        )
    }

    fn outcome(&self, incoming: &Incoming<'_>) -> Outcome {
        let encoding = match &incoming.encoding {
            Ok(encoding) => *encoding,
            Err(error) => return Outcome::refused(error.clone()),
        };
        let operation = match incoming.operation() {
            Ok(operation) => operation,
            Err(error) => return Outcome::refused(error),
        };
        let service = self;
        with_command(
            operation,
            Command {
                service,
                incoming,
                encoding,
            },
        )
        .or_else(|| {
            with_read(
                operation,
                Read {
                    service,
                    incoming,
                    encoding,
                },
            )
        })
        .unwrap_or_else(|| Outcome::refused(internal("the operation is not carried out here")))
    }

    /// A refusal; of a durable command that was rejected before, the recorded one.
    fn first_refusal(&self, refusal: &Refusal) -> Error {
        let Refusal::Recorded { position } = refusal else {
            return refused(refusal);
        };
        let recorded = self.engine.decided_at(*position);
        recorded
            .ok()
            .and_then(|decided| recorded_error(&decided))
            .unwrap_or_else(|| refused(refusal))
    }

    /// The actor of a message; nobody is called by a reserved name.
    pub(crate) fn actor<'i>(&self, identity: &'i Identity) -> Result<&'i Actor, Rejection> {
        identity.actor.as_ref().ok_or_else(|| {
            let tenant = self.engine.snapshot(&identity.tenant);
            if tenant.tenant.settings().is_none() {
                Rejection::TenantNotFound
            } else {
                Rejection::UnknownActor
            }
        })
    }
}

/// Carries out a command that came as a request.
struct Command<'a> {
    service: &'a Service,
    incoming: &'a Incoming<'a>,
    encoding: Encoding,
}

impl WithCommand for Command<'_> {
    type Output = Outcome;

    fn with<O: Commands>(self) -> Outcome {
        let mut id_is_new = false;
        let fresh = || {
            id_is_new = true;
            CommandId::from_uuid(self.service.ids.fresh())
        };
        let asked = asked::<O>(self.service, self.incoming, self.encoding, fresh);
        let mut asked = match asked {
            Ok(asked) => asked,
            Err(error) => return Outcome::refused(error),
        };
        asked.call.id_is_new = id_is_new;
        match self.service.engine.submit(&asked.call, &asked.command) {
            Ok(receipt) => Outcome {
                after: receipt.position,
                reply: encoded_reply::<O>(receipt, self.encoding),
            },
            Err(Refused { after, refusal }) => Outcome {
                after,
                reply: Err(self.service.first_refusal(&refusal)),
            },
        }
    }
}

/// The reply of a command, encoded.
pub(crate) fn encoded_reply<O: Commands>(
    receipt: Receipt,
    encoding: Encoding,
) -> Result<Vec<u8>, Error> {
    let reply = O::reply(receipt).ok_or_else(|| internal("the commit is another operation's"))?;
    encoding
        .encode(&reply)
        .map_err(|error| internal(error.to_string()))
}

/// Decodes a body into a command, under its id: the body's own, else the header's, else another.
pub(crate) fn asked<O: Commands>(
    service: &Service,
    incoming: &Incoming<'_>,
    encoding: Encoding,
    otherwise: impl FnOnce() -> CommandId,
) -> Result<Asked, Error> {
    let mut body: O::Body = decode(encoding, incoming.body)?;
    let id = body
        .take_command_id()
        .or(incoming.message_id)
        .unwrap_or_else(otherwise);
    let fingerprint = fingerprint(O::NAME, &body)?;
    let command = O::command(body, id)?;
    let actor = service
        .actor(&incoming.identity)
        .map_err(|rejection| rejected(&rejection))?;
    let call = Call {
        tenant: TenantId::clone(&incoming.identity.tenant),
        actor: actor.clone(),
        command: id,
        id_is_new: false,
        fingerprint,
        trace: incoming.trace.clone(),
    };
    Ok(Asked { call, command })
}

fn fingerprint<B: Body>(operation: OperationName, body: &B) -> Result<Fingerprint, Error> {
    let mut bytes = Vec::with_capacity(256);
    write_fingerprint(operation, body, &mut bytes).map_err(|error| internal(error.to_string()))?;
    Ok(Fingerprint::of(&bytes))
}

/// Answers a read.
struct Read<'a> {
    service: &'a Service,
    incoming: &'a Incoming<'a>,
    encoding: Encoding,
}

impl WithRead for Read<'_> {
    type Output = Outcome;

    fn with<O: Reads>(self) -> Outcome {
        let decoded = decode::<O::Body>(self.encoding, self.incoming.body);
        let body = match decoded.and_then(|body| O::check(&body).map(|()| body)) {
            Ok(body) => body,
            Err(fault) => return Outcome::refused(fault),
        };
        let identity = &self.incoming.identity;
        let reading = self
            .service
            .actor(identity)
            .and_then(|actor| self.service.engine.reading(&identity.tenant, actor));
        let reading = match reading {
            Ok(reading) => reading,
            Err(rejection) => return Outcome::refused(rejected(&rejection)),
        };
        let reply = O::answer(&reading, body).map_err(|refusal: Refusal| refused(&refusal));
        Outcome {
            after: reading.position(),
            reply: reply.and_then(|reply| page(&reply, self.encoding)),
        }
    }
}

fn unseen(inbound: Inbound<'_>, error: Error) -> Answer {
    let encoding = Incoming::of(inbound).map_or_else(
        |_| Encoding::guess(inbound.body),
        |incoming| incoming.reply_encoding(),
    );
    answer(encoding, Outcome::refused(error))
}

fn answer(encoding: Encoding, outcome: Outcome) -> Answer {
    let after = outcome.after;
    match outcome.reply {
        Ok(body) => Answer {
            after,
            encoding,
            error: None,
            body,
        },
        Err(error) => refusal(after, encoding, error),
    }
}

fn refusal(after: Position, encoding: Encoding, error: Error) -> Answer {
    if error.code == ErrorCode::Internal {
        tracing::error!(
            message = error.message,
            "a request could not be carried out"
        );
    }
    let service_error = ServiceError {
        number: error.code.number(),
        text: one_line(&error),
    };
    let body = encoding.encode(&ErrorReply { error }).unwrap_or_default();
    Answer {
        after,
        encoding,
        error: Some(service_error),
        body,
    }
}

/// A header holds one line; what a sender wrote may have more.
fn one_line(error: &Error) -> String {
    let text = format!("{}: {}", error.code, error.message);
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(500)
        .collect()
}

//! Requests: a message in, an answer out.
//!
//! The order of refusals starts here: what cannot be decoded first, then what the engine refuses.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{Actor, CommandId, TenantId};
use plansync_engine::{Call, Engine, NeedsDisk, Receipt, Refusal, Refused};
use plansync_log::{Fingerprint, Position};
use plansync_protocol::{
    self as protocol, Body, Encoding, Error, ErrorCode, ErrorReply, OperationName, PageOf, Paged,
    decode, write_fingerprint,
};

use crate::catalogue::{Commands, Reads, WithCommand, WithRead, with_command, with_read};
use crate::event::recorded_error;
use crate::incoming::{Identity, Incoming};
use crate::message::{Answer, Inbound, ServiceError};
use crate::refusal::{internal, overloaded, refused, rejected, undeliverable};
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

/// How a command is submitted: with the disk or without.
type Submit =
    fn(&Engine, &Call, &plansync_domain::command::Command) -> Result<Submitted, NeedsDisk>;

type Submitted = Result<Receipt, Refused>;

/// A body that became a command.
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) command: plansync_domain::command::Command,
}

impl Service {
    /// Answers a request, whatever it holds, on a thread that may block.
    pub fn request(&self, inbound: Inbound<'_>) -> Answer {
        let submit: Submit = |engine, call, command| Ok(engine.submit(call, command));
        let answered = self.answered(inbound, submit);
        // Who may use the disk lacks nothing.
        answered.unwrap_or_else(|NeedsDisk| self.crashed(inbound))
    }

    /// Answers a light request where that needs no disk; nothing has happened where it does.
    pub fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk> {
        self.answered(inbound, Engine::submit_without_disk)
    }

    fn answered(&self, inbound: Inbound<'_>, submit: Submit) -> Result<Answer, NeedsDisk> {
        Ok(match Incoming::of(inbound) {
            Ok(incoming) => answer(incoming.reply_encoding(), self.outcome(&incoming, submit)?),
            Err(error) => answer(Encoding::guess(inbound.body), Outcome::refused(error)),
        })
    }

    /// Refuses a request that could not be delivered as it is; the body is what is known of it.
    pub fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer {
        unseen(inbound, undeliverable(why))
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

    fn outcome(&self, incoming: &Incoming<'_>, submit: Submit) -> Result<Outcome, NeedsDisk> {
        let encoding = match &incoming.encoding {
            Ok(encoding) => *encoding,
            Err(error) => return Ok(Outcome::refused(error.clone())),
        };
        let operation = match incoming.operation() {
            Ok(operation) => operation,
            Err(error) => return Ok(Outcome::refused(error)),
        };
        if let Err(error) = &incoming.message_id {
            return Ok(Outcome::refused(error.clone()));
        }
        let service = self;
        with_command(
            operation,
            Command {
                service,
                incoming,
                encoding,
                submit,
            },
        )
        .or_else(|| {
            let read = with_read(
                operation,
                Read {
                    service,
                    incoming,
                    encoding,
                },
            );
            read.map(Ok)
        })
        .unwrap_or_else(|| {
            let cause = "the operation is not carried out here";
            Ok(Outcome::refused(internal(cause)))
        })
    }

    /// A refusal; of a durable command that was rejected before, the recorded one.
    fn first_refusal(&self, refusal: &Refusal) -> Error {
        let Refusal::Recorded { position } = refusal else {
            return refused(refusal);
        };
        // Where it cannot be read now, it can be later: nothing final is said of it.
        match self.engine.decided_at(*position) {
            Ok(decided) => recorded_error(&decided).unwrap_or_else(|| {
                internal(format!(
                    "why this command was refused, at position {position}, cannot be read; report it"
                ))
            }),
            Err(unread) => refused(&unread),
        }
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
    submit: Submit,
}

impl WithCommand for Command<'_> {
    type Output = Result<Outcome, NeedsDisk>;

    fn with<O: Commands>(self) -> Self::Output {
        let mut id_is_new = false;
        let fresh = || {
            id_is_new = true;
            CommandId::from_uuid(self.service.ids.fresh())
        };
        let asked = asked::<O>(self.service, self.incoming, self.encoding, fresh);
        let mut asked = match asked {
            Ok(asked) => asked,
            Err(error) => return Ok(Outcome::refused(error)),
        };
        asked.call.id_is_new = id_is_new;
        let submitted = (self.submit)(&self.service.engine, &asked.call, &asked.command)?;
        Ok(match submitted {
            Ok(receipt) => Outcome {
                after: receipt.position,
                reply: encoded_reply::<O>(receipt, self.encoding),
            },
            Err(Refused { after, refusal }) => Outcome {
                after,
                reply: Err(self.service.first_refusal(&refusal)),
            },
        })
    }
}

/// The reply of a command, encoded.
fn encoded_reply<O: Commands>(receipt: Receipt, encoding: Encoding) -> Result<Vec<u8>, Error> {
    encoding
        .encode(&reply::<O>(receipt)?)
        .map_err(|error| internal(error.to_string()))
}

/// The reply of a command.
pub(crate) fn reply<O: Commands>(receipt: Receipt) -> Result<O::Reply, Error> {
    O::reply(receipt).ok_or_else(|| internal("the commit is another operation's"))
}

/// Decodes a body into a command, under its id: the body's own, else the header's, else another.
pub(crate) fn asked<O: Commands>(
    service: &Service,
    incoming: &Incoming<'_>,
    encoding: Encoding,
    otherwise: impl FnOnce() -> CommandId,
) -> Result<Asked, Error> {
    let mut body: O::Body = decode(encoding, incoming.body)?;
    let named = incoming.message_id.clone()?;
    let id = body.take_command_id().or(named).unwrap_or_else(otherwise);
    let (fingerprint, earlier) = fingerprints(O::NAME, &body)?;
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
        earlier,
        trace: incoming.trace.clone(),
    };
    Ok(Asked { call, command })
}

/// The fingerprint of the canonical form; and that of the form in which it came, by which the first
/// version of this program knew a command, if that is another.
fn fingerprints<B: Body>(
    operation: OperationName,
    body: &B,
) -> Result<(Fingerprint, Option<Fingerprint>), Error> {
    let as_given = fingerprint(operation, body)?;
    match body.canonical() {
        Some(canonical) => Ok((fingerprint(operation, &canonical)?, Some(as_given))),
        None => Ok((as_given, None)),
    }
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
        let actor = match self.service.actor(identity) {
            Ok(actor) => actor,
            Err(rejection) => return Outcome::refused(rejected(&rejection)),
        };
        let (engine, tenant, of) = (&self.service.engine, &identity.tenant, O::page_of(&body));
        let reading = match of {
            PageOf::ItsOwn | PageOf::Held => engine.reading(tenant, actor).map_err(Refusal::from),
            PageOf::HeldAt(at) => engine.reading_held(tenant, actor, Position::new(at.0)),
        };
        let reading = match reading {
            Ok(reading) => reading,
            Err(refusal) => return Outcome::refused(refused(&refusal)),
        };
        let reply = O::answer(&reading, body).map_err(|refusal: Refusal| refused(&refusal));
        let reply = reply.map(|mut reply| {
            if of != PageOf::ItsOwn {
                reading.hold();
                reply.put_position(protocol::Position(reading.position().get()));
            }
            reply
        });
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
    let Ok(body) = encoding.encode(&ErrorReply { error }) else {
        return unwritten(after);
    };
    Answer {
        after,
        encoding,
        error: Some(service_error),
        body,
    }
}

/// The refusal of last resort: that a refusal could not be written.
fn unwritten(after: Position) -> Answer {
    const BODY: &[u8] =
        br#"{"error":{"code":"internal","message":"the refusal could not be written; report it"}}"#;
    tracing::error!("a refusal could not be encoded");
    Answer {
        after,
        encoding: Encoding::Json,
        error: Some(ServiceError {
            number: ErrorCode::Internal.number(),
            text: "internal: the refusal could not be written; report it".to_owned(),
        }),
        body: BODY.to_vec(),
    }
}

/// The most bytes of an error in a header.
const HEADER_BYTES_MAX: usize = 500;

/// A header holds one line of printable ASCII: some clients drop every header of a message where one
/// is not, and a refusal then looks like success. What else a text has is escaped; the body has it as
/// it is.
fn one_line(error: &Error) -> String {
    let mut line = String::new();
    for c in format!("{}: {}", error.code, error.message).chars() {
        let end = line.len();
        match c {
            ' '..='~' => line.push(c),
            _ if c.is_control() => line.push(' '),
            _ => line.extend(c.escape_unicode()),
        }
        if line.len() > HEADER_BYTES_MAX {
            line.truncate(end);
            break;
        }
    }
    line
}

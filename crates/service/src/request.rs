//! Requests: a message in, an answer out.
//!
//! What cannot be decoded is refused here; then `engine::submitting::submitter` goes on. The order of
//! all refusals is R1 to R4 in `crates/domain/RULES.md`.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{Actor, CommandId, TenantId};
use plansync_engine::{Call, Engine, NeedsDisk, Receipt, Refusal, Refused};
use plansync_log::{Fingerprint, Position};
use plansync_protocol::{
    self as protocol, Body, Encoding, Error, ErrorCode, ErrorReply, OperationName, PageOf, decode,
    write_fingerprint,
};
use tracing::field::display;

use crate::catalogue::{Commands, Reads, WithCommand, WithRead, with_operation};
use crate::event::recorded_error;
use crate::incoming::{Identity, Incoming};
use crate::message::{Answer, Inbound, ServiceError};
use crate::refusal::{
    internal, overloaded, refused, rejected, undeliverable, unencodable, withheld,
};
use crate::reply::page;
use crate::service::Service;

/// The result of an operation: an encoded reply or an error, and the position that must be durable before
/// it is sent.
pub(crate) struct Outcome {
    pub(crate) after: Position,
    /// The id of the command, if it is one and could be decoded.
    pub(crate) command: Option<CommandId>,
    pub(crate) reply: Result<Vec<u8>, Error>,
}

impl Outcome {
    fn refused(error: impl Into<Error>) -> Self {
        Self {
            after: Position::ZERO,
            command: None,
            reply: Err(error.into()),
        }
    }
}

/// The outcome of a request that was carried out, beside the codes of refusals.
const DONE: &str = "done";

/// How a command is submitted: with access to the disk or without.
type Submit =
    fn(&Engine, &Call, &plansync_domain::command::Command) -> Result<Submitted, NeedsDisk>;

type Submitted = Result<Receipt, Refused>;

/// A command of the domain, and who asks for it.
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) command: plansync_domain::command::Command,
}

impl Service {
    /// Answers a request with any content. It may read the disk: call it on a thread that may block.
    ///
    /// The answer must not be sent before the log is durable up to [`Answer::after`].
    pub fn request(&self, inbound: Inbound<'_>) -> Answer {
        let submit: Submit = |engine, call, command| Ok(engine.submit(call, command));
        let answered = self.answered(inbound, submit);
        // With access to the disk, submitting never asks for it.
        answered.unwrap_or_else(|NeedsDisk| self.crashed(inbound))
    }

    /// Answers a light request if that needs no disk.
    ///
    /// # Errors
    /// If it needs the disk. Nothing has happened then: call [`request`](Self::request).
    pub fn request_without_disk(&self, inbound: Inbound<'_>) -> Result<Answer, NeedsDisk> {
        self.answered(inbound, Engine::submit_without_disk)
    }

    fn answered(&self, inbound: Inbound<'_>, submit: Submit) -> Result<Answer, NeedsDisk> {
        Ok(match Incoming::of(inbound) {
            Ok(incoming) => {
                let outcome = self.outcome(&incoming, submit)?;
                self.tell(&incoming, &outcome);
                answer(incoming.reply_encoding(), outcome)
            }
            Err(error) => answer(Encoding::guess(inbound.body), Outcome::refused(error)),
        })
    }

    /// Tells in the log output, and on the span of the request, what became of it: ids and codes, and nothing else of
    /// what was sent.
    fn tell(&self, incoming: &Incoming<'_>, outcome: &Outcome) {
        if let Some(command) = outcome.command {
            plansync_traces::note_command(command);
        }
        if tracing::enabled!(tracing::Level::DEBUG) {
            let operation = incoming.operation().ok().map(OperationName::as_str);
            let tenant = self.existing(&incoming.identity.tenant).map(display);
            let command = outcome.command.map(display);
            let outcome = outcome
                .reply
                .as_ref()
                .map_or_else(|error| error.code.as_str(), |_| DONE);
            tracing::debug!(operation, tenant, command, outcome, "a request was decided");
        }
    }

    /// Refuses a request that the transport could not deliver completely; `inbound` has what is known of it.
    pub fn undeliverable(&self, inbound: Inbound<'_>, why: &str) -> Answer {
        unseen(inbound, undeliverable(why))
    }

    /// Refuses a request without decoding it, because too many are waiting.
    pub fn overloaded(&self, inbound: Inbound<'_>, retry_after_ms: u64) -> Answer {
        let message = format!(
            "too many requests are waiting; this one was not carried out: send it again in \
             {retry_after_ms} ms"
        );
        unseen(inbound, overloaded(message, retry_after_ms))
    }

    /// Takes the place of an answer without a new commit that a node must not send, because it does not lead any more.
    pub fn withheld(&self, answer: &Answer) -> Answer {
        refusal(Position::ZERO, answer.encoding, withheld())
    }

    /// Refuses a request whose handling panicked.
    pub fn crashed(&self, inbound: Inbound<'_>) -> Answer {
        unseen(
            inbound,
            internal(
                "an internal error stopped the request; a command was carried out completely or not at \
                 all, and can be sent again with the same command_id; report the error with the body",
            ),
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
        let command = Command {
            service,
            incoming,
            encoding,
            submit,
        };
        let read = Read {
            service,
            incoming,
            encoding,
        };
        with_operation(operation, command, read)
    }

    /// A refusal as an error. For a durable command that was rejected before: the recorded error.
    fn first_refusal(&self, refusal: &Refusal) -> Error {
        let Refusal::Recorded { position } = refusal else {
            return refused(refusal);
        };
        // If it cannot be read now, it may be readable later: the error says so.
        match self.engine.decided_at(*position) {
            Ok(decided) => recorded_error(&decided).unwrap_or_else(|| {
                internal(format!(
                    "this command was refused before and changed nothing, but the reason, at position \
                     {position}, cannot be read; report it"
                ))
            }),
            Err(unread) => refused(&unread),
        }
    }

    /// The actor of a message. A reserved name belongs to nobody.
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

/// Carries out a command that was sent as a request.
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
                command: Some(asked.call.command),
                reply: encoded_reply::<O>(receipt, self.encoding),
            },
            Err(Refused { after, refusal }) => Outcome {
                after,
                command: Some(asked.call.command),
                reply: Err(self.service.first_refusal(&refusal)),
            },
        })
    }
}

/// A command id belongs to a commit from which no reply of the operation can be made.
const OF_ANOTHER: &str = "the commit of this command belongs to another operation; nothing was changed now; \
                          report it";

/// The reply of a command, encoded.
fn encoded_reply<O: Commands>(receipt: Receipt, encoding: Encoding) -> Result<Vec<u8>, Error> {
    let reply = reply::<O>(receipt)?;
    encoding.encode(&reply).map_err(|error| unencodable(&error))
}

/// The reply of a command.
pub(crate) fn reply<O: Commands>(receipt: Receipt) -> Result<O::Reply, Error> {
    O::reply(receipt).ok_or_else(|| internal(OF_ANOTHER))
}

/// Decodes a body into a command. Its id is that of the body, or else of the header, or else `otherwise`.
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

/// The fingerprint of the canonical form; and the fingerprint of the body as it was sent, if it differs:
/// the first version of plansync recorded that one.
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
    write_fingerprint(operation, body, &mut bytes).map_err(|error| {
        internal(format!(
            "the command cannot be compared with earlier ones ({error}); nothing was changed; report it"
        ))
    })?;
    Ok(Fingerprint::of(&bytes))
}

/// Answers a read.
struct Read<'a> {
    service: &'a Service,
    incoming: &'a Incoming<'a>,
    encoding: Encoding,
}

impl WithRead for Read<'_> {
    type Output = Result<Outcome, NeedsDisk>;

    fn with<O: Reads>(self) -> Self::Output {
        Ok(self.outcome::<O>())
    }
}

impl Read<'_> {
    fn outcome<O: Reads>(self) -> Outcome {
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
        if *actor == Actor::System
            && let Some(reply) = O::about_engine(self.service)
        {
            return Outcome {
                after: Position::ZERO,
                command: None,
                reply: reply.and_then(|reply| page::<O>(&reply, self.encoding)),
            };
        }
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
            O::complete(self.service, &mut reply);
            if of != PageOf::ItsOwn {
                reading.hold();
                O::put_position(&mut reply, protocol::Position(reading.position().get()));
            }
            reply
        });
        Outcome {
            after: reading.position(),
            command: None,
            reply: reply.and_then(|reply| page::<O>(&reply, self.encoding)),
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
    if matches!(error.code, ErrorCode::Internal | ErrorCode::LogDamaged) {
        // The message of the error is in the answer. It may quote what was sent, so it does not belong here.
        tracing::error!(
            code = error.code.as_str(),
            "a request could not be carried out; its answer says why, and `plansync audit verify` finds damage"
        );
    }
    let service_error = ServiceError {
        code: error.code,
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

/// The refusal that is sent if a refusal cannot be encoded.
fn unwritten(after: Position) -> Answer {
    const BODY: &[u8] =
        br#"{"error":{"code":"internal","message":"the request was refused, but the refusal could not be encoded; report it"}}"#;
    tracing::error!("a refusal could not be encoded");
    Answer {
        after,
        encoding: Encoding::Json,
        error: Some(ServiceError {
            code: ErrorCode::Internal,
            number: ErrorCode::Internal.number(),
            text:
                "internal: the request was refused, but the refusal could not be encoded; report it"
                    .to_owned(),
        }),
        body: BODY.to_vec(),
    }
}

/// The most bytes of an error in a header.
const HEADER_BYTES_MAX: usize = 500;

/// The error as one line of printable ASCII. Some clients drop all headers of a message if one is not, and
/// a refusal then looks like a success. Other characters are written as JSON escapes them (`\u00fc`, beyond 16 bits
/// as a surrogate pair); the body has the text as it is.
fn one_line(error: &Error) -> String {
    let mut line = String::new();
    for c in format!("{}: {}", error.code, error.message).chars() {
        let end = line.len();
        match c {
            ' '..='~' => line.push(c),
            _ if c.is_control() => line.push(' '),
            _ => line.extend(
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            ),
        }
        if line.len() > HEADER_BYTES_MAX {
            line.truncate(end);
            break;
        }
    }
    line
}

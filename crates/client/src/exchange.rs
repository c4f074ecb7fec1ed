//! Bodies that are passed through as bytes: one request and its answer, one durable command, and events.
//!
//! Typed calls build on it. Programs use it directly if they do not know the operation when they are compiled, as
//! `plansync request` does. A command that is sent more than once has its `command_id` in the body, so that it is
//! carried out once.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::client::RequestErrorKind;
use async_nats::jetstream::context::{
    ContextBuilder, GetStreamError, GetStreamErrorKind, PublishErrorKind,
};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Context, ErrorCode};
use bytes::Bytes;
use plansync_primitives::ids::{CommandId, TenantId};
use plansync_protocol::subject::{Family, Subject};
use plansync_protocol::{
    BODY_BYTES_MAX, DecodeError, Encoding, ErrorReply, cloud_event, decode_known,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::{Error, Unavailable, UnknownRefusal};
use crate::events::EventsBuilder;
use crate::link::Link;
use crate::retry::RetryPolicy;
use crate::server_errors::ServerErrors;

/// The stream of durable commands.
const COMMANDS: &str = "PLANSYNC_COMMANDS";
/// How long an answer to whether it exists is waited for.
const LOOK: Duration = Duration::from_secs(1);

/// A connection with the time for which answers are awaited.
#[derive(Debug, Clone)]
pub struct Exchange {
    nats: async_nats::Client,
    jetstream: Context,
    timeout: Duration,
    pub(crate) link: Arc<Link>,
}

/// A message to the service.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Who asks for what. The family is chosen by the method that sends it.
    pub subject: Subject<'a>,
    /// The encoding of the body, and of the answer.
    pub encoding: Encoding,
    /// The encoded body.
    pub body: Bytes,
    /// The command that the body names, for errors.
    pub command: Option<CommandId>,
}

/// The reply to a request that was not refused.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The operation, for errors.
    operation: String,
    encoding: Encoding,
    body: Bytes,
    command: Option<CommandId>,
}

/// A refusal whose code or details may be those of a newer service.
#[derive(Deserialize)]
struct UnknownErrorReply {
    error: UnknownRefusal,
}

/// The acknowledgement of the command stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The sequence of the command in the stream.
    pub sequence: u64,
    /// Whether the stream had a message with this message id.
    pub duplicate: bool,
}

impl Exchange {
    /// Over a connection; every answer is awaited for at most `timeout`.
    pub fn new(nats: async_nats::Client, timeout: Duration) -> Self {
        let jetstream = ContextBuilder::new()
            .timeout(timeout)
            .ack_timeout(timeout)
            .build(nats.clone());
        Self {
            nats,
            jetstream,
            timeout,
            link: Link::new(ServerErrors::default()),
        }
    }

    /// The same connection, shared with the clients that `link` belongs to.
    pub(crate) fn linked(self, link: Arc<Link>) -> Self {
        Self { link, ..self }
    }

    /// The connection.
    pub fn nats(&self) -> &async_nats::Client {
        &self.nats
    }

    /// `JetStream` over the connection.
    pub fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// The time for which an answer is awaited.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The events of a tenant, or of all tenants whose events this NATS user may receive.
    /// [`Delivery::message`](crate::Delivery::message) has each of them as it was received.
    pub fn events(&self, tenant: Option<&TenantId>) -> EventsBuilder {
        EventsBuilder::over(self.jetstream.clone(), tenant, self.link.clone())
    }

    /// Sends a request and waits for the reply, and sends the same message again as the policy says. A command has its
    /// id in the body: without one, a repeated command is another command.
    pub async fn request_with_retries(
        &self,
        message: Message<'_>,
        retries: &RetryPolicy,
    ) -> Result<Answer, Error> {
        let command = message.command;
        tokio::select! {
            ended = retries.run(|| self.request(message.clone())) => ended,
            () = self.link.closed() => Err(Error::Closed { command }),
        }
    }

    /// Stores a durable command as [`store`](Self::store) does, without a message id, and stores it again as the
    /// policy says.
    pub async fn store_with_retries(
        &self,
        message: Message<'_>,
        retries: &RetryPolicy,
    ) -> Result<Stored, Error> {
        // Without a message id: the stream would drop another tenant's command with the same id.
        let command = message.command;
        tokio::select! {
            ended = retries.run(|| self.store(message.clone(), None)) => ended,
            () = self.link.closed() => Err(Error::Closed { command }),
        }
    }

    /// Sends a request and waits for the reply, with one attempt.
    pub async fn request(&self, message: Message<'_>) -> Result<Answer, Error> {
        let subject = message.checked(Family::Request)?;
        let (operation, command) = (message.subject.operation.to_owned(), message.command);
        self.check(command)?;
        let mut refused = self.link.errors.listen();
        let request = async_nats::Request::new()
            .headers(headers(message.encoding))
            .payload(message.body)
            .timeout(Some(self.timeout));
        let replied = tokio::select! {
            replied = self.nats.send_request(subject.clone(), request) => replied,
            error = refused.refusal(&subject) => return Err(error),
            () = self.link.closed() => return Err(Error::Closed { command }),
        };
        let reply = replied.map_err(|error| self.failed(error, command))?;
        Answer::of(reply, operation, message.encoding, command)
    }

    /// Stores a durable command in the command stream, with one attempt. With a message id, the stream stores only one
    /// message with this id within its window of 100 ms, whichever tenant it comes from; choose it at random.
    pub async fn store(
        &self,
        message: Message<'_>,
        message_id: Option<&str>,
    ) -> Result<Stored, Error> {
        let subject = message.checked(Family::Command)?;
        let command = message.command;
        self.check(command)?;
        let mut refused = self.link.errors.listen();
        let mut publish = PublishMessage::build()
            .headers(headers(message.encoding))
            .payload(message.body);
        if let Some(id) = message_id {
            publish = publish.message_id(id);
        }
        let publishing = async {
            let acknowledgement = self.jetstream.send_publish(subject.clone(), publish);
            acknowledgement.await?.await
        };
        let acknowledged = tokio::select! {
            acknowledged = publishing => acknowledged,
            error = refused.refusal(&subject) => return Err(error),
            () = self.link.closed() => return Err(Error::Closed { command }),
        };
        match acknowledged {
            Ok(stored) => Ok(Stored {
                sequence: stored.sequence,
                duplicate: stored.duplicate,
            }),
            Err(error) if error.kind() == PublishErrorKind::StreamNotFound => {
                Err(self.no_stream(command).await)
            }
            Err(error) => Err(Error::NotStored {
                source: error.into(),
                command,
            }),
        }
    }

    fn check(&self, command: Option<CommandId>) -> Result<(), Error> {
        if self.timeout.is_zero() {
            let none = "the time for which an answer is awaited is zero";
            return Err(Error::Argument(none.to_owned()));
        }
        self.link.check(command)
    }

    /// The error for a command that no stream takes: there is none, or its server is starting. A user who may not ask is
    /// not told which.
    async fn no_stream(&self, command: Option<CommandId>) -> Error {
        let looked = timeout(LOOK, self.jetstream.get_stream(COMMANDS)).await;
        if let Ok(Err(error)) = looked
            && is_missing(&error)
        {
            let name = COMMANDS.to_owned();
            return Error::NoStream { name };
        }
        let why = Unavailable::NoStream;
        Error::Unavailable { why, command }
    }

    fn failed(&self, error: async_nats::RequestError, command: Option<CommandId>) -> Error {
        match error.kind() {
            RequestErrorKind::NoResponders => Error::Unavailable {
                why: Unavailable::NoService,
                command,
            },
            RequestErrorKind::TimedOut => Error::Timeout {
                waited: self.timeout,
                command,
            },
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => Error::Transport {
                source: error.into(),
                command,
            },
        }
    }
}

impl Message<'_> {
    /// Whether it can be sent: its subject is well formed, and its body is not too large.
    pub fn check(&self) -> Result<(), Error> {
        self.checked(Family::Request).map(drop)
    }

    /// The subject, if it is well formed and the body is not too large.
    fn checked(&self, family: Family) -> Result<String, Error> {
        let subject = Subject {
            family,
            ..self.subject
        };
        let text = subject.to_string();
        if Subject::parse(&text) != Ok(subject) {
            return Err(Error::Subject { subject: text });
        }
        if self.body.len() > BODY_BYTES_MAX {
            return Err(Error::TooLarge {
                bytes: self.body.len(),
            });
        }
        Ok(text)
    }
}

impl Answer {
    fn of(
        reply: async_nats::Message,
        operation: String,
        asked: Encoding,
        command: Option<CommandId>,
    ) -> Result<Self, Error> {
        let header = |name| {
            let value = reply.headers.as_ref()?.get(name)?;
            Some(value.as_str().to_owned())
        };
        let content_type = header(cloud_event::CONTENT_TYPE);
        let is_error = header(cloud_event::ERROR_CODE).is_some();
        let encoding = match content_type {
            None => Ok(asked),
            Some(name) => Encoding::of(Some(&name), &reply.payload),
        };
        let mut answer = Self {
            operation,
            encoding: asked,
            body: reply.payload,
            command,
        };
        answer.encoding =
            encoding.map_err(|error| answer.undecodable(DecodeError::whole(error.to_string())))?;
        if is_error {
            return Err(answer.refusal());
        }
        Ok(answer)
    }

    /// The encoding of the body.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The encoded body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the body. Fields that the type does not have are ignored.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode_known(self.encoding, &self.body).map_err(|fault| self.undecodable(fault))
    }

    /// The error for a reply that is a refusal.
    fn refusal(&self) -> Error {
        match self.decode() {
            Ok(ErrorReply { error }) => Error::of_refusal(error, self.command),
            Err(fault) => match self.decode() {
                Ok(UnknownErrorReply { error }) => Error::RefusedOtherwise(Box::new(error)),
                Err(_) => fault,
            },
        }
    }

    fn undecodable(&self, source: DecodeError) -> Error {
        Error::Decode {
            operation: self.operation.clone(),
            source,
            command: self.command,
        }
    }
}

/// Whether the server says that the stream does not exist.
pub(crate) fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(said) if said.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn headers(encoding: Encoding) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(cloud_event::CONTENT_TYPE, encoding.content_type());
    headers
}

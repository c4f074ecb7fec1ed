//! Sends a request in JSON as an actor of a tenant, and decodes the reply.

use bytes::Bytes;
use plansync_nats::{Client, ClientError, Request, Stored};
use plansync_protocol::subject::{Family, PREFIX, Subject, is_name};
use plansync_protocol::{BODY_BYTES_MAX, DecodeError, Encoding, ErrorReply, OperationName};
use serde_json::Value;

use crate::source::Source;
use crate::view::ViewError;
use crate::{plain, terminal};

/// Parses the name of a tenant or an actor, which becomes part of a subject.
pub(crate) fn name(given: &str) -> Result<String, &'static str> {
    if is_name(given) {
        Ok(given.to_owned())
    } else {
        Err("give 1 to 64 letters, digits, `_` or `-`")
    }
}

/// Why a request has no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The service refused the request.
    #[error("{}", said(.error))]
    Refused {
        /// The error in its reply.
        error: plansync_protocol::Error,
    },
    /// Tenant, actor or operation cannot be part of a subject.
    #[error(
        "`{0}` is not a valid request subject, so nothing was sent: a tenant or an actor has 1 to 64 letters, \
         digits, `_` or `-`, and an operation has a name such as `plan.edit`"
    )]
    Subject(String),
    /// No reply was received.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The log that is only read gave no reply.
    #[error(transparent)]
    View(#[from] ViewError),
    /// A command with this id has a result, but whether it was the same command could not be checked.
    #[error(
        "a command with this `command_id` was carried out or refused, but it could not be checked whether it \
         was this command ({source}); send it again with the same `command_id`"
    )]
    CommandUnverified {
        /// Why it could not be checked.
        source: ClientError,
    },
    /// A durable command was stored in the command stream, and its result is not known yet.
    #[error(
        "the command is stored in the command stream with the id {id} and will be carried out, but its result \
         is not known yet: {why}"
    )]
    ResultUnknown {
        /// The id under which it was stored.
        id: String,
        /// Why the result is not known, and what to do.
        why: NoResult,
    },
    /// The body is larger than the service accepts.
    #[error(
        "nothing was sent: the body has {bytes} bytes, but the limit is {BODY_BYTES_MAX}; split it into several \
         requests"
    )]
    TooLarge {
        /// The size of the body, in bytes.
        bytes: usize,
    },
    /// The reply has a form that this version does not know.
    #[error(
        "the reply could not be decoded ({0}); a command may have been carried out: use the same version of \
         plansync as the service, and send the command again with the same `command_id`"
    )]
    Answer(String),
}

/// Why the result of a durable command is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoResult {
    /// This user may not receive the events.
    #[error(
        "{0}; to get the result, send the same command with this `command_id` and without `--durable`"
    )]
    NotPermitted(ClientError),
    /// No event with the result arrived in time.
    #[error(
        "no result within {seconds} s; to get the result, send the same command again with this `command_id` \
         (it is not carried out twice)"
    )]
    NotYet {
        /// The time waited, in seconds.
        seconds: u64,
    },
}

/// A request: its tenant, actor, operation and body.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) body: &'a Value,
}

impl Question<'_> {
    /// The message to send.
    pub(crate) fn request(&self) -> Result<Request, AskError> {
        let Self {
            tenant,
            actor,
            operation,
            body,
        } = *self;
        let tail = format!("{tenant}.{actor}.{operation}");
        let subject = Subject {
            family: Family::Request,
            tenant,
            actor,
            operation,
        };
        if Subject::parse(&subject.to_string()) != Ok(subject) {
            return Err(AskError::Subject(tail));
        }
        let body = Bytes::from(body.to_string());
        if body.len() > BODY_BYTES_MAX {
            return Err(AskError::TooLarge { bytes: body.len() });
        }
        Ok(Request {
            tail,
            content_type: Encoding::Json.content_type(),
            body,
        })
    }

    /// Sends the request and waits for the reply, which is checked against the type of the operation's
    /// reply: a missing field is an error that names the field.
    pub(crate) async fn ask(&self, client: &Client) -> Result<Value, AskError> {
        self.checked(self.ask_unchecked(client).await?)
    }

    /// Sends the request and waits for the reply, which is not checked.
    pub(crate) async fn ask_unchecked(&self, client: &Client) -> Result<Value, AskError> {
        let response = client.request(self.request()?).await?;
        decoded(&response.body, response.error.is_some())
    }

    /// Asks whoever answers, and checks the reply.
    pub(crate) async fn ask_source(&self, source: &Source) -> Result<Value, AskError> {
        self.checked(self.ask_source_unchecked(source).await?)
    }

    /// Asks whoever answers, and does not check the reply.
    pub(crate) async fn ask_source_unchecked(&self, source: &Source) -> Result<Value, AskError> {
        let view = match source {
            Source::Service(client) => return self.ask_unchecked(client).await,
            Source::View(view) => view,
        };
        let Request { tail, body, .. } = self.request()?;
        let subject = format!("{PREFIX}.req.{tail}");
        let answer = view.ask(subject, body.into()).await?;
        decoded(&answer.body, answer.error.is_some())
    }

    fn checked(&self, reply: Value) -> Result<Value, AskError> {
        if let Some(operation) = OperationName::parse(self.operation) {
            let checked = operation.check_reply(&reply);
            checked.map_err(|fault| AskError::Answer(named(operation, &fault)))?;
        }
        Ok(reply)
    }

    /// Stores the request in the command stream with this id, even if the body cannot be decoded.
    pub(crate) async fn leave(&self, client: &Client, id: &str) -> Result<Stored, AskError> {
        Ok(client.publish(self.request()?, id).await?)
    }
}

/// The reply, or the refusal.
fn decoded(body: &[u8], is_refusal: bool) -> Result<Value, AskError> {
    let json = Some(Encoding::Json.content_type());
    let value = plain::decode(json, body).map_err(|error| AskError::Answer(error.to_string()))?;
    if is_refusal {
        Err(refused(value))
    } else {
        Ok(value)
    }
}

/// The error in a reply, with the operation and the field.
fn named(operation: OperationName, fault: &DecodeError) -> String {
    let message = terminal::line(&fault.message);
    match &fault.path {
        None => format!("{operation}: {message}"),
        Some(path) => format!("{operation}: at {}: {message}", terminal::line(path)),
    }
}

/// The refusal in the body of an error reply or of a rejection event.
pub(crate) fn refused(body: Value) -> AskError {
    match serde_json::from_value::<ErrorReply>(body) {
        Ok(ErrorReply { error }) => AskError::Refused { error },
        Err(error) => AskError::Answer(error.to_string()),
    }
}

/// A refusal as text: its code, the field at fault if there is one, and the message.
pub(crate) fn said(error: &plansync_protocol::Error) -> String {
    let code = error.code.as_str();
    let message = terminal::line(&error.message);
    let path = error.details.as_ref().and_then(|it| it.path.as_deref());
    match path {
        // Some messages begin with the field themselves.
        Some(path) if !message.starts_with(&format!("{path}: ")) => {
            format!("{code}: at {}: {message}", terminal::line(path))
        }
        Some(_) | None => format!("{code}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use plansync_protocol::{Details, Error, ErrorCode, OperationName};
    use serde_json::json;

    use super::{named, said};

    #[test]
    fn a_reply_without_a_field_is_an_error_that_names_it() {
        let fault = |operation: OperationName, reply| {
            let fault = operation.check_reply(&reply).unwrap_err();
            named(operation, &fault)
        };
        let reply = json!({ "total": 1, "version": 7, "learner": "nobody", "components": [] });
        assert_eq!(
            fault(OperationName::SyncStart, json!({ "position": 9 })),
            "sync.start: at sync: missing field `sync`"
        );
        assert!(fault(OperationName::PlanGet, reply).starts_with("plan.get: at learner: "));
        let names = json!({ "items": [{ "administrator": "alice", "name": 7 }] });
        let expected =
            "administrator.names: at items[0].name: invalid type: integer `7`, expected a string";
        assert_eq!(fault(OperationName::AdministratorNames, names), expected);
    }

    #[test]
    fn a_refusal_names_the_field_at_fault() {
        let error = Error::new(ErrorCode::InvalidRequest, "too long\u{7}");
        assert_eq!(said(&error), "invalid_request: too long\\u{7}");
        let error = error.with(Details {
            path: Some("edits[0].set.name\n".to_owned()),
            ..Details::default()
        });
        let expected = "invalid_request: at edits[0].set.name\\n: too long\\u{7}";
        assert_eq!(said(&error), expected);
        let error = Error::new(ErrorCode::InvalidRequest, "version: there is none");
        let error = error.with(Details {
            path: Some("version".to_owned()),
            ..Details::default()
        });
        assert_eq!(said(&error), "invalid_request: version: there is none");
    }
}

//! Asking for an operation in JSON, as somebody of some tenant, and understanding the answer.

use bytes::Bytes;
use plansync_nats::{Client, ClientError, Request, Stored};
use plansync_protocol::subject::{Family, Subject};
use plansync_protocol::{Encoding, ErrorReply};
use serde_json::Value;

use crate::plain;

/// Why an operation has no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The service said no.
    #[error("{}: {}", code(.error), .error.message)]
    Refused {
        /// What it said.
        error: plansync_protocol::Error,
    },
    /// Tenant, actor or operation cannot stand in a subject.
    #[error(
        "tenant and actor are 1 to 64 letters, digits, `_` or `-`, and an operation is named like \
         `plan.edit`; `{0}` is none of that"
    )]
    Subject(String),
    /// There is no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer is in no form that this version knows.
    #[error("the answer is not understood ({0}); use the same version as the service")]
    Answer(String),
}

/// Whom a question is asked as, and what it is.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) body: &'a Value,
}

impl Question<'_> {
    fn request(&self) -> Result<Request, AskError> {
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
        Ok(Request {
            tail,
            content_type: Encoding::Json.content_type(),
            body: Bytes::from(body.to_string()),
        })
    }

    /// Asks the service and waits for its reply.
    pub(crate) async fn ask(&self, client: &Client) -> Result<Value, AskError> {
        let response = client.request(self.request()?).await?;
        let json = Some(Encoding::Json.content_type());
        let value = plain::decode(json, &response.body)
            .map_err(|error| AskError::Answer(error.to_string()))?;
        match response.error {
            None => Ok(value),
            Some(_) => Err(refused(value)),
        }
    }

    /// Leaves it in the command stream, under this id even where its body cannot be read.
    pub(crate) async fn leave(&self, client: &Client, id: &str) -> Result<Stored, AskError> {
        Ok(client.publish(self.request()?, id).await?)
    }
}

/// The refusal in the body of an error reply or of a rejection event.
pub(crate) fn refused(body: Value) -> AskError {
    match serde_json::from_value::<ErrorReply>(body) {
        Ok(ErrorReply { error }) => AskError::Refused { error },
        Err(error) => AskError::Answer(error.to_string()),
    }
}

fn code(error: &plansync_protocol::Error) -> &'static str {
    error.code.as_str()
}

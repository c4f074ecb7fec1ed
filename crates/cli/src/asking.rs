//! Sends a request in JSON as an actor of a tenant, and decodes the reply.

use plansync_client::UnknownRefusal;
use plansync_client::exchange::{Message, Stored};
use plansync_client::ids::CommandId;
use plansync_protocol::subject::{Family, Subject, is_name};
use plansync_protocol::{Encoding, ErrorReply, OperationName};
use serde::Deserialize as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask_error::{AskError, named};
use crate::plain;
use crate::service::{Service, Tries};
use crate::source::Source;
use crate::view::View;

/// Parses the name of a tenant or an actor, which becomes part of a subject.
pub(crate) fn name(given: &str) -> Result<String, &'static str> {
    if is_name(given) {
        Ok(given.to_owned())
    } else {
        Err("give 1 to 64 letters, digits, `_` or `-`")
    }
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
    /// Whether it can be sent.
    pub(crate) fn check(&self) -> Result<(), AskError> {
        Ok(self.message().0.check()?)
    }

    /// The message to send, and whether it may be sent more than once. A command has an id, under which it is carried
    /// out once; what this version does not know may be a command without one.
    fn message(&self) -> (Message<'_>, Tries) {
        let Self {
            tenant,
            actor,
            operation,
            body,
        } = *self;
        let name = OperationName::parse(operation);
        let is_command = name.is_some_and(OperationName::is_command);
        let given = body.get("command_id").filter(|id| !id.is_null());
        let made = (is_command && body.is_object() && given.is_none()).then(Uuid::new_v4);
        let sent = match made {
            None => body.to_string(),
            Some(id) => {
                let mut body = body.clone();
                body["command_id"] = json!(id);
                body.to_string()
            }
        };
        let given = given.and_then(Value::as_str);
        let command = made.map(CommandId::from_uuid);
        let message = Message {
            subject: Subject {
                family: Family::Request,
                tenant,
                actor,
                operation,
            },
            encoding: Encoding::Json,
            body: sent.into(),
            command: command.or_else(|| given?.parse().ok()),
        };
        let is_repeatable = name.is_some() || message.command.is_some();
        let tries = if is_repeatable {
            Tries::Several
        } else {
            Tries::One
        };
        (message, tries)
    }

    /// Sends the request and waits for the reply, which is checked against the type of the operation's
    /// reply: a missing field is an error that names the field.
    pub(crate) async fn ask(&self, source: &Source) -> Result<Value, AskError> {
        self.checked(self.ask_unchecked(source).await?)
    }

    /// The reply, if it has the type of the operation's reply.
    fn checked(&self, reply: Value) -> Result<Value, AskError> {
        if let Some(operation) = OperationName::parse(self.operation) {
            let checked = operation.check_reply(&reply);
            checked.map_err(|fault| AskError::Answer(named(operation.as_str(), &fault)))?;
        }
        Ok(reply)
    }

    /// Sends the request and waits for the reply, which is not checked.
    pub(crate) async fn ask_unchecked(&self, source: &Source) -> Result<Value, AskError> {
        match source {
            Source::Service(service) => self.ask_service_unchecked(service).await,
            Source::View(view) => self.ask_view(view).await,
        }
    }

    /// Asks the service, and checks the reply.
    pub(crate) async fn ask_service(&self, service: &Service) -> Result<Value, AskError> {
        self.checked(self.ask_service_unchecked(service).await?)
    }

    /// Asks the service, and does not check the reply.
    pub(crate) async fn ask_service_unchecked(&self, service: &Service) -> Result<Value, AskError> {
        let (message, tries) = self.message();
        let answer = service.request(message, tries).await?;
        self.decoded(answer.encoding(), answer.body())
    }

    async fn ask_view(&self, view: &View) -> Result<Value, AskError> {
        let (message, _) = self.message();
        message.check()?;
        let subject = message.subject.to_string();
        let answer = view.ask(subject, message.body.into()).await?;
        let reply = self.decoded(Encoding::Json, &answer.body)?;
        match answer.error {
            Some(_) => Err(refused(&reply)),
            None => Ok(reply),
        }
    }

    fn decoded(&self, encoding: Encoding, body: &[u8]) -> Result<Value, AskError> {
        plain::decode(Some(encoding.content_type()), body)
            .map_err(|fault| AskError::Answer(named(self.operation, &fault)))
    }

    /// Stores the request in the command stream, even if the body cannot be decoded.
    pub(crate) async fn leave(&self, service: &Service) -> Result<Stored, AskError> {
        let (message, tries) = self.message();
        service.store(message, tries).await
    }
}

/// The refusal in the body of an error reply or of a rejection event.
pub(crate) fn refused(body: &Value) -> AskError {
    match ErrorReply::deserialize(body) {
        Ok(ErrorReply { error }) => AskError::Refused { error },
        Err(error) => match UnknownRefusal::deserialize(&body["error"]) {
            Ok(refusal) => AskError::RefusedOtherwise(Box::new(refusal)),
            Err(_) => AskError::Answer(error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Question, Tries};

    fn sent(operation: &str, body: &Value) -> (Value, Tries) {
        let question = Question {
            tenant: "acme",
            actor: "system",
            operation,
            body,
        };
        let (message, tries) = question.message();
        let sent: Value = serde_json::from_slice(&message.body).unwrap();
        let id = sent["command_id"].as_str().and_then(|id| id.parse().ok());
        assert_eq!(message.command, id);
        (sent, tries)
    }

    #[test]
    fn a_command_has_an_id_and_is_sent_again_under_it() {
        for body in [json!({ "a": 1 }), json!({ "a": 1, "command_id": null })] {
            let (sent, tries) = sent("tenant.put", &body);
            assert!(sent["command_id"].is_string() && sent["a"] == 1, "{sent}");
            assert_eq!(tries, Tries::Several);
        }
        let id = "0190a1b2-0000-7000-8000-000000000009";
        let body = json!({ "command_id": id });
        assert_eq!(sent("tenant.put", &body), (body, Tries::Several));
    }

    #[test]
    fn what_may_be_a_command_without_an_id_is_sent_once() {
        let body = json!({});
        assert_eq!(sent("tenant.merge", &body), (body.clone(), Tries::One));
        assert_eq!(sent("tenant.get", &body), (body, Tries::Several));
        let id = "0190a1b2-0000-7000-8000-000000000009";
        let body = json!({ "command_id": id });
        assert_eq!(sent("tenant.merge", &body).1, Tries::Several);
    }

    #[test]
    fn a_name_or_a_body_that_cannot_be_sent_is_found_before() {
        let check = |actor, body: &Value| {
            let question = Question {
                tenant: "acme",
                actor,
                operation: "tenant.put",
                body,
            };
            question.check().map_err(|error| error.to_string())
        };
        assert_eq!(check("system", &json!({})), Ok(()));
        let wrong = check("a.b", &json!({})).unwrap_err();
        assert!(wrong.contains("is not a valid request subject"), "{wrong}");
        let large = check("system", &json!({ "a": "x".repeat(300_000) })).unwrap_err();
        assert!(
            large.starts_with("nothing was sent: the body has 3"),
            "{large}"
        );
    }
}

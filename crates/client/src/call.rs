//! Typed operations as requests.

use bytes::Bytes;
use plansync_primitives::ids::CommandId;
use plansync_protocol::subject::{Family, Subject};
use plansync_protocol::{Body as _, Encoding, Operation, decode};
use serde::Serialize;
use uuid::Uuid;

use crate::client::Client;
use crate::error::Error;
use crate::exchange::{Answer, Message};

/// An operation that changes something, and can therefore also be sent as a durable command.
pub trait Command: Operation {}

macro_rules! commands {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        $(impl Command for plansync_protocol::$command {})+
    };
}

plansync_protocol::list_operations!(commands);

/// A command whose id stands in its body, whatever the body had before.
#[derive(Serialize)]
struct Identified<'a, B> {
    command_id: CommandId,
    #[serde(flatten)]
    body: &'a B,
}

/// A body that is encoded once and sent as often as needed: each attempt has the same command id.
pub(crate) struct Prepared {
    pub(crate) operation: &'static str,
    encoding: Encoding,
    pub(crate) body: Bytes,
    /// The command, if it is one.
    pub(crate) command: Option<CommandId>,
    /// Whether the caller chose the id, and may have used it before.
    pub(crate) is_named: bool,
}

impl Prepared {
    pub(crate) fn of<O: Operation>(mut body: O::Body, encoding: Encoding) -> Result<Self, Error> {
        let given = body.take_command_id();
        let command = O::NAME
            .is_command()
            .then(|| given.unwrap_or_else(|| CommandId::from_uuid(Uuid::new_v4())));
        let bytes = match command {
            Some(command_id) => encoding.encode(&Identified {
                command_id,
                body: &body,
            }),
            None => encoding.encode(&body),
        };
        Ok(Self {
            operation: O::NAME.as_str(),
            encoding,
            body: bytes?.into(),
            command,
            is_named: given.is_some(),
        })
    }

    /// The id of the command. Every [`Command`] has one.
    pub(crate) fn id(&self) -> Result<CommandId, Error> {
        self.command.ok_or_else(|| Error::Subject {
            subject: self.operation.to_owned(),
        })
    }

    pub(crate) fn message<'a>(&'a self, client: &'a Client) -> Message<'a> {
        Message {
            subject: Subject {
                family: Family::Request,
                tenant: client.tenant().as_str(),
                actor: client.actor().as_str(),
                operation: self.operation,
            },
            encoding: self.encoding,
            body: self.body.clone(),
            command: self.command,
        }
    }
}

/// The body of an operation from JSON. Fields that are left out have their defaults, and a later version of the
/// protocol may have more of them; a literal of the body's type has to name every field.
///
/// ```
/// use plansync_client::protocol::LearnerFind;
/// use plansync_client::{body, json};
///
/// let found = body::<LearnerFind>(json!({ "search": "ann" }))?;
/// assert_eq!(found.search.as_deref(), Some("ann"));
/// let error = body::<LearnerFind>(json!({ "serach": "ann" })).unwrap_err();
/// assert!(error.to_string().contains("unknown field `serach`"), "{error}");
/// # Ok::<(), plansync_client::Error>(())
/// ```
#[allow(clippy::needless_pass_by_value)] // Callers write the value in the call.
pub fn body<O: Operation>(fields: serde_json::Value) -> Result<O::Body, Error> {
    let bytes = Encoding::Json.encode(&fields)?;
    decode(Encoding::Json, &bytes).map_err(|source| Error::Body {
        operation: O::NAME.as_str(),
        source,
    })
}

impl Client {
    /// Sends an operation as a request and waits for its reply; tries again where that may help.
    ///
    /// A command without `command_id` gets a new one. All attempts have the same id, so the command is carried out
    /// once, also if a reply was lost. If the process may end before the reply comes, choose the id and store it
    /// before the call.
    ///
    /// ```no_run
    /// # async fn example(client: plansync_client::Client) -> Result<(), plansync_client::Error> {
    /// use plansync_client::protocol::reference::GetActor;
    /// use plansync_client::protocol::ActorGet;
    ///
    /// let me = client.call::<ActorGet>(GetActor {}).await?;
    /// println!("{}", me.name);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn call<O: Operation>(&self, body: O::Body) -> Result<O::Reply, Error> {
        self.ask(&Prepared::of::<O>(body, self.encoding())?)
            .await?
            .decode()
    }

    pub(crate) async fn ask(&self, prepared: &Prepared) -> Result<Answer, Error> {
        let message = prepared.message(self);
        self.exchange()
            .request_with_retries(message, self.retries())
            .await
    }
}

#[cfg(test)]
mod tests {
    use plansync_protocol::record::OpenRecord;
    use plansync_protocol::{Body as _, Encoding, RecordOpen, decode};

    use super::Prepared;

    fn open(command_id: Option<&str>) -> OpenRecord {
        let learner = "0190a1b2-0000-7000-8000-000000000001".parse().unwrap();
        OpenRecord {
            learner,
            session: None,
            resume: None,
            command_id: command_id.map(|id| id.parse().unwrap()),
        }
    }

    #[test]
    fn a_command_has_its_id_in_the_body_once() {
        let id = "0190a1b2-0000-7000-8000-000000000009";
        for encoding in [Encoding::MessagePack, Encoding::Json] {
            let named = Prepared::of::<RecordOpen>(open(Some(id)), encoding).unwrap();
            assert!(named.is_named);
            let mut sent: OpenRecord = decode(encoding, &named.body).unwrap();
            assert_eq!(sent, open(Some(id)));
            assert_eq!(sent.take_command_id(), named.command);

            let new = Prepared::of::<RecordOpen>(open(None), encoding).unwrap();
            assert!(!new.is_named);
            let mut sent: OpenRecord = decode(encoding, &new.body).unwrap();
            assert_eq!(sent.take_command_id(), new.command);
            assert!(new.command.is_some());
            assert_eq!(sent, open(None));
        }
    }
}

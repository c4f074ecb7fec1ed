//! Operations by their names: the types are chosen when the program runs.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _};
use plansync_client::exchange::Message;
use plansync_client::protocol::subject::{Family, Subject};
use plansync_client::protocol::{self, Encoding, Operation, OperationName, ReadOperation};
use plansync_client::{Client, Command, DurableCommand, Error, Submitted, body, json};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::failure::Failure;

type Replying<'a> = LocalBoxFuture<'a, Result<Value, Failure>>;
/// The items of a list.
pub(crate) type Items = BoxStream<'static, Result<Value, Error>>;

/// A value as JSON.
fn in_json(value: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::Other(error.to_string()))
}

/// A durable command whose operation is known only by its name.
pub(crate) trait Stored {
    /// Its id and its sequence.
    fn submitted(&self) -> Submitted;

    /// Waits for its outcome.
    fn outcome(&mut self, within: Duration) -> Replying<'_>;
}

impl<O> Stored for DurableCommand<O>
where
    O: Command + 'static,
{
    fn submitted(&self) -> Submitted {
        self.submitted()
    }

    fn outcome(&mut self, within: Duration) -> Replying<'_> {
        async move { in_json(DurableCommand::outcome(self, within).await?) }.boxed_local()
    }
}

async fn call_as<O: Operation>(client: &Client, fields: Value) -> Result<Value, Failure> {
    let given = fields.get("command_id").cloned();
    let replied = client.call::<O>(body::<O>(fields)?).await;
    let reply = replied.map_err(|error| match given {
        Some(id) => Failure::OfCommand(Box::new(error), id),
        None => error.into(),
    })?;
    in_json(reply)
}

async fn store_as<O>(client: &Client, fields: Value) -> Result<Box<dyn Stored>, Failure>
where
    O: Command + 'static,
{
    Ok(Box::new(
        client.store_durable::<O>(body::<O>(fields)?).await?,
    ))
}

fn list_as<O>(client: &Client, fields: Value) -> Result<Items, Failure>
where
    O: ReadOperation + 'static,
    O::Body: Send,
    O::Reply: Send + Sync,
    O::Item: Clone + Send,
{
    let items = client.list::<O>(body::<O>(fields)?);
    let items = items.map(|item| Ok(serde_json::to_value(item?).unwrap_or_default()));
    Ok(items.boxed())
}

macro_rules! by_name {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        fn typed(client: &Client, name: OperationName, fields: Value) -> Replying<'_> {
            match name {
                $(OperationName::$command => call_as::<protocol::$command>(client, fields).boxed_local(),)+
                $(OperationName::$read => call_as::<protocol::$read>(client, fields).boxed_local(),)+
            }
        }

        /// Stores a durable command.
        pub(crate) async fn store(
            client: &Client,
            operation: &str,
            fields: Value,
        ) -> Result<Box<dyn Stored>, Failure> {
            match OperationName::parse(operation) {
                $(Some(OperationName::$command) => {
                    store_as::<protocol::$command>(client, fields).boxed_local().await
                })+
                _ => Err(Failure::Invalid(format!("{operation} is not a command"))),
            }
        }

        /// Begins to read a list.
        pub(crate) fn list(
            client: &Client,
            operation: &str,
            fields: Value,
        ) -> Result<Items, Failure> {
            match OperationName::parse(operation) {
                $(Some(OperationName::$read) => list_as::<protocol::$read>(client, fields),)+
                _ => Err(Failure::Invalid(format!("{operation} is not a list"))),
            }
        }
    };
}

protocol::list_operations!(by_name);

/// Sends a request. What the types of this version cannot express is passed through as bytes, as the client offers it.
pub(crate) async fn request(
    client: &Client,
    encoding: Encoding,
    operation: &str,
    fields: Value,
) -> Result<Value, Failure> {
    if let Some(name) = OperationName::parse(operation) {
        match typed(client, name, fields.clone()).await {
            Err(Failure::Client(error)) if matches!(*error, Error::Body { .. }) => {}
            ended => return ended,
        }
    }
    as_bytes(client, encoding, operation, fields).await
}

/// One attempt, with a command id that the program chooses.
async fn as_bytes(
    client: &Client,
    encoding: Encoding,
    operation: &str,
    mut fields: Value,
) -> Result<Value, Failure> {
    let id = Uuid::new_v4();
    let is_command = OperationName::parse(operation).is_some_and(OperationName::is_command);
    if is_command && fields.get("command_id").is_none() {
        fields["command_id"] = json!(id);
    }
    let message = Message {
        subject: Subject {
            family: Family::Request,
            tenant: client.tenant().as_str(),
            actor: client.actor().as_str(),
            operation,
        },
        encoding,
        body: encoding.encode(&fields).map_err(Error::from)?.into(),
        command: None,
    };
    let answer = client.exchange().request(message).await;
    let answer = answer.map_err(|error| {
        let id = fields.get("command_id").filter(|_| is_command);
        match id {
            Some(id) => Failure::OfCommand(Box::new(error), id.clone()),
            None => error.into(),
        }
    })?;
    Ok(answer.decode()?)
}

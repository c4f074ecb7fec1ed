//! Moves a subscriber to a sequence of its stream.
//!
//! The server moves a consumer in one step (`CONSUMER.RESET`, since nats-server 2.14), so the consumer exists at any
//! time. Metadata says beforehand where it is moved to, and afterwards no longer: if this program is killed in between,
//! the subscriber is told to be on its way, and the same command finishes the move.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::jetstream::{Context, Error, ErrorCode};
use serde_json::{Map, Value, json};

use super::consumer::{AT, MOVING};
use super::error::server;
use super::{EventSource, StartAt, SubscriberError, SubscriberName, Subscribers};

/// The first version of nats-server that moves consumers.
const SINCE: (u32, u32) = (2, 14);
/// The server does not answer a request to move a consumer that does not exist, so this is how often it is looked for.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// A move of a subscriber.
pub(super) struct Move<'a> {
    source: EventSource,
    name: &'a SubscriberName,
    sequence: u64,
    /// The start that was announced, unless the subscriber is being added.
    announced: Option<String>,
}

impl Subscribers {
    /// Refuses a server that cannot move a consumer.
    pub(super) fn refuse_old_server(&self) -> Result<(), SubscriberError> {
        let version = self.context.client().server_info().version;
        let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if found < SINCE {
            return Err(SubscriberError::OldServer { version });
        }
        Ok(())
    }
}

impl<'a> Move<'a> {
    pub(super) const fn to(source: EventSource, name: &'a SubscriberName, sequence: u64) -> Self {
        Self {
            source,
            name,
            sequence,
            announced: None,
        }
    }

    /// Writes into the metadata where the subscriber is moved to.
    pub(super) async fn announce(
        &mut self,
        context: &Context,
        from: StartAt,
    ) -> Result<(), SubscriberError> {
        let sequence = self.sequence.to_string();
        self.announced = Some(from.to_string());
        let announce = |metadata: &mut Map<String, Value>| {
            metadata.insert(AT.to_owned(), json!(from.to_string()));
            metadata.insert(MOVING.to_owned(), json!(sequence));
            true
        };
        self.change_metadata(context, announce).await.map(drop)
    }

    /// Moves the subscriber, and removes the announcement.
    pub(super) async fn go(&self, context: &Context) -> Result<(), SubscriberError> {
        let moved = tokio::select! {
            moved = self.request_move(context) => moved,
            gone = self.wait_until_gone(context) => Err(gone),
        };
        // A move that the server refuses is over; after any other error, it may or may not have happened.
        if let Ok(()) | Err(SubscriberError::NotMoved { .. }) = &moved {
            let sequence = self.sequence.to_string();
            let mut is_ours = false;
            let over = |metadata: &mut Map<String, Value>| {
                let text = |key: &str| metadata.get(key).and_then(Value::as_str);
                is_ours = match text(MOVING) {
                    Some(moving) => moving == sequence,
                    // Somebody else has finished this move.
                    None => text(AT) == self.announced.as_deref(),
                };
                is_ours && metadata.remove(MOVING).is_some()
            };
            self.change_metadata(context, over).await?;
            if !is_ours && moved.is_ok() {
                return Err(SubscriberError::Overtaken {
                    name: self.name.to_string(),
                });
            }
        }
        moved
    }

    async fn request_move(&self, context: &Context) -> Result<(), SubscriberError> {
        let subject = format!("CONSUMER.RESET.{}.{}", self.source.stream(), self.name);
        let body = json!({ "seq": self.sequence });
        let asked = context.request(subject, &body);
        let told: Response<Value> = asked.await.map_err(|error| server(self.source, error))?;
        match told {
            Response::Ok(_) => Ok(()),
            Response::Err { error } if is_no_consumer(&error) => Err(self.gone()),
            Response::Err { error } => Err(SubscriberError::NotMoved {
                name: self.name.to_string(),
                source: error.into(),
            }),
        }
    }

    async fn wait_until_gone(&self, context: &Context) -> SubscriberError {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            if let Err(gone @ SubscriberError::Gone { .. }) = self.config(context).await {
                return gone;
            }
        }
    }

    /// Changes the metadata of the consumer and nothing else; `change` says whether there is something to change. The
    /// configuration is passed on as the server told it, because the client library knows only some of the settings.
    async fn change_metadata(
        &self,
        context: &Context,
        change: impl FnOnce(&mut Map<String, Value>) -> bool,
    ) -> Result<(), SubscriberError> {
        let mut config = self.config(context).await?;
        let mut metadata = match config.remove("metadata") {
            Some(Value::Object(metadata)) => metadata,
            Some(_) | None => Map::new(),
        };
        // The server adds keys of its own.
        metadata.retain(|key, _| !key.starts_with('_'));
        if !change(&mut metadata) {
            return Ok(());
        }
        config.insert("metadata".to_owned(), metadata.into());
        let stream = self.source.stream();
        let subject = format!("CONSUMER.CREATE.{stream}.{}", self.name);
        let body = json!({ "stream_name": stream, "config": config, "action": "update" });
        let asked = context.request(subject, &body);
        let told: Response<Value> = asked.await.map_err(|error| server(self.source, error))?;
        self.answered(told).map(drop)
    }

    async fn config(&self, context: &Context) -> Result<Map<String, Value>, SubscriberError> {
        let subject = format!("CONSUMER.INFO.{}.{}", self.source.stream(), self.name);
        let body = json!({});
        let asked = context.request(subject, &body);
        let told: Response<Value> = asked.await.map_err(|error| server(self.source, error))?;
        match self.answered(told)?.get_mut("config").map(Value::take) {
            Some(Value::Object(config)) => Ok(config),
            Some(_) | None => Err(server(self.source, "the answer has no configuration")),
        }
    }

    fn answered(&self, told: Response<Value>) -> Result<Value, SubscriberError> {
        match told {
            Response::Ok(answer) => Ok(answer),
            Response::Err { error } if is_no_consumer(&error) => Err(self.gone()),
            Response::Err { error } => Err(server(self.source, error)),
        }
    }

    fn gone(&self) -> SubscriberError {
        SubscriberError::Gone {
            name: self.name.to_string(),
        }
    }
}

/// Whether the server says that there is no such consumer.
pub(super) fn is_no_consumer(error: &Error) -> bool {
    [
        ErrorCode::CONSUMER_NOT_FOUND,
        // For an update of a consumer that does not exist.
        ErrorCode::CONSUMER_DOES_NOT_EXIST,
    ]
    .contains(&error.error_code())
}

//! The messages of the suite, and what they make.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use plansync_client::async_nats::ConnectOptions;
use plansync_client::protocol::{Encoding, Position};
use plansync_client::{
    Checkpoint, Client, Durability, EventsBuilder, NewConsumer, RetryPolicy, Start, json,
};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::operations::{self, Items, Stored};
use crate::reading::Reading;

/// The delay before the connection is made again.
const RECONNECT_AFTER: Duration = Duration::from_millis(100);

/// What a message asks for.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Do {
    Client(NewClient),
    ClientClose {
        client: String,
    },
    Request {
        client: String,
        #[serde(flatten)]
        what: What,
    },
    Durable {
        client: String,
        command: String,
        #[serde(flatten)]
        what: What,
    },
    Outcome {
        command: String,
        timeout_ms: u64,
    },
    List {
        client: String,
        list: String,
        #[serde(flatten)]
        what: What,
    },
    ListNext {
        list: String,
        count: usize,
    },
    EventsDurable(NewDurable),
    EventsReplay(NewReplay),
    EventsNext {
        events: String,
        timeout_ms: u64,
    },
    EventsAck {
        events: String,
    },
    EventsRetry {
        events: String,
    },
    EventsClose {
        events: String,
    },
}

#[derive(Deserialize)]
pub(crate) struct NewClient {
    client: String,
    url: String,
    user: Option<String>,
    password: Option<String>,
    inbox_prefix: Option<String>,
    tenant: String,
    actor: String,
    encoding: String,
    events: bool,
    retry: Retry,
    connect_ms_max: Option<u64>,
}

#[derive(Deserialize)]
struct Retry {
    attempt_timeout_ms: u64,
    deadline_ms: u64,
}

#[derive(Deserialize)]
pub(crate) struct What {
    operation: String,
    #[serde(default = "no_fields")]
    body: Value,
}

fn no_fields() -> Value {
    json!({})
}

#[derive(Deserialize)]
pub(crate) struct NewDurable {
    client: String,
    events: String,
    name: String,
    kinds: Option<Vec<String>>,
    ack_wait_ms: Option<u64>,
    #[serde(default)]
    is_operators: bool,
    #[serde(default)]
    is_once: bool,
    checkpoint: Option<Checkpoint>,
}

#[derive(Deserialize)]
pub(crate) struct NewReplay {
    client: String,
    events: String,
    kinds: Option<Vec<String>>,
    checkpoint: Option<Checkpoint>,
    position: Option<Position>,
}

/// What the suite has made so far, by the names that it chose.
#[derive(Default)]
pub(crate) struct Adapter {
    clients: HashMap<String, (Client, Encoding)>,
    commands: HashMap<String, Box<dyn Stored>>,
    lists: HashMap<String, Items>,
    readings: HashMap<String, Reading>,
}

/// What has a name.
fn named<'a, T>(all: &'a mut HashMap<String, T>, name: &str) -> Result<&'a mut T, Failure> {
    let found = all.get_mut(name);
    found.ok_or_else(|| Failure::Other(format!("there is no `{name}`")))
}

impl Adapter {
    pub(crate) async fn carry_out(&mut self, what: Do) -> Result<Value, Failure> {
        match what {
            Do::Client(new) => self.connect(new).await?,
            Do::ClientClose { client } => named(&mut self.clients, &client)?.0.close().await?,
            Do::Request { client, what } => {
                let (client, encoding) = named(&mut self.clients, &client)?;
                let asked = operations::request(client, *encoding, &what.operation, what.body);
                return Ok(json!({ "reply": asked.await? }));
            }
            Do::Durable {
                client,
                command,
                what,
            } => return self.store(&client, command, what).await,
            Do::Outcome {
                command,
                timeout_ms,
            } => {
                let stored = named(&mut self.commands, &command)?;
                let outcome = stored.outcome(Duration::from_millis(timeout_ms));
                return Ok(json!({ "reply": outcome.await? }));
            }
            Do::List { client, list, what } => {
                let (client, _) = named(&mut self.clients, &client)?;
                let items = operations::list(client, &what.operation, what.body)?;
                self.lists.insert(list, items);
            }
            Do::ListNext { list, count } => return self.list_next(&list, count).await,
            Do::EventsDurable(new) => self.durable(new).await?,
            Do::EventsReplay(new) => self.replay(new).await?,
            Do::EventsNext { events, timeout_ms } => {
                let reading = named(&mut self.readings, &events)?;
                let next = reading.next(Duration::from_millis(timeout_ms));
                return Ok(json!({ "event": next.await? }));
            }
            Do::EventsAck { events } => named(&mut self.readings, &events)?.ack().await?,
            Do::EventsRetry { events } => named(&mut self.readings, &events)?.give_back()?,
            Do::EventsClose { events } => {
                if let Some(reading) = self.readings.remove(&events) {
                    reading.close().await;
                }
            }
        }
        Ok(json!({}))
    }

    async fn connect(&mut self, new: NewClient) -> Result<(), Failure> {
        let mut options = ConnectOptions::new().reconnect_delay_callback(|_| RECONNECT_AFTER);
        if let (Some(user), Some(password)) = (new.user, new.password) {
            options = options.user_and_password(user, password);
        }
        if let Some(prefix) = new.inbox_prefix {
            options = options.custom_inbox_prefix(prefix);
        }
        let unfit = |_| Failure::Invalid("tenant or actor is malformed".to_owned());
        let tenant = new.tenant.parse().map_err(unfit)?;
        let actor = new.actor.parse().map_err(unfit)?;
        let encoding = match new.encoding.as_str() {
            "json" => Encoding::Json,
            "msgpack" => Encoding::MessagePack,
            other => return Err(Failure::Other(format!("there is no encoding `{other}`"))),
        };
        let attempt = Duration::from_millis(new.retry.attempt_timeout_ms);
        let retries = RetryPolicy {
            attempts_max: usize::MAX,
            total_max: Duration::from_millis(new.retry.deadline_ms),
            ..RetryPolicy::default()
        };
        let client = match new.connect_ms_max {
            Some(ms) => {
                let within = Duration::from_millis(ms);
                Client::connect_within(within, new.url, options, tenant, actor).await?
            }
            None => Client::connect(new.url, options, tenant, actor).await?,
        };
        let durability = if new.events {
            Durability::default()
        } else {
            Durability::without_events()
        };
        let client = client
            .with_timeout(attempt)
            .with_retries(retries)
            .with_durability(durability)
            .with_encoding(encoding);
        self.clients.insert(new.client, (client, encoding));
        Ok(())
    }

    async fn store(&mut self, client: &str, name: String, what: What) -> Result<Value, Failure> {
        let (client, _) = named(&mut self.clients, client)?;
        let stored = operations::store(client, &what.operation, what.body).await?;
        let submitted = stored.submitted();
        self.commands.insert(name, stored);
        Ok(json!({ "command_id": submitted.command, "sequence": submitted.sequence }))
    }

    async fn list_next(&mut self, name: &str, count: usize) -> Result<Value, Failure> {
        let list = named(&mut self.lists, name)?;
        let mut items = Vec::new();
        while items.len() < count {
            match list.next().await {
                Some(item) => items.push(item?),
                None => return Ok(json!({ "items": items, "is_complete": true })),
            }
        }
        Ok(json!({ "items": items, "is_complete": false }))
    }

    fn events(&mut self, client: &str, kinds: Option<&[String]>) -> Result<EventsBuilder, Failure> {
        let (client, _) = named(&mut self.clients, client)?;
        Ok(match kinds {
            Some(kinds) => client.events().kinds(kinds),
            None => client.events(),
        })
    }

    async fn durable(&mut self, new: NewDurable) -> Result<(), Failure> {
        let events = self.events(&new.client, new.kinds.as_deref())?;
        let begun = if new.is_operators {
            events.durable(&new.name).await
        } else {
            let mut consumer = NewConsumer::new(&new.name, Start::Beginning);
            if let Some(ms) = new.ack_wait_ms {
                consumer = consumer.with_ack_wait(Duration::from_millis(ms));
            }
            events.make_durable(consumer).await
        };
        let reading = if new.is_once {
            Reading::once(begun, new.checkpoint)?
        } else {
            Reading::plain(begun)?
        };
        self.readings.insert(new.events, reading);
        Ok(())
    }

    async fn replay(&mut self, new: NewReplay) -> Result<(), Failure> {
        let events = self.events(&new.client, new.kinds.as_deref())?;
        let begun = match (new.checkpoint, new.position) {
            (Some(checkpoint), _) => events.replay(Start::After(checkpoint)).await,
            (None, Some(position)) => events.replay_from(position).await,
            (None, None) => events.replay(Start::Beginning).await,
        };
        self.readings.insert(new.events, Reading::plain(begun)?);
        Ok(())
    }
}

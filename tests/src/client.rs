//! A plain producer: JSON in, JSON out, knowing nothing of the product but its subjects.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::time::Duration;

use async_nats::HeaderMap;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::nats::NatsServer;
use crate::waiting::until;

const TENANT: &str = "northgate";
/// How long a reply is waited for: much longer than it takes, since machines that run tests are busy.
const REPLY_PATIENCE: Duration = Duration::from_mins(1);
/// How long a reply to one ping is waited for; where no service listens, NATS says so at once.
const PING_PATIENCE: Duration = Duration::from_secs(2);

/// What came back: a reply's body, or an error's code and body.
pub type Answer = Result<Value, (String, Value)>;

/// A connection that speaks for one tenant.
#[derive(Clone)]
pub struct Client {
    /// The connection itself.
    pub nats: async_nats::Client,
    tenant: String,
    speaks_message_pack: bool,
}

impl Client {
    /// Connects.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn connect(nats: &NatsServer) -> Self {
        Self::connect_to(nats.url(), "_INBOX").await
    }

    /// Connects as a user of `deploy/nats`, with an inbox of its own.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn connect_as(nats: &NatsServer, user: &str) -> Self {
        Self::connect_to(nats.url_of(user), &format!("_INBOX.{user}")).await
    }

    /// Connects with a credentials file, with the inbox of a user.
    ///
    /// # Panics
    /// If the server does not answer, or the file cannot be read.
    pub async fn connect_with(url: &str, creds: &std::path::Path, user: &str) -> Self {
        let options = async_nats::ConnectOptions::with_credentials_file(creds).await;
        let options = options
            .unwrap()
            .custom_inbox_prefix(format!("_INBOX.{user}"))
            .request_timeout(Some(REPLY_PATIENCE));
        Self {
            nats: options.connect(url).await.unwrap(),
            tenant: TENANT.to_owned(),
            speaks_message_pack: false,
        }
    }

    pub(crate) async fn connect_to(url: String, inbox: &str) -> Self {
        let address: async_nats::ServerAddr = url.parse().unwrap();
        let user = address.username().unwrap_or_default().to_owned();
        let password = address.password().unwrap_or_default().to_owned();
        let options = async_nats::ConnectOptions::with_user_and_password(user, password)
            .custom_inbox_prefix(inbox)
            .request_timeout(Some(REPLY_PATIENCE))
            .subscription_capacity(1 << 20);
        Self {
            nats: options.connect(address).await.unwrap(),
            tenant: TENANT.to_owned(),
            speaks_message_pack: false,
        }
    }

    /// The same connection, speaking for another tenant.
    #[must_use]
    pub fn of_tenant(&self, tenant: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
            ..self.clone()
        }
    }

    /// The same connection, speaking MessagePack.
    #[must_use]
    pub fn in_message_pack(&self) -> Self {
        Self {
            speaks_message_pack: true,
            ..self.clone()
        }
    }

    fn encoded(&self, body: &Value) -> Vec<u8> {
        if self.speaks_message_pack {
            rmp_serde::to_vec_named(body).unwrap()
        } else {
            body.to_string().into()
        }
    }

    /// Whether the service answers its ping.
    ///
    /// # Panics
    /// If the connection fails.
    pub async fn is_engine_ready(&self) -> bool {
        let ping = self.nats.request("$SRV.PING.plansync", "".into());
        match tokio::time::timeout(PING_PATIENCE, ping).await {
            Ok(answer) => answer.is_ok(),
            Err(_) => false,
        }
    }

    /// Asks for an operation, and gives whatever is answered.
    ///
    /// # Panics
    /// If there is no answer, or it is not JSON.
    pub async fn ask(&self, actor: &str, operation: &str, body: Value) -> Answer {
        let subject = format!("plansync.v1.req.{}.{actor}.{operation}", self.tenant);
        let message = self
            .nats
            .request(subject, self.encoded(&body).into())
            .await
            .unwrap();
        understood(&message)
    }

    /// Asks for an operation that may go unanswered: nothing if no answer comes in time.
    ///
    /// # Panics
    /// If the answer is not JSON.
    pub async fn try_ask(
        &self,
        actor: &str,
        operation: &str,
        body: Value,
        patience: Duration,
    ) -> Option<Answer> {
        let subject = format!("plansync.v1.req.{}.{actor}.{operation}", self.tenant);
        let asked = self.nats.request(subject, self.encoded(&body).into());
        let message = tokio::time::timeout(patience, asked).await.ok()?.ok()?;
        Some(understood(&message))
    }

    /// Asks for an operation that must be answered.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn get(&self, actor: &str, operation: &str, body: Value) -> Value {
        match self.ask(actor, operation, body.clone()).await {
            Ok(reply) => reply,
            Err((_, error)) => panic!("{operation} {body} was refused: {error}"),
        }
    }

    /// Asks for an operation that must be refused, and gives the error's code.
    ///
    /// # Panics
    /// If it is answered.
    pub async fn refusal(&self, actor: &str, operation: &str, body: Value) -> String {
        match self.ask(actor, operation, body.clone()).await {
            Ok(reply) => panic!("{operation} {body} was answered: {reply}"),
            Err((code, _)) => code,
        }
    }

    /// Sends a durable command, and waits until the stream has it.
    ///
    /// # Panics
    /// If the stream does not take it.
    pub async fn send(&self, actor: &str, operation: &str, body: &[u8]) {
        let subject = format!("plansync.v1.cmd.{}.{actor}.{operation}", self.tenant);
        let jetstream = async_nats::jetstream::new(self.nats.clone());
        let sent = jetstream.publish_with_headers(subject, HeaderMap::new(), body.to_vec().into());
        sent.await.unwrap().await.unwrap();
    }

    /// Listens to the tenant's events from now on; the engine runs with JSON events.
    ///
    /// # Panics
    /// If the server does not take the subscription.
    pub async fn listen(&self, tail: &str) -> Events {
        let subject = format!("plansync.v1.evt.{}.{tail}", self.tenant);
        let subscriber = self.nats.subscribe(subject).await.unwrap();
        self.nats.flush().await.unwrap();
        Events { subscriber }
    }

    /// Waits until no durable command is left in the stream.
    ///
    /// # Panics
    /// There are some after two minutes.
    pub async fn drained(&self) {
        let context = async_nats::jetstream::new(self.nats.clone());
        let waiting = async || {
            let stream = context.get_stream("PLANSYNC_COMMANDS").await.unwrap();
            stream.cached_info().state.messages
        };
        until(waiting, |count| *count == 0).await;
    }

    /// Waits until a sync is over, and gives what `sync.get` says of it.
    ///
    /// # Panics
    /// If it takes longer than a minute.
    pub async fn finished(&self, actor: &str, sync: &Value) -> Value {
        for _ in 0..6_000 {
            let state = self.get(actor, "sync.get", json!({ "sync": sync })).await;
            if state["state"] != "running" {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the sync {sync} does not end");
    }
}

fn understood(message: &async_nats::Message) -> Answer {
    let body = decoded(&message.payload);
    let headers = message.headers.as_ref();
    match headers.and_then(|headers| headers.get("Nats-Service-Error-Code")) {
        None => Ok(body),
        Some(_) => Err((body["error"]["code"].as_str().unwrap().to_owned(), body)),
    }
}

/// The body of a message, of either encoding, in the form of JSON.
fn decoded(body: &[u8]) -> Value {
    if body.starts_with(b"{") {
        return serde_json::from_slice(body).unwrap();
    }
    json_form(rmpv::decode::read_value(&mut &*body).unwrap())
}

/// A value of MessagePack in the form of JSON: 16 bytes are a uuid, others are in base64.
fn json_form(value: rmpv::Value) -> Value {
    match value {
        rmpv::Value::Binary(bytes) => match uuid::Uuid::from_slice(&bytes) {
            Ok(uuid) => json!(uuid),
            Err(_) => json!(STANDARD.encode(bytes)),
        },
        rmpv::Value::Array(items) => items.into_iter().map(json_form).collect(),
        rmpv::Value::Map(fields) => fields
            .into_iter()
            .map(|(name, value)| (name.as_str().unwrap().to_owned(), json_form(value)))
            .collect(),
        rmpv::Value::Nil => Value::Null,
        rmpv::Value::Boolean(flag) => json!(flag),
        rmpv::Value::Integer(number) => number
            .as_u64()
            .map_or_else(|| json!(number.as_i64()), |number| json!(number)),
        rmpv::Value::String(text) => json!(text.as_str().unwrap()),
        other @ (rmpv::Value::F32(_) | rmpv::Value::F64(_) | rmpv::Value::Ext(..)) => {
            panic!("no message has {other}")
        }
    }
}

/// Events as they come.
pub struct Events {
    subscriber: async_nats::Subscriber,
}

impl Events {
    /// The next event: the end of its subject, and its body.
    ///
    /// # Panics
    /// If none comes within ten seconds, or it is not JSON.
    pub async fn next(&mut self) -> (String, Value) {
        let message = tokio::time::timeout(Duration::from_secs(10), self.subscriber.next());
        let message = message.await.unwrap().unwrap();
        let what = message.subject.rsplit('.').next().unwrap().to_owned();
        (what, serde_json::from_slice(&message.payload).unwrap())
    }
}

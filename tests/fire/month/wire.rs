//! One connection for everybody: a request or a durable command in either encoding, and what came of it.

use std::time::Duration;

use async_nats::{HeaderMap, Message};
use futures_util::StreamExt as _;
use plansync_model::refusal::Refusal;
use plansync_protocol::Encoding;
use plansync_protocol::event::CommandRejected;
use plansync_tests::client::Client;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

use super::typed;

/// What came back.
pub(super) type Answer = Result<Value, Refusal>;

const PATIENCE: Duration = Duration::from_mins(1);

/// The connection.
pub(super) struct Wire {
    pub(super) client: Client,
}

/// How something is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub(super) encoding: Encoding,
    pub(super) durable: bool,
}

impl Wire {
    pub(super) async fn connect(nats: &NatsServer) -> Self {
        let client = Client::connect(nats).await;
        Self { client }
    }

    /// Asks a command under its id.
    pub(super) async fn command(
        &self,
        rest: &str,
        operation: &str,
        body: &Value,
        manner: Manner,
    ) -> Answer {
        let packed = match manner.encoding {
            Encoding::Json => None,
            Encoding::MessagePack => typed::packed(operation, body),
        };
        let encoding = match packed {
            Some(_) => Encoding::MessagePack,
            None => Encoding::Json,
        };
        let bytes = packed.unwrap_or_else(|| body.to_string().into_bytes());
        if manner.durable {
            self.durable(rest, operation, &body["command_id"], bytes)
                .await
        } else {
            self.request(rest, operation, encoding, bytes).await
        }
    }

    /// The whole of a list, or what there is of something.
    pub(super) async fn read(
        &self,
        rest: &str,
        operation: &str,
        body: &Value,
        encoding: Encoding,
    ) -> Answer {
        let bytes = match encoding {
            Encoding::Json => body.to_string().into_bytes(),
            Encoding::MessagePack => typed::packed(operation, body).unwrap(),
        };
        self.request(rest, operation, encoding, bytes).await
    }

    async fn request(
        &self,
        rest: &str,
        operation: &str,
        encoding: Encoding,
        bytes: Vec<u8>,
    ) -> Answer {
        let subject = format!("plansync.v1.req.{rest}.{operation}");
        let asked = self.client.nats.request(subject, bytes.into());
        let message = asked.await.unwrap();
        assert_eq!(encoding_of(&message), encoding, "the reply's encoding");
        let headers = message.headers.as_ref().unwrap();
        if headers.get("Nats-Service-Error-Code").is_none() {
            return Ok(typed::reply(operation, encoding, &message.payload));
        }
        Err(refusal(&typed::error(encoding, &message.payload)))
    }

    async fn durable(&self, rest: &str, operation: &str, id: &Value, bytes: Vec<u8>) -> Answer {
        let (tenant, id) = (rest.split('.').next().unwrap(), id.as_str().unwrap());
        let about = format!("plansync.v1.evt.{tenant}.command.{id}.*");
        let mut told = self.client.nats.subscribe(about).await.unwrap();
        self.client.nats.flush().await.unwrap();
        let jetstream = async_nats::jetstream::new(self.client.nats.clone());
        let subject = format!("plansync.v1.cmd.{rest}.{operation}");
        let sent = jetstream.publish_with_headers(subject, HeaderMap::new(), bytes.into());
        sent.await.unwrap().await.unwrap();
        let event = tokio::time::timeout(PATIENCE, told.next()).await;
        let event = event.unwrap().unwrap();
        let encoding = encoding_of(&event);
        if event.subject.ends_with(".accepted") {
            return Ok(typed::accepted(operation, encoding, &event.payload)["reply"].clone());
        }
        let rejected = typed::shown::<CommandRejected>(encoding, &event.payload);
        Err(refusal(&json!({ "error": rejected["error"] })))
    }
}

/// In what a message is written, as it says itself.
pub(super) fn encoding_of(message: &Message) -> Encoding {
    let headers = message.headers.as_ref().unwrap();
    let header = headers.get("content-type").unwrap();
    Encoding::of(Some(header.as_str()), &message.payload).unwrap()
}

fn refusal(reply: &Value) -> Refusal {
    let refusal = Refusal::of_reply(reply);
    assert!(!refusal.code.is_empty(), "{reply}");
    refusal
}

//! A server as `deploy/nats` configures it, an engine, and a subscriber as its own NATS user.

use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::engine::Engine;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, run};
use serde_json::{Value, json};

/// How long something that must come is waited for.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The subscriber that is shipped.
pub(super) const WAREHOUSE: &str = "northgate-warehouse";

pub(super) struct Stage {
    pub(super) nats: NatsServer,
    pub(super) inside: Client,
    pub(super) engine: Engine,
    pub(super) data: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn set(engine_arguments: &[&str]) -> Self {
        let nats = NatsServer::start_with_accounts();
        let data = tempfile::tempdir().unwrap();
        let url = nats.url_of("plansync");
        let engine = Engine::start_at(&url, data.path(), engine_arguments).await;
        let inside = Client::connect_as(&nats, "plansync").await;
        for tenant in ["northgate", "southgate"] {
            let settings = json!({"marking_aid": false, "owner_rule": "keep"});
            inside
                .of_tenant(tenant)
                .get("system", "tenant.put", settings)
                .await;
        }
        Self {
            nats,
            inside,
            engine,
            data,
        }
    }

    /// `plansync subscriber …` as the user of the engine's account.
    pub(super) fn subscriber(&self, arguments: &[&str]) -> Ended {
        let url = self.nats.url_of("plansync");
        run(&url, &[&["subscriber"], arguments].concat())
    }

    /// The same, which must end well, with JSON.
    pub(super) fn done(&self, arguments: &[&str]) -> Value {
        let ended = self.subscriber(&[arguments, &["--output", "json"]].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.json()
    }

    /// Makes the stream of JSON events.
    pub(super) fn make_json_stream(&self) {
        let url = self.nats.url_of("plansync");
        let ended = run(&url, &["bridge", "--make-stream"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// Makes events of a tenant: commands that are rejected.
    pub(super) async fn events(&self, tenant: &str, count: usize) {
        let inside = self.inside.of_tenant(tenant);
        for _ in 0..count {
            inside.send("system", "nothing.known", b"{}").await;
        }
    }

    /// The first events in a stream under these subjects, in order, once there are so many.
    pub(super) async fn stored(&self, stream: &str, subjects: &str, count: usize) -> Vec<Message> {
        let jetstream = jetstream::new(self.inside.nats.clone());
        let stream = jetstream.get_stream(stream).await.unwrap();
        let config = pull::OrderedConfig {
            filter_subject: subjects.to_owned(),
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await.unwrap();
        let mut messages = consumer.messages().await.unwrap();
        let mut stored = Vec::new();
        while stored.len() < count {
            let next = tokio::time::timeout(PATIENCE, messages.next()).await;
            let Ok(next) = next else {
                panic!("{} of {count} events", stored.len());
            };
            stored.push(next.unwrap().unwrap());
        }
        stored
    }
}

/// The consumer of a subscriber, over a connection of its own.
pub(super) async fn consumer(nats: &NatsServer, name: &str, stream: &str) -> PullConsumer {
    let client = Client::connect_as(nats, name).await;
    let jetstream = jetstream::new(client.nats);
    jetstream
        .get_consumer_from_stream(name, stream)
        .await
        .unwrap()
}

/// The identity of an event.
pub(super) fn id(message: &Message) -> String {
    let headers = message.headers.as_ref().unwrap();
    headers.get("ce-id").unwrap().to_string()
}

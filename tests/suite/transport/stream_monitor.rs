//! What somebody does to streams and consumer under a running engine is said once, and once when it is over.

use std::sync::Arc;

use async_nats::jetstream::Context;
use plansync_nats::{
    COMMANDS, CommandConsumer, CommandsError, EVENTS, ProblemChanges, StreamError, StreamMonitor,
};
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

use super::fake::FakeEngine;
use super::{filtered, plain, prepared, shared, until};

struct Watched {
    server: NatsServer,
    context: Context,
    monitor: StreamMonitor,
}

async fn watched() -> Watched {
    let server = NatsServer::start();
    let monitor = StreamMonitor::new(prepared(&server).await);
    Watched {
        context: plain(&server).await,
        server,
        monitor,
    }
}

impl Watched {
    async fn edit(&self, stream: &str, setting: &str, value: Value) {
        let told: Value = self
            .context
            .request(format!("STREAM.INFO.{stream}"), &())
            .await
            .unwrap();
        let mut settings = told["config"].clone();
        settings[setting] = value;
        let edited: Value = self
            .context
            .request(format!("STREAM.UPDATE.{stream}"), &settings)
            .await
            .unwrap();
        assert!(edited["error"].is_null(), "{edited}");
    }

    /// What begins, of which there must be one thing, with these words.
    async fn begins(&mut self, words: &[&str]) {
        let seen = self.monitor.check().await.unwrap();
        let [begun] = &*seen.begun else {
            panic!("{seen:?}")
        };
        for word in words {
            assert!(begun.contains(word), "{begun}");
        }
        assert_eq!(
            self.monitor.check().await.unwrap(),
            ProblemChanges::default()
        );
    }

    async fn is_over(&mut self) {
        let seen = self.monitor.check().await.unwrap();
        assert_eq!((seen.begun.len(), seen.solved.len()), (0, 1), "{seen:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_narrowed_or_bounded_is_said_once_and_once_when_it_is_well() {
    let mut watched = watched().await;
    assert_eq!(
        watched.monitor.check().await.unwrap(),
        ProblemChanges::default()
    );
    for stream in [COMMANDS, EVENTS] {
        let subjects = if stream == COMMANDS {
            "plansync.v1.cmd"
        } else {
            "plansync.v1.evt"
        };
        watched
            .edit(stream, "subjects", json!([format!("{subjects}.a.>")]))
            .await;
        watched
            .begins(&[stream, "subjects", "nats stream edit"])
            .await;
        watched
            .edit(stream, "subjects", json!([format!("{subjects}.>")]))
            .await;
        watched.is_over().await;
    }
    watched
        .edit(COMMANDS, "max_age", json!(60_000_000_000_u64))
        .await;
    watched.begins(&[COMMANDS, "max_age = 60s"]).await;
    watched.edit(COMMANDS, "max_age", json!(0)).await;
    watched.is_over().await;
}

#[tokio::test]
async fn a_sealed_or_removed_stream_is_said() {
    let mut watched = watched().await;
    watched.edit(EVENTS, "sealed", json!(true)).await;
    let seen = watched.monitor.check().await.unwrap();
    assert!(
        seen.begun
            .iter()
            .any(|begun| begun.contains("sealed = true")),
        "{seen:?}"
    );
    watched.context.delete_stream(COMMANDS).await.unwrap();
    watched.begins(&[COMMANDS, "was removed"]).await;
}

#[tokio::test]
async fn another_consumer_is_named_and_refuses_the_start() {
    let mut watched = watched().await;
    let stream = watched.context.get_stream(COMMANDS).await.unwrap();
    let other = async_nats::jetstream::consumer::pull::Config {
        durable_name: Some("thief".to_owned()),
        ..Default::default()
    };
    stream.create_consumer(other).await.unwrap();
    watched
        .begins(&["another consumer \"thief\"", "nats consumer rm"])
        .await;
    let engine = shared(FakeEngine::durable_to(9));
    let streams = prepared(&watched.server).await;
    let filtered = filtered(&watched.server).await;
    let refused = CommandConsumer::open(&streams, &filtered, engine).await;
    let refused = refused.map(|_| ()).unwrap_err();
    assert!(
        matches!(
            &refused,
            CommandsError::Stream(StreamError::OtherConsumers { .. })
        ),
        "{refused}"
    );
    stream.delete_consumer("thief").await.unwrap();
    watched.is_over().await;
}

#[tokio::test]
async fn a_paused_consumer_is_said_and_an_edited_one_is_made_anew() {
    let mut watched = watched().await;
    let engine = shared(FakeEngine::durable_to(9));
    let streams = prepared(&watched.server).await;
    let filtered = filtered(&watched.server).await;
    let consumer = CommandConsumer::open(&streams, &filtered, Arc::clone(&engine))
        .await
        .unwrap();
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(consumer.run(stopped));
    let subject = format!("CONSUMER.INFO.{COMMANDS}.plansync-engine");
    let context = watched.context.clone();
    let info = || async {
        let told: Value = context.request(subject.clone(), &json!({})).await.unwrap();
        told
    };
    until("the consumer is pulled", || async {
        info().await["num_waiting"].as_u64() > Some(0)
    })
    .await;
    assert_eq!(
        watched.monitor.check().await.unwrap(),
        ProblemChanges::default()
    );
    let pause = format!("CONSUMER.PAUSE.{COMMANDS}.plansync-engine");
    let far = json!({"pause_until": "2099-01-01T00:00:00Z"});
    let _paused: Value = watched.context.request(pause.clone(), &far).await.unwrap();
    watched.begins(&["is paused", "nats consumer resume"]).await;
    let _resumed: Value = watched.context.request(pause, &json!({})).await.unwrap();
    watched.is_over().await;
    let mut config = info().await["config"].clone();
    config["headers_only"] = json!(true);
    let create = format!("CONSUMER.DURABLE.CREATE.{COMMANDS}.plansync-engine");
    let body = json!({"stream_name": COMMANDS, "config": config});
    let edited: Value = watched.context.request(create, &body).await.unwrap();
    assert!(edited["error"].is_null(), "{edited}");
    let seen = watched.monitor.check().await.unwrap();
    assert!(
        seen.begun[0].contains("headers_only = true, was not set"),
        "{seen:?}"
    );
    until("it is made anew", || async {
        let told = info().await;
        told["num_waiting"].as_u64() > Some(0) && told["config"]["headers_only"].is_null()
    })
    .await;
    watched.is_over().await;
}

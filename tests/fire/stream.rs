//! The event stream as it stands, from its first message to its last.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::college::target;
use serde_json::json;
use uuid::Uuid;

/// What an event says of itself.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) position: u64,
    pub(super) kind: String,
    /// The command that began it.
    pub(super) correlation: String,
    /// What it is about.
    pub(super) subject: String,
}

/// Every event in the stream.
pub(super) async fn events(client: &Client) -> Vec<Told> {
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.unwrap();
    let mut left = stream.get_info().await.unwrap().state.messages;
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    let mut told = Vec::new();
    while left > 0 {
        let message = messages.next().await.unwrap().unwrap();
        let headers = message.headers.as_ref().unwrap();
        let text = |name: &str| headers.get(name).unwrap().as_str().to_owned();
        told.push(Told {
            position: text("ce-position").parse().unwrap(),
            kind: text("ce-type"),
            correlation: text("ce-correlationid"),
            subject: text("ce-subject"),
        });
        left -= 1;
    }
    told
}

/// Waits until the stream has told of everything up to now: the last of it is something that was done
/// for that.
pub(super) async fn settled(client: &Client) {
    let id = Uuid::new_v4();
    let open = json!({"learner": target(0), "session": Uuid::new_v4(), "command_id": id});
    client.get("alice", "record.open", open).await;
    let patience = Instant::now() + Duration::from_mins(1);
    while last_correlation(client).await != Some(id.to_string()) {
        assert!(
            Instant::now() < patience,
            "the relay does not come to the end"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn last_correlation(client: &Client) -> Option<String> {
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    let stream = jetstream.get_stream("PLANSYNC_EVENTS").await.ok()?;
    let last = stream.get_info().await.ok()?.state.last_sequence;
    let message = stream.get_raw_message(last).await.ok()?;
    let correlation = message.headers.get("ce-correlationid")?;
    Some(correlation.as_str().to_owned())
}

//! The event stream as it stands, from its first message to its last.

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::StreamExt as _;
use plansync_tests::client::Client;

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

/// Waits until the stream has told of the last commit that readers see, and nothing more comes.
pub(super) async fn settled(client: &Client) {
    let jetstream = async_nats::jetstream::new(client.nats.clone());
    let mut before = 0;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        let stream = jetstream.get_stream("PLANSYNC_EVENTS").await;
        let Ok(stream) = stream else { continue };
        let now = stream.get_info().await.unwrap().state.messages;
        if now == before && now > 0 {
            return;
        }
        before = now;
    }
}

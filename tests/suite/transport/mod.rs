//! The transport alone: a real nats-server, and behind the transport an engine that is made up.

mod bench;
mod commands;
mod fake;
mod filter;
mod incarnations;
mod leading;
mod nodes;
mod relay;
mod requests;
mod settings;
mod several;
mod stream_monitor;
mod streams;
mod witness;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use plansync_nats::{Connection, Filtered, LogName, Streams, connect, prepare};
use plansync_tests::nats::NatsServer;

/// What everything here is called.
fn name() -> LogName {
    LogName {
        log: "6c6f67".into(),
        incarnation: 1,
    }
}

async fn connected(server: &NatsServer) -> async_nats::Client {
    connect(&Connection {
        url: server.url(),
        ..Connection::default()
    })
    .await
    .unwrap()
}

async fn filtered(server: &NatsServer) -> Filtered {
    Filtered::connect(&Connection {
        url: server.url(),
        ..Connection::default()
    })
    .await
    .unwrap()
}

async fn prepared(server: &NatsServer) -> Streams {
    prepare(connected(server).await, name()).await.unwrap()
}

async fn plain(server: &NatsServer) -> jetstream::Context {
    jetstream::new(async_nats::connect(server.url()).await.unwrap())
}

/// Waits until something holds; a test that waits in vain fails.
#[track_caller]
fn until<F, Fut>(what: &'static str, holds: F) -> impl Future<Output = ()>
where
    F: Fn() -> Fut,
    Fut: Future<Output = bool>,
{
    let caller = std::panic::Location::caller();
    async move {
        let patience = tokio::time::Instant::now() + Duration::from_mins(2);
        while !holds().await {
            assert!(
                tokio::time::Instant::now() < patience,
                "{what}, waited for at {caller}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// How many messages a stream holds.
async fn stored(context: &jetstream::Context, stream: &str) -> u64 {
    let stream = context.get_stream(stream).await.unwrap();
    stream.cached_info().state.messages
}

fn shared<T>(thing: T) -> Arc<T> {
    Arc::new(thing)
}

//! What three nats-servers do for the engine when one of them is gone, as `deploy/nats/cluster.conf` configures them.

use std::time::{Duration, Instant};

use async_nats::Subscriber;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt as _;
use plansync_tests::client::Client;
use plansync_tests::cluster::Cluster;
use plansync_tests::college::{SOURCE, component, found, open_source};
use plansync_tests::engine::Engine;
use serde_json::json;

/// How long an election may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The server that leads a stream; none during an election.
async fn leader(jetstream: &Context, stream: &str) -> Option<String> {
    let mut stream = jetstream.get_stream(stream).await.ok()?;
    let info = stream.info().await.ok()?;
    info.cluster.as_ref()?.leader.clone()
}

/// The number of replicas of a stream that have everything.
async fn current(jetstream: &Context, stream: &str) -> usize {
    let mut stream = jetstream.get_stream(stream).await.unwrap();
    let cluster = stream.info().await.unwrap().cluster.clone().unwrap();
    1 + cluster.replicas.iter().filter(|it| it.current).count()
}

async fn replicate(jetstream: &Context, stream: &str) {
    let mut config = jetstream
        .get_stream(stream)
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    config.num_replicas = 3;
    jetstream.update_stream(config).await.unwrap();
    let until = Instant::now() + PATIENCE;
    while current(jetstream, stream).await < 3 {
        assert!(Instant::now() < until, "{stream} is not replicated");
    }
}

/// Asks until the answer comes by way of a server that is left.
async fn answered(client: &Client, operation: &str, body: serde_json::Value) {
    let until = Instant::now() + PATIENCE;
    loop {
        let asked = client.try_ask("alice", operation, body.clone(), Duration::from_secs(5));
        if let Some(answer) = asked.await {
            answer.unwrap();
            return;
        }
        assert!(Instant::now() < until, "{operation} is not answered");
    }
}

async fn led(jetstream: &Context, stream: &str) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(leader) = leader(jetstream, stream).await {
            return leader;
        }
        assert!(Instant::now() < until, "no server leads {stream}");
    }
}

async fn next(events: &mut Subscriber) -> String {
    let event = tokio::time::timeout(PATIENCE, events.next()).await;
    event.unwrap().unwrap().subject.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_serves_and_publishes_while_a_server_is_gone() {
    let mut cluster = Cluster::start().await;
    let data = tempfile::tempdir().unwrap();
    let url = cluster.url_of("plansync");
    let engine = Engine::of(Engine::spawn(&url, data.path(), &["--events", "json"]));
    let inside = Client::connect_as(&cluster.servers[0], "plansync").await;
    while !inside.is_engine_ready().await {
        tokio::task::yield_now().await;
    }
    let jetstream = jetstream::new(inside.nats.clone());
    found(&inside, 1, 0).await;
    open_source(&inside, "alice").await;
    replicate(&jetstream, "PLANSYNC_EVENTS").await;

    // The server that has the commands, of which there is one replica.
    let commands = led(&jetstream, "PLANSYNC_COMMANDS").await;
    cluster.server(&commands).stop();
    let left = (0..3).find(|number| cluster.name(*number) != commands);
    let client = Client::connect_as(&cluster.servers[left.unwrap()], "plansync").await;
    let mut events = client.nats.subscribe("plansync.v1.evt.>").await.unwrap();
    client.nats.flush().await.unwrap();
    let edits = json!([{"op": "change", "component": component(0), "set": {"name": "Renamed"}}]);
    let edit = json!({"learner": SOURCE, "edits": edits, "command_id": uuid::Uuid::new_v4()});
    answered(&client, "plan.edit", edit).await;
    let event = next(&mut events).await;
    assert!(event.ends_with(".changed"), "{event}");

    let jetstream = jetstream::new(client.nats.clone());
    let durable = "plansync.v1.cmd.northgate.system.tenant.put";
    let settings = json!({"marking_aid": false, "owner_rule": "keep"}).to_string();
    let sent = jetstream.publish(durable, settings.clone().into()).await;
    let refused = sent.unwrap().await.unwrap_err();
    assert_eq!(refused.kind(), PublishErrorKind::StreamNotFound);

    // Durable commands are taken again when it is back.
    cluster.server(&commands).restart();
    assert_eq!(led(&jetstream, "PLANSYNC_COMMANDS").await, commands);
    client
        .send("system", "tenant.put", settings.as_bytes())
        .await;
    // Events that were published while nobody led the stream were published again.
    let mut event = next(&mut events).await;
    while event.ends_with(".changed") {
        event = next(&mut events).await;
    }
    assert!(event.ends_with(".accepted"), "{event}");
    assert_eq!(engine.terminate(), Some(0));
}

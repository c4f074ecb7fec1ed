//! Two engines, one of another version, and one that does not answer.

use async_nats::Client as Nats;
use futures_util::StreamExt as _;
use plansync_tests::nats::NatsServer;
use serde_json::{Value, json};

use super::world::{World, doctor};

/// Somebody who answers the ping of the service with this, or does not answer it.
async fn respond(nats: &NatsServer, answer: Option<Value>) -> Nats {
    let client = async_nats::connect(nats.url()).await.unwrap();
    let mut pings = client.subscribe("$SRV.PING.plansync").await.unwrap();
    client.flush().await.unwrap();
    let responder = client.clone();
    tokio::spawn(async move {
        while let Some(ping) = pings.next().await {
            if let (Some(answer), Some(reply)) = (&answer, ping.reply) {
                let answer = answer.to_string();
                responder.publish(reply, answer.into()).await.unwrap();
            }
        }
    });
    client
}

/// The answer of an engine.
fn pong(id: &str, version: &str) -> Value {
    json!({
        "type": "io.nats.micro.v1.ping_response", "name": "plansync", "id": id, "version": version,
    })
}

async fn told(nats: &NatsServer) -> super::world::Told {
    let url = nats.url();
    let asked = tokio::task::spawn_blocking(move || doctor(&url, &[]));
    asked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_are_found_and_one_is_not_counted_twice() {
    let world = World::new().await;
    let version = env!("CARGO_PKG_VERSION");
    let _second = respond(&world.nats, Some(pong("another", version))).await;
    let _again = respond(&world.nats, Some(pong("another", version))).await;
    told(&world.nats).await.finds(
        ("engine.answers", "wrong"),
        "there-are-two-engines",
        &[
            "2 engines answer",
            "id another",
            "systemctl disable --now plansync",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_of_another_version_is_told() {
    let nats = NatsServer::start();
    let _engine = respond(&nats, Some(pong("one", "0.0.1"))).await;
    let told = told(&nats).await;
    told.are_ok(&["engine.answers"]);
    let words = ["the engine has version 0.0.1", env!("CARGO_PKG_VERSION")];
    told.finds(("engine.version", "warning"), "upgrade", &words);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_subscribed_and_does_not_answer_is_no_engine() {
    let nats = NatsServer::start();
    let _silent = respond(&nats, None).await;
    told(&nats).await.finds(
        ("engine.answers", "wrong"),
        "no-engine-answers",
        &["no engine answers", "$SRV.PING.plansync"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_is_told_from_one_that_is_gone() {
    let mut world = World::new().await;
    let engine = world.engine.take().unwrap();
    let consumer = "CONSUMER.INFO.PLANSYNC_COMMANDS.plansync-engine";
    let waits = async || world.api(consumer, &json!({})).await["num_waiting"].as_u64();
    while waits().await.is_none_or(|waiting| waiting == 0) {}
    let signal = |name: &str| {
        let pid = engine.pid().to_string();
        let sent = std::process::Command::new("kill")
            .args([name, &pid])
            .status();
        assert!(sent.unwrap().success());
    };
    signal("-STOP");
    let told = told(&world.nats).await;
    signal("-CONT");
    let words = ["seems to hang", "end that engine"];
    told.finds(("engine.answers", "wrong"), "there-are-two-engines", &words);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_says_of_itself_is_told() {
    let world = World::new().await;
    world.edit("PLANSYNC_EVENTS", "no_ack", json!(true)).await;
    let is_told = async || {
        let status = world.client.get("system", "engine.status", json!({})).await;
        status["ready"] == false
    };
    while !is_told().await {}
    let section = "a-stream-was-altered";
    let words = ["streams is not ready", "no_ack"];
    told(&world.nats)
        .await
        .finds(("engine.ready", "wrong"), section, &words);
}

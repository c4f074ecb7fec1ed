//! Two engines, one of another version, and one that does not answer.

use std::sync::{Arc, Mutex};

use async_nats::Client as Nats;
use futures_util::StreamExt as _;
use plansync_tests::nats::NatsServer;
use plansync_tests::waiting::until;
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
        &[
            "no engine answers",
            "$SRV.PING.plansync",
            "an engine that hangs, or another program",
            "systemctl status plansync",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_is_told_from_one_that_is_gone() {
    let mut world = World::new().await;
    let engine = world.engine.take().unwrap();
    let consumer = "CONSUMER.INFO.PLANSYNC_COMMANDS.plansync-engine";
    let waits = async || world.api(consumer, &json!({})).await["num_waiting"].as_u64();
    until(waits, |waiting| waiting.is_some_and(|count| count > 0)).await;
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
    let words = [
        "seems to hang",
        "systemctl status plansync",
        "end it before another one is started",
    ];
    told.finds(("engine.answers", "wrong"), "there-are-two-engines", &words);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_says_of_itself_is_told() {
    let world = World::new().await;
    world.edit("PLANSYNC_EVENTS", "no_ack", json!(true)).await;
    let status = async || world.client.get("system", "engine.status", json!({})).await;
    until(status, |status| status["ready"] == false).await;
    let section = "a-stream-was-altered";
    let words = ["streams is not ready", "no_ack"];
    told(&world.nats)
        .await
        .finds(("engine.ready", "wrong"), section, &words);
}

/// Somebody who answers `engine.status` with what is in there.
async fn tell(nats: &NatsServer, status: &Arc<Mutex<Value>>) -> Nats {
    let client = async_nats::connect(nats.url()).await.unwrap();
    let subject = "plansync.v1.req.*.system.engine.status";
    let mut asked = client.subscribe(subject).await.unwrap();
    client.flush().await.unwrap();
    let (responder, status) = (client.clone(), Arc::clone(status));
    tokio::spawn(async move {
        while let Some(message) = asked.next().await {
            let (to, reply) = (message.reply.unwrap(), status.lock().unwrap().to_string());
            responder.publish(to, reply.into()).await.unwrap();
        }
    });
    client
}

/// The status of an engine that was stopped, which somebody else tells from now on.
async fn told_by_another(world: &mut World) -> (Arc<Mutex<Value>>, Nats) {
    let status = world.client.get("system", "engine.status", json!({})).await;
    world.stop();
    let status = Arc::new(Mutex::new(status));
    let client = tell(&world.nats, &status).await;
    (status, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_answers_requests_answers_though_its_ping_is_lost() {
    let mut world = World::new().await;
    let (_status, _engine) = told_by_another(&mut world).await;
    let _silent = respond(&world.nats, None).await;
    told(&world.nats)
        .await
        .are_ok(&["engine.answers", "engine.ready"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_says_leads_to_the_section_about_it() {
    let mut world = World::new().await;
    let (status, _engine) = told_by_another(&mut world).await;
    let gib = 1_u64 << 30;
    for (urgency, part, free_bytes, open_files, section) in [
        ("warning", "process", gib, 10, "the-engine-is-overloaded"),
        (
            "warning",
            "process",
            gib,
            80,
            "there-are-too-few-file-descriptors",
        ),
        ("not_ready", "log", gib, 10, "the-disk-does-not-answer"),
        ("not_ready", "disk", gib, 10, "the-disk-does-not-answer"),
        ("not_ready", "disk", 1 << 20, 10, "the-disk-is-full"),
        ("not_ready", "nats", gib, 10, "nats-is-gone"),
        ("warning", "relay", gib, 10, "is-it-well"),
        ("not_ready", "consumer", gib, 10, "is-it-well"),
    ] {
        let mut told_next = status.lock().unwrap().clone();
        told_next["problems"] = json!([{"urgency": urgency, "part": part, "message": "see there"}]);
        told_next["process"] = json!({
            "disk_free_bytes": free_bytes, "open_files": open_files, "open_files_max": 100,
        });
        *status.lock().unwrap() = told_next;
        let state = if urgency == "warning" {
            "warning"
        } else {
            "wrong"
        };
        let words = [part, "see there"];
        told(&world.nats)
            .await
            .finds(("engine.ready", state), section, &words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_says_so_once() {
    let mut world = World::new().await;
    let (status, _engine) = told_by_another(&mut world).await;
    let mut next = status.lock().unwrap().clone();
    let parts = next["parts"].as_array_mut().unwrap();
    let problem =
        |part: &Value| json!({"urgency": "not_ready", "part": part["part"], "message": "it stops"});
    let problems: Vec<_> = parts.iter().map(problem).collect();
    for part in parts {
        part["ready"] = json!(false);
    }
    (next["ready"], next["problems"]) = (json!(false), json!(problems));
    *status.lock().unwrap() = next;
    let told = told(&world.nats).await;
    assert_eq!(told.state("engine.ready"), "wrong");
    told.finds(
        ("engine.ready", "wrong"),
        "no-engine-answers",
        &["it stops"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_consumer_is_what_the_engine_says_of_it() {
    let world = World::new().await;
    let pause = "CONSUMER.PAUSE.PLANSYNC_COMMANDS.plansync-engine";
    let far = json!({"pause_until": "2099-01-01T00:00:00Z"});
    world.api(pause, &far).await;
    let status = async || world.client.get("system", "engine.status", json!({})).await;
    until(status, |status| status["ready"] == false).await;
    let words = ["is not ready: the consumer", "paused"];
    let section = "the-consumer-is-paused";
    told(&world.nats)
        .await
        .finds(("engine.ready", "wrong"), section, &words);
}

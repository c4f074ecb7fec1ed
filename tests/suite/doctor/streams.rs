//! What somebody does to streams and consumers is found.

use plansync_tests::engine::Engine;
use plansync_tests::raw::Raw;
use plansync_tests::waiting::until;
use serde_json::json;

use super::world::{World, doctor};

const COMMANDS: &str = "PLANSYNC_COMMANDS";
const OWN: &str = "plansync-engine";

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_altered_is_found() {
    let world = World::new().await;
    world
        .edit(COMMANDS, "max_age", json!(3_600_000_000_000_u64))
        .await;
    let section = "a-stream-was-altered";
    let told = world.doctor();
    told.finds(
        ("streams.commands", "wrong"),
        section,
        &[
            "max_age = 3600s",
            "nats stream edit PLANSYNC_COMMANDS --max-age 0s",
        ],
    );
    told.are_ok(&["streams.events", "streams.consumer"]);
    world.edit(COMMANDS, "max_age", json!(0)).await;
    world.edit("PLANSYNC_EVENTS", "no_ack", json!(true)).await;
    let told = world.doctor();
    told.finds(("streams.events", "wrong"), section, &["no_ack"]);
    told.are_ok(&["streams.commands"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_gone_or_of_another_log_are_found() {
    let mut world = World::new().await;
    world.stop();
    let elsewhere = World::new().await;
    let data = elsewhere.data();
    let told = doctor(&world.nats.url(), &["--data", data.to_str().unwrap()]);
    let section = "a-stream-was-altered";
    told.finds(
        ("streams.commands", "wrong"),
        section,
        &["belong to the log"],
    );
    world.api("STREAM.DELETE.PLANSYNC_EVENTS", &json!({})).await;
    let told = world.doctor();
    told.finds(
        ("streams.events", "warning"),
        section,
        &["there is no stream"],
    );
}

/// Puts a consumer in the place of the engine's, which makes its own again until it comes second.
async fn steal(world: &World) {
    let config = json!({"name": "mine", "durable_name": "mine", "ack_policy": "explicit"});
    let made = json!({"stream_name": COMMANDS, "config": config});
    for _ in 0..1_000 {
        let _removed = world
            .api(&format!("CONSUMER.DELETE.{COMMANDS}.{OWN}"), &json!({}))
            .await;
        let stolen = world
            .api(&format!("CONSUMER.CREATE.{COMMANDS}.mine"), &made)
            .await;
        if stolen["error"].is_null() {
            return;
        }
    }
    panic!("the engine is always first");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_consumer_is_found_beside_an_engine_and_without_one() {
    let mut world = World::new().await;
    steal(&world).await;
    let section = "somebody-elses-consumer-is-on-the-work-queue";
    let told = world.doctor();
    let words = [
        "another consumer \\\"mine\\\"",
        "nats consumer rm PLANSYNC_COMMANDS",
    ];
    told.finds(("streams.other_consumers", "wrong"), section, &words);
    told.finds(("streams.consumer", "wrong"), section, &["has no consumer"]);
    let engine = world.engine.take().unwrap();
    engine.kill();
    let told = world.doctor();
    told.finds(("streams.other_consumers", "wrong"), section, &words);
    told.finds(("streams.consumer", "warning"), "no-engine-answers", &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_and_an_edited_consumer_are_found() {
    let mut world = World::new().await;
    let pause = format!("CONSUMER.PAUSE.{COMMANDS}.{OWN}");
    let far = json!({"pause_until": "2099-01-01T00:00:00Z"});
    world.api(&pause, &far).await;
    let told = world.doctor();
    told.finds(
        ("streams.consumer", "wrong"),
        "the-consumer-is-paused",
        &[
            "is paused",
            "nats consumer resume PLANSYNC_COMMANDS plansync-engine",
        ],
    );
    let body = json!({"marking_aid": true, "owner_rule": "keep"}).to_string();
    world
        .client
        .send("system", "tenant.put", body.as_bytes())
        .await;
    let told = world.doctor();
    told.finds(
        ("streams.waiting", "warning"),
        "the-consumer-is-paused",
        &["1 durable command waits"],
    );
    world.api(&pause, &json!({})).await;
    world.stop();
    let told = world
        .api(&format!("CONSUMER.INFO.{COMMANDS}.{OWN}"), &json!({}))
        .await;
    let mut config = told["config"].clone();
    config["headers_only"] = json!(true);
    let create = format!("CONSUMER.DURABLE.CREATE.{COMMANDS}.{OWN}");
    let body = json!({"stream_name": COMMANDS, "config": config});
    let edited = world.api(&create, &body).await;
    assert!(edited["error"].is_null(), "{edited}");
    let told = world.doctor();
    told.finds(
        ("streams.consumer", "warning"),
        "a-stream-was-altered",
        &["headers_only = true"],
    );
    // It was only looked at.
    let after = world
        .api(&format!("CONSUMER.INFO.{COMMANDS}.{OWN}"), &json!({}))
        .await;
    assert_eq!(after["config"], edited["config"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_be_delivered_is_found_until_an_engine_rejects_it() {
    let mut world = World::new().await;
    world.stop();
    let mut raw = Raw::connect(&world.nats.url(), "_INBOX.raw");
    let subject = b"plansync.v1.cmd.northgate.system.tenant.put";
    let stored = raw.ask(subject, Some(b"NATS/1.0\r\nX: \xff\xfe\r\n\r\n"), b"{}");
    assert!(
        stored.starts_with(b"{\"stream\":\"PLANSYNC_COMMANDS\""),
        "{}",
        stored.escape_ascii()
    );
    let section = "a-command-cannot-be-delivered";
    let told = world.doctor();
    told.finds(
        ("streams.waiting", "warning"),
        section,
        &[
            "cannot be delivered",
            "the value of a header",
            "start the engine",
        ],
    );
    world.engine = Some(Engine::start(&world.nats, &world.data()).await);
    let state = async || world.stream_state(COMMANDS).await;
    until(state, |state| state["messages"] == 0).await;
    world
        .doctor()
        .are_ok(&["streams.waiting", "engine.answers"]);
}

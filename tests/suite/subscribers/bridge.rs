//! `plansync bridge`: every event once, in order, as JSON, whoever is killed.

use std::process::{Child, Stdio};
use std::time::Duration;

use async_nats::jetstream::Message;
use plansync_protocol::event::{CommandRejected, PlanChanged};
use plansync_protocol::{Encoding, decode_known};
use plansync_tests::binary::command;
use plansync_tests::college::found;
use plansync_tests::nats::NatsServer;
use plansync_tests::program::run;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::stage::{Stage, id};

/// A bridge; killed when dropped.
struct Bridge(Child);

impl Bridge {
    fn start(nats: &NatsServer) -> Self {
        let child = command()
            .arg("bridge")
            .env("NATS_URL", nats.url_of("plansync-bridge"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn header<'a>(message: &'a Message, name: &str) -> &'a str {
    message
        .headers
        .as_ref()
        .unwrap()
        .get(name)
        .unwrap()
        .as_str()
}

/// The body of an event as JSON, by its type.
fn typed<T: DeserializeOwned + Serialize>(message: &Message) -> Value {
    let body: T = decode_known(Encoding::MessagePack, &message.payload).unwrap();
    serde_json::to_value(body).unwrap()
}

fn expected(message: &Message) -> Value {
    match header(message, "ce-type") {
        "plansync.v1.plan.changed" => typed::<PlanChanged>(message),
        "plansync.v1.command.rejected" => typed::<CommandRejected>(message),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_there_once_and_in_order_though_bridges_are_killed_and_two_run_at_once() {
    let stage = Stage::set(&[]).await;
    found(&stage.inside, 2, 3).await;
    stage.make_json_stream();
    let count = 4 + 600;
    let sending = stage.events("northgate", 600);
    let killing = async {
        // One of the two at a time, so that the other one stores events while it opens the stream.
        let mut bridges = [Bridge::start(&stage.nats), Bridge::start(&stage.nats)];
        for _ in 0..24 {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(100..300))).await;
            bridges[fastrand::usize(0..2)] = Bridge::start(&stage.nats);
        }
    };
    tokio::join!(sending, killing);
    let _bridge = Bridge::start(&stage.nats);
    let events = stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.>", count)
        .await;
    let json = stage
        .stored("PLANSYNC_EVENTS_JSON", "plansync.v1.evtjson.>", count)
        .await;
    let ids = |messages: &[Message]| messages.iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(&json), ids(&events));
    for (event, json) in events.iter().zip(&json) {
        assert_eq!(
            json.subject.as_str().replace(".evtjson.", ".evt."),
            event.subject.as_str()
        );
        for name in [
            "ce-type",
            "ce-source",
            "ce-time",
            "ce-position",
            "ce-chain",
            "ce-actor",
        ] {
            assert_eq!(header(json, name), header(event, name));
        }
        assert_eq!(header(json, "content-type"), "application/json");
        let body: Value = serde_json::from_slice(&json.payload).unwrap();
        assert_eq!(body, expected(event));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_emptied_is_filled_again() {
    let stage = Stage::set(&[]).await;
    stage.events("northgate", 5).await;
    stage.make_json_stream();
    let jetstream = async_nats::jetstream::new(stage.inside.nats.clone());
    let bridge = Bridge::start(&stage.nats);
    let all = || stage.stored("PLANSYNC_EVENTS_JSON", "plansync.v1.evtjson.>", 5);
    let before: Vec<_> = all().await.iter().map(id).collect();
    drop(bridge);
    let stream = jetstream.get_stream("PLANSYNC_EVENTS_JSON").await;
    stream.unwrap().purge().await.unwrap();
    let _bridge = Bridge::start(&stage.nats);
    let after: Vec<_> = all().await.iter().map(id).collect();
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_to_json_events_is_added_to_their_stream() {
    let stage = Stage::set(&[]).await;
    let add = [
        "add",
        "northgate-json",
        "--tenant",
        "northgate",
        "--events",
        "json",
    ];
    let ended = stage.subscriber(&add);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    let told = "`plansync bridge --make-stream`";
    assert!(ended.err.contains(told), "{ended:?}");
    // The user of the bridge may not make it.
    let ended = run(&stage.nats.url_of("plansync-bridge"), &["bridge"]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains(told), "{ended:?}");
    stage.make_json_stream();
    let _bridge = Bridge::start(&stage.nats);
    stage.events("northgate", 2).await;
    stage.events("southgate", 1).await;
    assert_eq!(stage.done(&add)["added"], true);
    stage
        .stored("PLANSYNC_EVENTS_JSON", "plansync.v1.evtjson.>", 3)
        .await;
    let list = stage.done(&["list"]);
    assert_eq!(list["items"][0]["stream"], "PLANSYNC_EVENTS_JSON");
    assert_eq!(list["items"][0]["lag"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_that_is_not_permitted_says_what_is_missing_and_ends() {
    let stage = Stage::set(&[]).await;
    stage.make_json_stream();
    // A subscriber may neither read the stream, nor subscribe to another inbox than its own.
    for (user, arguments, told) in [
        (
            "northgate-warehouse",
            &["bridge"][..],
            "does not permit this user to publish on $JS.API.STREAM.INFO.PLANSYNC_EVENTS",
        ),
        (
            "plansync-bridge",
            &["bridge", "--inbox-prefix", "MYBOX"],
            "does not permit this user to subscribe to its inbox",
        ),
        (
            "northgate-alice",
            &[
                "subscriber",
                "list",
                "--inbox-prefix",
                "_INBOX.northgate-alice",
            ],
            "does not permit this user to publish on $JS.API.STREAM.INFO.PLANSYNC_EVENTS",
        ),
        (
            "northgate-alice",
            &["subscriber", "list"],
            "does not permit this user to subscribe to its inbox",
        ),
    ] {
        let ended = run(&stage.nats.url_of(user), arguments);
        assert_eq!(ended.code, Some(3), "{user}: {ended:?}");
        assert!(ended.err.contains(told), "{user}: {ended:?}");
    }
}

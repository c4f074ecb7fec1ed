//! Durable commands and their acknowledgement.

use std::sync::Arc;

use plansync_log::Position;
use plansync_nats::{COMMANDS, CommandConsumer, CommandsError};
use plansync_tests::nats::NatsServer;
use plansync_tests::raw::Raw;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fake::FakeEngine;
use super::{filtered, plain, prepared, shared, stored, until};

struct Consuming {
    engine: Arc<FakeEngine>,
    stop: watch::Sender<bool>,
    ended: JoinHandle<Result<(), CommandsError>>,
}

async fn consuming(server: &NatsServer, engine: FakeEngine) -> Consuming {
    let engine = shared(engine);
    let streams = prepared(server).await;
    let filtered = filtered(server).await;
    let consumer = CommandConsumer::open(&streams, &filtered, Arc::clone(&engine))
        .await
        .unwrap();
    let (stop, stopped) = watch::channel(false);
    let ended = tokio::spawn(consumer.run(stopped));
    Consuming {
        engine,
        stop,
        ended,
    }
}

async fn publish(server: &NatsServer, bodies: &[&'static str]) {
    let context = plain(server).await;
    for body in bodies {
        let subject = "plansync.v1.cmd.college.ann.plan.edit";
        context
            .publish(subject, (*body).into())
            .await
            .unwrap()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn commands_are_decided_in_order_and_acknowledged_once_durable() {
    let server = NatsServer::start();
    let consuming = consuming(&server, FakeEngine::durable_to(0)).await;
    publish(&server, &["a", "b", "c"]).await;
    until("all are decided", || async {
        consuming.engine.seen() == ["a", "b", "c"]
    })
    .await;
    let context = plain(&server).await;
    assert_eq!(stored(&context, COMMANDS).await, 3);
    consuming.engine.durable.send_replace(Position::new(2));
    until("two are gone", || async {
        stored(&context, COMMANDS).await == 1
    })
    .await;
    consuming.stop.send_replace(true);
    consuming.engine.durable.send_replace(Position::new(3));
    consuming.ended.await.unwrap().unwrap();
    until("all are gone", || async {
        stored(&context, COMMANDS).await == 0
    })
    .await;
}

#[tokio::test]
async fn a_command_that_must_wait_holds_up_those_behind_it() {
    let server = NatsServer::start();
    let engine = FakeEngine::durable_to(9);
    engine.waiting.lock().unwrap().insert("b".to_owned());
    let consuming = consuming(&server, engine).await;
    publish(&server, &["a", "b", "c"]).await;
    let context = plain(&server).await;
    until("the first is gone", || async {
        stored(&context, COMMANDS).await == 2
    })
    .await;
    assert_eq!(consuming.engine.seen(), ["a"]);
    consuming.engine.waiting.lock().unwrap().clear();
    until("all are decided", || async {
        consuming.engine.seen() == ["a", "b", "c"]
    })
    .await;
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_in_order_and_at_once() {
    let server = NatsServer::start();
    let first = consuming(&server, FakeEngine::durable_to(1)).await;
    publish(&server, &["a", "b", "c"]).await;
    until("all are decided", || async {
        first.engine.seen() == ["a", "b", "c"]
    })
    .await;
    let context = plain(&server).await;
    until("one is gone", || async {
        stored(&context, COMMANDS).await == 2
    })
    .await;
    first.ended.abort();
    let second = consuming(&server, FakeEngine::durable_to(9)).await;
    publish(&server, &["d"]).await;
    until("the rest is decided", || async {
        second.engine.seen() == ["b", "c", "d"]
    })
    .await;
    until("all are gone", || async {
        stored(&context, COMMANDS).await == 0
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_away_is_taken_up_again() {
    let mut server = NatsServer::start();
    let consuming = consuming(&server, FakeEngine::durable_to(9)).await;
    publish(&server, &["a"]).await;
    until("it is decided", || async {
        consuming.engine.seen() == ["a"]
    })
    .await;
    server.restart();
    publish(&server, &["b"]).await;
    until("the next is decided", || async {
        consuming
            .engine
            .seen()
            .last()
            .is_some_and(|last| last == "b")
    })
    .await;
}

#[tokio::test]
async fn a_command_that_crashes_is_set_aside_and_the_next_is_decided() {
    let server = NatsServer::start();
    let consuming = consuming(&server, FakeEngine::durable_to(9)).await;
    publish(&server, &["crash", "b"]).await;
    let expected = ["crash", "set aside 1", "b"];
    until("both are dealt with", || async {
        consuming.engine.seen() == expected
    })
    .await;
    let context = plain(&server).await;
    until("both are gone", || async {
        stored(&context, COMMANDS).await == 0
    })
    .await;
}

#[tokio::test]
async fn a_command_that_cannot_be_delivered_keeps_its_place_and_comes_again_until_it_is_durable() {
    let server = NatsServer::start();
    let first = consuming(&server, FakeEngine::durable_to(0)).await;
    publish(&server, &["a"]).await;
    let mut raw = Raw::connect(&server.url(), "_INBOX.raw");
    let hostile = b"plansync.v1.cmd.college.ann.plan.edit\xe2\x80\x83";
    raw.ask(hostile, Some(b"NATS/1.0\r\nA: b\rc\r\n\r\n"), b"{}");
    publish(&server, &["b"]).await;
    let expected = [
        "a",
        "undeliverable plansync.v1.cmd.college.ann.plan.edit\\xe2\\x80\\x83",
        "b",
    ];
    until("all are decided", || async {
        first.engine.seen() == expected
    })
    .await;
    first.ended.abort();
    let second = consuming(&server, FakeEngine::durable_to(9)).await;
    until("all are decided again", || async {
        second.engine.seen() == expected
    })
    .await;
    let context = plain(&server).await;
    until("all are gone", || async {
        stored(&context, COMMANDS).await == 0
    })
    .await;
}

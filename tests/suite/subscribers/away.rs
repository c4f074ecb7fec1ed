//! A subscriber that is killed at random, and one that was away.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use futures_util::StreamExt as _;

use super::stage::{PATIENCE, Stage, WAREHOUSE, consumer, id};

/// What the subscriber has done with its events: its own store, which outlives it.
#[derive(Default)]
struct Done {
    /// Every event that it has handled.
    handled: BTreeSet<String>,
    /// How often an event arrived that was handled before.
    repeats: usize,
}

/// Handles events as they come, until it is killed.
async fn handle(consumer: PullConsumer, done: Arc<Mutex<Done>>) {
    let mut messages = consumer.messages().await.unwrap();
    while let Some(Ok(message)) = messages.next().await {
        let is_new = done.lock().unwrap().handled.insert(id(&message));
        if !is_new {
            done.lock().unwrap().repeats += 1;
        }
        // Here it may be killed: the event is handled and not acknowledged.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..4))).await;
        message.ack().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_is_killed_at_random_handles_every_event() {
    let stage = Stage::set(&["--events", "json"]).await;
    let add = ["add", WAREHOUSE, "--tenant", "northgate", "--ack-wait", "1"];
    stage.done(&add);
    let count = 300;
    let done = Arc::new(Mutex::new(Done::default()));
    let sending = stage.events("northgate", count);
    let killing = async {
        let handled = || done.lock().unwrap().handled.len();
        let mut kills = 0;
        while handled() < count || kills < 5 {
            let consumer = consumer(&stage.nats, WAREHOUSE, "PLANSYNC_EVENTS").await;
            let subscriber = tokio::spawn(handle(consumer, Arc::clone(&done)));
            let lives = Duration::from_millis(fastrand::u64(20..400));
            tokio::time::sleep(lives).await;
            subscriber.abort();
            kills += 1;
        }
    };
    let both = async { tokio::join!(sending, killing) };
    let both = Box::pin(both);
    tokio::time::timeout(PATIENCE * 2, both).await.unwrap();
    let subjects = "plansync.v1.evt.northgate.>";
    let stored = stage.stored("PLANSYNC_EVENTS", subjects, count).await;
    let stored: BTreeSet<_> = stored.iter().map(id).collect();
    assert_eq!(done.lock().unwrap().handled, stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_was_away_misses_nothing_though_both_servers_were_down() {
    let mut stage = Stage::set(&["--events", "json"]).await;
    stage.done(&[
        "add",
        WAREHOUSE,
        "--tenant",
        "northgate",
        "--kinds",
        "command.rejected",
    ]);
    stage.events("northgate", 3).await;
    stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.northgate.>", 3)
        .await;
    let before = consumer(&stage.nats, WAREHOUSE, "PLANSYNC_EVENTS").await;
    let mut fetched = before.fetch().max_messages(2).messages().await.unwrap();
    let mut seen = Vec::new();
    while let Some(message) = fetched.next().await {
        let message = message.unwrap();
        seen.push(id(&message));
        message.double_ack().await.unwrap();
    }
    drop(before);
    stage.engine.kill();
    stage.nats.restart();
    let url = stage.nats.url_of("plansync");
    let engine =
        plansync_tests::engine::Engine::start_at(&url, stage.data.path(), &["--events", "json"]);
    let engine = engine.await;
    let inside = plansync_tests::client::Client::connect_as(&stage.nats, "plansync").await;
    let stage = Stage {
        inside,
        engine,
        ..stage
    };
    stage.events("northgate", 4).await;
    let after = consumer(&stage.nats, WAREHOUSE, "PLANSYNC_EVENTS").await;
    let mut messages = after.messages().await.unwrap().take(5);
    let reading = async {
        while let Some(message) = messages.next().await {
            let message = message.unwrap();
            seen.push(id(&message));
            message.double_ack().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    let stored = stage
        .stored("PLANSYNC_EVENTS", "plansync.v1.evt.northgate.>", 7)
        .await;
    assert_eq!(seen, stored.iter().map(id).collect::<Vec<_>>());
    assert_eq!(stage.done(&["list"])["items"][0]["pending"], 0);
}

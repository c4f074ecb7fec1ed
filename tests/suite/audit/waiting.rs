//! Reads that wait at the end of the log.

use std::time::Duration;

use plansync_tests::client::Client;
use plansync_tests::college::{component, target};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::world::{World, number, read};

/// More than there are threads for heavy requests.
const READERS: usize = 100;

async fn end(client: &Client) -> u64 {
    let page = read(client, 1, 0, 1_000).await;
    let tip = number(&page, "tip");
    assert_eq!(number(&page, "next"), tip + 1);
    tip + 1
}

/// Readers who wait for a position, and have been received.
async fn waiting(client: &Client, from: u64) -> Vec<JoinHandle<Value>> {
    let readers = (0..READERS).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { read(&client, from, 30_000, 10).await })
    });
    let readers: Vec<_> = readers.collect();
    client.nats.flush().await.unwrap();
    readers
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_who_wait_occupy_no_thread_and_get_what_comes() {
    let world = World::new().await;
    let client = &world.client;
    let from = end(client).await;
    let readers = waiting(client, from).await;
    // These are heavy, too: if the readers had the threads, they would be answered after the waits.
    for _ in 0..20 {
        client.get("sam", "learner.list", json!({})).await;
    }
    assert!(readers.iter().all(|reader| !reader.is_finished()));
    let edits = json!([{"op": "change", "component": component(0), "set": {"name": "New"}}]);
    let edit = json!({"learner": target(0), "edits": edits});
    let position = number(&client.get("sam", "plan.edit", edit).await, "position");
    for reader in readers {
        let page = reader.await.unwrap();
        assert_eq!(number(&page["items"][0], "position"), position);
        assert_eq!(number(&page, "next"), position + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_waited_long_enough_gets_an_empty_page() {
    let world = World::new().await;
    let from = end(&world.client).await;
    let page = read(&world.client, from, 50, 10).await;
    assert_eq!((&page["items"], number(&page, "next")), (&json!([]), from));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_ends_answers_those_who_wait() {
    let world = World::new().await;
    let from = end(&world.client).await;
    let readers = waiting(&world.client, from).await;
    let page = read(&world.client, from, 0, 10).await;
    assert_eq!(number(&page, "next"), from);
    let ended = tokio::task::spawn_blocking(|| world.engine.terminate());
    for reader in readers {
        let answered = tokio::time::timeout(Duration::from_secs(25), reader).await;
        assert_eq!(answered.unwrap().unwrap()["items"], json!([]));
    }
    assert_eq!(ended.await.unwrap(), Some(0));
}

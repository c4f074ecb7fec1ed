//! A disk whose sync fails, under the real engine: it ends, says so, and loses nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plansync_tests::binary::plansync_on_a_bad_disk;
use plansync_tests::client::Client;
use plansync_tests::college::{SOURCE, bulky_edit, found};
use plansync_tests::engine::{Engine, wait_until_ready};
use plansync_tests::nats::NatsServer;
use plansync_tests::waiting::until;
use serde_json::json;

use super::world::serve;

/// Starts an engine on a disk that is as bad as a file says; what it says itself goes to another.
async fn serve_badly(nats: &NatsServer, data: &Path, how_bad: &Path, said: &Path) -> Engine {
    let child = Command::new(plansync_on_a_bad_disk())
        .args(["serve", "--nats-url", &nats.url(), "--data"])
        .arg(data)
        .env("PLANSYNC_BAD_DISK", how_bad)
        .stdin(Stdio::null())
        .stderr(std::fs::File::create(said).unwrap())
        .spawn()
        .unwrap();
    let engine = Engine::of(child);
    wait_until_ready(&nats.url()).await;
    engine
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_slow_disk_edits_wait_while_what_is_durable_is_read() {
    let nats = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let how_bad = path("how-bad");
    let engine = serve_badly(&nats, &path("data"), &how_bad, &path("said")).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;

    std::fs::write(&how_bad, "2000").unwrap();
    let edited = Instant::now();
    let editing = client.clone();
    let edit = tokio::spawn(async move {
        editing
            .get("alice", "plan.edit", bulky_edit(SOURCE, 1))
            .await
    });
    let asked = json!({"learner": SOURCE});
    while edited.elapsed() < Duration::from_secs(1) {
        let plan = client.get("alice", "plan.get", asked.clone()).await;
        assert_eq!(plan["version"], 1, "what is not durable is not shown");
    }
    assert!(!edit.is_finished());
    assert_eq!(edit.await.unwrap()["version"], 2);
    std::fs::remove_file(&how_bad).unwrap();
    client
        .get("alice", "plan.edit", bulky_edit(SOURCE, 2))
        .await;
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_hangs_is_told_of_while_it_does_and_when_the_engine_is_to_end() {
    let nats = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (data, how_bad, said) = (path("data"), path("how-bad"), path("said"));
    let engine = serve_badly(&nats, &data, &how_bad, &said).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    let lines = async || std::fs::read_to_string(&said).unwrap();

    std::fs::write(&how_bad, "hang").unwrap();
    let edit = bulky_edit(SOURCE, 1);
    let patience = Duration::from_millis(200);
    let unanswered = client
        .try_ask("alice", "plan.edit", edit.clone(), patience)
        .await;
    assert_eq!(unanswered, None, "what is not durable is not acknowledged");
    let waits = "WARN a write to the log has been waiting for the disk for 1";
    until(lines, |said| said.contains(waits)).await;
    std::fs::write(&how_bad, "0").unwrap();
    let goes_on = "INFO the disk answers again, and what waited for it is written";
    until(lines, |said| said.contains(goes_on)).await;

    std::fs::write(&how_bad, "hang").unwrap();
    let edit = bulky_edit(SOURCE, 2);
    let unanswered = client.try_ask("alice", "plan.edit", edit, patience).await;
    assert_eq!(unanswered, None);
    engine.ask_to_end();
    let held_up = "WARN the disk with the log does not answer: what waits for it is not answered";
    until(lines, |said| said.contains(held_up)).await;
    std::fs::write(&how_bad, "0").unwrap();
    assert_eq!(engine.ended(), Some(0));
    let said = lines().await;
    assert!(!said.contains("NATS is not reachable"), "{said}");

    // What waited is there, though nobody was told.
    let _engine = serve(&nats, &data).await;
    let asked = json!({"learner": SOURCE});
    assert_eq!(client.get("alice", "plan.get", asked).await["version"], 3);
    let page = include_str!("../../../docs/runbook.md");
    let quoted = "a write to the log has been waiting for the disk for … s";
    assert!(page.contains(quoted), "the runbook does not know the line");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sync_ends_the_engine_and_nothing_acknowledged_is_lost() {
    let nats = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (data, how_bad, said) = (path("data"), path("how-bad"), path("said"));
    let engine = serve_badly(&nats, &data, &how_bad, &said).await;
    let client = Client::connect(&nats).await;
    found(&client, 1, 0).await;
    for round in 1..=20 {
        client
            .get("alice", "plan.edit", bulky_edit(SOURCE, round))
            .await;
    }
    let history = json!({"learner": SOURCE, "page_size": 500});
    let before = client.get("alice", "plan.history", history.clone()).await;

    std::fs::write(&how_bad, "fail").unwrap();
    let edit = bulky_edit(SOURCE, 21);
    let patience = Duration::from_millis(500);
    let unanswered = client
        .try_ask("alice", "plan.edit", edit.clone(), patience)
        .await;
    assert_eq!(unanswered, None, "what is not durable is not acknowledged");
    assert_eq!(engine.ended(), Some(5));
    let said = std::fs::read_to_string(&said).unwrap();
    let last = said.lines().last().unwrap();
    let expected = "plansync: the writer failed: the log can no longer be written; everything that was acknowledged is kept: check the disk and start again: the log could not be \
                    written: syncing the journal failed; stop, check the disk, and start again: \
                    the disk is gone";
    assert_eq!(last, expected);

    let _engine = serve(&nats, &data).await;
    let after = client.get("alice", "plan.history", history).await;
    let (before, after) = (&before["items"], &after["items"]);
    let count = before.as_array().unwrap().len();
    assert_eq!(
        after.as_array().unwrap()[..count],
        before.as_array().unwrap()[..]
    );
    // Whether the last edit arrived is open; sent again it is done once.
    let again = client.get("alice", "plan.edit", edit).await;
    assert_eq!(again["version"], json!(count + 1));
}

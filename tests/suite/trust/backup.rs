//! Backup and restore, end to end: a restored log answers as before, and goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plansync_tests::client::Client;
use plansync_tests::college::{bulky_edit, target};
use plansync_tests::nats::NatsServer;
use plansync_tests::program::{Ended, on_folder, run};
use serde_json::{Value, json};

use super::queries::all_answers;
use super::world::{World, again, names, serve, world};

/// The backup, and a copy of the keys, which are not in it.
fn back_up(world: &World) -> Ended {
    let (file, keys) = (world.path("log.backup"), world.path("keys"));
    let files = [file.to_str().unwrap(), "--keys", keys.to_str().unwrap()];
    on_folder(&["backup"], &world.data(), &files)
}

fn restore(world: &World, into: &str, more: &[&str]) -> Ended {
    let (file, keys) = (world.path("log.backup"), world.path("keys"));
    let (file, keys) = (file.to_str().unwrap(), keys.to_str().unwrap());
    let command = ["restore", file, "--keys", keys];
    on_folder(&command, &world.path(into), more)
}

/// Edits one plan over and over until told to stop, and gives how often.
async fn keep_editing(client: Client, stop: Arc<AtomicBool>) -> u64 {
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        round += 1;
        let edit = bulky_edit(target(2), round);
        client.get("alice", "plan.edit", edit).await;
    }
    round
}

async fn history(client: &Client) -> Vec<Value> {
    let mut items = Vec::new();
    loop {
        let from = items.len() + 1;
        let asked = json!({"learner": target(2), "from_version": from, "page_size": 40});
        let page = client.get("alice", "plan.history", asked).await["items"].clone();
        items.extend_from_slice(page.as_array().unwrap());
        if items.len() < from + 39 {
            return items;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_backed_up_under_edits_and_restored_answers_every_query_as_before() {
    let mut world = world().await;
    let stop = Arc::new(AtomicBool::new(false));
    let editing = tokio::spawn(keep_editing(world.client.clone(), Arc::clone(&stop)));
    while history(&world.client).await.len() < 80 {
        tokio::task::yield_now().await;
    }
    let before = all_answers(&world.client, &world).await;
    let acknowledged = history(&world.client).await.len();
    let backup = back_up(&world);
    assert_eq!(backup.code, Some(0), "{backup:?}");
    stop.store(true, Ordering::Relaxed);
    editing.await.unwrap();
    let edited = history(&world.client).await;
    world.stop();

    let restored = restore(&world, "restored", &[]);
    let mut expected = backup.json();
    expected["incarnation"] = json!(2);
    for field in ["log", "incarnation", "position", "chain"] {
        assert_eq!(restored.json()[field], expected[field], "{field}");
    }
    let engine = serve(&world.nats, &world.path("restored")).await;
    assert_eq!(all_answers(&world.client, &world).await, before);
    let kept = history(&world.client).await;
    assert!(kept.len() >= acknowledged, "an acknowledged edit is lost");
    assert_eq!(kept, edited[..kept.len()]);
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_goes_on_in_the_same_stream_and_in_an_empty_one() {
    let mut world = world().await;
    assert_eq!(back_up(&world).code, Some(0));
    let lost = world
        .client
        .get("alice", "plan.edit", bulky_edit(target(0), 1))
        .await;
    let published = names(&world.client, 1, &lost).await;
    world.stop();
    assert_eq!(restore(&world, "restored", &[]).code, Some(0));

    let engine = serve(&world.nats, &world.path("restored")).await;
    let edit = world
        .client
        .get("alice", "plan.edit", bulky_edit(target(1), 2))
        .await;
    // The position is that of the edit that was lost, and the name is not.
    assert_eq!(edit["position"], lost["position"]);
    let now = names(&world.client, 2, &edit).await;
    let url = world.nats.url();
    let witnessed = on_folder(
        &["audit", "verify"],
        &world.path("restored"),
        &["--nats-url", &url],
    );
    let (count, said) = (published.len(), witnessed.json());
    let expected = json!({"messages": count + 1, "agreeing": count});
    assert_eq!((witnessed.code, &said["events"]), (Some(0), &expected));
    let new = published.last().unwrap().replace(".1/", ".2/");
    assert_eq!(now, [published.clone(), vec![new.clone()]].concat());
    assert_eq!(engine.terminate(), Some(0));

    let empty = NatsServer::start();
    let _engine = serve(&empty, &world.path("restored")).await;
    let client = Client::connect(&empty).await;
    let filled = names(&client, 2, &edit).await;
    let inherited = published[..published.len() - 1].to_vec();
    assert_eq!(filled, [inherited, vec![new]].concat());
    let repeat = client.get("alice", "plan.edit", again()).await;
    assert_eq!(repeat["duplicate"], true);
}

/// Both would answer requests, each with a log of its own, until their events meet in the stream.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_is_not_served_beside_the_one_that_was_backed_up() {
    let world = world().await;
    assert_eq!(back_up(&world).code, Some(0));
    assert_eq!(restore(&world, "restored", &[]).code, Some(0));
    let data = world.path("restored");
    let beside = run(
        &world.nats.url(),
        &["serve", "--data", data.to_str().unwrap()],
    );
    let last = beside.err.lines().chain(beside.out.lines());
    let said = last.filter(|line| line.starts_with("plansync: "));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "plansync: another engine already serves on this NATS account, and requests would be divided between two data folders; nothing was changed: stop the other engine first, or use another NATS account"
        ]
    );
    assert_eq!(beside.code, Some(4));
    let repeat = world.client.get("alice", "plan.edit", again()).await;
    assert_eq!(repeat["duplicate"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_to_a_position_has_what_was_there_and_nothing_after_it() {
    let mut world = world().await;
    let client = &world.client.clone();
    let first = client
        .get("alice", "plan.edit", bulky_edit(target(2), 1))
        .await;
    client
        .get("alice", "plan.edit", bulky_edit(target(2), 2))
        .await;
    let last = back_up(&world).json()["position"].clone();
    let expected = history(client).await;
    world.stop();

    let beyond = restore(&world, "beyond", &["--to-position", "999999"]);
    assert_eq!(beyond.code, Some(2));
    let message = format!(
        "the backup ends at position {last}, so the log cannot be restored up to position 999999; choose a position up to {last}"
    );
    assert_eq!(error(&beyond.err)["message"], message.as_str());
    assert!(!world.path("beyond").exists());

    let to = first["position"].to_string();
    let restored = restore(
        &world,
        "earlier",
        &["--to-position", &to, "--incarnation", "7"],
    );
    assert_eq!(restored.json()["position"], first["position"]);
    assert_eq!(restored.json()["incarnation"], 7);
    let again = restore(&world, "earlier", &[]);
    assert_eq!(again.code, Some(2), "{again:?}");
    let _engine = serve(&world.nats, &world.path("earlier")).await;
    let kept = history(client).await;
    assert_eq!(kept, expected[..expected.len() - 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_writes_over_nothing_and_of_nothing() {
    let world = world().await;
    assert_eq!(back_up(&world).code, Some(0));
    let again = back_up(&world);
    assert_eq!(again.code, Some(2), "{again:?}");
    let (file, data) = (world.path("other.backup"), world.path("nothing"));
    let nothing = on_folder(&["backup"], &data, &[file.to_str().unwrap()]);
    assert_eq!(nothing.code, Some(4), "{nothing:?}");
    assert!(!file.exists());
    let no_backup = on_folder(
        &["restore", world.data().join("MANIFEST").to_str().unwrap()],
        &data,
        &[],
    );
    assert_eq!(no_backup.code, Some(4));
    assert_eq!(
        error(&no_backup.err)["message"],
        "this file is not a backup of a log; give a file that `plansync backup` wrote"
    );
    assert!(!data.exists());
}

/// The error that stands on the error stream, where the output is JSON.
fn error(line: &str) -> Value {
    serde_json::from_str::<Value>(line).unwrap()["error"].clone()
}

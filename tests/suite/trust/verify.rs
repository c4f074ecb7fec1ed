//! `plansync audit`: what is whole is said to be whole, and what is not is found.

use std::path::{Path, PathBuf};

use plansync_tests::program::{Ended, on_folder, run};
use serde_json::{Value, json};

use super::queries::all_answers;
use super::world::{serve, world};

fn verify(data: &Path) -> Ended {
    on_folder(&["audit", "verify"], data, &[])
}

/// Flips one bit in the middle of what a file holds.
fn flip(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end / 2] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

fn kinds(ended: &Ended) -> Vec<Value> {
    let findings = ended.json()["findings"].clone();
    let findings = findings.as_array().unwrap();
    let kinds = findings.iter().map(|found| found["kind"].clone());
    kinds.filter(|kind| kind != "note").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_log_is_whole_while_the_engine_runs_and_after() {
    let mut world = world().await;
    world.fill_volumes().await;
    let url = world.nats.url();
    let data = world.data();
    let running = on_folder(&["audit", "verify"], &data, &["--nats-url", &url]);
    assert_eq!(running.code, Some(0), "{running:?}");
    let said = running.json();
    assert_eq!(
        (&said["whole"], &said["in_use"], &said["incarnation"]),
        (&json!(true), &json!(true), &json!(1))
    );
    assert_eq!(said["events"]["agreeing"], said["events"]["messages"]);
    assert!(said["events"]["messages"].as_u64().unwrap() > 160);
    let reindexing = on_folder(&["audit", "reindex"], &data, &[]);
    assert_eq!(reindexing.code, Some(4), "{reindexing:?}");
    world.stop();

    let stopped = run(&url, &["audit", "verify", "--data", data.to_str().unwrap()]);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(
        stopped.out.ends_with("The log is whole.\n"),
        "{}",
        stopped.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_a_sealed_volume_or_in_the_journal_is_found_and_told() {
    let mut world = world().await;
    world.fill_volumes().await;
    world.stop();
    let volumes = world.data().join("volumes");
    let sealed = volumes.join("00000001/commits/db");
    let entries = std::fs::read_dir(&volumes).unwrap();
    let journals = entries.map(|entry| entry.unwrap().path().join("journal"));
    let active: PathBuf = journals.filter(|path| path.exists()).min().unwrap();
    for file in [&sealed, &active] {
        let before = std::fs::read(file).unwrap();
        flip(file);
        let ended = verify(&world.data());
        assert_eq!(ended.code, Some(4), "{ended:?}");
        assert_eq!(ended.json()["whole"], false);
        let path = file
            .ancestors()
            .find(|path| path.parent() == Some(&volumes));
        let path = path.unwrap().to_str().unwrap();
        let found = &ended.json()["findings"][0];
        assert_eq!(found["kind"], "damage");
        assert!(found["path"].as_str().unwrap().starts_with(path), "{found}");
        assert!(
            found["remedy"].as_str().unwrap().contains("backup"),
            "{found}"
        );
        std::fs::write(file, before).unwrap();
    }
    assert_eq!(verify(&world.data()).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_derived_is_made_again_and_no_answer_changes() {
    let mut world = world().await;
    world.fill_volumes().await;
    let before = all_answers(&world.client, &world).await;
    world.stop();
    let derived = world.data().join("volumes/00000001/derived");
    flip(&derived);
    let ended = verify(&world.data());
    assert_eq!(
        (ended.code, kinds(&ended)),
        (Some(4), vec![json!("derived")])
    );

    let reindexed = on_folder(&["audit", "reindex"], &world.data(), &[]);
    assert_eq!(reindexed.code, Some(0), "{reindexed:?}");
    assert_eq!(reindexed.json()["rewritten"], 1);
    assert_eq!(verify(&world.data()).code, Some(0));
    let _engine = serve(&world.nats, &world.data()).await;
    assert_eq!(all_answers(&world.client, &world).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_the_relay_that_the_engine_would_refuse_is_found() {
    let mut world = world().await;
    world.stop();
    let cursor = world.data().join("RELAY");
    flip(&cursor);
    let ended = verify(&world.data());
    assert_eq!(
        (ended.code, kinds(&ended)),
        (Some(4), vec![json!("derived")])
    );
    assert_eq!(
        ended.json()["findings"][0]["remedy"],
        "remove it, to go on from the last event in the stream"
    );
    std::fs::remove_file(&cursor).unwrap();
    assert_eq!(verify(&world.data()).code, Some(0));
    let _engine = serve(&world.nats, &world.data()).await;
}

#[test]
fn a_folder_without_a_log_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let ended = verify(folder.path());
    assert_eq!(ended.code, Some(4));
    assert_eq!(ended.json()["findings"][0]["what"], "there is no log in it");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

//! `plansync audit check`: a log that is right is told to be, in a folder and in a backup, with and without a running
//! engine; a checkpoint that says something else than the commits is found. And `audit what-if` beside it.

use std::collections::BTreeSet;
use std::path::Path;

use plansync_log::backend::Backend as _;
use plansync_log::sealing::{Leaf, Opened};
use plansync_log::{Checkpoint, Checkpoints as _};
use plansync_sled::{CheckpointFolder, Options, SledBackend};
use plansync_tests::program::{Ended, on_folder, run_in};
use serde_json::{Value, json};

use super::world::world;

fn check(data: &Path) -> Ended {
    on_folder(&["audit", "check"], data, &[])
}

/// Puts another checkpoint into a folder, whose checksums are right.
fn plant(data: &Path, change: impl Fn(&str) -> String) {
    let backend = SledBackend::new(data, Options::default());
    let log = backend.inspect().unwrap().tip().log;
    let checkpoints = CheckpointFolder::open(data, log).unwrap();
    let newest = checkpoints.newest().unwrap().unwrap();
    // What is stored is sealed with a key of the log's own, which is destroyed at the next erasure.
    let keys = backend.keys().unwrap();
    let (head, sealed) = newest.state.split_at(1 + 8);
    let leaf = Leaf::of(&[b"state", &head[1..]]);
    let Opened::Text(opened) = keys.open(&leaf, b"state", sealed).unwrap() else {
        panic!("the checkpoint cannot be read");
    };
    let mut state = rmpv::decode::read_value(&mut opened.as_slice()).unwrap();
    rename(&mut state, &change);
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &state).unwrap();
    let head = head.to_vec();
    let head = head.as_slice();
    let changed = Checkpoint {
        state: [head, &keys.seal(&leaf, b"state", &bytes).unwrap()].concat(),
        ..newest
    };
    checkpoints.write(&changed, &BTreeSet::new()).unwrap();
}

/// Changes every text in a state.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that are no text and hold none"
)]
fn rename(value: &mut rmpv::Value, change: &impl Fn(&str) -> String) {
    match value {
        rmpv::Value::Map(entries) => {
            for (_, value) in entries {
                rename(value, change);
            }
        }
        rmpv::Value::Array(elements) => {
            for value in elements {
                rename(value, change);
            }
        }
        rmpv::Value::String(text) => *text = change(text.as_str().unwrap()).into(),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_checked_beside_an_engine_after_it_and_in_a_backup() {
    let mut world = world().await;
    world.fill_volumes().await;
    // What became of a durable command is a commit with the id of the command, also if it changed nothing.
    let mut settled = world.client.listen("command.>").await;
    let settings = json!({"marking_aid": true, "owner_rule": "keep"}).to_string();
    for _ in 0..2 {
        world
            .client
            .send("system", "tenant.put", settings.as_bytes())
            .await;
        assert_eq!(settled.next().await.0, "accepted");
    }
    let data = world.data();
    let running = check(&data);
    assert_eq!(running.code, Some(0), "{running:?}");
    assert_eq!(running.json()["difference"], Value::Null);
    let backup = world.path("backup");
    let backup = backup.to_str().unwrap();
    assert_eq!(on_folder(&["backup"], &data, &[backup]).code, Some(0));
    world.stop();
    let stopped = check(&data);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    let stopped = stopped.json();
    let commits = stopped["commits"].as_u64().unwrap();
    assert!(commits > 160, "{stopped}");
    assert_eq!(
        (&stopped["plans"], &stopped["lookups"]),
        (&json!(4), &json!(2 * commits))
    );
    let nowhere = [("NATS_URL", "nats://127.0.0.1:1")];
    let archived = run_in(
        &nowhere,
        &["audit", "check", "--backup", backup, "--output", "json"],
    );
    assert_eq!(
        (archived.code, &archived.json()["commits"]),
        (Some(0), &stopped["commits"])
    );
    let told = run_in(
        &nowhere,
        &["audit", "check", "--data", data.to_str().unwrap()],
    );
    assert!(
        told.out
            .starts_with(&format!("Replayed {commits} commits: 4 plans")),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_is_whole_and_wrong_is_found_and_made_again() {
    let mut world = world().await;
    world.stop();
    let data = world.data();
    plant(&data, |text| text.replace("Business", "Pleasure"));
    // Its bytes are right.
    assert_eq!(on_folder(&["audit", "verify"], &data, &[]).code, Some(0));
    let wrong = check(&data);
    assert_eq!(wrong.code, Some(4), "{wrong:?}");
    let difference = &wrong.json()["difference"];
    assert_eq!(
        (&difference["kind"], &difference["version"]),
        (&json!("state"), &json!(2))
    );
    let stream = difference["stream"].as_str().unwrap();
    assert!(stream.contains("programme"), "{difference}");
    assert!(difference["position"].as_u64().unwrap() > 0, "{difference}");
    let remedy = difference["remedy"].as_str().unwrap();
    assert!(remedy.contains("plansync audit reindex"), "{remedy}");
    assert_eq!(on_folder(&["audit", "reindex"], &data, &[]).code, Some(0));
    assert_eq!(check(&data).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sync_would_have_decided_is_the_same_from_a_folder_and_the_service() {
    let mut world = world().await;
    let sync = world.sync.as_str().unwrap().to_owned();
    let (data, url) = (world.data(), world.nats.url());
    let data = data.to_str().unwrap();
    let ask = |change: &[&str], place: &[&str]| {
        let who = ["--tenant", "northgate", "--as", "sam"];
        let words = [&["audit", "what-if", &sync], change, &who, place].concat();
        run_in(&[("NATS_URL", &url)], &words)
    };
    let json = ["--output", "json"];
    let without = [
        "--without",
        "supervisor",
        "--without",
        "advanced_delivery_edit",
    ];
    let changed = [&without[..], &json].concat();
    let online = ask(&changed, &[]);
    assert_eq!(online.code, Some(0), "{online:?}");
    let items = online.json()["items"].as_array().unwrap().len();
    assert!(items > 0, "{online:?}");
    assert_eq!(ask(&changed, &["--data", data]), online);
    assert_eq!(ask(&json, &[]).json()["items"], json!([]));
    let told = ask(&without, &[]);
    assert!(
        told.out
            .contains("the administrator may not edit components"),
        "{told:?}"
    );
    let nothing = ask(&[], &["--data", data]);
    assert_eq!(nothing.out, "Nothing would have been decided otherwise.\n");
    for wrong in [
        &["--without", "flying"][..],
        &["--with", "supervisor", "--without", "supervisor"],
    ] {
        let refused = ask(wrong, &[]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
    world.stop();
}

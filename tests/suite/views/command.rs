//! `plansync request --data` and `--backup`: what they print, refuse, and leave behind.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use plansync_tests::binary::command;
use plansync_tests::college::{SOURCE, target};
use plansync_tests::program::{Ended, exit_code, on_folder, run, run_in};
use serde_json::json;

use super::questions::questions;
use super::world::{RANDOM, World};

/// Asks without a NATS server.
fn offline(arguments: &[&str]) -> Ended {
    run_in(&[("NATS_URL", "nats://127.0.0.1:1")], arguments)
}

fn request<'a>(operation: &'a str, body: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let format = ["--output", "json"];
    [&["request", operation, body], &format[..], more].concat()
}

fn backed_up(world: &World) -> String {
    let backup = world.backup().to_str().unwrap().to_owned();
    let ended = on_folder(&["backup"], &world.data(), &[&backup]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    backup
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_prints_the_same_from_the_service_a_folder_and_a_backup() {
    let mut world = World::random(12).await;
    let (data, url) = (world.data(), world.nats.url());
    let (data, backup) = (data.to_str().unwrap(), backed_up(&world));
    // One question for each operation, of those that are answered.
    let (mut known, mut asked) = (BTreeSet::new(), Vec::new());
    for (actor, operation, body) in questions(&world.asked) {
        if known.contains(&operation.as_str()) {
            continue;
        }
        let client = world.client.of_tenant(RANDOM);
        if client
            .ask(&actor, operation.as_str(), body.clone())
            .await
            .is_ok()
        {
            known.insert(operation.as_str());
            asked.push((actor, operation.as_str(), body.to_string()));
        }
    }
    // A refusal is the same, too.
    let nobody = (
        "nobody".to_owned(),
        "plan.get",
        json!({ "learner": SOURCE }).to_string(),
    );
    asked.push(nobody);
    let mut printed = Vec::new();
    for (actor, operation, body) in &asked {
        let who = ["--tenant", RANDOM, "--as", actor];
        let online = run(&url, &request(operation, body, &who));
        let beside = [&who[..], &["--data", data]].concat();
        assert_eq!(
            offline(&request(operation, body, &beside)),
            online,
            "{operation}"
        );
        printed.push(online);
    }
    world.stop();
    for ((actor, operation, body), printed) in asked.iter().zip(&printed) {
        let keys = format!("{data}/KEYS");
        for place in [
            &["--data", data][..],
            &["--backup", &backup, "--keys", &keys],
        ] {
            let more = [&["--tenant", RANDOM, "--as", actor][..], place].concat();
            let ended = offline(&request(operation, body, &more));
            assert_eq!(ended, *printed, "{operation} {place:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tenant_and_actor_may_be_left_out_and_nothing_is_changed_or_left_behind() {
    let mut world = World::random(13).await;
    world.stop();
    let data = world.data();
    let temporary = world.folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let before = files(&data);
    let (shown, place) = (temporary.to_str().unwrap(), data.to_str().unwrap());
    let ask = |arguments: &[&str]| run_in(&[("TMPDIR", shown)], arguments);
    // There are two tenants.
    let which = ask(&request("tenant.get", "{}", &["--data", place]));
    assert_eq!(which.code, Some(2), "{which:?}");
    assert!(
        which
            .err
            .contains("add `--tenant` with one of them: acme, northgate"),
        "{which:?}"
    );
    let body = json!({ "learner": SOURCE, "at_version": 1 }).to_string();
    let one = ["--data", place, "--tenant", "northgate"];
    let plan = ask(&request("plan.get", &body, &one));
    assert_eq!(plan.code, Some(0), "{plan:?}");
    assert_eq!(plan.json()["version"], 1);
    let command = json!({ "learner": target(0), "edits": [] }).to_string();
    let refused = ask(&request("plan.edit", &command, &one));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.err.contains("`plan.edit` changes something"),
        "{refused:?}"
    );
    let missing = ask(&request("tenant.get", "{}", &["--backup", "/missing"]));
    assert_eq!(missing.code, Some(2), "{missing:?}");
    let nothing = ask(&request("tenant.get", "{}", &["--data", shown]));
    assert_eq!(nothing.code, Some(4), "{nothing:?}");
    assert_eq!(files(&data), before);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

/// Every file with its content.
fn files(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_request_leaves_nothing_in_the_temporary_folder() {
    let world = World::random(14).await;
    let backup = backed_up(&world);
    let temporary = world.folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let entries = || fs::read_dir(&temporary).unwrap().count();
    let mut child = command()
        .args([
            "request",
            "learner.list",
            "--backup",
            &backup,
            "--tenant",
            RANDOM,
        ])
        .env("TMPDIR", &temporary)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while entries() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    // It may have ended meanwhile.
    let _ = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let code = exit_code(&mut child);
    assert!(matches!(code, Some(0 | 130)), "{code:?}");
    assert_eq!(entries(), 0);
}

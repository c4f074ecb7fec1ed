//! A damaged folder: what is damaged is told as `audit verify` tells it, and the rest is answered.

use std::fs;
use std::path::Path;

use plansync_tests::college::SOURCE;
use plansync_tests::program::{Ended, on_folder, run_in};
use serde_json::json;

use super::world::World;

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn ask(data: &str, operation: &str, body: &str) -> Ended {
    let words = [
        "request",
        operation,
        body,
        "--data",
        data,
        "--tenant",
        "northgate",
    ];
    run_in(&[], &[&words[..], &["--output", "json"]].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_volume_is_told_where_it_is_needed_and_the_rest_is_answered() {
    let mut world = World::random(15).await;
    world.stop();
    let data = world.data();
    let database = data.join("volumes/00000001/commits/db");
    edit(&database, |db| db[9_000] ^= 1);
    let place = data.to_str().unwrap();
    let verified = run_in(
        &[],
        &["audit", "verify", "--data", place, "--output", "json"],
    );
    let finding = &verified.json()["findings"][0];
    let (path, what) = (
        finding["path"].as_str().unwrap(),
        finding["what"].as_str().unwrap(),
    );
    // The state is in a checkpoint.
    let answered = ask(place, "tenant.get", "{}");
    assert_eq!(answered.code, Some(0), "{answered:?}");
    let body = json!({ "learner": SOURCE, "at_version": 1 }).to_string();
    let refused = ask(place, "plan.get", &body);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert_eq!(refused.json()["error"]["code"], "log_damaged");
    let message = refused.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains(path) && message.contains(what),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_shown_up_to_the_damage_and_the_command_ends_as_verify_does() {
    let mut world = World::random(17).await;
    world.stop();
    let data = world.data();
    let place = data.to_str().unwrap();
    let log = |more: &[&str]| {
        let words = [
            "audit",
            "log",
            "--data",
            place,
            "--tenant",
            "northgate",
            "--output",
            "jsonl",
        ];
        run_in(&[], &[&words[..], more].concat())
    };
    let whole = log(&["--newest-first"]);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let database = data.join("volumes/00000001/commits/db");
    edit(&database, |db| db[9_000] ^= 1);
    let shown = log(&["--newest-first"]);
    assert_eq!(shown.code, Some(4), "{shown:?}");
    let count = shown.out.lines().count();
    assert!(count > 0 && count < whole.out.lines().count(), "{count}");
    assert!(whole.out.starts_with(&shown.out), "{shown:?}");
    let told: serde_json::Value = serde_json::from_str(&shown.err).unwrap();
    assert_eq!(
        (&told["error"]["code"], &told["error"]["exit"]),
        (&json!("log_damaged"), &json!(4))
    );
    let message = told["error"]["message"].as_str().unwrap();
    assert!(
        message.contains(&database.display().to_string()),
        "{message}"
    );
    // Nothing is before it, from the beginning.
    let nothing = log(&[]);
    assert_eq!(nothing.code, Some(4), "{nothing:?}");
    assert_eq!(nothing.json()["error"]["code"], "log_damaged");
    // What is behind it is read from there.
    let last: serde_json::Value = serde_json::from_str(shown.out.lines().last().unwrap()).unwrap();
    let rest = log(&["--from", &last["position"].to_string()]);
    assert_eq!((rest.code, rest.out.lines().count()), (Some(0), count));
    // For people, too: ids stand where names cannot be read.
    let position = last["position"].to_string();
    let words = ["audit", "show", &position, "--data", place];
    let people = run_in(&[], &[&words[..], &["--tenant", "northgate"]].concat());
    assert_eq!(people.code, Some(0), "{people:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_before_a_damaged_journal_is_answered_and_the_damage_is_told() {
    let mut world = World::random(16).await;
    world.stop();
    let data = world.data();
    let place = data.to_str().unwrap();
    let whole = ask(place, "tenant.get", "{}");
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let mut journals: Vec<_> = (1..20)
        .map(|volume| data.join(format!("volumes/{volume:08}/journal")))
        .filter(|path| path.exists())
        .collect();
    // The last one is of a volume that is ready to be used.
    journals.pop();
    let journal = journals.pop().unwrap();
    edit(&journal, |journal| journal[600] ^= 1);
    let newest = ["audit", "log", "--newest-first", "--limit", "1"];
    let last = on_folder(&newest, &data, &["--tenant", "northgate"]).json();
    // A checkpoint is after the damage.
    fs::remove_dir_all(data.join("checkpoints")).unwrap();
    let answered = ask(place, "tenant.get", "{}");
    assert_eq!(answered.code, Some(4), "{answered:?}");
    assert_eq!(answered.json(), whole.json());
    assert!(
        answered.err.contains(&journal.display().to_string()),
        "{answered:?}"
    );
    // What is behind it is not said to be missing.
    let position = last["items"][0]["position"].to_string();
    for question in [
        &["audit", "show", &position][..],
        &["audit", "log", "--from", &position],
        &["audit", "plan", "Nobody At All"],
    ] {
        let unseen = on_folder(question, &data, &["--tenant", "northgate"]);
        assert_eq!(unseen.code, Some(4), "{unseen:?}");
        assert!(
            unseen.err.contains(&journal.display().to_string()),
            "{unseen:?}"
        );
    }
}

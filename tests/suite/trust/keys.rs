//! The keys of texts about persons, end to end: under a key of the operator, in copies, and lost.

use std::fs;
use std::path::Path;

use plansync_tests::engine::Engine;
use plansync_tests::program::{Ended, on_folder, run};
use serde_json::Value;

use super::queries::all_answers;
use super::world::world;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The message of an error that stands on the error stream, where the output is JSON.
fn message(ended: &Ended) -> String {
    let error: Value = serde_json::from_str(ended.err.trim()).unwrap();
    error["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_under_the_key_of_its_operator_is_served_and_restored_with_it_only() {
    let mut world = world().await;
    let before = all_answers(&world.client, &world).await;
    world.stop();
    let (data, key, copy) = (world.data(), world.path("secret"), world.path("keys"));
    fs::write(&key, format!("{}\n", "5a".repeat(32))).unwrap();
    let rekeyed = on_folder(&["rekey"], &data, &["--new-key", text(&key)]);
    assert_eq!(rekeyed.code, Some(0), "{rekeyed:?}");
    assert!(!data.join("KEYS.key").exists());

    let without = run(&world.nats.url(), &["serve", "--data", text(&data)]);
    assert_eq!(without.code, Some(4), "{without:?}");
    let said = without.err.lines().chain(without.out.lines());
    let expected = format!(
        "plansync: {}/KEYS is encrypted with a key that is kept elsewhere; give the file with this key by `--erasure-key` or PLANSYNC_ERASURE_KEY",
        text(&data)
    );
    assert_eq!(
        said.filter(|line| **line == expected).count(),
        1,
        "{without:?}"
    );
    let unchecked = on_folder(&["audit", "verify"], &data, &[]);
    assert_eq!(unchecked.code, Some(5), "{unchecked:?}");
    let given = ["--erasure-key", text(&key)];
    let verified = on_folder(&["audit", "verify"], &data, &given);
    assert_eq!(verified.code, Some(0), "{verified:?}");

    let file = world.path("log.backup");
    let arguments = [text(&file), "--keys", text(&copy)];
    let backup = on_folder(&["backup"], &data, &arguments);
    assert_eq!(backup.code, Some(0), "{backup:?}");
    assert_eq!(backup.json()["keys"], serde_json::json!([text(&copy)]));
    let command = ["restore", text(&file), "--keys", text(&copy)];
    let restored = world.path("restored");
    let refused = on_folder(&command, &restored, &[]);
    assert_eq!(
        (refused.code, restored.exists()),
        (Some(4), false),
        "{refused:?}"
    );
    assert!(message(&refused).contains("is encrypted with a key that is kept elsewhere"));
    let done = on_folder(&command, &restored, &given);
    assert_eq!(done.code, Some(0), "{done:?}");
    let engine = Engine::start_with(&world.nats, &restored, &given).await;
    assert_eq!(all_answers(&world.client, &world).await, before);
    assert_eq!(engine.terminate(), Some(0));
    let asked = ["request", "actor.get", "--tenant", "northgate"];
    let read = on_folder(&asked, &restored, &given);
    assert_eq!(read.code, Some(0), "{read:?}");
    let refused = on_folder(&asked, &restored, &[]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_data_folder_is_refused_and_lost_keys_are_told_of() {
    let mut world = world().await;
    world.stop();
    let data = world.data();
    let within = data.join("secret");
    fs::write(&within, "5a".repeat(32)).unwrap();
    let refused = on_folder(&["rekey"], &data, &["--new-key", text(&within)]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(message(&refused).contains("is in the data folder"));
    fs::remove_file(&within).unwrap();

    fs::remove_file(data.join("KEYS")).unwrap();
    let served = run(&world.nats.url(), &["serve", "--data", text(&data)]);
    assert_eq!(served.code, Some(4), "{served:?}");
    let said = format!("{}{}", served.err, served.out);
    assert!(
        said.contains("KEYS: it is missing, though the log has keys"),
        "{said}"
    );
    let verified = on_folder(&["audit", "verify"], &data, &[]);
    assert_eq!(verified.code, Some(4), "{verified:?}");
    // The backup needs no keys; what is restored from it without them is a log of its own.
    let file = world.path("log.backup");
    assert_eq!(on_folder(&["backup"], &data, &[text(&file)]).code, Some(0));
    let restored = world.path("restored");
    let command = ["restore", text(&file), "--without-keys"];
    let done = on_folder(&command, &restored, &[]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let engine = Engine::start_with(&world.nats, &restored, &[]).await;
    assert_eq!(engine.terminate(), Some(0));
}

//! `plansync erase`, `plansync learner hold` and `plansync learner release` on the command line, and what they refuse.

use plansync_tests::college::target;
use plansync_tests::program::{Ended, on_folder, run};
use serde_json::{Value, json};

use super::erasure::log_of;
use super::world::{World, world};

const UNKNOWN: &str = "00000000-0000-0000-0000-00000000ffff";

fn plansync(world: &World, words: &[&str], actor: &str) -> Ended {
    let more = ["--tenant", "northgate", "--as", actor, "--output", "json"];
    run(&world.nats.url(), &[words, &more].concat())
}

/// The exit code, and the code and the message of the error: on the error stream, or what the engine replied.
fn refused(ended: &Ended) -> (Option<i32>, String, String) {
    let said = [ended.err.trim(), ended.out.trim()].concat();
    let error: Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    let text = |field: &str| {
        error["error"][field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (ended.code, text("code"), text("message"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_keeps_a_learner_until_it_is_released() {
    let mut world = world().await;
    let name = "Target 0000";
    for words in [["learner", "hold"], ["learner", "release"]] {
        let unknown = plansync(&world, &[words[0], words[1], "Nobody At All"], "system");
        assert_eq!(
            (unknown.code, unknown.out.as_str()),
            (Some(2), ""),
            "{unknown:?}"
        );
        assert!(refused(&unknown).2.contains("Nobody At All"), "{unknown:?}");
        let unknown = plansync(&world, &[words[0], words[1], UNKNOWN], "system");
        assert_eq!(refused(&unknown).1, "learner_not_available", "{unknown:?}");
        let forbidden = plansync(&world, &[words[0], words[1], name], "sam");
        assert!(
            refused(&forbidden).2.contains("--as system"),
            "{forbidden:?}"
        );
    }
    for _again in 0..2 {
        let held = plansync(&world, &["learner", "hold", name], "system");
        assert_eq!(held.code, Some(0), "{held:?}");
        assert!(held.json().is_object());
    }
    let list = world.path("erasures.jsonl");
    let erase = ["erase", "--yes", name, "--erasures", list.to_str().unwrap()];
    let kept = plansync(&world, &erase, "system");
    assert_eq!(refused(&kept).1, "learner_held", "{kept:?}");
    assert!(!list.exists(), "nobody was erased");
    assert!(refused(&kept).2.contains("release"), "{kept:?}");
    world.stop();
    let kept = on_folder(&["erase", "--yes", name], &world.data(), &[]);
    assert_ne!(kept.code, Some(0), "{kept:?}");
    assert!(refused(&kept).2.contains("release"), "{kept:?}");

    let engine = super::world::serve(&world.nats, &world.data()).await;
    let released = plansync(&world, &["learner", "release", name], "system");
    assert_eq!(released.code, Some(0), "{released:?}");
    let forbidden = plansync(&world, &["erase", "--yes", name], "sam");
    assert!(
        refused(&forbidden).2.contains("--as system"),
        "{forbidden:?}"
    );
    let unasked = plansync(&world, &["erase", name], "system");
    assert_eq!(unasked.code, Some(2), "{unasked:?}");
    assert!(
        refused(&unasked).2.contains("`--yes` is required"),
        "{unasked:?}"
    );
    // A part of a name finds a learner elsewhere, and is not enough here.
    let part = plansync(&world, &["erase", "--yes", "arget 0000"], "system");
    assert_eq!(part.code, Some(2), "{part:?}");
    assert!(
        refused(&part).2.contains("is not the whole name of"),
        "{part:?}"
    );
    let erased = plansync(&world, &["erase", "--yes", name], "system");
    assert_eq!(erased.json()["erased"], json!(true), "{erased:?}");
    let id = target(0).to_string();
    let again = plansync(&world, &["erase", "--yes", &id], "system");
    assert_eq!(again.json()["erased"], json!(false), "{again:?}");
    let late = plansync(&world, &["learner", "hold", &id], "system");
    assert_eq!(refused(&late).1, "learner_erased", "{late:?}");
    assert_eq!(engine.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_served_or_has_no_keys_is_not_erased_in() {
    let mut world = world().await;
    let (data, name) = (world.data(), "Target 0000");
    let served = on_folder(&["erase", "--yes", name], &data, &[]);
    assert_eq!(served.code, Some(4), "{served:?}");
    assert!(refused(&served).2.contains("another process"), "{served:?}");
    let unreachable = run(
        "nats://127.0.0.1:1",
        &[
            "erase",
            "--yes",
            name,
            "--tenant",
            "northgate",
            "--output",
            "json",
        ],
    );
    assert_ne!(unreachable.code, Some(0));
    world.stop();
    for (given, said) in [
        (UNKNOWN, "has no learner"),
        ("Nobody", "no learner `Nobody`"),
        ("Target", "no learner `Target`"),
    ] {
        let unknown = on_folder(&["erase", "--yes", given], &data, &[]);
        assert_eq!(unknown.code, Some(2), "{unknown:?}");
        assert!(refused(&unknown).2.contains(said), "{unknown:?}");
    }
    let tenant = on_folder(&["erase", "--yes", name], &data, &["--tenant", "elsewhere"]);
    assert_eq!(tenant.code, Some(2), "{tenant:?}");
    let nowhere = world.path("nowhere");
    let missing = on_folder(&["erase", "--yes", name], &nowhere, &[]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert!(
        refused(&missing).2.contains("there is no log in"),
        "{missing:?}"
    );
    assert!(!nowhere.exists(), "a log was made: {missing:?}");

    let keys = std::fs::read(data.join("KEYS")).unwrap();
    std::fs::remove_file(data.join("KEYS")).unwrap();
    let lost = on_folder(&["erase", "--yes", name], &data, &[]);
    assert_eq!(lost.code, Some(4), "{lost:?}");
    assert!(refused(&lost).2.contains("KEYS: it is missing"), "{lost:?}");
    std::fs::write(data.join("KEYS"), keys).unwrap();
    let unwritable = world.path("no-folder/erasures.jsonl");
    let erased = on_folder(
        &["erase", "--yes", name],
        &data,
        &["--erasures", unwritable.to_str().unwrap()],
    );
    assert_eq!(erased.code, Some(2), "{erased:?}");
    let told = refused(&erased).2;
    assert!(told.contains("nothing was erased"), "{told}");
    let another = on_folder(&["erase", "--yes", name], &data, &["--as", "sam"]);
    assert_eq!(another.code, Some(2), "{another:?}");
    assert!(refused(&another).2.contains("only `system`"), "{another:?}");
    assert!(log_of(&data).contains(name), "nothing was erased");
}

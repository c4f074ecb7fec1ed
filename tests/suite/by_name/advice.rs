//! What is printed to be typed next can be pasted into a shell, and works.

use serde_json::json;

use super::{World, commands, world};

/// Names that a shell, a terminal or this program could take for something else.
const HOSTILE: [&str; 6] = [
    "O'Brien \"Ann\"",
    "--help",
    "$HOME `id` $(id)",
    "a;touch x&&y|z>w",
    "all",
    "Ann\nSmith\t!",
];

/// Pastes all commands that a command printed.
#[track_caller]
fn all_work(world: &World, words: &[&str], at_least: usize) {
    let ended = world.typed(words);
    let printed = commands(&ended);
    assert!(printed.len() >= at_least, "{words:?}: {ended:?}");
    for command in printed {
        let pasted = world.pasted(&command);
        assert_eq!(
            pasted.code,
            Some(0),
            "{words:?} printed {command:?}: {pasted:?}"
        );
    }
}

#[tokio::test]
async fn every_command_that_is_printed_works() {
    let world = world().await;
    all_work(&world, &["record", "list"], 0);
    all_work(&world, &["sync", "components"], 1);
    all_work(&world, &["record", "changes", "Source Learner"], 1);
    world.said(&["record", "close", "Source Learner"]);
    all_work(&world, &["record", "open", "Source Learner"], 2);
    world.said(&["plan", "set", "--component", "Activity 0001", "name=Other"]);
    let nothing = "00000000-0000-4000-8000-00000000dead";
    all_work(&world, &["sync", "status", nothing], 1);
    all_work(&world, &["record", "close", "--session", nothing], 0);
    all_work(&world, &["plan", "show", nothing], 1);
    all_work(
        &world,
        &[
            "sync",
            "explain",
            "--learners",
            "all",
            "--component",
            nothing,
        ],
        0,
    );
    all_work(&world, &["sync", "preview", "--learners", "all"], 2);
    let removed = ["plan", "remove", "--component", "Activity 0002"];
    world.said(&removed);
    let filters = ["--search", "t 'x\"$", "--except", "Target 0001"];
    let preview = ["sync", "preview", "--status", "not_started,in_progress"];
    let none = world.typed(&[&preview[..], &filters].concat());
    assert_eq!(none.code, Some(1), "{none:?}");
    all_work(
        &world,
        &[
            &preview[..],
            &["--search", "tar", "--except", "Target 0001"],
        ]
        .concat(),
        2,
    );
}

#[tokio::test]
async fn hostile_names_are_quoted() {
    let world = world().await;
    for (index, name) in HOSTILE.iter().enumerate() {
        let index = u128::try_from(index).unwrap();
        world.learner((0xeeee_0000 + index) << 96, name).await;
    }
    for name in HOSTILE {
        let option = format!("--learner={name}");
        // That it is not open is answered with how to open it.
        let ended = world.typed(&["record", "close", &option]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        let printed = commands(&ended);
        assert_eq!(printed.len(), 1, "{ended:?}");
        let pasted = world.pasted(&printed[0]);
        assert_eq!(pasted.code, Some(0), "{printed:?}: {pasted:?}");
        for command in commands(&pasted) {
            let pasted = world.pasted(&command);
            assert_eq!(pasted.code, Some(0), "{command:?}: {pasted:?}");
        }
        let closed = world.typed(&["record", "close", &option]);
        assert_eq!(closed.code, Some(0), "{closed:?}");
    }
}

#[tokio::test]
async fn what_was_typed_is_said_again_and_passwords_are_not() {
    let world = world().await;
    let url = world.nats.url();
    let who = ["--tenant", "northgate", "--as", "erin", "--nats-url", &*url];
    let words = [&["record", "open", "Source Learner"], &who[..]].concat();
    let ended = plansync_tests::program::run_in(&[], &words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for command in commands(&ended) {
        let pasted = plansync_tests::program::paste(&[], &command);
        assert_eq!(pasted.code, Some(0), "{command:?}: {pasted:?}");
    }
    let secret = url.replace("nats://", "nats://user:secret@");
    let who = [
        "--tenant",
        "northgate",
        "--as",
        "erin",
        "--nats-url",
        &*secret,
    ];
    let words = [&["record", "open", "Source Learner", "--resume"], &who[..]].concat();
    let ended = plansync_tests::program::run_in(&[], &words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.out.contains("secret"), "{ended:?}");
    for command in commands(&ended) {
        let pasted = plansync_tests::program::paste(&[("NATS_URL", &secret)], &command);
        assert_eq!(pasted.code, Some(0), "{command:?}: {pasted:?}");
    }
}

#[tokio::test]
async fn tenant_and_actor_come_from_the_environment_everywhere() {
    let world = world().await;
    let actor = world.json(&["request", "actor.get"]);
    assert_eq!(actor["administrator"], "erin");
    assert_eq!(world.json(&["learner", "list"])["total"], 4);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it's.jsonl");
    let own = json!({ "as": "sam", "operation": "actor.get" });
    let none = json!({ "operation": "actor.get", "body": {} });
    let bad = json!({ "operation": "sync.get", "body": { "sync": SYNC } });
    std::fs::write(&file, format!("{own}\n{none}\n")).unwrap();
    let loaded = world.json(&["load", file.to_str().unwrap()]);
    assert_eq!(loaded["done"], 2);
    std::fs::write(&file, format!("{own}\n{bad}\n")).unwrap();
    let refused = world.typed(&["load", file.to_str().unwrap()]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let again = commands(&refused);
    assert_eq!(again.len(), 1, "{refused:?}");
    std::fs::write(&file, format!("{own}\n{none}\n")).unwrap();
    let pasted = world.pasted(&again[0]);
    assert_eq!(pasted.code, Some(0), "{pasted:?}");
    let without =
        plansync_tests::program::run(&world.nats.url(), &["load", file.to_str().unwrap()]);
    let expected = "missing field `tenant`; add it, or give `--tenant`";
    assert!(without.err.contains(expected), "{without:?}");
}

const SYNC: &str = "00000000-0000-4000-8000-00000000dead";

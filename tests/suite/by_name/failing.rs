//! Messages that say the cause, words that can work, and errors that programs can read.

use plansync_tests::program::run_in;
use serde_json::{Value, json};

use super::{World, world};

/// The error of a command under `--output json`: nothing else is written.
#[track_caller]
fn failure(world: &World, words: &[&str], code: i32) -> Value {
    let ended = world.typed(&[words, &["--output", "json"]].concat());
    assert_eq!(
        (ended.code, &*ended.out),
        (Some(code), ""),
        "{words:?}: {ended:?}"
    );
    let value: Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!(value["error"]["exit"], code, "{value}");
    assert!(value["error"]["message"].is_string(), "{value}");
    value["error"].clone()
}

#[tokio::test]
async fn errors_of_the_command_itself_are_json_for_programs() {
    let world = world().await;
    let usage = failure(&world, &["sync", "preview", "--no-such"], 2);
    assert_eq!(usage["code"], "not_understood");
    assert!(
        usage["message"]
            .as_str()
            .unwrap()
            .starts_with("unexpected argument '--no-such'")
    );
    assert!(
        usage["usage"]
            .as_str()
            .unwrap()
            .starts_with("plansync sync preview"),
        "{usage}"
    );
    let record = failure(&world, &["sync", "components"], 2);
    assert_eq!(record["code"], "not_understood");
    for id in 0..2 {
        world.learner((0xaaaa_0001 + id) << 96, "Ann").await;
    }
    let ambiguous = failure(&world, &["record", "open", "Ann"], 2);
    assert_eq!(ambiguous["code"], "ambiguous_name");
    let first = json!({
        "id": "aaaa0001-0000-0000-0000-000000000000", "name": "Ann",
        "about": "Business Administrator",
    });
    assert_eq!(ambiguous["candidates"][0], first);
    let unknown = failure(&world, &["record", "open", "Anm"], 2);
    assert_eq!(unknown["code"], "unknown_name");
    assert_eq!(unknown["candidates"][0], first);
    let away = ["sync", "list", "--nats-url", "nats://127.0.0.1:9"];
    assert_eq!(failure(&world, &away, 3)["code"], "not_reachable");
    let body = failure(&world, &["request", "actor.get", "{"], 2);
    assert_eq!(body["code"], "not_understood");
}

#[tokio::test]
async fn a_line_of_a_load_that_is_refused_is_json_with_its_number() {
    let world = world().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lines");
    let sync = "00000000-0000-4000-8000-00000000dead";
    let line = json!({ "operation": "sync.get", "body": { "sync": sync } });
    std::fs::write(&file, format!("{line}\n")).unwrap();
    let ended = world.typed(&["load", file.to_str().unwrap(), "--output", "json"]);
    assert_eq!(
        (ended.code, &ended.json()["refused"]),
        (Some(1), &json!(1)),
        "{ended:?}"
    );
    let value: Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!(value["error"]["code"], "sync_not_found");
    assert_eq!(value["error"]["line"], 1);
}

#[tokio::test]
async fn that_nothing_is_selected_is_said_with_its_cause() {
    let world = world().await;
    world.json(&["record", "open", "Source Learner"]);
    let said = |words: &[&str]| {
        let ended = world.typed(&[&["sync", "preview"], words].concat());
        assert_eq!((ended.code, &*ended.out), (Some(1), ""), "{ended:?}");
        ended.err
    };
    let none = said(&["--learners", "all"]);
    assert!(none.contains(": there are no recent changes: "), "{none}");
    world.said(&["plan", "set", "--component", "Activity 0001", "name=Other"]);
    let filter = said(&["--search", "nobody is called so"]);
    assert!(filter.contains("no learner of this programme whom you may see matches the filters"));
    let preview = world.json(&["sync", "preview", "--learners", "Target 0001"]);
    let confirm = format!(
        "{}:{}",
        preview["position"],
        preview["digest"].as_str().unwrap()
    );
    let start = [
        "sync",
        "start",
        "--learners",
        "Target 0001",
        "--wait",
        "--confirm",
        &confirm,
    ];
    world.json(&start);
    let sent = said(&["--learners", "Target 0002"]);
    assert!(
        sent.contains("all recent changes (1 component) were already synchronised"),
        "{sent}"
    );
}

#[tokio::test]
async fn words_that_can_never_work_are_not_offered_and_say_why() {
    let world = world().await;
    let words = [
        "sync",
        "preview",
        "--learners",
        "all",
        "--type",
        "selected_attributes",
    ];
    let attribute = world.refused(&[&words[..], &["--attribute", "due_date"]].concat());
    let expected = "error: `due_date` cannot be set from the template by `selected_attributes`; possible \
                    values: name, completion_mode, criteria, instructions, evidence_required, \
                    min_evidence, documents, delivery_via_organisation, marking_aid_exercise";
    assert!(attribute.starts_with(expected), "{attribute}");
    assert!(
        attribute.contains("\n\nUsage: plansync sync preview "),
        "{attribute}"
    );
    let status = world.refused(&["sync", "learners", "--programme-status", "active,expired"]);
    assert!(status.starts_with("error: `expired` is a status of enrolments that are never"));
    let wrong = world.refused(&["sync", "learners", "--programme-status", "asleep"]);
    assert!(
        wrong.contains("[possible values: active, on_break, completed, withdrawn]"),
        "{wrong}"
    );
    world.json(&["record", "open", "Source Learner"]);
    let without = world.refused(&words);
    assert!(
        without.contains("`--type selected_attributes` requires at least one"),
        "{without}"
    );
    let other = [
        "sync",
        "preview",
        "--learners",
        "all",
        "--attribute",
        "name",
    ];
    let said = world.refused(&other);
    assert!(
        said.contains("`--attribute` requires `--type selected_attributes`"),
        "{said}"
    );
}

#[test]
fn who_is_missing_says_which_variables_would_do() {
    let both = "To omit `--tenant` and `--as`, set PLANSYNC_TENANT and PLANSYNC_ACTOR, or `tenant` and `actor` in \
                [client] of a settings file.\n";
    let actor = "To omit `--as`, set PLANSYNC_ACTOR, or `actor` in [client] of a settings file.\n";
    for (tenant, words, hint) in [
        ("northgate", &["record", "list"][..], actor),
        ("", &["plan", "show", "Ann"], both),
    ] {
        let ended = run_in(&[("PLANSYNC_TENANT", tenant)], words);
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{ended:?}");
        assert!(ended.err.ends_with(hint), "{ended:?}");
    }
    let other = run_in(
        &[("PLANSYNC_TENANT", "a"), ("PLANSYNC_ACTOR", "b")],
        &["record", "open"],
    );
    assert!(!other.err.contains("To omit"), "{other:?}");
}

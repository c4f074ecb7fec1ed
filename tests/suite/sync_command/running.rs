//! Starting, following, looking back, cancelling.

use plansync_tests::college::{component, target};
use plansync_tests::program::Ended;
use serde_json::{Value, json};

use super::{World, lines, world};

const SYNC: &str = "00000000-0000-0000-0000-0000000005ec";

fn start(world: &World, more: &[&str]) -> Ended {
    let words = ["start", "--learners", "all", "--yes", "--sync", SYNC];
    world.typed(&[&words, more].concat())
}

/// What a sync says of itself, without its times.
fn record(world: &World, sync: &Value) -> Value {
    let mut record = world.json(&["status", sync.as_str().unwrap()]);
    for time in ["started_at", "finished_at"] {
        record[time] = Value::Null;
    }
    record
}

#[tokio::test]
async fn a_sync_that_is_waited_for_says_what_came_of_it() {
    let world = world().await;
    let ended = start(&world, &["--wait"]);
    assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{ended:?}");
    let said = super::timeless(&ended.out);
    let said = lines(&said);
    let accepted = format!("Synchronisation {SYNC} was accepted, at position ");
    assert!(said[0].starts_with(&accepted), "{said:#?}");
    let outcomes =
        format!("  plansync sync outcomes --tenant northgate --as erin {SYNC} --outcome skipped");
    let expected = [
        "completed: 3 of 3 learners done, 3 components each",
        "7 applied (5 updated, 0 created, 2 deleted), 0 unchanged, 2 skipped",
        "changes only, started by erin at yyyy-mm-dd hh:mm, ended yyyy-mm-dd hh:mm (UTC)",
        "To see what was skipped, and why:",
        &*outcomes,
    ];
    assert_eq!(said[1..], expected);
    assert_eq!(lines(&world.said(&["status", SYNC])), expected);
    assert_eq!(lines(&world.said(&["status", SYNC, "--wait"])), expected);
}

#[tokio::test]
async fn a_sync_is_started_once_under_one_id_and_not_waited_for_unless_asked() {
    let world = world().await;
    let first = start(&world, &["--output", "json"]);
    assert_eq!(first.json()["sync"], SYNC);
    let again = start(&world, &["--output", "json"]);
    let mut expected = first.json();
    expected["duplicate"] = json!(true);
    assert_eq!((again.code, again.json()), (Some(0), expected));
    let told = start(&world, &[]);
    let follow = format!("  plansync sync status --tenant northgate --as erin {SYNC} --wait");
    assert_eq!(lines(&told.out)[1..], ["To follow it:", &follow]);
    assert_eq!(world.json(&["list"])["total"], 1);
}

#[tokio::test]
async fn a_start_confirms_only_what_the_preview_showed() {
    let world = world().await;
    let summary = world.json(&["preview", "--learners", "all"]);
    let digest = summary["digest"].as_str().unwrap();
    let confirm = format!("{}:{digest}", summary["position"]);
    let edit = json!({ "learner": target(1), "edits": [
        { "op": "set_status", "component": component(2), "status": "in_progress" },
    ]});
    world.client.get("system", "plan.edit", edit).await;
    let done = start(
        &world,
        &["--confirm", &confirm, "--wait", "--output", "json"],
    );
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(
        done.json()["pairs"],
        json!({ "applied": 6, "unchanged": 0, "skipped": 3 })
    );
    let drifted = world.json(&["outcomes", SYNC, "--reason", "changed_since_preview"]);
    assert_eq!(drifted["items"][0]["learner"], json!(target(1)));
    assert_eq!(drifted["total"], 1);
    let other = world.typed(&[
        "start",
        "--learners",
        "all",
        "--components",
        "all",
        "--confirm",
        &confirm,
    ]);
    let said = lines(&other.err);
    assert_eq!((other.code, said.len()), (Some(1), 2), "{other:?}");
    assert!(
        said[0].starts_with("plansync: source_changed: "),
        "{said:#?}"
    );
    assert!(said[1].starts_with("Nothing was started."), "{said:#?}");
}

#[tokio::test]
async fn outcomes_are_shown_by_name_with_their_reasons_in_words() {
    let world = world().await;
    start(&world, &["--wait"]);
    let expected = "Learner      Component      Action       Outcome  Reason and warnings
────────────────────────────────────────────────────────────────────────────────────────────────────
Target 0000  Activity zero  synchronise  skipped  it is finished, and you may not edit finished ones
Target 0000  Activity 0004  delete       skipped  this plan no longer has the component

2 pairs.
";
    assert_eq!(
        world.said(&["outcomes", SYNC, "--outcome", "skipped"]),
        expected
    );
    let body = json!({ "sync": SYNC, "component": component(2), "hold": true });
    let reply = world.asked("sync.outcomes", body).await;
    let id = component(2).to_string();
    assert_eq!(world.json(&["outcomes", SYNC, "--component", &id]), reply);
    assert_eq!(reply["total"], 3);
}

#[tokio::test]
async fn what_was_replayed_is_shown_as_it_was_frozen() {
    let world = world().await;
    start(&world, &["--wait"]);
    let expected = "Component      Change   What
─────────────────────────────────────────────────────────────
Activity zero  updated  name: Activity 0000 → Activity zero
Activity 0002  updated  criteria + K9
                        instructions: empty → Take your time.
Activity 0004  deleted
";
    assert_eq!(world.said(&["changes", SYNC]), expected);
    let reply = world.asked("sync.changes", json!({ "sync": SYNC })).await;
    assert_eq!(world.json(&["changes", SYNC]), reply);
}

#[tokio::test]
async fn syncs_are_listed_newest_first() {
    let world = world().await;
    start(&world, &["--wait"]);
    let again = world.typed(&[
        "start",
        "--yes",
        "--learners",
        "all",
        "--components",
        "all",
        "--wait",
    ]);
    assert_eq!(again.code, Some(0), "{again:?}");
    let listed = world.json(&["list", "--by", "erin"]);
    assert_eq!(
        listed,
        world
            .asked("sync.list", json!({ "requested_by": "erin", "hold": true }))
            .await
    );
    assert_eq!(listed["items"][1]["sync"], SYNC);
    let shown = world.said(&["list"]);
    let shown = lines(&shown);
    assert_eq!(shown.len(), 4, "{shown:#?}");
    assert!(shown[3].ends_with(SYNC), "{shown:#?}");
    assert_eq!(
        world.said(&["list", "--by", "alice"]),
        "There are no synchronisations that you may see.\n"
    );
}

#[tokio::test]
async fn what_is_over_cannot_be_cancelled_and_what_is_unknown_is_refused() {
    let world = world().await;
    start(&world, &["--wait"]);
    let expected = "The synchronisation was already completed; nothing was cancelled.\n";
    assert_eq!(world.said(&["cancel", SYNC]), expected);
    let before = record(&world, &json!(SYNC));
    assert_eq!(
        world.json(&["cancel", SYNC]),
        json!({ "state": "completed" })
    );
    assert_eq!(record(&world, &json!(SYNC)), before);
    let unknown = world.typed(&["status", "00000000-0000-0000-0000-00000000dead"]);
    let said = lines(&unknown.err);
    assert_eq!(unknown.code, Some(1));
    assert!(
        said[0].starts_with("plansync: sync_not_found: "),
        "{said:#?}"
    );
    let expected = [
        "To list the synchronisations that you may see:",
        "  plansync sync list --tenant northgate --as erin",
    ];
    assert_eq!(said[1..], expected);
}

#[tokio::test]
async fn an_argument_that_is_none_is_not_understood() {
    let world = world().await;
    for words in [
        &["start", "--learners", "all", "--confirm", "12"][..],
        &["preview", "--learners", "all", "--status", "asleep"],
        &["components", "--limit", "0"],
        &["outcomes", "not-an-id"],
    ] {
        let ended = world.typed(words);
        assert_eq!((ended.code, &*ended.out), (Some(2), ""), "{words:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_away_is_not_reachable() {
    let World { nats, engine, .. } = world().await;
    drop(engine);
    let words = ["sync", "list", "--tenant", "northgate", "--as", "erin"];
    let ended = plansync_tests::program::run(&nats.url(), &words);
    let expected = "plansync: no plansync service answers on this NATS server; start one with `plansync serve` \
                    or `plansync dev`\n";
    assert_eq!((ended.code, &*ended.err), (Some(3), expected));
}

#[tokio::test]
async fn without_a_terminal_more_than_one_learner_needs_a_yes_or_a_preview() {
    let world = world().await;
    for output in ["human", "json", "tsv"] {
        let refused = world.typed(&["start", "--learners", "all", "--output", output]);
        assert_eq!((refused.code, &*refused.out), (Some(2), ""), "{refused:?}");
        assert!(refused.err.contains("nothing was started"), "{refused:?}");
        assert!(refused.err.contains("--confirm"), "{refused:?}");
    }
    assert_eq!(world.json(&["list"])["total"], 0);
    let one = target(2).to_string();
    let started = world.typed(&["start", "--learners", &one, "--wait"]);
    assert_eq!(started.code, Some(0), "{started:?}");
    assert_eq!(world.json(&["list"])["total"], 1);
}

//! `plan.change`, and the ids in the event of a target.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, open, recent,
};
use crate::world::World;

const MEETING: &str = "00000000-0000-0000-0000-00000000c00a";
const REASON: &str = "The employer asked for another week";

fn edit(world: &World, actor: &str, learner: &str, edits: &Value) -> Value {
    let body = json!({ "learner": learner, "edits": edits });
    world.get(actor, "plan.edit", &body)
}

fn change(world: &World, actor: &str, learner: &str, version: u64) -> Value {
    let body = json!({ "learner": learner, "version": version });
    world.get(actor, "plan.change", &body)
}

/// A meeting on the target's plan, and a source that moves its essay and adds the same meeting.
fn synced(encoding: Encoding) -> (World, Value) {
    let world = college(encoding);
    let meeting = |at: &str| {
        json!({
            "op": "add", "component": MEETING, "programme": PROGRAMME, "type": "review",
            "attributes": { "name": "Meeting", "review_at": at },
        })
    };
    edit(
        &world,
        "sam",
        TARGET,
        &json!([meeting("2026-12-01T09:00:00Z")]),
    );
    let session = open(&world);
    let due = json!({
        "op": "change", "component": ESSAY, "set": { "due_date": "2026-12-24" }, "reason": REASON,
    });
    let criteria = json!({
        "op": "change", "component": ESSAY, "set": { "criteria": ["K2", "S9"] },
    });
    let remove = json!({ "op": "remove", "component": EXAM });
    edit(
        &world,
        "alice",
        SOURCE,
        &json!([due, criteria, remove, meeting("2026-12-02T09:00:00Z")]),
    );
    let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
    world.work();
    (world, sync)
}

fn tasks(world: &World, version: u64, status: &str) -> Vec<Value> {
    let body = json!({ "learner": TARGET, "at_version": version });
    let plan = world.get("sam", "plan.get", &body);
    let components = plan["components"].as_array().unwrap().clone();
    let meeting = components
        .iter()
        .find(|one| one["component"] == MEETING)
        .unwrap();
    let tasks = meeting["review"]["tasks"].as_array().unwrap().iter();
    let these = tasks.filter(|task| task["status"] == status);
    these.map(|task| task["task"].clone()).collect()
}

#[test]
fn what_a_sync_did_is_shown_attribute_by_attribute_to_whoever_sees_the_learner() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, sync) = synced(encoding);
        world.get(
            "system",
            "administrator.put",
            &administrator("tom", &[], &json!(["north"])),
        );
        let not_theirs = world.refusal("tom", "sync.get", &json!({ "sync": sync }));
        assert_eq!(not_theirs, "sync_not_found");
        let shown = change(&world, "tom", TARGET, 3);
        let history = world.get("tom", "plan.history", &json!({ "learner": TARGET }));
        let last = &history["items"][2];
        for field in ["version", "position", "at", "by", "sync", "command_id"] {
            assert_eq!(shown[field], last[field], "{field}");
        }
        let counts = json!({
            "applied": 3, "unchanged": 0, "skipped": 0, "created": 0, "updated": 2, "deleted": 1,
        });
        assert_eq!(last["changes"], json!([{ "synchronised": counts }]));
        assert_eq!((&shown["sync"], &shown["by"]), (&sync, &json!("alice")));
        assert_eq!(
            (&shown["total"], &shown["reason"]),
            (&json!(3), &json!(REASON))
        );
        let essay = json!({
            "component": ESSAY, "name": "Essay", "change": "updated",
            "attributes": [
                { "attribute": "due_date", "before": null, "after": "2026-12-24" },
                {
                    "attribute": "criteria", "before": ["K1", "K2"], "after": ["K2", "S9"],
                    "added": ["S9"], "removed": ["K1"],
                },
            ],
            "tasks": { "made": [], "cancelled": [] }, "reason": REASON,
        });
        assert_eq!(shown["changes"][0], essay);
        let meeting = &shown["changes"][1];
        let moved = json!([{
            "attribute": "review_at", "before": "2026-12-01T09:00:00.000000Z",
            "after": "2026-12-02T09:00:00.000000Z",
        }]);
        assert_eq!(
            (&meeting["component"], &meeting["attributes"]),
            (&json!(MEETING), &moved)
        );
        let expected = json!({
            "made": tasks(&world, 3, "open"), "cancelled": tasks(&world, 2, "open"),
        });
        assert_eq!(meeting["tasks"], expected);
        assert_eq!(meeting["tasks"]["made"].as_array().unwrap().len(), 2);
        assert_ne!(
            meeting["review"]["before"]["review"],
            meeting["review"]["after"]["review"]
        );
        let exam = &shown["changes"][2];
        assert_eq!(
            (&exam["component"], &exam["change"]),
            (&json!(EXAM), &json!("deleted"))
        );
        assert_eq!(
            exam["status"],
            json!({ "before": "not_started", "after": null })
        );
        let name = json!({ "attribute": "name", "before": "Exam", "after": null });
        assert_eq!(exam["attributes"][0], name);
    }
}

#[test]
fn v6_the_event_of_a_target_names_components_and_tasks() {
    let (world, _) = synced(Encoding::Json);
    let told = world.events_after(0).into_iter();
    let told = told.filter(|event| event.subject.ends_with(".target"));
    let bodies: Vec<Value> = told
        .map(|event| serde_json::from_slice(&event.body).unwrap())
        .collect();
    let [body] = bodies.as_slice() else {
        panic!("{bodies:?}");
    };
    assert_eq!(body["created"], json!([]));
    assert_eq!(body["updated"], json!([ESSAY, MEETING]));
    assert_eq!(body["deleted"], json!([EXAM]));
    let expected = json!({
        "made": tasks(&world, 3, "open"), "cancelled": tasks(&world, 2, "open"),
    });
    assert_eq!(
        (&body["tasks"], &body["truncated"]),
        (&expected, &json!(false))
    );
}

#[test]
fn it_is_the_same_after_a_restart() {
    let (world, _) = synced(Encoding::MessagePack);
    let before = [1, 2, 3].map(|version| change(&world, "sam", TARGET, version));
    let told = world.events_after(0);
    let world = world.restarted();
    assert_eq!(
        [1, 2, 3].map(|version| change(&world, "sam", TARGET, version)),
        before
    );
    assert_eq!(world.events_after(0), told);
}

#[test]
fn an_instantiation_and_edits_by_hand_are_shown_the_same_way() {
    let (world, _) = synced(Encoding::Json);
    let first = change(&world, "sam", TARGET, 1);
    assert_eq!((&first["total"], &first["sync"]), (&json!(2), &json!(null)));
    assert_eq!(first["changes"][0]["change"], "created");
    let name = json!({ "attribute": "name", "before": null, "after": "Essay" });
    assert_eq!(first["changes"][0]["attributes"][0], name);
    let edits = json!([
        { "op": "add", "template": EXAM, "programme": PROGRAMME },
        { "op": "set_status", "component": ESSAY, "status": "submitted" },
        { "op": "submit_evidence", "component": ESSAY },
        { "op": "change", "component": ESSAY, "set": { "due_date": null }, "reason": "Too soon" },
        { "op": "set_review_status", "component": MEETING, "status": "completed" },
    ]);
    let version = edit(&world, "sam", TARGET, &edits)["version"]
        .as_u64()
        .unwrap();
    let shown = change(&world, "alice", TARGET, version);
    assert_eq!(
        (&shown["total"], &shown["reason"]),
        (&json!(3), &json!("Too soon"))
    );
    let essay = &shown["changes"][0];
    assert_eq!(
        essay["status"],
        json!({ "before": "not_started", "after": "submitted" })
    );
    assert_eq!(essay["evidence"], json!({ "before": 0, "after": 1 }));
    assert_eq!(essay["reason"], "Too soon");
    let review = &shown["changes"][1]["review"];
    assert_eq!(review["before"]["status"], "scheduled");
    assert_eq!(review["after"]["status"], "completed");
    let exam = &shown["changes"][2];
    assert_eq!(
        (&exam["component"], &exam["change"]),
        (&json!(EXAM), &json!("created"))
    );
    let body = json!({ "learner": TARGET, "version": version, "page": 3, "page_size": 1 });
    let part = world.get("alice", "plan.change", &body);
    assert_eq!(
        (&part["total"], &part["changes"]),
        (&json!(3), &json!([exam]))
    );
}

#[test]
fn the_reason_of_a_date_that_went_through_two_syncs_is_the_first_sources() {
    let (world, _) = synced(Encoding::Json);
    let session = world.get("sam", "record.open", &json!({ "learner": TARGET }))["session"].clone();
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [ESSAY], "learners": [HIDDEN],
        "type": "all_attributes",
    });
    world.get("sam", "sync.start", &request);
    world.work();
    let shown = change(&world, "sam", HIDDEN, 2);
    assert_eq!(
        (&shown["by"], &shown["reason"]),
        (&json!("sam"), &json!(REASON))
    );
}

#[test]
fn a_version_that_is_not_there_and_a_learner_who_is_not_seen_are_refused() {
    let (world, _) = synced(Encoding::Json);
    for version in [0, 4] {
        let body = json!({ "learner": TARGET, "version": version });
        let refused = world.ask("sam", "plan.change", &body).unwrap_err();
        assert_eq!(refused["code"], "invalid_request");
        assert_eq!(refused["details"], json!({ "path": "version" }));
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("from 1 to 3"), "{message}");
    }
    for learner in [HIDDEN, NOBODY] {
        let body = json!({ "learner": learner, "version": 1 });
        assert_eq!(
            world.refusal("alice", "plan.change", &body),
            "learner_not_available"
        );
    }
}

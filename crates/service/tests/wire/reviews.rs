//! Reviews and their calendar tasks over the wire, and what a sync warns of.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, PROGRAMME, SOURCE, TARGET, college, open, recent};
use crate::world::World;

/// Three reviews of the template.
const REVIEWS: [&str; 3] = [
    "00000000-0000-0000-0000-00000000d000",
    "00000000-0000-0000-0000-00000000d001",
    "00000000-0000-0000-0000-00000000d002",
];
const EXERCISE: &str = "00000000-0000-0000-0000-00000000e000";
const OTHER_EXERCISE: &str = "00000000-0000-0000-0000-00000000e001";
const MEETING: &str = "2026-12-01T14:00:00.000000Z";
const LATER: &str = "2026-12-08T14:00:00.000000Z";

/// The college with three reviews on every plan.
fn reviewed(encoding: Encoding) -> World {
    let world = college(encoding);
    let components = REVIEWS.map(|component| {
        json!({
            "component": component, "type": "review",
            "attributes": { "name": "Review", "review_type": "quarterly" },
        })
    });
    let template = json!({ "programme": PROGRAMME, "components": components });
    world.get("system", "template.put", &template);
    for learner in [SOURCE, TARGET] {
        let body = json!({ "learner": learner, "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &body);
    }
    world
}

fn edit(world: &World, actor: &str, learner: &str, edits: &Value) -> Value {
    let body = json!({ "learner": learner, "edits": edits });
    world.get(actor, "plan.edit", &body)
}

fn date(component: &str, at: &str) -> Value {
    json!({ "op": "change", "component": component, "set": { "review_at": at } })
}

fn progress(component: &str, status: &str) -> Value {
    json!({ "op": "set_review_status", "component": component, "status": status })
}

/// The review of one of the three, as a plan shows it.
fn review(world: &World, learner: &str, index: usize) -> Value {
    let plan = world.get("alice", "plan.get", &json!({ "learner": learner }));
    let shown = &plan["components"][2 + index];
    assert_eq!(shown["component"], REVIEWS[index]);
    shown["review"].clone()
}

/// A review by its status, its date, and of each task: whose, when, and how it stands.
fn outline(review: &Value) -> Value {
    let tasks = review["tasks"].as_array().unwrap().iter();
    let tasks: Vec<_> = tasks
        .map(|task| json!([task["assignee"], task["at"], task["status"]]))
        .collect();
    json!([review["status"], review["review_at"], tasks])
}

#[test]
fn v0_a_date_schedules_a_review_with_a_task_for_learner_and_case_owner() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = reviewed(encoding);
        let undated = review(&world, SOURCE, 0);
        assert_eq!(outline(&undated), json!(["not_scheduled", null, []]));
        edit(&world, "alice", SOURCE, &json!([date(REVIEWS[0], MEETING)]));
        let dated = review(&world, SOURCE, 0);
        let tasks = json!([["learner", MEETING, "open"], ["sam", MEETING, "open"]]);
        assert_eq!(outline(&dated), json!(["scheduled", MEETING, tasks]));
        assert_eq!(dated["review"], undated["review"]);
        assert_ne!(dated["tasks"][0]["task"], dated["tasks"][1]["task"]);
    }
}

#[test]
fn both_encodings_show_the_same_ids_and_an_earlier_version_its_own() {
    let shown = |encoding| {
        let world = reviewed(encoding);
        edit(&world, "alice", SOURCE, &json!([date(REVIEWS[0], MEETING)]));
        edit(
            &world,
            "alice",
            SOURCE,
            &json!([progress(REVIEWS[0], "completed")]),
        );
        let earlier = json!({ "learner": SOURCE, "at_version": 3 });
        let earlier = world.get("alice", "plan.get", &earlier)["components"][2].clone();
        [review(&world, SOURCE, 0), earlier["review"].clone()]
    };
    let json = shown(Encoding::Json);
    assert_eq!(json, shown(Encoding::MessagePack));
    let tasks = |status| json!([["learner", MEETING, status], ["sam", MEETING, status]]);
    assert_eq!(
        outline(&json[0]),
        json!(["completed", MEETING, tasks("done")])
    );
    assert_eq!(
        outline(&json[1]),
        json!(["scheduled", MEETING, tasks("open")])
    );
}

#[test]
fn progress_of_a_review_is_told_and_kept_in_the_history() {
    let world = reviewed(Encoding::MessagePack);
    let position = world.position();
    let reply = edit(
        &world,
        "ed",
        SOURCE,
        &json!([progress(REVIEWS[1], "in_progress")]),
    );
    assert_eq!(
        (&reply["version"], &reply["changed"]),
        (&json!(3), &json!(true))
    );
    let change = json!({
        "component": REVIEWS[1], "change": "updated", "attributes": [],
        "review_status": "in_progress",
    });
    let from = json!({ "learner": SOURCE, "from_version": 3 });
    let history = world.get("alice", "plan.history", &from);
    assert_eq!(history["items"][0]["changes"], json!([change]));
    let events = world.events_after(position);
    let told: Value = serde_json::from_slice(&events[0].body).unwrap();
    assert_eq!(
        told,
        json!({ "learner": SOURCE, "version": 3, "changes": [change] })
    );
    let again = edit(
        &world,
        "ed",
        SOURCE,
        &json!([progress(REVIEWS[1], "in_progress")]),
    );
    assert_eq!(again["changed"], false);
}

#[test]
fn p9_a_status_that_cannot_be_set_is_refused_with_its_place() {
    let world = reviewed(Encoding::Json);
    let refused = |actor: &str, edit: Value| {
        let body = json!({ "learner": SOURCE, "edits": [edit] });
        let error = world.ask(actor, "plan.edit", &body).unwrap_err();
        (error["code"].clone(), error["details"].clone())
    };
    let path = |path: &str| (json!("invalid_request"), json!({ "path": path }));
    assert_eq!(
        refused("sam", progress(ESSAY, "completed")),
        path("edits[0]")
    );
    let status = path("edits[0].status");
    assert_eq!(refused("sam", progress(REVIEWS[0], "scheduled")), status);
    assert_eq!(refused("sam", progress(REVIEWS[0], "submitted")), status);
    let mut of_component = progress(REVIEWS[0], "not_scheduled");
    of_component["op"] = json!("set_status");
    assert_eq!(refused("sam", of_component), status);
    edit(
        &world,
        "ed",
        SOURCE,
        &json!([progress(REVIEWS[0], "completed")]),
    );
    let reason = json!({ "reason": "edit_finished_not_permitted" });
    assert_eq!(
        refused("alice", progress(REVIEWS[0], "in_progress")),
        (json!("not_permitted"), reason)
    );
    assert_eq!(refused("alice", progress(REVIEWS[0], "scheduled")), status);
}

/// Targets whose reviews are scheduled, under way and completed, and a source that changed each.
fn warned(encoding: Encoding) -> (World, Value) {
    let world = reviewed(encoding);
    let exercise = |id: &str| json!({ "op": "change", "component": ESSAY, "set": { "marking_aid_exercise": id } });
    let target = json!([
        date(REVIEWS[0], MEETING), date(REVIEWS[2], MEETING),
        progress(REVIEWS[1], "in_progress"), progress(REVIEWS[2], "completed"),
        exercise(EXERCISE), { "op": "submit_evidence", "component": ESSAY },
    ]);
    edit(&world, "sam", TARGET, &target);
    let session = open(&world);
    let review_type = json!({ "review_type": "final" });
    let source = json!([
        { "op": "change", "component": REVIEWS[0], "set": { "name": "Review of the term" } },
        { "op": "change", "component": REVIEWS[1], "set": review_type },
        date(REVIEWS[2], LATER), exercise(OTHER_EXERCISE),
    ]);
    edit(&world, "alice", SOURCE, &source);
    (world, recent(&session))
}

#[test]
fn v2_v3_v4_m4_every_pair_is_listed_with_its_warnings() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let (world, request) = warned(encoding);
        let sync = world.get("alice", "sync.start", &request)["sync"].clone();
        world.work();
        let outcomes = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
        let pair = |component: &str, outcome: &str, warning: Value| {
            json!({
                "learner": TARGET, "component": component, "action": "synchronise",
                "outcome": outcome, "warnings": [warning],
            })
        };
        let recreated = json!({ "code": "review_recreated", "tasks": 2, "made": 2 });
        let expected = json!([
            pair(ESSAY, "applied", json!({ "code": "marking_aid_evidence" })),
            pair(REVIEWS[0], "applied", recreated),
            pair(
                REVIEWS[1],
                "unchanged",
                json!({ "code": "review_type_kept" })
            ),
            pair(
                REVIEWS[2],
                "applied",
                json!({ "code": "completed_review_kept" })
            ),
        ]);
        assert_eq!(outcomes["items"], expected);
    }
}

#[test]
fn v2_v4_a_review_is_made_anew_unless_it_is_completed() {
    let (world, request) = warned(Encoding::Json);
    let before = [0, 1, 2].map(|index| review(&world, TARGET, index));
    world.get("alice", "sync.start", &request);
    world.work();
    let after = [0, 1, 2].map(|index| review(&world, TARGET, index));
    let anew = json!([
        ["learner", before[0]["tasks"][0]["at"], "cancelled"],
        [
            before[0]["tasks"][1]["assignee"],
            before[0]["tasks"][1]["at"],
            "cancelled"
        ],
        ["learner", MEETING, "open"],
        ["sam", MEETING, "open"],
    ]);
    assert_eq!(outline(&after[0]), json!(["scheduled", MEETING, anew]));
    assert_ne!(after[0]["review"], before[0]["review"]);
    assert_eq!(after[0]["tasks"][0]["task"], before[0]["tasks"][0]["task"]);
    assert_ne!(after[0]["tasks"][2]["task"], before[0]["tasks"][0]["task"]);
    assert_eq!(after[1..], before[1..]);
    let plan = world.get("alice", "plan.get", &json!({ "learner": TARGET }));
    assert_eq!(plan["components"][4]["attributes"]["review_at"], LATER);
}

#[test]
fn a_target_tells_of_its_warnings_by_code() {
    let (world, request) = warned(Encoding::Json);
    let position = world.position();
    world.get("alice", "sync.start", &request);
    world.work();
    let events = world.events_after(position);
    let told = events
        .iter()
        .find(|event| event.subject.ends_with(".target"));
    let told: Value = serde_json::from_slice(&told.unwrap().body).unwrap();
    let expected = json!({
        "review_recreated": 1, "review_type_kept": 1, "completed_review_kept": 1,
        "marking_aid_evidence": 1,
    });
    assert_eq!(
        (&told["warnings"], &told["applied"]),
        (&expected, &json!(3))
    );
}

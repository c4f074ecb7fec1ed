//! Whose an open task is follows the component's owner and the learner's case owner, as plans show it
//! (V6).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{PROGRAMME, SOURCE, TARGET, college, learner, open, recent};
use crate::world::World;

const REVIEW: &str = "00000000-0000-0000-0000-00000000d000";
const MEETING: &str = "2026-12-01T14:00:00.000000Z";

/// The college with a review on both plans, to be held at the same time; `sam` is everybody's case
/// owner.
fn meeting(encoding: Encoding) -> World {
    let world = college(encoding);
    let review = json!({
        "component": REVIEW, "type": "review", "attributes": { "name": "Review" },
    });
    let template = json!({ "programme": PROGRAMME, "components": [review] });
    world.get("system", "template.put", &template);
    for learner in [SOURCE, TARGET] {
        let body = json!({ "learner": learner, "programme": PROGRAMME });
        world.get("system", "plan.instantiate", &body);
        change(&world, learner, &json!({ "review_at": MEETING }));
    }
    world
}

fn change(world: &World, learner: &str, set: &Value) {
    let edit = json!({ "op": "change", "component": REVIEW, "set": set });
    let body = json!({ "learner": learner, "edits": [edit] });
    world.get("sam", "plan.edit", &body);
}

fn hold(world: &World, learner: &str) {
    let edit = json!({ "op": "set_review_status", "component": REVIEW, "status": "completed" });
    let body = json!({ "learner": learner, "edits": [edit] });
    world.get("sam", "plan.edit", &body);
}

fn case_owner(world: &World, of: &str, name: &str, case_owner: &Value) {
    let mut record = learner(of, name, "north");
    record["case_owner"] = case_owner.clone();
    world.get("system", "learner.put", &record);
}

/// The tasks of the review as the plan shows them.
fn tasks(world: &World, learner: &str) -> Vec<Value> {
    tasks_in(&world.get("sam", "plan.get", &json!({ "learner": learner })))
}

fn tasks_in(plan: &Value) -> Vec<Value> {
    let components = plan["components"].as_array().unwrap().iter();
    let mut found = components.filter(|one| one["component"] == REVIEW);
    let review = &found.next().unwrap()["review"];
    review["tasks"].as_array().unwrap().clone()
}

fn version(world: &World) -> u64 {
    let plan = world.get("sam", "plan.get", &json!({ "learner": SOURCE }));
    plan["version"].as_u64().unwrap()
}

/// Of each task of the source at a version: whose, and how it stands.
fn whose_at(world: &World, version: u64) -> Vec<Value> {
    let body = json!({ "learner": SOURCE, "at_version": version });
    brief(&tasks_in(&world.get("sam", "plan.get", &body)))
}

/// Of each task: whose, and how it stands.
fn whose(world: &World, learner: &str) -> Vec<Value> {
    brief(&tasks(world, learner))
}

fn brief(tasks: &[Value]) -> Vec<Value> {
    let brief = |task: &Value| json!([task["assignee"], task["status"]]);
    tasks.iter().map(brief).collect()
}

fn pair(administrator: &str, status: &str) -> Vec<Value> {
    vec![json!(["learner", status]), json!([administrator, status])]
}

#[test]
fn v6_an_open_task_follows_the_owner_or_else_the_case_owner() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = meeting(encoding);
        assert_eq!(whose(&world, SOURCE), pair("sam", "open"));
        let first = tasks(&world, SOURCE);
        change(&world, SOURCE, &json!({ "owner": "alice" }));
        assert_eq!(whose(&world, SOURCE), pair("alice", "open"));
        // Where the component has an owner, the case owner does not matter.
        case_owner(&world, SOURCE, "Ann", &json!("ed"));
        assert_eq!(whose(&world, SOURCE), pair("alice", "open"));
        change(&world, SOURCE, &json!({ "owner": null }));
        assert_eq!(whose(&world, SOURCE), pair("ed", "open"));
        case_owner(&world, SOURCE, "Ann", &json!("sam"));
        assert_eq!(whose(&world, SOURCE), pair("sam", "open"));
        let ids = |tasks: &[Value]| -> Vec<Value> {
            tasks.iter().map(|task| task["task"].clone()).collect()
        };
        let last = tasks(&world, SOURCE);
        assert_eq!(ids(&last), ids(&first), "they are the same tasks all along");
        assert_eq!(whose(&world, TARGET), pair("sam", "open"));
    }
}

#[test]
fn v6_without_owner_and_case_owner_an_administrators_task_is_off_the_calendar() {
    let world = meeting(Encoding::Json);
    case_owner(&world, SOURCE, "Ann", &Value::Null);
    let gone = vec![json!(["learner", "open"]), json!(["sam", "cancelled"])];
    assert_eq!(whose(&world, SOURCE), gone);
    let world = world.restarted();
    assert_eq!(whose(&world, SOURCE), gone);
    case_owner(&world, SOURCE, "Ann", &json!("ed"));
    assert_eq!(whose(&world, SOURCE), pair("ed", "open"));
    // An owner is enough.
    case_owner(&world, SOURCE, "Ann", &Value::Null);
    change(&world, SOURCE, &json!({ "owner": "alice" }));
    assert_eq!(whose(&world, SOURCE), pair("alice", "open"));
}

#[test]
fn v6_an_earlier_version_shows_whose_the_tasks_were_when_it_was_made() {
    let world = meeting(Encoding::Json);
    case_owner(&world, SOURCE, "Ann", &Value::Null);
    change(&world, SOURCE, &json!({ "name": "Off" }));
    change(&world, SOURCE, &json!({ "owner": "alice" }));
    change(&world, SOURCE, &json!({ "owner": null }));
    case_owner(&world, SOURCE, "Ann", &json!("ed"));
    change(&world, SOURCE, &json!({ "name": "On" }));
    case_owner(&world, SOURCE, "Ann", &json!("sam"));
    let last = version(&world);
    let off = vec![json!(["learner", "open"]), json!(["sam", "cancelled"])];
    let shown = |ago: u64| whose_at(&world, last - ago);
    assert_eq!(shown(4), pair("sam", "open"));
    assert_eq!(shown(3), off);
    assert_eq!(shown(2), pair("alice", "open"));
    assert_eq!(shown(1), off);
    assert_eq!(shown(0), pair("sam", "open"), "the latest one as it is now");
    change(&world, SOURCE, &json!({ "name": "Later" }));
    assert_eq!(shown(0), pair("ed", "open"), "and then as it was made");
}

#[test]
fn v6_a_task_that_is_done_keeps_who_did_it() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = meeting(encoding);
        change(&world, SOURCE, &json!({ "owner": "alice" }));
        hold(&world, SOURCE);
        assert_eq!(whose(&world, SOURCE), pair("alice", "done"));
        change(&world, SOURCE, &json!({ "owner": "ed" }));
        case_owner(&world, SOURCE, "Ann", &json!("ed"));
        assert_eq!(whose(&world, SOURCE), pair("alice", "done"));
        let world = world.restarted();
        assert_eq!(whose(&world, SOURCE), pair("alice", "done"));
    }
}

#[test]
fn v6_an_owner_that_a_sync_brings_has_the_target_s_open_task_and_not_the_one_that_is_done() {
    for held in [false, true] {
        let world = meeting(Encoding::MessagePack);
        if held {
            hold(&world, TARGET);
        }
        let session = open(&world);
        let edit = json!({ "op": "change", "component": REVIEW, "set": { "owner": "ed" } });
        let body = json!({ "learner": SOURCE, "edits": [edit] });
        world.get("alice", "plan.edit", &body);
        let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
        world.work();
        let done = world.get("alice", "sync.get", &json!({ "sync": sync }));
        assert_eq!(done["pairs"]["applied"], 1);
        let expected = if held {
            pair("sam", "done")
        } else {
            let open = pair("ed", "open");
            let cancelled = pair("sam", "cancelled");
            json!([cancelled[0], cancelled[1], open[0], open[1]])
        };
        assert_eq!(whose(&world, TARGET), expected);
    }
}

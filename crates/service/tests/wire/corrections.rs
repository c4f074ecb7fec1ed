//! Corrections: a change that was synchronised by mistake is undone where it was applied (C2, T1, C7).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, EXAM, PROGRAMME, SOURCE, TARGET, college, open, rename};
use crate::world::World;

const ADDED: &str = "00000000-0000-0000-0000-00000000d000";

fn edit(world: &World, edits: &Value) {
    let body = json!({ "learner": SOURCE, "edits": edits });
    world.get("alice", "plan.edit", &body);
}

/// Sends what is preselected to the target, and gives the outcomes.
fn sent(world: &World, session: &Value) -> Value {
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": [TARGET],
    });
    let sync = world.get("alice", "sync.start", &request)["sync"].clone();
    world.work();
    let outcomes = world.get("alice", "sync.outcomes", &json!({ "sync": sync }));
    outcomes["items"].clone()
}

/// The names of the target's components.
fn names(world: &World) -> Vec<Value> {
    let plan = world.get("alice", "plan.get", &json!({ "learner": TARGET }));
    let components = plan["components"].as_array().unwrap().iter();
    components
        .map(|component| component["attributes"]["name"].clone())
        .collect()
}

#[test]
fn c2_a_name_that_was_sent_and_taken_back_reaches_who_got_it() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = college(encoding);
        let session = open(&world);
        world.get("alice", "plan.edit", &rename(ESSAY, "B"));
        sent(&world, &session);
        assert_eq!(names(&world), ["B", "Exam"]);

        world.get("alice", "plan.edit", &rename(ESSAY, "Essay"));
        let changes = world.get("alice", "record.changes", &json!({ "session": session }));
        let expected = json!([{ "attribute": "name", "before": "B", "after": "Essay" }]);
        assert_eq!(changes["changes"][0]["attributes"], expected);
        assert_eq!(changes["changes"][0]["preselected"], true);
        assert_eq!(sent(&world, &session)[0]["outcome"], "applied");
        assert_eq!(names(&world), ["Essay", "Exam"]);
    }
}

#[test]
fn c2_what_was_added_by_mistake_and_sent_goes_and_what_was_deleted_comes_back() {
    let world = college(Encoding::Json);
    let session = open(&world);
    let add = json!({
        "op": "add", "component": ADDED, "programme": PROGRAMME, "type": "assignment",
        "attributes": { "name": "Mistake" },
    });
    edit(&world, &json!([add, { "op": "remove", "component": EXAM }]));
    sent(&world, &session);
    assert_eq!(names(&world), ["Essay", "Mistake"]);

    let readd = json!({ "op": "add", "template": EXAM, "programme": PROGRAMME });
    edit(
        &world,
        &json!([{ "op": "remove", "component": ADDED }, readd]),
    );
    let body = json!({ "session": session, "programme": PROGRAMME });
    let listed = world.get("alice", "sync.components", &body);
    let items = listed["items"].as_array().unwrap().iter();
    let kinds: Vec<_> = items.map(|item| item["change"].clone()).collect();
    assert_eq!(kinds, [json!(null), json!("created"), json!("deleted")]);
    sent(&world, &session);
    assert_eq!(names(&world), ["Essay", "Exam"]);
}

#[test]
fn t1_what_is_added_again_empties_nothing_that_was_never_lost() {
    let world = college(Encoding::Json);
    let due = json!({ "op": "change", "component": ESSAY, "set": { "due_date": "2026-12-01" } });
    for learner in [SOURCE, TARGET] {
        let body = json!({ "learner": learner, "edits": [due] });
        world.get("system", "plan.edit", &body);
    }
    let session = open(&world);
    let readd = json!({
        "op": "add", "template": ESSAY, "programme": PROGRAMME,
        "attributes": { "planned_for_qa": true },
    });
    edit(
        &world,
        &json!([{ "op": "remove", "component": ESSAY }, readd]),
    );
    assert_eq!(sent(&world, &session)[0]["outcome"], "applied");

    let plan = world.get("alice", "plan.get", &json!({ "learner": TARGET }));
    let attributes = &plan["components"][0]["attributes"];
    assert_eq!(attributes["due_date"], "2026-12-01");
    assert_eq!(attributes["planned_for_qa"], true);
}

#[test]
fn c7_where_a_condition_skipped_everybody_it_is_selected_again() {
    let world = college(Encoding::Json);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": "recent",
        "learners": [TARGET], "statuses": ["completed"],
    });
    world.get("alice", "sync.start", &request);
    world.work();

    let changes = world.get("alice", "record.changes", &json!({ "session": session }));
    assert_eq!(changes["changes"][0]["preselected"], true);
}

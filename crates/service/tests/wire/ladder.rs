//! The order of refusals, with a request that has every fault at once. The faults are corrected one by one;
//! each refusal names the first fault that is left.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, EXAM, HIDDEN, NOBODY, PROGRAMME, SOURCE, administrator, college, rename,
};
use crate::world::World;

const REVIEW: &str = "00000000-0000-0000-0000-00000000d000";
const SYNC: &str = "00000000-0000-0000-0000-00000000e000";
const OTHER_SYNC: &str = "00000000-0000-0000-0000-00000000e001";

/// More ids than a sync takes, none of them known.
fn too_many() -> Value {
    let ids = (0..2_090).map(|number| format!("00000000-0000-0000-0001-{number:012}"));
    json!(ids.collect::<Vec<_>>())
}

fn put_ed(world: &World, permissions: &[&str], groups: &[&str]) {
    let ed = administrator("ed", permissions, &json!(groups));
    world.get("system", "administrator.put", &ed);
}

/// Mends one field and gives the refusal that is left.
fn mended(world: &World, request: &mut Value, field: &str, value: Value) -> String {
    request[field] = value;
    world.refusal("ed", "sync.start", request)
}

fn everything_wrong(world: &World) -> Value {
    let components = too_many();
    let request = json!({
        "session": NOBODY, "programme": NOBODY, "components": [], "learners": components,
        "type": "selected_attributes", "attributes": ["due_date"], "sync": SYNC,
        "confirm": { "position": 1, "digest": "00".repeat(32) }, "colour": "red",
    });
    assert_eq!(
        world.refusal("nobody", "sync.start", &request),
        "invalid_request"
    );
    request
}

#[test]
fn r2_a_request_to_sync_is_refused_by_the_first_of_its_faults() {
    let world = college(Encoding::Json);
    let mut request = everything_wrong(&world);
    request.as_object_mut().unwrap().remove("colour");
    assert_eq!(
        world.refusal("nobody", "sync.start", &request),
        "unknown_actor"
    );
    let step =
        |request: &mut Value, field: &str, value: Value| mended(&world, request, field, value);

    assert_eq!(
        world.refusal("ed", "sync.start", &request),
        "session_not_open"
    );
    let opened = world.get("ed", "record.open", &json!({ "learner": SOURCE }));
    put_ed(&world, &[], &["south"]);
    let session = opened["session"].clone();
    assert_eq!(
        step(&mut request, "session", session),
        "learner_not_available"
    );
    put_ed(&world, &[], &["north"]);
    assert_eq!(
        world.refusal("ed", "sync.start", &request),
        "sync_not_permitted"
    );
    put_ed(&world, &["advanced_delivery_edit"], &["north"]);
    assert_eq!(
        world.refusal("ed", "sync.start", &request),
        "programme_not_found"
    );
    let programme = json!(PROGRAMME);
    assert_eq!(
        step(&mut request, "programme", programme),
        "attribute_not_allowed"
    );
    request["attributes"] = json!([]);
    let all = json!("all_attributes");
    assert_eq!(step(&mut request, "type", all), "nothing_selected");
    assert_eq!(
        step(&mut request, "components", too_many()),
        "too_many_components"
    );
    let unknown = json!([ESSAY, NOBODY]);
    assert_eq!(
        step(&mut request, "components", unknown),
        "too_many_learners"
    );
    assert_eq!(
        step(&mut request, "learners", json!("all")),
        "component_not_found"
    );
    request["type"] = json!("changes_only");
    assert_eq!(
        step(&mut request, "components", json!([ESSAY])),
        "source_changed"
    );
    assert_eq!(
        step(&mut request, "confirm", Value::Null),
        "no_recent_changes"
    );
    refused_by_what_goes_on(&world, request);
}

/// The last two rungs: the id is another sync's, and too many syncs run.
fn refused_by_what_goes_on(world: &World, mut request: Value) {
    world.get("ed", "plan.edit", &rename(ESSAY, "New"));
    for number in 0..20 {
        let sync = format!("00000000-0000-0000-0000-00000000e0{:02}", 10 + number);
        request["sync"] = json!(sync);
        world.get("ed", "sync.start", &request);
    }
    let used = request["sync"].clone();
    assert_eq!(mended(world, &mut request, "sync", used), "sync_exists");
    request["sync"] = json!(OTHER_SYNC);
    let refused = world.ask("ed", "sync.start", &request).unwrap_err();
    assert_eq!(refused["code"], "overloaded");
    assert_eq!(refused["details"], json!({ "retry_after_ms": 1_000 }));
    world.work();
    world.get("ed", "sync.start", &request);
}

/// The code of a plan edit's refusal.
fn edit(world: &World, actor: &str, learner: &str, version: u64, edit: &Value) -> String {
    let body = json!({ "learner": learner, "expected_version": version, "edits": [edit] });
    world.refusal(actor, "plan.edit", &body)
}

/// A college without Marking Aid.
fn without_marking_aid() -> World {
    let world = college(Encoding::MessagePack);
    let settings = json!({ "marking_aid": false, "owner_rule": "keep" });
    world.get("system", "tenant.put", &settings);
    world
}

#[test]
fn r3_an_addition_is_refused_by_the_first_of_its_faults() {
    let world = without_marking_aid();
    let mut add = json!({
        "op": "add", "component": EXAM, "programme": NOBODY, "type": "exam",
        "attributes": { "name": "A", "review_type": "final", "marking_aid_exercise": NOBODY },
    });
    assert_eq!(
        edit(&world, "alice", HIDDEN, 7, &add),
        "learner_not_available"
    );
    assert_eq!(edit(&world, "ed", SOURCE, 7, &add), "version_conflict");
    assert_eq!(edit(&world, "ed", SOURCE, 1, &add), "programme_not_found");
    add["programme"] = json!(PROGRAMME);
    assert_eq!(edit(&world, "ed", SOURCE, 1, &add), "component_exists");
    add["component"] = json!(REVIEW);
    assert_eq!(edit(&world, "ed", SOURCE, 1, &add), "invalid_request");
    add["type"] = json!("review");
    assert_eq!(edit(&world, "ed", SOURCE, 1, &add), "attribute_not_allowed");
    add["attributes"]["marking_aid_exercise"] = Value::Null;
    assert_eq!(edit(&world, "ed", SOURCE, 1, &add), "not_permitted");
}

#[test]
fn r3_a_change_is_refused_by_the_first_of_its_faults() {
    let world = without_marking_aid();
    let mut change = json!({
        "op": "change", "component": NOBODY,
        "set": { "review_type": "final", "marking_aid_exercise": NOBODY, "due_date": "2026-12-01" },
    });
    assert_eq!(
        edit(&world, "ed", SOURCE, 1, &change),
        "component_not_found"
    );
    change["component"] = json!(ESSAY);
    assert_eq!(edit(&world, "ed", SOURCE, 1, &change), "invalid_request");
    let set = json!({ "marking_aid_exercise": NOBODY, "due_date": "2026-12-01" });
    change["set"] = set;
    assert_eq!(
        edit(&world, "ed", SOURCE, 1, &change),
        "attribute_not_allowed"
    );
    change["set"] = json!({ "due_date": "2026-12-01" });
    assert_eq!(edit(&world, "ed", SOURCE, 1, &change), "reason_required");
    change["reason"] = json!("Illness");
    assert_eq!(edit(&world, "ed", SOURCE, 1, &change), "not_permitted");
    let first = json!({ "op": "remove", "component": ESSAY });
    let body =
        json!({ "learner": SOURCE, "edits": [first, { "op": "remove", "component": NOBODY }] });
    assert_eq!(
        world.refusal("ed", "plan.edit", &body),
        "not_permitted",
        "the first edit"
    );
    assert_eq!(
        world.refusal("sam", "plan.edit", &body),
        "component_not_found"
    );
}

#[test]
fn r1_who_may_not_ask_is_refused_before_the_id_of_a_command_is_looked_at() {
    let world = college(Encoding::Json);
    let open = json!({ "learner": SOURCE, "command_id": REVIEW });
    world.get("ed", "record.open", &open);
    let put = json!({ "marking_aid": true, "owner_rule": "keep", "command_id": REVIEW });
    let refused = world.ask("ed", "tenant.put", &put).unwrap_err();
    assert_eq!(refused["code"], "not_permitted");
    assert_eq!(refused["details"]["reason"], "system_only");
    assert_eq!(
        world.refusal("ed", "record.list", &json!({ "page_size": 0 })),
        "invalid_request",
        "a field out of its bounds comes first of all"
    );
}

#[test]
fn r1_the_id_of_a_command_is_looked_at_before_its_session() {
    let world = college(Encoding::Json);
    put_ed(&world, &["advanced_delivery_edit"], &["north"]);
    let opened = world.get("ed", "record.open", &json!({ "learner": SOURCE }));
    let session = opened["session"].clone();
    world.get("ed", "plan.edit", &rename(ESSAY, "New"));
    let request = json!({
        "session": session, "programme": PROGRAMME, "components": [ESSAY], "learners": "all",
        "type": "changes_only", "command_id": REVIEW,
    });
    let first = world.get("ed", "sync.start", &request);
    world.get("ed", "record.close", &json!({ "session": session }));

    let again = world.get("ed", "sync.start", &request);
    assert_eq!(again["sync"], first["sync"]);
    assert_eq!(again["duplicate"], true, "a repeat has its first answer");
    let mut another = request.clone();
    another["learners"] = json!([HIDDEN]);
    assert_eq!(
        world.refusal("ed", "sync.start", &another),
        "command_id_reused"
    );
    another["command_id"] = json!(OTHER_SYNC);
    assert_eq!(
        world.refusal("ed", "sync.start", &another),
        "session_not_open"
    );
}

//! Plans and records.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, EXAM, HIDDEN, PROGRAMME, SOURCE, college, open, rename};

const ADDED: &str = "00000000-0000-0000-0000-00000000d000";

/// The same edits in one encoding, and everything that shows them.
fn edited(encoding: Encoding) -> Vec<Value> {
    let world = college(encoding);
    let session = open(&world);
    let edits = json!({
        "learner": SOURCE, "expected_version": 1,
        "edits": [
            { "op": "add", "component": ADDED, "programme": PROGRAMME, "type": "review",
              "attributes": { "name": "Review", "review_at": "2026-11-23T09:30:00Z" } },
            { "op": "change", "component": ESSAY, "reason": "Illness",
              "set": { "due_date": "2026-12-01", "criteria": ["K1", "S3"],
                       "marking_aid_exercise": ADDED } },
            { "op": "remove", "component": EXAM },
            { "op": "add", "template": EXAM, "programme": PROGRAMME, "attributes": {} },
            { "op": "set_status", "component": ESSAY, "status": "submitted" },
            { "op": "submit_evidence", "component": ESSAY },
        ],
    });
    let reply = world.get("alice", "plan.edit", &edits);
    let changes = world.get("alice", "record.changes", &json!({ "session": session }));
    let plan = world.get("alice", "plan.get", &json!({ "learner": SOURCE }));
    let before = world.get(
        "alice",
        "plan.get",
        &json!({ "learner": SOURCE, "at_version": 1 }),
    );
    let history = world.get("alice", "plan.history", &json!({ "learner": SOURCE }));
    let open = world.get("alice", "record.list", &json!({}));
    assert_eq!(
        world.get("alice", "record.close", &json!({ "session": session })),
        json!({})
    );
    let closed = world.get("alice", "record.list", &json!({}));
    vec![reply, changes, plan, before, history, open, closed]
}

#[test]
fn both_encodings_show_the_same() {
    assert_eq!(edited(Encoding::Json), edited(Encoding::MessagePack));
}

#[test]
fn an_edit_is_answered_with_what_it_came_to() {
    let reply = &edited(Encoding::Json)[0];
    let expected = json!({
        "version": 2, "position": 14, "changed": true, "added": [ADDED, EXAM],
    });
    assert_eq!(reply, &expected);
}

#[test]
fn a_plan_shows_all_attributes_of_a_type_and_what_last_changed_it() {
    let plan = &edited(Encoding::Json)[2];
    assert_eq!((&plan["version"], &plan["total"]), (&json!(2), &json!(3)));
    let expected = json!({
        "component": ESSAY, "programme": PROGRAMME, "type": "assignment", "from_template": true,
        "status": "submitted", "evidence_submitted": 1, "review": null,
        "attributes": {
            "name": "Essay", "due_date": "2026-12-01", "completion_mode": "learner",
            "criteria": ["K1", "S3"], "instructions": "", "evidence_required": false,
            "min_evidence": 0, "documents": [], "delivery_via_organisation": false,
            "delivery_via_employer": false, "marking_aid_exercise": ADDED,
            "planned_for_qa": false, "owner": null,
        },
        "last_updated": { "position": 14, "at": "2026-11-23T09:30:00.000013Z", "by": "alice" },
    });
    assert_eq!(plan["components"][0], expected);
}

#[test]
fn an_earlier_version_is_shown_as_it_was() {
    let before = &edited(Encoding::Json)[3];
    assert_eq!(
        (&before["version"], &before["total"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        before["components"][0]["attributes"]["criteria"],
        json!(["K1", "K2"])
    );
    assert_eq!(before["components"][0]["last_updated"]["by"], "system");
}

#[test]
fn a_history_tells_what_each_commit_did() {
    let history = &edited(Encoding::Json)[4];
    let instantiated =
        json!([{ "instantiated": { "programme": PROGRAMME, "template_version": 1, "added": 2 } }]);
    assert_eq!(history["items"][0]["changes"], instantiated);
    let changed = json!({
        "component": ESSAY, "change": "updated", "reason": "Illness",
        "attributes": [
            { "attribute": "due_date", "after": "2026-12-01" },
            { "attribute": "criteria", "after": ["K1", "S3"] },
            { "attribute": "marking_aid_exercise", "after": ADDED },
        ],
    });
    assert_eq!(history["items"][1]["changes"][1], changed);
    assert_eq!(
        (&history["total"], &history["items"][1]["sync"]),
        (&json!(2), &Value::Null)
    );
}

#[test]
fn c3_recent_changes_name_the_elements() {
    let changes = &edited(Encoding::Json)[1];
    let criteria = json!({
        "attribute": "criteria", "before": ["K1", "K2"], "after": ["K1", "S3"],
        "added": ["S3"], "removed": ["K2"],
    });
    assert_eq!(changes["changes"][0]["attributes"][1], criteria);
    assert_eq!(changes["changes"][0]["component"], ESSAY);
}

#[test]
fn open_records_are_listed_until_closed() {
    let shown = edited(Encoding::Json);
    assert_eq!(shown[5]["items"][0]["learner"], SOURCE);
    assert_eq!(shown[5]["items"][0]["marker"], 1);
    assert_eq!(
        shown[5]["items"][0]["programmes"],
        json!([{ "programme": PROGRAMME, "name": "Level 3", "preselected": true }])
    );
    assert_eq!(shown[6], json!({ "total": 0, "items": [] }));
}

#[test]
fn a_component_without_an_id_gets_one() {
    let world = college(Encoding::Json);
    let edits = json!({
        "learner": SOURCE, "command_id": ADDED,
        "edits": [{ "op": "add", "programme": PROGRAMME, "type": "exam",
                    "attributes": { "name": "Mock" } }],
    });
    let added = world.get("alice", "plan.edit", &edits)["added"][0].clone();
    let plan = world.get("alice", "plan.get", &json!({ "learner": SOURCE }));
    assert_eq!(plan["components"][2]["component"], added);
}

#[test]
fn e2_a_conflict_says_the_version_that_the_plan_has() {
    let world = college(Encoding::Json);
    let mut edit = rename(ESSAY, "New");
    edit["expected_version"] = json!(7);
    let refused = world.ask("alice", "plan.edit", &edit).unwrap_err();
    assert_eq!(
        (&refused["code"], &refused["details"]),
        (&json!("version_conflict"), &json!({ "version": 1 }))
    );
}

#[test]
fn p8_an_unseen_learner_has_no_plan() {
    let world = college(Encoding::Json);
    for operation in ["plan.get", "plan.history", "record.open"] {
        let refused = world.refusal("alice", operation, &json!({ "learner": HIDDEN }));
        assert_eq!(refused, "learner_not_available");
    }
}

#[test]
fn an_attribute_out_of_bounds_has_its_path() {
    let world = college(Encoding::Json);
    let edit = json!({
        "learner": SOURCE,
        "edits": [{ "op": "change", "component": ESSAY, "set": { "min_evidence": 1001 } }],
    });
    let refused = world.ask("alice", "plan.edit", &edit).unwrap_err();
    assert_eq!(refused["code"], "invalid_request");
    assert_eq!(
        refused["details"],
        json!({ "path": "edits[0].set.min_evidence" })
    );
}

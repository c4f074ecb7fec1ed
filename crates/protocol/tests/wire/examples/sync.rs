//! Examples of synchronisations.

use serde_json::{Value, json};

use crate::examples::plan::last_updated;
use crate::examples::{
    COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, SESSION, SYNC, examples, with,
};

examples! {
    SyncStart: with(sync_request(), "sync", json!(SYNC)) => json!({ "sync": SYNC, "position": 9 });
    SyncCancel: json!({ "sync": SYNC }) => json!({ "state": "cancelled" });

    SyncComponents: json!({
        "session": SESSION, "programme": PROGRAMME, "types": ["exam"], "search": "mock",
    }) => json!({
        "total": 1, "recent": 1,
        "items": [{
            "component": COMPONENT, "name": "Stakeholder map", "type": "assignment",
            "status": "in_progress", "change": "updated", "preselected": true,
            "last_updated": last_updated(),
        }],
    });
    SyncLearners: json!({
        "session": SESSION, "programme": PROGRAMME, "programme_statuses": ["active"],
        "groups": ["north"], "tutors": ["carol"], "search": "b",
    }) => json!({
        "total": 1,
        "items": [{
            "learner": LEARNER, "name": "Bob Brown", "programme_status": "active",
            "groups": ["north"], "tutors": ["carol"], "case_owner": "alice",
        }],
    });
    SyncFilters: json!({
        "session": SESSION, "programme": PROGRAMME, "field": "tutor", "search": "c",
    }) => json!({ "total": 1, "items": [{ "value": "carol", "name": "Carol Clark", "count": 12 }] });

    SyncPreview: with(sync_request(), "page_size", json!(100)) => preview();
    SyncAffected: with(sync_request(), "page", json!(2)) => affected();
    SyncExplain: of_component() => explained();

    SyncGet: json!({ "sync": SYNC }) => sync_record();
    SyncList: json!({ "learner": LEARNER, "requested_by": "alice" }) =>
        json!({ "total": 1, "items": [sync_record()] });
    SyncOutcomes: json!({ "sync": SYNC, "outcome": "skipped", "reason": "type_mismatch" }) =>
        json!({ "total": 3, "items": [skipped(), deleted(), review_recreated()] });
    SyncChanges: json!({ "sync": SYNC, "page": 1, "page_size": 500 }) => change_set();
}

pub(crate) fn sync_request() -> Value {
    json!({
        "session": SESSION,
        "programme": PROGRAMME,
        "components": [COMPONENT],
        "learners": { "programme_statuses": ["active"], "search": "b", "except": [LEARNER] },
        "statuses": ["not_started", "in_progress"],
        "type": "selected_attributes",
        "attributes": ["name", "criteria"],
        "confirm": { "position": 8, "digest": "ab".repeat(32) },
    })
}

fn of_component() -> Value {
    let of_component = with(sync_request(), "component", json!(COMPONENT));
    with(of_component, "side", json!("not_synchronised"))
}

pub(crate) fn sync_record() -> Value {
    json!({
        "sync": SYNC, "state": "completed", "type": "changes_only",
        "source": { "learner": LEARNER, "session": SESSION }, "programme": PROGRAMME,
        "requested_by": "alice", "started_at": "2026-11-23T09:30:00.000001Z",
        "finished_at": "2026-11-23T09:30:01.000000Z", "components": 1, "learners": 2, "done": 2,
        "pairs": { "applied": 1, "unchanged": 0, "skipped": 1 },
        "created": 0, "updated": 1, "deleted": 0,
    })
}

pub(super) fn skipped() -> Value {
    json!({
        "learner": LEARNER, "component": COMPONENT, "action": "synchronise",
        "outcome": "skipped", "reason": "type_mismatch", "warnings": [], "source": true,
    })
}

/// A pair that is deleted, with all that goes with it.
fn deleted() -> Value {
    json!({
        "learner": LEARNER, "component": EXERCISE, "action": "delete", "outcome": "applied",
        "warnings": [
            { "code": "tasks_cancelled", "tasks": 2 },
            { "code": "evidence_deleted", "evidence": 3 },
            { "code": "finished_deleted" },
        ],
    })
}

fn review_recreated() -> Value {
    json!({
        "learner": LEARNER, "component": SYNC, "action": "synchronise", "outcome": "applied",
        "warnings": [
            { "code": "review_recreated", "tasks": 2, "made": 1 },
            { "code": "review_type_kept" },
        ],
    })
}

fn preview() -> Value {
    json!({
        "position": 9, "digest": "ab".repeat(32), "type": "selected_attributes",
        "programme": { "programme": PROGRAMME, "name": "Level 3" },
        "components": 1, "learners": 2, "statuses": ["not_started"],
        "pairs": { "applied": 1, "unchanged": 0, "skipped": 1 },
        "warnings": [{
            "code": "some_not_synchronised",
            "message": "Component(s) for some Learners will not be synchronised",
            "learners": 1, "components": 1,
        }],
        "total": 2,
        "rows": [
            {
                "component": COMPONENT, "name": "Stakeholder map", "type": "assignment",
                "action": "synchronise", "last_updated": last_updated(), "synchronised": 1,
                "unchanged": 0, "not_synchronised": 1,
            },
            {
                "component": SYNC, "name": "Mock exam", "type": "exam",
                "action": "synchronise", "last_updated": last_updated(), "synchronised": 2,
                "unchanged": 0, "not_synchronised": 0,
                "source": { "outcome": "skipped", "reason": "edit_finished_not_permitted" },
            },
        ],
    })
}

pub(super) fn change_set() -> Value {
    json!({
        "total": 2, "digest": "ab".repeat(32),
        "items": [
            {
                "component": COMPONENT, "name": "Stakeholder map", "change": "updated",
                "attributes": [
                    { "attribute": "due_date", "before": null, "after": "2026-11-23" },
                    {
                        "attribute": "criteria", "before": ["K5"], "after": ["K5", "S2"],
                        "added": ["S2"], "removed": [],
                    },
                ],
            },
            { "component": SYNC, "name": "Mock exam", "change": null, "attributes": [] },
        ],
    })
}

fn affected() -> Value {
    json!({
        "position": 9, "digest": "ab".repeat(32), "total": 2,
        "items": [
            {
                "learner": LEARNER, "name": "Bob Brown", "programme": PROGRAMME,
                "applied": 3, "unchanged": 1, "skipped": 0, "created": 1, "updated": 1,
                "deleted": 1, "warnings": [{ "code": "finished_deleted", "components": 1 }],
            },
            {
                "learner": COMMAND, "name": null, "programme": null, "applied": 0,
                "unchanged": 0, "skipped": 4, "created": 0, "updated": 0, "deleted": 0,
                "warnings": [],
            },
        ],
    })
}

fn explained() -> Value {
    json!({
        "position": 9, "digest": "ab".repeat(32), "total": 3,
        "items": [
            {
                "learner": SESSION, "name": "Ann Archer", "programme": PROGRAMME,
                "action": "synchronise", "outcome": "unchanged", "warnings": [], "changes": [],
                "source": true,
            },
            {
                "learner": LEARNER, "name": "Bob Brown", "programme": PROGRAMME,
                "action": "synchronise", "outcome": "applied",
                "warnings": [{ "code": "marking_aid_evidence" }],
                "changes": [{ "attribute": "due_date", "before": null, "after": "2026-11-23" }],
            },
            {
                "learner": COMMAND, "name": null, "programme": null, "action": "synchronise",
                "outcome": "skipped", "reason": "learner_not_available", "warnings": [],
                "changes": [],
            },
        ],
    })
}

//! Examples of the audit of plans.

use serde_json::{Value, json};

use crate::examples::plan::assignment;
use crate::examples::{COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, SESSION, SYNC, examples};

const REASON: &str = "The employer asked for another week";

examples! {
    AuditPlan: json!({
        "learner": LEARNER, "at": { "time": "2026-11-23T12:00:00.000000Z" },
        "after": { "version": 4, "skip": 0 }, "limit": 1,
    }) => json!({
        "learner": LEARNER, "point": point(), "components": [assignment()],
        "next": { "version": 4, "skip": 1 }, "position": 40,
    });
    AuditDiff: json!({
        "learner": LEARNER, "from": { "version": 3 }, "to": { "position": 9 },
        "after": { "from": 3, "to": 4, "skip": 50 }, "limit": 50,
    }) => json!({
        "learner": LEARNER, "from": { "version": 3, "position": 6, "at": "2026-11-22T09:30:00.000001Z" },
        "to": point(), "items": [updated(), created()], "position": 40,
    });
    AuditBlame: json!({
        "learner": LEARNER, "component": COMPONENT, "attribute": "due_date", "at": { "version": 4 },
        "after": { "version": 4, "skip": 0 }, "limit": 50,
    }) => json!({
        "learner": LEARNER, "point": point(), "items": blamed(), "position": 40,
    });
    AuditWhy: json!({ "sync": SYNC, "learner": LEARNER, "component": COMPONENT }) => decision();
    AuditWhatIf: json!({
        "sync": SYNC, "judged_as": "sam", "with": ["advanced_delivery_add"],
        "without": ["advanced_delivery_edit"], "statuses": ["not_started", "planned_for_qa"],
        "after": { "learner": LEARNER, "component": COMPONENT }, "limit": 500,
    }) => what_if();
    AuditChanges: json!({
        "from_time": "2026-11-01T00:00:00.000000Z", "to_time": "2026-12-01T00:00:00.000000Z",
        "programme": PROGRAMME, "after": { "learner": LEARNER, "version": 4, "skip": 1 }, "limit": 500,
    }) => json!({ "items": changes(), "next": { "learner": LEARNER, "version": 5, "skip": 0 }, "position": 40 });
}

fn point() -> Value {
    json!({ "version": 4, "position": 8, "at": "2026-11-23T09:30:00.000001Z" })
}

/// The commit of a synchronisation, and that of its source.
fn origins() -> Value {
    json!([
        {
            "kind": "sync", "learner": LEARNER, "version": 4, "position": 8,
            "at": "2026-11-23T09:30:00.000001Z", "by": "alice", "command_id": COMMAND,
            "sync": {
                "sync": SYNC, "requested_by": "alice", "accepted_at": 7, "source": EXERCISE,
                "session": SESSION, "source_version": 2,
            },
        },
        edit(),
    ])
}

fn edit() -> Value {
    json!({
        "kind": "edit", "learner": EXERCISE, "version": 2, "position": 5,
        "at": "2026-11-22T09:30:00.000001Z", "by": "alice", "command_id": SESSION, "reason": REASON,
    })
}

fn from_template() -> Value {
    json!([{
        "kind": "template", "learner": LEARNER, "version": 1, "position": 3,
        "at": "2026-11-20T09:30:00.000001Z", "by": "system", "command_id": COMMAND,
        "template": {
            "programme": PROGRAMME, "version": 4,
            "put": {
                "version": 2, "position": 2, "at": "2026-11-19T09:30:00.000001Z", "by": "system",
                "command_id": SESSION,
            },
        },
    }])
}

fn updated() -> Value {
    let at = "2026-12-01T14:00:00.000000Z";
    json!({
        "component": COMPONENT, "name": "Progress review", "programme": PROGRAMME, "type": "review",
        "from_template": true, "change": "updated",
        "attributes": [
            { "attribute": "due_date", "before": null, "after": "2026-11-23", "origins": origins() },
            {
                "attribute": "criteria", "before": ["K5"], "after": ["K5", "S2"],
                "added": ["S2"], "removed": [], "origins": [edit()],
            },
        ],
        "status": { "before": "not_started", "after": "in_progress", "origins": [edit()] },
        "evidence": { "before": 0, "after": 1, "origins": [edit()] },
        "review": {
            "before": null,
            "after": { "review": EXERCISE, "status": "scheduled", "review_at": at },
            "origins": [edit()],
        },
        "tasks": { "made": [SESSION], "cancelled": [] }, "origins": [edit()],
    })
}

fn created() -> Value {
    json!({
        "component": SYNC, "name": "Mock exam", "programme": PROGRAMME, "type": "exam",
        "from_template": true, "change": "created", "place": 7,
        "attributes": [{
            "attribute": "name", "before": null, "after": "Mock exam", "origins": from_template(),
        }],
        "tasks": { "made": [], "cancelled": [] }, "origins": from_template(),
    })
}

fn blamed() -> Value {
    let item = |attribute: &str, value: Value, origins: Value| {
        json!({
            "component": COMPONENT, "name": "Progress review", "attribute": attribute, "value": value,
            "origins": origins,
        })
    };
    let mut moved = item("due_date", json!("2026-11-23"), origins());
    moved["before"] = json!(null);
    let mut review = item("review", json!("scheduled"), json!([edit()]));
    let side = |status: &str| json!({ "review": EXERCISE, "status": status, "review_at": "2026-12-01T14:00:00.000000Z" });
    review["before"] = json!("in_progress");
    review["review"] = side("scheduled");
    review["review_before"] = side("in_progress");
    json!([
        item("name", json!("Progress review"), from_template()),
        moved,
        review
    ])
}

fn decision() -> Value {
    json!({
        "sync": SYNC, "learner": LEARNER, "requested_by": "alice", "listed": true, "reached": "judged",
        "sentence": "alice synchronised to this learner.", "position": 8, "judged_at": 7,
        "judged_on": {
            "plan_version": 3, "groups": ["north"],
            "enrolments": [{ "programme": PROGRAMME, "status": "active" }], "case_owner": "sam",
            "permissions": ["advanced_delivery_add"], "groups_viewed": ["north", "south"],
            "marking_aid": true, "owner_rule": "keep",
        },
        "excluded_by": [],
        "items": [{
            "component": COMPONENT, "name": "Stakeholder map", "action": "synchronise", "outcome": "skipped",
            "reason": "edit_not_permitted", "warnings": [], "status": "in_progress",
            "missing_permissions": ["advanced_delivery_edit"],
            "sentence": "Nothing was changed: alice did not have the permission advanced_delivery_edit.",
        }],
        "next": COMPONENT,
    })
}

fn what_if() -> Value {
    json!({
        "sync": SYNC, "requested_by": "alice", "judged_as": "sam", "state": "completed",
        "items": [{
            "learner": LEARNER, "component": COMPONENT, "name": "Stakeholder map", "position": 8, "judged_at": 7,
            "status": "in_progress",
            "recorded": {
                "action": "synchronise", "outcome": "applied", "warnings": [], "missing_permissions": [],
                "sentence": "The component was changed.",
            },
            "hypothetical": {
                "action": "synchronise", "outcome": "skipped", "reason": "edit_not_permitted", "warnings": [],
                "missing_permissions": ["advanced_delivery_edit"],
                "sentence": "Nothing was changed: sam did not have the permission advanced_delivery_edit.",
            },
        }],
        "next": { "learner": LEARNER, "component": COMPONENT },
    })
}

fn changes() -> Value {
    let at = "2026-11-23T09:30:00.000001Z";
    json!([
        {
            "learner": LEARNER, "position": 8, "version": 4, "at": at, "by": "alice", "sync": SYNC,
            "component": COMPONENT, "name": "Stakeholder map", "programme": PROGRAMME, "type": "assignment",
            "change": "due_date_moved", "attributes": ["due_date"], "due_date_before": null,
            "due_date_after": "2026-11-23", "reason": REASON, "reason_from": edit(),
        },
        {
            "learner": LEARNER, "position": 9, "version": 5, "at": at, "by": "sam", "sync": null,
            "component": SYNC, "name": "Mock exam", "programme": PROGRAMME, "type": "exam", "change": "removed",
            "attributes": [],
        },
    ])
}

//! Examples of plans.

use serde_json::{Value, json};

use crate::examples::reference::component;
use crate::examples::{COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, SESSION, SYNC, examples};

examples! {
    PlanInstantiate: json!({ "learner": LEARNER, "programme": PROGRAMME }) =>
        json!({ "version": 1, "position": 7, "added": 40 });
    PlanEdit: json!({ "learner": LEARNER, "expected_version": 3, "edits": edits() }) => json!({
        "version": 4, "position": 8, "changed": true, "added": [COMPONENT], "duplicate": true,
    });
    PlanGet: json!({ "learner": LEARNER, "at_version": 3 }) => json!({
        "learner": LEARNER, "version": 4, "total": 2, "components": [assignment(), progress_review()],
    });
    PlanChange: json!({ "learner": LEARNER, "version": 3, "page": 1 }) => plan_change();
    PlanHistory: json!({ "learner": LEARNER, "from_version": 2 }) => json!({
        "total": 1,
        "items": [{
            "version": 4, "position": 7, "at": "2026-11-23T09:30:00.000001Z", "by": "alice",
            "sync": null, "command_id": COMMAND, "changes": changes(),
        }],
    });
}

fn edits() -> Value {
    json!([
        {
            "op": "add", "component": COMPONENT, "programme": PROGRAMME, "type": "exam",
            "attributes": { "name": "Mock exam" },
        },
        { "op": "add", "template": COMPONENT, "programme": PROGRAMME },
        {
            "op": "change", "component": COMPONENT,
            "set": { "due_date": "2026-11-23", "planned_for_qa": true, "owner": null },
            "reason": "The employer asked for another week",
        },
        { "op": "remove", "component": COMPONENT },
        { "op": "set_status", "component": COMPONENT, "status": "in_progress" },
        { "op": "submit_evidence", "component": COMPONENT },
        { "op": "set_review_status", "component": COMPONENT, "status": "completed" },
    ])
}

pub(super) fn assignment() -> Value {
    json!({
        "component": COMPONENT, "programme": PROGRAMME, "type": "assignment",
        "from_template": true, "status": "in_progress", "evidence_submitted": 1,
        "attributes": component()["attributes"], "review": null,
        "last_updated": last_updated(),
    })
}

fn progress_review() -> Value {
    json!({
        "component": SYNC, "programme": PROGRAMME, "type": "review",
        "from_template": false, "status": "not_started", "evidence_submitted": 0,
        "attributes": {
            "name": "Progress review", "review_type": "quarterly",
            "review_at": "2026-12-01T14:00:00.000000Z", "owner": "alice",
        },
        "review": review(), "last_updated": last_updated(),
    })
}

fn review() -> Value {
    let at = "2026-12-01T14:00:00.000000Z";
    let task = |task, assignee, status| json!({ "task": task, "assignee": assignee, "at": at, "status": status });
    json!({
        "review": EXERCISE, "status": "scheduled", "review_at": at,
        "tasks": [task(SESSION, "learner", "open"), task(COMMAND, "alice", "open")],
    })
}

pub(super) fn last_updated() -> Value {
    json!({ "position": 7, "at": "2026-11-23T09:30:00.000001Z", "by": "alice" })
}

pub(crate) fn changes() -> Value {
    json!([
        {
            "component": COMPONENT, "change": "updated",
            "attributes": [{ "attribute": "due_date", "after": "2026-11-23" }],
            "reason": "The employer asked for another week",
        },
        {
            "component": SYNC, "change": "updated", "attributes": [],
            "review_status": "in_progress",
        },
        { "instantiated": { "programme": PROGRAMME, "template_version": 4, "added": 40 } },
        { "synchronised": {
            "applied": 3, "unchanged": 1, "skipped": 0, "created": 1, "updated": 1, "deleted": 1,
        } },
    ])
}

fn plan_change() -> Value {
    let at = "2026-12-01T14:00:00.000000Z";
    let side = |review, status| json!({ "review": review, "status": status, "review_at": at });
    json!({
        "version": 4, "position": 8, "at": "2026-11-23T09:30:00.000001Z", "by": "alice",
        "sync": SYNC, "command_id": COMMAND, "reason": "The employer asked for another week",
        "total": 2,
        "changes": [
            {
                "component": COMPONENT, "name": "Stakeholder map", "change": "updated",
                "attributes": [
                    { "attribute": "due_date", "before": null, "after": "2026-11-23" },
                    {
                        "attribute": "criteria", "before": ["K5"], "after": ["K5", "S2"],
                        "added": ["S2"], "removed": [],
                    },
                ],
                "tasks": { "made": [], "cancelled": [] },
                "reason": "The employer asked for another week",
            },
            {
                "component": SYNC, "name": "Progress review", "change": "updated",
                "attributes": [{ "attribute": "name", "before": "Review", "after": "Progress review" }],
                "status": { "before": "not_started", "after": "in_progress" },
                "evidence": { "before": 0, "after": 1 },
                "review": {
                    "before": side(EXERCISE, "scheduled"), "after": side(LEARNER, "scheduled"),
                },
                "tasks": { "made": [SESSION], "cancelled": [PROGRAMME] },
            },
        ],
    })
}

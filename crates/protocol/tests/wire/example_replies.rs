//! One reply of each operation.

use plansync_protocol::OperationName;
use serde_json::{Value, json};

use crate::examples::{
    COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, SESSION, SYNC, administrator, component,
    learner, with,
};

pub(crate) fn reply(operation: OperationName) -> Value {
    match operation.as_str() {
        "tenant.put"
        | "administrator.put"
        | "administrator.remove"
        | "learner.put"
        | "programme.put"
        | "template.put"
        | "template.remove" => json!({ "position": 7 }),
        "tenant.get" => json!({
            "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 24,
        }),
        "administrator.get" => administrator(),
        "administrator.list" => json!({ "total": 1, "items": [administrator()] }),
        "administrator.names" => json!({ "items": [
            { "administrator": "alice", "name": "Alice Adams" },
            { "administrator": "nobody", "name": null },
            { "administrator": "system", "name": "system" },
        ] }),
        "learner.find" => json!({ "total": 1, "items": [{
            "learner": LEARNER, "name": "Bob Brown",
            "programmes": [{
                "programme": PROGRAMME, "name": "Business Administrator Level 3", "status": "active",
            }],
        }] }),
        "learner.get" => learner(),
        "learner.list" => json!({ "total": 1, "items": [learner()] }),
        "programme.get" => programme(),
        "programme.list" => json!({ "total": 1, "items": [programme()] }),
        "template.get" => json!({ "total": 1, "version": 4, "components": [component()] }),
        "actor.get" => with(administrator(), "can_sync", json!(true)),
        other if other.starts_with("plan.") => plan(other),
        other if other.starts_with("record.") => record(other),
        other => sync(other),
    }
}

fn programme() -> Value {
    json!({
        "programme": PROGRAMME, "name": "Business Administrator Level 3", "parent": null,
        "template_components": 40,
    })
}

pub(crate) fn last_updated() -> Value {
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

fn plan(operation: &str) -> Value {
    match operation {
        "plan.change" => plan_change(),
        "plan.instantiate" => json!({ "version": 1, "position": 7, "added": 40 }),
        "plan.edit" => json!({
            "version": 4, "position": 8, "changed": true, "added": [COMPONENT], "duplicate": true,
        }),
        "plan.get" => json!({
            "learner": LEARNER, "version": 4, "total": 2,
            "components": [
                {
                    "component": COMPONENT, "programme": PROGRAMME, "type": "assignment",
                    "from_template": true, "status": "in_progress", "evidence_submitted": 1,
                    "attributes": component()["attributes"], "review": null,
                    "last_updated": last_updated(),
                },
                {
                    "component": SYNC, "programme": PROGRAMME, "type": "review",
                    "from_template": false, "status": "not_started", "evidence_submitted": 0,
                    "attributes": {
                        "name": "Progress review", "review_type": "quarterly",
                        "review_at": "2026-12-01T14:00:00.000000Z", "owner": "alice",
                    },
                    "review": review(), "last_updated": last_updated(),
                },
            ],
        }),
        "plan.history" => json!({
            "total": 1,
            "items": [{
                "version": 4, "position": 7, "at": "2026-11-23T09:30:00.000001Z", "by": "alice",
                "sync": null, "command_id": COMMAND, "changes": changes(),
            }],
        }),
        other => panic!("{other} has no example: write one"),
    }
}

fn review() -> Value {
    let at = "2026-12-01T14:00:00.000000Z";
    let task = |task, assignee, status| json!({ "task": task, "assignee": assignee, "at": at, "status": status });
    json!({
        "review": EXERCISE, "status": "scheduled", "review_at": at,
        "tasks": [task(SESSION, "learner", "open"), task(COMMAND, "alice", "open")],
    })
}

fn record(operation: &str) -> Value {
    match operation {
        "record.open" => json!({
            "session": SESSION, "marker": 4, "can_sync": true, "resumed": true,
            "programmes": [{ "programme": PROGRAMME, "name": "Level 3", "preselected": true }],
        }),
        "record.close" => json!({}),
        "record.list" => json!({
            "total": 1,
            "items": [{
                "session": SESSION, "learner": LEARNER, "marker": 4,
                "opened_at": "2026-11-23T09:30:00.000001Z",
                "programmes": [{ "programme": PROGRAMME, "name": "Level 3", "preselected": true }],
            }],
        }),
        "record.changes" => json!({
            "total": 1,
            "changes": [{
                "component": COMPONENT, "name": "Stakeholder map", "change": "updated",
                "preselected": true,
                "attributes": [{
                    "attribute": "criteria", "before": ["K5"], "after": ["K5", "S2"],
                    "added": ["S2"], "removed": [],
                }],
                "last_updated": last_updated(),
            }],
        }),
        other => panic!("{other} has no example: write one"),
    }
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

fn sync(operation: &str) -> Value {
    match operation {
        "sync.components" => json!({
            "total": 1, "recent": 1,
            "items": [{
                "component": COMPONENT, "name": "Stakeholder map", "type": "assignment",
                "status": "in_progress", "change": "updated", "preselected": true,
                "last_updated": last_updated(),
            }],
        }),
        "sync.learners" => json!({
            "total": 1,
            "items": [{
                "learner": LEARNER, "name": "Bob Brown", "programme_status": "active",
                "groups": ["north"], "tutors": ["carol"], "case_owner": "alice",
            }],
        }),
        "sync.filters" => json!({ "total": 1, "items": [
            { "value": "carol", "name": "Carol Clark", "count": 12 },
        ] }),
        "sync.start" => json!({ "sync": SYNC, "position": 9 }),
        "sync.get" => sync_record(),
        "sync.list" => json!({ "total": 1, "items": [sync_record()] }),
        "sync.cancel" => json!({ "state": "cancelled" }),
        "sync.outcomes" => json!({
            "total": 3,
            "items": [
                {
                    "learner": LEARNER, "component": COMPONENT, "action": "synchronise",
                    "outcome": "skipped", "reason": "type_mismatch", "warnings": [],
                    "source": true,
                },
                deleted(),
                {
                    "learner": LEARNER, "component": SYNC, "action": "synchronise",
                    "outcome": "applied", "warnings": [
                        { "code": "review_recreated", "tasks": 2, "made": 1 },
                        { "code": "review_type_kept" },
                    ],
                },
            ],
        }),
        "sync.affected" => affected(),
        "sync.explain" => explained(),
        "sync.changes" => frozen(),
        "sync.preview" => preview(),
        other => panic!("{other} has no example: write one"),
    }
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

fn frozen() -> Value {
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

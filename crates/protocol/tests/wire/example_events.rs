//! An example of each event, and of an error reply.

use serde_json::{Value, json};

use crate::examples::{
    COMMAND, COMPONENT, EXERCISE, LEARNER, SESSION, SYNC, changes, sync_record, sync_request,
};

pub(crate) fn plan_changed() -> Value {
    json!({ "learner": LEARNER, "version": 4, "changes": changes() })
}

pub(crate) fn record_opened() -> Value {
    json!({
        "session": SESSION, "learner": LEARNER, "administrator": "alice", "replaced": COMMAND,
    })
}

pub(crate) fn record_closed() -> Value {
    json!({
        "session": SESSION, "learner": LEARNER, "administrator": "alice", "reason": "idle",
    })
}

pub(crate) fn learner_erased() -> Value {
    json!({ "learner": LEARNER, "searches": 2 })
}

pub(crate) fn sync_started() -> Value {
    json!({
        "sync": SYNC, "request": sync_request(),
        "source": { "learner": LEARNER, "session": SESSION },
        "digest": "ab".repeat(32), "components": 1, "learners": 2,
    })
}

pub(crate) fn sync_target() -> Value {
    json!({
        "sync": SYNC, "learner": LEARNER, "version": 5, "applied": 3, "unchanged": 1,
        "skipped": { "type_mismatch": 2 },
        "warnings": { "review_recreated": 2, "marking_aid_evidence": 1 },
        "created": [COMPONENT], "updated": [EXERCISE], "deleted": [],
        "tasks": { "made": [SESSION], "cancelled": [COMMAND] }, "truncated": false,
    })
}

pub(crate) fn sync_ended() -> Value {
    sync_record()
}

pub(crate) fn command_accepted() -> Value {
    json!({
        "command_id": COMMAND, "operation": "plan.edit",
        "reply": { "version": 4, "position": 8, "changed": true, "added": [COMPONENT] },
    })
}

pub(crate) fn command_rejected() -> Value {
    json!({
        "command_id": COMMAND, "operation": "plan.edit", "error": error()["error"],
        "bytes": "/wA=",
    })
}

pub(crate) fn error() -> Value {
    json!({
        "error": {
            "code": "invalid_request",
            "message": "unknown field `colour`",
            "details": { "path": "edits[0].set.colour" },
        },
    })
}

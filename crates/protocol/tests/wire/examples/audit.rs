//! Examples of the audit.

use serde_json::{Value, json};

use crate::example_events as events;
use crate::examples::{
    COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, SESSION, SYNC, change_set, component,
    examples, learner, skipped,
};

const ORIGIN: &str = "plansync/0190a1b2-0000-7000-8000-000000000008/1";
const AT: &str = "2026-11-23T09:30:00.000001Z";

examples! {
    AuditLog: json!({
        "learner": LEARNER, "records": true, "component": COMPONENT, "sync": SYNC,
        "command_id": COMMAND, "by": "alice", "kinds": ["plan.changed", "sync.target"],
        "from_time": "2026-11-01T00:00:00.000000Z", "to_time": "2026-12-01T00:00:00.000000Z",
        "from_position": 2, "to_position": 900, "order": "newest_first", "after": 812, "limit": 20,
    }) => json!({
        "items": all_events().iter().map(commit).collect::<Vec<_>>(),
        "next": 8, "scanned_to": 8, "position": 900,
    });
    AuditShow: json!({ "position": 8 }) => json!({
        "commit": commit(&json!({ "kind": "sync.started", "data": events::sync_started() })),
        "causes": [],
        "effects": { "count": 251, "first": [link("target", SYNC, "sync.target")], "end": link("sync", SYNC, "sync.completed") },
        "changes": change_set()["items"],
        "decisions": [skipped()],
        "truncated": false, "position": 900,
    });
    AuditTrace: json!({ "command_id": COMMAND, "after": 8, "limit": 2 }) => json!({
        "items": [
            traced(9, "sync.started", &json!(null)), traced(10, "sync.target", &json!(9)),
        ],
        "next": 10, "position": 900,
    });
    AuditHead: json!({}) => json!({ "origin": ORIGIN, "size": 9, "root": hash("jY"), "position": 9 });
    AuditProof: json!({ "position": 9 }) => json!({
        "origin": ORIGIN, "size": 9, "root": hash("jY"), "leaf_hash": hash("0q"),
        "hashes": [hash("mT")], "position": 9,
    });
    AuditRead: json!({ "from": 8, "wait_ms": 30_000, "limit": 1_000 }) => json!({
        "items": [
            replayed(&json!({ "kind": "plan.changed", "data": events::plan_changed() }), LEARNER),
            replayed(&json!({ "kind": "learner.put", "data": learner() }), LEARNER),
        ],
        "next": 9, "tip": 8, "relayed": { "position": 8, "stream_sequence": 5 },
    });
}

fn commit(event: &Value) -> Value {
    json!({
        "position": 8, "at": AT, "by": "alice", "command_id": COMMAND, "correlation_id": COMMAND,
        "judged_at": 7, "stream": { "kind": "plan", "id": LEARNER }, "version": 3,
        "chain": "ab".repeat(32), "events": [event],
    })
}

fn link(stream: &str, id: &str, kind: &str) -> Value {
    json!({ "position": 9, "at": AT, "stream": { "kind": stream, "id": id }, "kinds": [kind] })
}

fn traced(position: u64, kind: &str, cause: &Value) -> Value {
    let mut item = json!({
        "position": position, "at": AT, "by": "alice", "correlation_id": COMMAND,
        "stream": { "kind": "sync", "id": SYNC }, "kinds": [kind], "depth": 0,
    });
    if !cause.is_null() {
        item["cause"] = cause.clone();
        item["depth"] = json!(1);
    }
    item
}

fn replayed(event: &Value, subject: &str) -> Value {
    json!({
        "position": 8, "id": format!("{EXERCISE}.1/8"), "source": "/plansync/northgate",
        "type": format!("plansync.v1.{}", event["kind"].as_str().unwrap()), "subject": subject,
        "time": AT, "actor": "alice", "correlation_id": COMMAND, "chain": "ab".repeat(32),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "event": event,
    })
}

/// One event of each kind.
fn all_events() -> Vec<Value> {
    let with_kind = [
        (
            "tenant.put",
            json!({ "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 24 }),
        ),
        (
            "administrator.put",
            json!({
                "administrator": "alice", "name": "Alice Adams", "permissions": ["supervisor"],
                "groups": "all",
            }),
        ),
        ("administrator.removed", json!({ "administrator": "alice" })),
        ("learner.put", learner()),
        ("learner.held", json!({ "learner": LEARNER })),
        ("learner.released", json!({ "learner": LEARNER })),
        ("learner.erasure_requested", json!({ "learner": LEARNER })),
        ("learner.erased", events::learner_erased()),
        (
            "programme.put",
            json!({ "programme": PROGRAMME, "name": "Level 3", "parent": null }),
        ),
        (
            "template.put",
            json!({ "programme": PROGRAMME, "components": [component()] }),
        ),
        (
            "template.removed",
            json!({ "programme": PROGRAMME, "components": [COMPONENT] }),
        ),
        ("plan.changed", events::plan_changed()),
        ("record.opened", events::record_opened()),
        (
            "record.resumed",
            json!({ "session": SESSION, "learner": LEARNER, "administrator": "alice" }),
        ),
        ("record.closed", events::record_closed()),
        (
            "sync.chunk",
            json!({ "sync": SYNC, "index": 0, "entries": change_set()["items"] }),
        ),
        ("sync.started", events::sync_started()),
        ("sync.target", events::sync_target()),
        ("sync.completed", events::sync_ended()),
        ("sync.cancelled", events::sync_ended()),
        (
            "command.unchanged",
            json!({ "command_id": COMMAND, "reply": { "position": 8 } }),
        ),
        ("command.accepted", events::command_accepted()),
        ("command.rejected", events::command_rejected()),
    ];
    let events = with_kind.into_iter();
    events
        .map(|(kind, data)| json!({ "kind": kind, "data": data }))
        .collect()
}

/// The base64 of 32 bytes.
fn hash(digits: &str) -> Value {
    json!(format!("{}A=", digits.repeat(21)))
}

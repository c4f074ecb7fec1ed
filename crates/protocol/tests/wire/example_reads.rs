//! One body of each operation that reads.

use plansync_protocol::OperationName;
use serde_json::{Value, json};

use crate::examples::{COMPONENT, LEARNER, PROGRAMME, SESSION, SYNC, sync_request, with};

pub(crate) fn body(operation: OperationName) -> Value {
    match operation.as_str() {
        "tenant.get" | "actor.get" => json!({}),
        "administrator.get" => json!({ "administrator": "alice" }),
        "administrator.list" | "programme.list" => json!({ "search": "b" }),
        "administrator.names" => json!({ "administrators": ["alice", "nobody", "system"] }),
        "learner.find" => json!({ "search": "bob", "programme": PROGRAMME, "page_size": 10 }),
        "learner.get" => json!({ "learner": LEARNER }),
        "learner.list" => json!({
            "programme": PROGRAMME, "programme_statuses": ["active"], "groups": ["north"],
            "tutors": ["carol"], "search": "b", "page": 1, "page_size": 50,
        }),
        "programme.get" => json!({ "programme": PROGRAMME }),
        "template.get" => json!({ "programme": PROGRAMME, "page": 2, "page_size": 500 }),
        "plan.get" => json!({ "learner": LEARNER, "at_version": 3 }),
        "plan.change" => json!({ "learner": LEARNER, "version": 3, "page": 1 }),
        "plan.history" => json!({ "learner": LEARNER, "from_version": 2 }),
        "record.list" => json!({ "page_size": 10 }),
        "record.changes" => json!({ "session": SESSION }),
        "sync.components" => json!({
            "session": SESSION, "programme": PROGRAMME, "types": ["exam"], "search": "mock",
        }),
        "sync.learners" => json!({
            "session": SESSION, "programme": PROGRAMME, "programme_statuses": ["active"],
            "groups": ["north"], "tutors": ["carol"], "search": "b",
        }),
        "sync.filters" => json!({
            "session": SESSION, "programme": PROGRAMME, "field": "tutor", "search": "c",
        }),
        "sync.preview" => with(sync_request(), "page_size", json!(100)),
        "sync.affected" => with(sync_request(), "page", json!(2)),
        "sync.explain" => {
            let of_component = with(sync_request(), "component", json!(COMPONENT));
            with(of_component, "side", json!("not_synchronised"))
        }
        "sync.get" => json!({ "sync": SYNC }),
        "sync.outcomes" => json!({ "sync": SYNC, "outcome": "skipped", "reason": "type_mismatch" }),
        "sync.changes" => json!({ "sync": SYNC, "page": 1, "page_size": 500 }),
        "sync.list" => json!({ "learner": LEARNER, "requested_by": "alice" }),
        other => panic!("{other} has no example: write one"),
    }
}

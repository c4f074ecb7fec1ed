//! One body of each operation, as a person would send it.

use plansync_protocol::OperationName;
use serde_json::{Value, json};

pub(crate) const LEARNER: &str = "0190a1b2-0000-7000-8000-000000000001";
pub(crate) const PROGRAMME: &str = "0190a1b2-0000-7000-8000-000000000002";
pub(crate) const COMPONENT: &str = "0190a1b2-0000-7000-8000-000000000003";
pub(crate) const SESSION: &str = "0190a1b2-0000-7000-8000-000000000004";
pub(crate) const SYNC: &str = "0190a1b2-0000-7000-8000-000000000005";
pub(crate) const COMMAND: &str = "0190a1b2-0000-7000-8000-000000000006";
pub(crate) const EXERCISE: &str = "0190a1b2-0000-7000-8000-000000000007";

/// The example body of an operation.
pub(crate) fn body(operation: OperationName) -> Value {
    use OperationName as Name;
    match operation {
        Name::TenantPut => json!({
            "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 72,
        }),
        Name::AdministratorPut => administrator(),
        Name::AdministratorRemove => json!({ "administrator": "alice", "command_id": COMMAND }),
        Name::LearnerPut => learner(),
        Name::ProgrammePut => json!({
            "programme": PROGRAMME, "name": "Business Administrator Level 3", "parent": null,
        }),
        Name::TemplatePut => json!({ "programme": PROGRAMME, "components": [component()] }),
        Name::TemplateRemove => json!({ "programme": PROGRAMME, "components": [COMPONENT] }),
        Name::PlanInstantiate => json!({ "learner": LEARNER, "programme": PROGRAMME }),
        Name::PlanEdit => json!({ "learner": LEARNER, "expected_version": 3, "edits": edits() }),
        Name::RecordOpen => json!({ "learner": LEARNER, "session": SESSION, "resume": true }),
        Name::RecordClose => json!({ "session": SESSION }),
        Name::SyncStart => with(sync_request(), "sync", json!(SYNC)),
        Name::SyncCancel => json!({ "sync": SYNC }),
        Name::TenantGet
        | Name::AdministratorGet
        | Name::AdministratorList
        | Name::AdministratorNames
        | Name::LearnerGet
        | Name::LearnerList
        | Name::LearnerFind
        | Name::ProgrammeGet
        | Name::ProgrammeList
        | Name::TemplateGet
        | Name::ActorGet
        | Name::PlanGet
        | Name::PlanChange
        | Name::PlanHistory
        | Name::RecordList
        | Name::RecordChanges
        | Name::SyncComponents
        | Name::SyncLearners
        | Name::SyncFilters
        | Name::SyncPreview
        | Name::SyncAffected
        | Name::SyncExplain
        | Name::SyncGet
        | Name::SyncOutcomes
        | Name::SyncChanges
        | Name::SyncList => crate::example_reads::body(operation),
    }
}

pub(crate) fn administrator() -> Value {
    json!({
        "administrator": "alice",
        "name": "Alice Adams",
        "permissions": ["advanced_delivery_add", "advanced_delivery_edit"],
        "groups": ["north", "south"],
    })
}

pub(crate) fn learner() -> Value {
    json!({
        "learner": LEARNER,
        "name": "Bob Brown",
        "case_owner": "alice",
        "groups": ["north"],
        "tutors": ["carol"],
        "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
    })
}

pub(crate) fn component() -> Value {
    json!({
        "component": COMPONENT,
        "type": "assignment",
        "attributes": {
            "name": "Stakeholder map",
            "criteria": ["K5", "S2"],
            "marking_aid_exercise": EXERCISE,
            "min_evidence": 2,
        },
    })
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

pub(crate) fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

//! Examples of reference data.

use serde_json::{Value, json};

use crate::examples::{COMMAND, COMPONENT, EXERCISE, LEARNER, PROGRAMME, examples, with};

examples! {
    TenantPut: json!({
        "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 72,
    }) => stored();
    TenantGet: json!({}) => json!({
        "marking_aid": true, "owner_rule": "keep", "record_idle_hours": 24,
    });

    AdministratorPut: administrator() => stored();
    AdministratorRemove: json!({ "administrator": "alice", "command_id": COMMAND }) => stored();
    AdministratorGet: json!({ "administrator": "alice" }) => administrator();
    AdministratorList: json!({ "search": "b" }) => json!({ "total": 1, "items": [administrator()] });
    AdministratorNames: json!({ "administrators": ["alice", "nobody", "system"] }) => json!({
        "items": [
            { "administrator": "alice", "name": "Alice Adams" },
            { "administrator": "nobody", "name": null },
            { "administrator": "system", "name": "system" },
        ],
    });
    ActorGet: json!({}) => with(administrator(), "can_sync", json!(true));

    LearnerPut: learner() => stored();
    LearnerErase: json!({ "learner": LEARNER, "command_id": COMMAND }) => stored();
    LearnerHold: json!({ "learner": LEARNER }) => stored();
    LearnerRelease: json!({ "learner": LEARNER }) => stored();
    LearnerGet: json!({ "learner": LEARNER }) => learner();
    LearnerList: json!({
        "programme": PROGRAMME, "programme_statuses": ["active"], "groups": ["north"],
        "tutors": ["carol"], "search": "b", "page": 1, "page_size": 50,
    }) => json!({ "total": 1, "items": [learner()] });
    LearnerFind: json!({ "search": "bob", "programme": PROGRAMME, "page_size": 10 }) => json!({
        "total": 1,
        "items": [{
            "learner": LEARNER, "name": "Bob Brown",
            "programmes": [{
                "programme": PROGRAMME, "name": "Business Administrator Level 3", "status": "active",
            }],
        }],
    });

    ProgrammePut: json!({
        "programme": PROGRAMME, "name": "Business Administrator Level 3", "parent": null,
    }) => stored();
    ProgrammeGet: json!({ "programme": PROGRAMME }) => programme();
    ProgrammeList: json!({ "search": "b" }) => json!({ "total": 1, "items": [programme()] });

    TemplatePut: json!({ "programme": PROGRAMME, "components": [component()] }) => stored();
    TemplateRemove: json!({ "programme": PROGRAMME, "components": [COMPONENT] }) => stored();
    TemplateGet: json!({ "programme": PROGRAMME, "page": 2, "page_size": 500 }) => json!({
        "total": 1, "version": 4, "components": [component()],
    });
}

fn stored() -> Value {
    json!({ "position": 7 })
}

fn administrator() -> Value {
    json!({
        "administrator": "alice",
        "name": "Alice Adams",
        "permissions": ["advanced_delivery_add", "advanced_delivery_edit"],
        "groups": ["north", "south"],
    })
}

pub(super) fn learner() -> Value {
    json!({
        "learner": LEARNER,
        "name": "Bob Brown",
        "case_owner": "alice",
        "groups": ["north"],
        "tutors": ["carol"],
        "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
    })
}

fn programme() -> Value {
    json!({
        "programme": PROGRAMME, "name": "Business Administrator Level 3", "parent": null,
        "template_components": 40,
    })
}

pub(super) fn component() -> Value {
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

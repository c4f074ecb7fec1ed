//! Deliberate changes of the current document: breaking ones are refused, with their place, and additions are taken.

use serde_json::{Value, json};

use crate::{current, documents};

/// Changes the schema of a component.
fn changed(component: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let released = current();
    let mut later = released.clone();
    let schema = later["components"]["schemas"].get_mut(component);
    change(schema.unwrap_or_else(|| panic!("there is no component {component}")));
    documents::faults(&released, &later)
}

#[track_caller]
fn refused(component: &str, change: impl FnOnce(&mut Value), fault: &str) {
    let faults = changed(component, change);
    assert!(
        faults.iter().any(|found| found == fault),
        "{fault:?} is none of {faults:#?}"
    );
}

#[track_caller]
fn accepted(component: &str, change: impl FnOnce(&mut Value)) {
    assert_eq!(changed(component, change), Vec::<String>::new());
}

fn remove(schema: &mut Value, field: &str) {
    schema["properties"]
        .as_object_mut()
        .unwrap()
        .remove(field)
        .unwrap();
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| name != field);
    }
}

fn require(schema: &mut Value, field: &str) {
    schema["required"]
        .as_array_mut()
        .unwrap()
        .push(json!(field));
}

#[test]
fn a_field_is_not_removed_or_renamed() {
    refused(
        "PlanGetBody",
        |schema| remove(schema, "at_version"),
        "plan.get.body.at_version: the field was removed, or is not read",
    );
    refused(
        "PlanEditReply",
        |schema| remove(schema, "duplicate"),
        "plan.edit.reply.duplicate: the field was removed",
    );
    refused(
        "SyncTargetEvent",
        |schema| remove(schema, "applied"),
        "event.sync.target.applied: the field was always there, and may be missing now",
    );
    refused(
        "Component",
        |schema| {
            let status = schema["properties"]["status"].clone();
            remove(schema, "status");
            schema["properties"]["state"] = status;
        },
        "plan.get.reply.components[].status: the field was removed",
    );
}

#[test]
fn a_body_needs_no_further_field_and_a_reply_has_no_fewer() {
    refused(
        "PlanEditBody",
        |schema| require(schema, "expected_version"),
        "plan.edit.body.expected_version: the field is required now",
    );
    refused(
        "PlanEditReply",
        |schema| schema["required"] = json!(["version", "position", "changed"]),
        "plan.edit.reply.added: the field was always there, and may be missing now",
    );
}

#[test]
fn a_type_and_a_form_stay() {
    refused(
        "TenantPutBody",
        |schema| schema["properties"]["marking_aid"] = json!({ "type": "string" }),
        "tenant.put.body.marking_aid: type was \"boolean\" and is \"string\"",
    );
    refused(
        "Digest",
        |schema| schema["pattern"] = json!("^[0-9a-f]{128}$"),
        "sync.preview.reply.digest: pattern was \"^[0-9a-f]{64}$\" and is \"^[0-9a-f]{128}$\"",
    );
    refused(
        "AffectedLearner",
        |schema| schema["properties"]["applied"]["type"] = json!(["integer", "null"]),
        "sync.affected.reply.items[].applied: type was \"integer\" and is \"null\"",
    );
}

#[test]
fn the_bounds_of_bodies_only_widen() {
    refused(
        "LearnerPutBody",
        |schema| schema["properties"]["name"]["maxLength"] = json!(100),
        "learner.put.body.name: maxLength was 200 and is 100",
    );
    refused(
        "PlanEditBody",
        |schema| schema["properties"]["edits"]["minItems"] = json!(2),
        "plan.edit.body.edits: minItems was 1 and is 2",
    );
    refused(
        "AdministratorNamesBody",
        |schema| schema["properties"]["administrators"]["minItems"] = json!(1),
        "administrator.names.body.administrators: minItems was null and is 1",
    );
    refused(
        "ProgrammePutBody",
        |schema| {
            schema["properties"]["parent"] = json!({ "$ref": "#/components/schemas/ProgrammeId" });
        },
        "programme.put.body.parent: type was \"null\" and is \"string\"",
    );
    accepted("LearnerPutBody", |schema| {
        schema["properties"]["name"]["maxLength"] = json!(300);
    });
    accepted("PageSize", |schema| schema["maximum"] = json!(1_000));
}

#[test]
fn a_closed_list_of_words_does_not_grow_in_replies_and_does_not_shrink_in_bodies() {
    let add = |schema: &mut Value| schema["enum"].as_array_mut().unwrap().push(json!("later"));
    refused(
        "SyncState",
        add,
        "sync.get.reply.state: \"later\" is sent, and only [\"running\",\"completed\",\"cancelled\"] are read",
    );
    refused(
        "OwnerRule",
        |schema| schema["enum"] = json!(["keep"]),
        "tenant.put.body.owner_rule: \"follow_case_owner\" is sent, and only [\"keep\"] are read",
    );
    accepted("FilterField", add);
    accepted("PermissionInRequest", add);
}

#[test]
fn an_open_list_of_words_grows() {
    for list in [
        "ErrorCode",
        "Reason",
        "PairWarning",
        "AttributeName",
        "SessionEnd",
    ] {
        accepted(list, |schema| {
            schema["anyOf"][0]["enum"]
                .as_array_mut()
                .unwrap()
                .push(json!("later"));
        });
    }
    refused(
        "ErrorCode",
        |schema| *schema = json!({ "type": "integer" }),
        "error.error.code: none of the released alternatives accepts {\"type\":\"integer\"}",
    );
}

#[test]
fn alternatives_are_added_in_bodies_and_removed_in_replies_only() {
    let moved = json!({ "title": "MovedChange", "type": "object", "required": ["moved"],
        "properties": { "moved": { "type": "boolean" } } });
    refused(
        "PlanChange",
        |schema| schema["anyOf"].as_array_mut().unwrap().push(moved.clone()),
        "event.plan.changed.changes[]<MovedChange>: none of the released alternatives accepts MovedChange",
    );
    refused(
        "Edit",
        |schema| drop(schema["oneOf"].as_array_mut().unwrap().remove(0)),
        "plan.edit.body.edits[]<AddComponent>: none of the current alternatives accepts AddComponent",
    );
    accepted("Edit", |schema| {
        schema["oneOf"].as_array_mut().unwrap().push(moved.clone());
    });
}

#[test]
fn fields_are_added_everywhere_if_bodies_need_not_have_them() {
    for component in [
        "PlanEditBody",
        "PlanEditReply",
        "SyncTargetEvent",
        "ErrorReply",
        "Component",
    ] {
        accepted(component, |schema| {
            schema["properties"]["later"] = json!({ "type": "boolean" });
        });
    }
    accepted("PlanEditReply", |schema| {
        schema["properties"]["later"] = json!({ "type": "boolean" });
        require(schema, "later");
    });
}

#[test]
fn what_is_sent_where_stays() {
    let released = current();
    let after = |change: &dyn Fn(&mut Value)| {
        let mut later = released.clone();
        change(&mut later);
        documents::faults(&released, &later)
    };
    let without = |path: &'static str, name: &'static str| {
        move |document: &mut Value| {
            let all = document.pointer_mut(path).unwrap().as_object_mut().unwrap();
            all.remove(name).unwrap();
        }
    };
    let faults =
        after(&|document| document["channels"]["cmd.plan.edit"]["address"] = json!("plansync.v2"));
    let fault = "channels/cmd.plan.edit/address was \"plansync.v1.cmd.{tenant}.{actor}.plan.edit\" and is \
                 \"plansync.v2\"";
    assert_eq!(faults, [fault]);
    let faults = after(&without("/components/messages", "event.sync.target"));
    assert_eq!(faults, ["event.sync.target: the message was removed"]);
    let faults = after(&without(
        "/components/messages/error/headers/properties",
        "Nats-Service-Error",
    ));
    assert_eq!(
        faults,
        ["error headers.Nats-Service-Error: the field was removed"]
    );
    let faults =
        after(&|document| document["operations"]["req.plan.get"]["action"] = json!("send"));
    assert_eq!(
        faults,
        ["operations/req.plan.get/action was \"receive\" and is \"send\""]
    );
    assert_eq!(
        after(&|document| document["channels"]["evt.later"] = json!({})),
        Vec::<String>::new()
    );
}

#[test]
fn a_keyword_that_cannot_be_compared_is_refused() {
    refused(
        "Digest",
        |schema| schema["multipleOf"] = json!(2),
        "sync.preview.reply.digest: the keyword multipleOf cannot be compared",
    );
}

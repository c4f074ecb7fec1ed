//! A small college: one programme of two activities, three learners, three administrators.

use plansync_domain::values::attribute::Attribute;
use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::world::World;

pub(crate) const PROGRAMME: &str = "00000000-0000-0000-0000-00000000a000";
pub(crate) const SOURCE: &str = "00000000-0000-0000-0000-00000000b000";
pub(crate) const TARGET: &str = "00000000-0000-0000-0000-00000000b001";
/// In a group that `alice` may not view.
pub(crate) const HIDDEN: &str = "00000000-0000-0000-0000-00000000b002";
pub(crate) const ESSAY: &str = "00000000-0000-0000-0000-00000000c000";
pub(crate) const EXAM: &str = "00000000-0000-0000-0000-00000000c001";
pub(crate) const NOBODY: &str = "00000000-0000-0000-0000-00000000ffff";

/// The college: `sam` supervises, `alice` may edit and views the north, `ed` may do nothing.
pub(crate) fn college(encoding: Encoding) -> World {
    let world = World::new(encoding);
    let put = |operation: &str, body: Value| world.get("system", operation, &body);
    put(
        "tenant.put",
        json!({ "marking_aid": true, "owner_rule": "keep" }),
    );
    put(
        "administrator.put",
        administrator("sam", &["supervisor"], &json!("all")),
    );
    let edits = [
        "advanced_delivery_add",
        "advanced_delivery_edit",
        "advanced_delivery_delete",
    ];
    put(
        "administrator.put",
        administrator("alice", &edits, &json!(["north"])),
    );
    put("administrator.put", administrator("ed", &[], &json!("all")));
    put(
        "programme.put",
        json!({ "programme": PROGRAMME, "name": "Level 3", "parent": null }),
    );
    put(
        "template.put",
        json!({ "programme": PROGRAMME, "components": [
        { "component": ESSAY, "type": "assignment",
          "attributes": { "name": "Essay", "criteria": ["K2", "K1"] } },
        { "component": EXAM, "type": "exam", "attributes": { "name": "Exam" } },
    ] }),
    );
    for (learner, name, group) in [
        (SOURCE, "Ann", "north"),
        (TARGET, "Ben", "north"),
        (HIDDEN, "Cat", "south"),
    ] {
        put("learner.put", self::learner(learner, name, group));
        put(
            "plan.instantiate",
            json!({ "learner": learner, "programme": PROGRAMME }),
        );
    }
    world
}

pub(crate) fn administrator(name: &str, permissions: &[&str], groups: &Value) -> Value {
    json!({ "administrator": name, "name": name, "permissions": permissions, "groups": groups })
}

pub(crate) fn learner(learner: &str, name: &str, group: &str) -> Value {
    json!({
        "learner": learner, "name": name, "case_owner": "sam", "groups": [group],
        "tutors": ["tom"], "enrolments": [{ "programme": PROGRAMME, "status": "active" }],
    })
}

pub(crate) fn rename(component: &str, name: &str) -> Value {
    json!({
        "learner": SOURCE,
        "edits": [{ "op": "change", "component": component, "set": { "name": name } }],
    })
}

/// Opens the source's record as `alice`, and gives the session.
pub(crate) fn open(world: &World) -> Value {
    world.get("alice", "record.open", &json!({ "learner": SOURCE }))["session"].clone()
}

/// A request for everything that was changed recently, onto everybody.
pub(crate) fn recent(session: &Value) -> Value {
    json!({
        "session": session, "programme": PROGRAMME, "components": "recent", "learners": "all",
    })
}

/// The names of the attributes that components of a type have, in their order.
pub(crate) fn attributes_of(component_type: &str) -> impl Iterator<Item = &'static str> {
    let component_type = component_type.parse().unwrap();
    let fitting = Attribute::ALL.into_iter();
    let fitting = fitting.filter(move |attribute| attribute.fits(&component_type));
    fitting.map(Attribute::name)
}

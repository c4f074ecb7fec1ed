//! The order of refusals: if several apply, the first one is returned.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, HIDDEN, NOBODY, PROGRAMME, SOURCE, college, open, recent, rename};
use crate::typed;
use crate::world::{Given, World};

fn code(world: &World, operation: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
    let answer = world.send("nobody", operation, Given(headers), body);
    typed::error(answer.encoding, &answer.body)["error"]["code"].clone()
}

#[test]
fn r1_what_cannot_be_decoded_comes_before_who_asks() {
    let world = World::new(Encoding::Json);
    let json = [("Content-Type", "APPLICATION/JSON")];
    assert_eq!(code(&world, "plan.fly", &[], b"{}"), "unknown_operation");
    assert_eq!(
        code(&world, "plan.get", &[("content-type", "text/xml")], b"{}"),
        "unsupported_media_type"
    );
    assert_eq!(code(&world, "plan.get", &json, b"[]"), "invalid_request");
    assert_eq!(code(&world, "plan.get", &json, b"{}"), "invalid_request");
    assert_eq!(code(&world, "tenant.get", &json, b"{}"), "tenant_not_found");
}

#[test]
fn r1_then_the_tenant_the_actor_and_p10() {
    let world = World::new(Encoding::Json);
    let settings = json!({ "marking_aid": true, "owner_rule": "keep" });
    assert_eq!(
        world.refusal("alice", "tenant.put", &settings),
        "tenant_not_found"
    );
    let world = college(Encoding::Json);
    assert_eq!(
        world.refusal("nobody", "tenant.put", &settings),
        "unknown_actor"
    );
    assert_eq!(
        world.refusal("learner", "tenant.put", &settings),
        "unknown_actor"
    );
    let refused = world.ask("alice", "tenant.put", &settings).unwrap_err();
    assert_eq!(
        (&refused["code"], &refused["details"]),
        (&json!("not_permitted"), &json!({ "reason": "system_only" }))
    );
}

#[test]
fn r2_then_what_a_sync_stands_on() {
    let world = college(Encoding::Json);
    let session = open(&world);
    let asked = |actor: &str, change: &dyn Fn(&mut Value)| {
        let mut request = recent(&session);
        change(&mut request);
        world.refusal(actor, "sync.preview", &request)
    };
    let attributes = |request: &mut Value| {
        request["type"] = json!("selected_attributes");
        request["attributes"] = json!(["due_date"]);
    };
    assert_eq!(asked("sam", &|_| {}), "session_not_open");
    assert_eq!(
        asked("alice", &|request| request["programme"] = json!(NOBODY)),
        "programme_not_found"
    );
    assert_eq!(asked("alice", &attributes), "attribute_not_allowed");
    assert_eq!(asked("alice", &|_| {}), "nothing_selected");
    let listed = |request: &mut Value| request["components"] = json!([NOBODY]);
    assert_eq!(asked("alice", &listed), "component_not_found");
    let all = |request: &mut Value| request["components"] = json!("all");
    assert_eq!(asked("alice", &all), "no_recent_changes");
}

#[test]
fn p6_who_may_not_sync_is_refused_before_the_programme() {
    let world = college(Encoding::Json);
    let opened = world.get("ed", "record.open", &json!({ "learner": SOURCE }));
    assert_eq!(opened["can_sync"], false);
    let mut request = recent(&opened["session"]);
    request["programme"] = json!(NOBODY);
    assert_eq!(
        world.refusal("ed", "sync.start", &request),
        "sync_not_permitted"
    );
}

#[test]
fn r3_an_edit_is_refused_by_its_first_fault() {
    let world = college(Encoding::Json);
    let refused = |actor: &str, edit: Value| {
        world.refusal(
            actor,
            "plan.edit",
            &json!({ "learner": SOURCE, "edits": [edit] }),
        )
    };
    let add = json!({
        "op": "add", "component": ESSAY, "programme": NOBODY, "type": "exam",
        "attributes": { "name": "A" },
    });
    assert_eq!(refused("ed", add), "programme_not_found");
    let add = json!({
        "op": "add", "component": ESSAY, "programme": PROGRAMME, "type": "exam",
        "attributes": { "name": "A" },
    });
    assert_eq!(refused("ed", add), "component_exists");
    let late = json!({ "op": "change", "component": ESSAY, "set": { "due_date": "2026-12-01" } });
    assert_eq!(refused("ed", late), "reason_required");
    assert_eq!(
        world.refusal("ed", "plan.edit", &rename(ESSAY, "New")),
        "not_permitted"
    );
    let hidden =
        json!({ "learner": HIDDEN, "expected_version": 9, "edits": rename(ESSAY, "A")["edits"] });
    assert_eq!(
        world.refusal("alice", "plan.edit", &hidden),
        "learner_not_available"
    );
}

#[test]
fn an_error_is_one_line_in_its_header() {
    let world = college(Encoding::Json);
    let answer = world.send("alice", "plan.get", Given(&[]), b"{\"a\\nb\":1}");
    let error = answer.error.unwrap();
    assert_eq!(error.number, 400);
    assert_eq!(
        error.text,
        "invalid_request: unknown field `a b`, expected one of `learner`, `at_version`, `page`, `page_size`"
    );
}

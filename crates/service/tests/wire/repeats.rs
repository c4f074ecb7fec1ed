//! Repeated commands, in every way in which they can be sent.

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, SOURCE, college, open, rename};
use crate::typed;
use crate::world::{Given, World};

const ID: &str = "00000000-0000-0000-0000-00000000e000";

fn with_id(mut body: Value) -> Value {
    body["command_id"] = json!(ID);
    body
}

fn sent(world: &World, headers: &[(&str, &str)], body: &Value) -> Value {
    let answer = world.send(
        "alice",
        "plan.edit",
        Given(headers),
        body.to_string().as_bytes(),
    );
    assert_eq!(answer.error, None);
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn i2_a_repeat_gets_the_first_answer() {
    let world = college(Encoding::Json);
    let first = world.get("alice", "plan.edit", &with_id(rename(ESSAY, "A")));
    world.get("alice", "plan.edit", &rename(ESSAY, "B"));
    let position = world.position();
    let mut expected = first.clone();
    expected["duplicate"] = json!(true);
    assert_eq!(
        world.get("alice", "plan.edit", &with_id(rename(ESSAY, "A"))),
        expected
    );
    let packed = typed::body("plan.edit", &with_id(rename(ESSAY, "A")));
    let answer = world.send("alice", "plan.edit", Given(&[]), &packed);
    assert_eq!(typed::reply("plan.edit", &answer.body), expected);
    assert_eq!(world.position(), position, "a repeat writes nothing");
}

#[test]
fn the_header_names_a_command_whose_body_does_not() {
    let world = college(Encoding::Json);
    for id in [ID, "no uuid at all"] {
        let headers = [("nats-msg-id", id)];
        let first = sent(&world, &headers, &rename(ESSAY, id));
        assert_eq!(first["duplicate"], Value::Null);
        assert_eq!(
            sent(&world, &headers, &rename(ESSAY, id))["duplicate"],
            true
        );
    }
}

#[test]
fn another_body_actor_or_operation_under_an_id_is_refused() {
    let world = college(Encoding::Json);
    let first = with_id(rename(ESSAY, "A"));
    world.get("alice", "plan.edit", &first);
    assert_eq!(
        world.refusal("sam", "plan.edit", &first),
        "command_id_reused"
    );
    assert_eq!(
        world.refusal("alice", "plan.edit", &with_id(rename(ESSAY, "B"))),
        "command_id_reused"
    );
    let opened = with_id(json!({ "learner": SOURCE }));
    assert_eq!(
        world.refusal("alice", "record.open", &opened),
        "command_id_reused"
    );
}

#[test]
fn a_command_that_changes_nothing_is_remembered_all_the_same() {
    let world = college(Encoding::Json);
    let first = world.get("alice", "plan.edit", &with_id(rename(ESSAY, "Essay")));
    let expected = json!({ "version": 1, "position": 13, "changed": false, "added": [] });
    assert_eq!(first, expected);
    let again = world.get("alice", "plan.edit", &with_id(rename(ESSAY, "Essay")));
    assert_eq!(
        (&again["position"], &again["duplicate"]),
        (&json!(13), &json!(true))
    );
}

#[test]
fn a_refusal_of_a_request_is_not_remembered() {
    let world = college(Encoding::Json);
    assert_eq!(
        world.refusal("ed", "plan.edit", &with_id(rename(ESSAY, "A"))),
        "not_permitted"
    );
    assert_eq!(
        world.get("alice", "plan.edit", &with_id(rename(ESSAY, "A")))["changed"],
        true
    );
}

#[test]
fn a_record_that_is_opened_again_by_the_same_command_is_the_same_session() {
    let world = college(Encoding::Json);
    let first = world.get(
        "alice",
        "record.open",
        &with_id(json!({ "learner": SOURCE })),
    );
    let again = world.get(
        "alice",
        "record.open",
        &with_id(json!({ "learner": SOURCE })),
    );
    assert_eq!(again["session"], first["session"]);
    assert_ne!(open(&world), first["session"]);
}

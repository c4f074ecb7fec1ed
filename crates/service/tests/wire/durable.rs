//! Durable commands: the result of each is published as an event exactly once.

use plansync_protocol::Encoding;
use plansync_service::{Inbound, Outbound, Place, Verdict};
use serde_json::{Value, json};

use crate::college::{ESSAY, SOURCE, college, rename};
use crate::typed;
use crate::world::{Given, World};

const ID: &str = "00000000-0000-0000-0000-00000000e000";

fn named(name: &str) -> Vec<u8> {
    let mut body = rename(ESSAY, name);
    body["command_id"] = json!(ID);
    body.to_string().into_bytes()
}

/// The tails of the subjects and the bodies of what became of commands.
fn outcomes(events: &[Outbound]) -> Vec<(String, Value)> {
    let outcomes = events
        .iter()
        .filter(|event| event.subject.contains(".command."));
    let shown = outcomes.map(|event| {
        let what = event.subject.rsplit('.').next().unwrap().to_owned();
        (what, serde_json::from_slice(&event.body).unwrap())
    });
    shown.collect()
}

#[test]
fn an_accepted_command_is_told_with_its_reply() {
    let world = college(Encoding::Json);
    world.give("alice", "plan.edit", Given(&[]), &named("A"));
    let reply = json!({ "version": 2, "position": 13, "changed": true, "added": [] });
    let body = json!({ "command_id": ID, "operation": "plan.edit", "reply": reply });
    assert_eq!(
        outcomes(&world.events_after(12)),
        [("accepted".to_owned(), body)]
    );
}

#[test]
fn i2_a_redelivery_and_a_repeat_write_nothing() {
    let world = college(Encoding::Json);
    let place = world.give("alice", "plan.edit", Given(&[]), &named("A"));
    let position = world.position();
    world.give_at(place, "alice", "plan.edit", Given(&[]), &named("A"));
    world.give("alice", "plan.edit", Given(&[]), &named("A"));
    assert_eq!(world.position(), position);
}

#[test]
fn a_refused_command_is_told_and_its_repeat_writes_nothing() {
    let world = college(Encoding::Json);
    world.give("ed", "plan.edit", Given(&[]), &named("A"));
    let position = world.position();
    world.give("ed", "plan.edit", Given(&[]), &named("A"));
    assert_eq!(world.position(), position);
    let told = outcomes(&world.events_after(12));
    assert_eq!((told.len(), told[0].0.as_str()), (1, "rejected"));
    assert_eq!(told[0].1["command_id"], ID);
    assert_eq!(told[0].1["error"]["code"], "not_permitted");
    assert_eq!(
        told[0].1["error"]["details"],
        json!({ "reason": "edit_not_permitted" })
    );
    assert_eq!(told[0].1.get("bytes"), None);
    let asked = world.send("ed", "plan.edit", Given(&[]), &named("A"));
    let code = typed::error(Encoding::Json, &asked.body)["error"]["code"].clone();
    assert_eq!(
        code, "not_permitted",
        "a request is told the recorded refusal"
    );
}

#[test]
fn a_reused_id_is_rejected_under_the_messages_place() {
    let world = college(Encoding::Json);
    world.give("alice", "plan.edit", Given(&[]), &named("A"));
    let place = world.give("alice", "plan.edit", Given(&[]), &named("B"));
    let position = world.position();
    world.give_at(place, "alice", "plan.edit", Given(&[]), &named("B"));
    assert_eq!(world.position(), position, "a redelivery writes nothing");
    let told = outcomes(&world.events_after(12));
    assert_eq!(told.len(), 2);
    assert_eq!(told[1].1["error"]["code"], "command_id_reused");
    assert_ne!(told[1].1["command_id"], ID);
}

/// Whoever named the command in its body waits for what becomes of it under that name.
#[test]
fn a_body_with_something_wrong_in_it_is_rejected_under_the_id_that_it_gives() {
    let world = college(Encoding::Json);
    let body = |command: &str| json!({ "command_id": command, "learner": "x", "edits": [] });
    let other = "00000000-0000-4000-8000-00000000abcd";
    let header = [("Nats-Msg-Id", ID)];
    let given = body(other).to_string();
    world.give("alice", "plan.edit", Given(&header), given.as_bytes());
    let given = body("no id").to_string();
    world.give("alice", "plan.edit", Given(&header), given.as_bytes());
    let told = outcomes(&world.events_after(12));
    let ids: Vec<_> = told.iter().map(|(_, body)| &body["command_id"]).collect();
    assert_eq!(ids, [&json!(other), &json!(ID)]);
}

#[test]
fn what_cannot_be_decoded_is_rejected_with_its_bytes() {
    let world = college(Encoding::Json);
    let place = world.give(
        "alice",
        "plan.edit",
        Given(&[("Nats-Msg-Id", ID)]),
        b"{not json",
    );
    world.give_at(
        place,
        "alice",
        "plan.edit",
        Given(&[("Nats-Msg-Id", ID)]),
        b"{not json",
    );
    world.give("alice", "plan.edit", Given(&[("Nats-Msg-Id", ID)]), &[0xc1]);
    world.give("alice", "plan.get", Given(&[]), b"{}");
    world.give(
        "alice",
        "plan.edit",
        Given(&[("content-type", "text/plain")]),
        b"{}",
    );
    let told = outcomes(&world.events_after(12));
    let kept = world.kept_after(12);
    let shown: Vec<_> = told
        .iter()
        .zip(&kept)
        .map(|((_, body), bytes)| (&body["error"]["code"], bytes))
        .collect();
    let expected = [
        (&json!("invalid_request"), &json!("e25vdCBqc29u")),
        (&json!("invalid_request"), &json!("wQ==")),
        (&json!("unknown_operation"), &json!("e30=")),
        (&json!("unsupported_media_type"), &json!("e30=")),
    ];
    assert_eq!(shown, expected);
    assert_eq!(told[0].1["command_id"], ID);
    assert_ne!(told[1].1["command_id"], ID);
}

#[test]
fn a_command_for_nobody_is_told_of_all_the_same() {
    let world = World::new(Encoding::Json);
    world.give("learner", "plan.edit", Given(&[]), &named("A"));
    let told = outcomes(&world.events_after(0));
    assert_eq!(told[0].1["error"]["code"], "tenant_not_found");
}

#[test]
fn a_subject_that_names_no_tenant_is_settled_at_once() {
    let world = college(Encoding::Json);
    let inbound = Inbound {
        subject: "plansync.v1.cmd.a!b.alice.plan.edit",
        headers: &Given(&[]),
        body: b"{}",
    };
    let place = Place {
        stream_created_ns: 7,
        sequence: 99,
    };
    let settled = Verdict::Settled {
        after: plansync_log::Position::ZERO,
    };
    assert_eq!(world.service.command(inbound, place), settled);
}

#[test]
fn a_malformed_subject_is_rejected_for_the_tenant_it_names() {
    let world = college(Encoding::Json);
    world.give("al!ce", "plan.edit", Given(&[]), b"{}");
    world.give("alice", "plan.edit.more", Given(&[]), b"{}");
    let told = outcomes(&world.events_after(12));
    let kept = world.kept_after(12);
    let shown: Vec<_> = told
        .iter()
        .zip(&kept)
        .map(|((_, body), bytes)| (&body["error"]["code"], &body["operation"], bytes))
        .collect();
    let (code, bytes) = (&json!("invalid_request"), &json!("e30="));
    assert_eq!(
        shown,
        [
            (code, &json!("al!ce.plan.edit"), bytes),
            (code, &json!("alice.plan.edit.more"), bytes),
        ]
    );
}

#[test]
fn a_command_that_repeats_much_in_its_refusal_can_still_be_recorded() {
    let world = college(Encoding::Json);
    let field = "\u{1}".repeat(200_000);
    let body = rmp_serde::to_vec_named(&json!({ field: 1 })).unwrap();
    world.give("alice", "plan.edit", Given(&[]), &body);
    let told = outcomes(&world.events_after(12));
    assert_eq!((told.len(), told[0].0.as_str()), (1, "rejected"));
    assert_eq!(told[0].1["error"]["code"], "invalid_request");
}

#[test]
fn a_command_that_crashed_is_set_aside_with_its_bytes() {
    let world = college(Encoding::Json);
    let subject = "plansync.v1.cmd.acme.alice.plan.edit";
    let body = named("A");
    let inbound = Inbound {
        subject,
        headers: &Given(&[]),
        body: &body,
    };
    world.service.set_aside(
        inbound,
        Place {
            stream_created_ns: 7,
            sequence: 50,
        },
    );
    world.settle();
    let told = outcomes(&world.events_after(12));
    assert_eq!(told[0].1["error"]["code"], "internal");
    let plan = world.get("alice", "plan.get", &json!({ "learner": SOURCE }));
    assert_eq!(plan["version"], 1);
}

#[test]
fn a_command_that_cannot_be_delivered_is_rejected_once_for_the_tenant_it_names() {
    let world = college(Encoding::Json);
    let place = Place {
        stream_created_ns: 7,
        sequence: 50,
    };
    let give = |subject| {
        let inbound = Inbound {
            subject,
            headers: &Given(&[]),
            body: b"NATS/1.0\r\nA: b\rc\r\n\r\n{}",
        };
        let why = "a header's value has a control character";
        world.service.undeliverable_command(inbound, place, why)
    };
    let subject = "plansync.v1.cmd.acme.alice.plan.edit\\xff";
    let first = give(subject);
    world.settle();
    assert_eq!(give(subject), first, "a redelivery comes to something else");
    let told = outcomes(&world.events_after(12));
    assert_eq!((told.len(), told[0].0.as_str()), (1, "rejected"));
    assert_eq!(told[0].1["error"]["code"], "invalid_request");
    assert_eq!(world.kept_after(12)[0], "TkFUUy8xLjANCkE6IGINYw0KDQp7fQ==");
    let nobodys = Verdict::Settled {
        after: plansync_log::Position::ZERO,
    };
    assert_eq!(give("plansync.v1.cmd.ac\\xffme.alice.plan.edit"), nobodys);
}

#[test]
fn a_request_that_cannot_be_delivered_is_refused_in_the_encoding_of_its_body() {
    let world = college(Encoding::Json);
    let inbound = Inbound {
        subject: "plansync.v1.req.acme.alice.plan.get",
        headers: &Given(&[]),
        body: b"{}",
    };
    let answer = world.service.undeliverable(inbound, "it is not");
    assert_eq!(answer.encoding, Encoding::Json);
    assert_eq!(answer.error.unwrap().number, 400);
}

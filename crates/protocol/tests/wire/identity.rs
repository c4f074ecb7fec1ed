//! Subjects, encodings and fingerprints: what makes two messages the same.

use plansync_primitives::ids::{Actor, CommandId, SyncId, TenantId};
use plansync_protocol::cloud_event::CloudEvent;
use plansync_protocol::event::EventKind;
use plansync_protocol::plan::EditPlan;
use plansync_protocol::subject::{Family, Subject, SubjectError};
use plansync_protocol::{
    Body, Digest, Encoding, ErrorCode, OperationName, Position, Time, UnsupportedMediaType, decode,
    write_fingerprint,
};
use uuid::Uuid;

#[test]
fn a_subject_comes_apart_and_together() {
    let text = "plansync.v1.req.acme.alice.plan.edit";
    let subject = Subject::parse(text).unwrap();
    let expected = Subject {
        family: Family::Request,
        tenant: "acme",
        actor: "alice",
        operation: "plan.edit",
    };
    assert_eq!(subject, expected);
    assert_eq!(subject.to_string(), text);
}

#[test]
fn subjects_of_another_form_are_refused() {
    let faults = [
        "plansync.v2.req.acme.alice.plan.edit",
        "plansync.v1.evt.acme.alice.plan.edit",
        "plansync.v1.req.acme.alice.plan",
        "plansync.v1.req.acme.alice.plan.edit.now",
        "plansync.v1.req.ac/me.alice.plan.edit",
        "plansync.v1.req..alice.plan.edit",
        "plansync.v1.req.acme.alice..edit",
    ]
    .map(Subject::parse);
    assert_eq!(faults, [Err(SubjectError); 7]);
}

#[test]
fn the_content_type_decides_and_else_the_first_byte() {
    let of = |content_type, body: &[u8]| Encoding::of(content_type, body);
    assert_eq!(
        of(Some("Application/JSON; charset=utf-8"), &[0x80]),
        Ok(Encoding::Json)
    );
    assert_eq!(
        of(Some("application/msgpack"), b"{}"),
        Ok(Encoding::MessagePack)
    );
    assert_eq!(of(None, b"{}"), Ok(Encoding::Json));
    assert_eq!(of(None, &[0x80]), Ok(Encoding::MessagePack));
    let text = "text/plain".to_owned();
    assert_eq!(
        of(Some("text/plain"), b"{}"),
        Err(UnsupportedMediaType(text))
    );
}

#[test]
fn every_operation_has_a_noun_a_verb_and_a_sentence() {
    for operation in OperationName::ALL {
        let name = operation.as_str();
        let words: Vec<_> = name.split('.').collect();
        assert!(
            words.len() == 2 && words.iter().all(|word| !word.is_empty()),
            "{name}"
        );
        let summary = operation.summary();
        let begins = summary.starts_with(char::is_uppercase);
        assert!(begins && summary.ends_with('.'), "{name}: {summary}");
        assert!(!summary.contains("  "), "{name}: {summary}");
    }
}

fn fingerprint(json: &str) -> Vec<u8> {
    let mut body: EditPlan = decode(Encoding::Json, json.as_bytes()).unwrap();
    body.take_command_id();
    let mut bytes = Vec::new();
    write_fingerprint(OperationName::PlanEdit, &body, &mut bytes).unwrap();
    bytes
}

const ID: &str = "0190a1b2-0000-7000-8000-000000000001";

#[test]
fn a_fingerprint_knows_no_order_of_fields_and_no_command_id() {
    let one = format!(
        r#"{{"learner":"{ID}","edits":[{{"op":"change","component":"{ID}","set":{{"name":"A","due_date":null}}}}]}}"#
    );
    let other = format!(
        r#"{{"command_id":"{ID}","edits":[{{"set":{{"due_date":null,"name":"A"}},"component":"{ID}","op":"change"}}],"learner":"{ID}"}}"#
    );
    assert_eq!(fingerprint(&one), fingerprint(&other));
    assert_ne!(
        fingerprint(&one),
        fingerprint(&one.replace("\"A\"", "\"B\""))
    );
}

#[test]
fn every_error_has_the_number_of_its_kind() {
    let numbers = ErrorCode::ALL.iter().map(|code| code.number());
    let expected = [
        400, 400, 401, 403, 403, 404, 404, 404, 404, 404, 404, 404, 404, 409, 409, 409, 410, 409,
        409, 409, 415, 422, 422, 422, 422, 422, 422, 429, 500, 500, 503, 410, 409,
    ];
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
}

#[test]
fn an_event_says_where_it_stands() {
    let tenant: TenantId = "acme".parse().unwrap();
    let id = Uuid::try_parse(ID).unwrap();
    let event = CloudEvent {
        log: id,
        incarnation: 2,
        position: Position(7),
        chain: Digest::from_bytes([0xab; 32]),
        tenant: &tenant,
        kind: EventKind::SyncTarget(SyncId::from_uuid(id)),
        at: Time::from_micros(1_795_426_200_000_001),
        actor: &Actor::System,
        correlation: CommandId::from_uuid(id),
        encoding: Encoding::MessagePack,
        trace: None,
    };
    let expected = [
        ("ce-specversion", "1.0".to_owned()),
        ("ce-id", format!("{ID}.2/7")),
        ("ce-source", "/plansync/acme".to_owned()),
        ("ce-type", "plansync.v1.sync.target".to_owned()),
        ("ce-subject", ID.to_owned()),
        ("ce-time", "2026-11-23T09:30:00.000001Z".to_owned()),
        ("content-type", "application/msgpack".to_owned()),
        ("ce-position", "7".to_owned()),
        ("ce-actor", "system".to_owned()),
        ("ce-correlationid", ID.to_owned()),
        ("ce-chain", "ab".repeat(32)),
    ];
    assert_eq!(event.headers(), expected);
    assert_eq!(
        event.kind.subject(&tenant),
        format!("plansync.v1.evt.acme.sync.{ID}.target")
    );
}

//! The audit over the wire: what the engine finds, as messages.

use std::sync::Arc;
use std::time::Duration;

use plansync_log::Position;
use plansync_protocol::Encoding;
use plansync_protocol::audit::{AuditEvent, AuditReadPage};
use plansync_protocol::plan::PlanChange;
use plansync_service::{Answer, Inbound, Outbound, RandomIds, Service};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::college::{
    ESSAY, HIDDEN, PROGRAMME, SOURCE, TARGET, administrator, college, open, recent, rename,
};
use crate::world::{Given, World};

/// A college in which everything happened that is published.
fn eventful(encoding: Encoding) -> World {
    let world = college(encoding);
    let session = open(&world);
    world.get(
        "alice",
        "record.open",
        &json!({ "learner": SOURCE, "resume": true }),
    );
    world.get("alice", "plan.edit", &rename(ESSAY, "Long essay"));
    world.get("alice", "plan.edit", &rename(ESSAY, "Long essay"));
    let mut request = recent(&session);
    request["learners"] = json!([TARGET, HIDDEN]);
    world.get("alice", "sync.start", &request);
    world.work();
    world.get("alice", "plan.edit", &rename(ESSAY, "Short essay"));
    let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
    world.get("alice", "sync.cancel", &json!({ "sync": sync }));
    let commands: [(&str, Value); 4] = [
        ("plan.edit", rename(ESSAY, "Durable essay")),
        ("record.close", json!({ "session": session })),
        (
            "record.close",
            json!({ "session": session, "command_id": Uuid::from_u128(9) }),
        ),
        ("plan.edit", json!({ "learner": 7 })),
    ];
    for (operation, body) in commands {
        world.give("alice", operation, Given(&[]), body.to_string().as_bytes());
    }
    world.get(
        "system",
        "template.remove",
        &json!({ "programme": PROGRAMME, "components": [ESSAY] }),
    );
    world.get(
        "system",
        "administrator.remove",
        &json!({ "administrator": "ed" }),
    );
    world
}

fn header<'a>(event: &'a Outbound, name: &str) -> &'a str {
    let mut all = event.headers.iter();
    all.find(|(given, _)| *given == name).unwrap().1.as_str()
}

fn read(service: &Service, encoding: Encoding) -> Answer {
    let body = json!({ "from": 1, "limit": 1_000 });
    let body = encoding.encode(&body).unwrap();
    service.request(Inbound {
        subject: "plansync.v1.req.acme.system.audit.read",
        headers: &Given(&[]),
        body: &body,
    })
}

/// What is published of an event: no text about persons.
fn without_text(mut event: AuditEvent) -> AuditEvent {
    if let AuditEvent::CommandRejected(rejected) = &mut event {
        if rejected.bytes.take().is_some() {
            // Nothing of what could not be decoded is repeated.
            let message = "the command could not be decoded, and nothing was changed; what is wrong with it, \
                 `audit.read` and `plansync audit show` tell";
            message.clone_into(&mut rejected.error.message);
            rejected.error.details = None;
        }
    } else if let AuditEvent::PlanChanged(changed) = &mut event {
        for change in &mut changed.changes {
            if let PlanChange::Component(component) = change {
                component.reason = None;
            }
        }
    }
    event
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_replayed_event_has_the_bytes_and_the_attributes_of_the_published_one() {
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let world = eventful(Encoding::Json);
        let service = Service::new(
            world.service.engine().clone(),
            encoding,
            Arc::new(RandomIds),
        );
        let published = service.events(Position::ZERO, 1_000).unwrap().events;
        let answer = read(&service, encoding);
        let page: AuditReadPage = plansync_protocol::decode_known(encoding, &answer.body).unwrap();
        assert_eq!(page.next.0, page.tip.0 + 1);
        let mut told = published.iter().peekable();
        for item in &page.items {
            let Some(event) = told.next_if(|event| event.position.get() == item.position.0) else {
                assert_eq!(item.event.published(), None);
                continue;
            };
            let data = without_text(item.event.clone())
                .encode_data(encoding)
                .unwrap();
            assert_eq!(data, event.body);
            if without_text(item.event.clone()) != item.event {
                continue;
            }
            let data = [encoding.encode("data").unwrap(), event.body.clone()];
            let separator: &[u8] = if encoding == Encoding::Json {
                b":"
            } else {
                b""
            };
            assert!(holds(&answer.body, &data.join(separator)), "other bytes");
            assert_eq!(item.id, header(event, "ce-id"));
            assert_eq!(item.source, header(event, "ce-source"));
            assert_eq!(item.event_type, header(event, "ce-type"));
            assert_eq!(item.subject, header(event, "ce-subject"));
            assert_eq!(item.time.to_string(), header(event, "ce-time"));
            assert_eq!(item.actor.to_string(), header(event, "ce-actor"));
            assert_eq!(
                item.correlation_id.to_string(),
                header(event, "ce-correlationid")
            );
            assert_eq!(item.chain.to_string(), header(event, "ce-chain"));
        }
        assert_eq!(told.next(), None, "a published event is missing");
        let kinds: std::collections::BTreeSet<_> =
            page.items.iter().map(|item| item.event.name()).collect();
        let expected = [
            "administrator.put",
            "administrator.removed",
            "command.accepted",
            "command.rejected",
            "command.unchanged",
            "learner.put",
            "plan.changed",
            "programme.put",
            "record.closed",
            "record.opened",
            "record.resumed",
            "sync.cancelled",
            "sync.completed",
            "sync.started",
            "sync.target",
            "template.put",
            "template.removed",
            "tenant.put",
        ];
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn both_encodings_list_show_and_trace_the_same() {
    let answers = [Encoding::Json, Encoding::MessagePack].map(|encoding| {
        let world = eventful(encoding);
        let list = world.get("sam", "audit.log", &json!({ "limit": 500 }));
        let each = list["items"].as_array().unwrap().clone();
        let more = each.iter().map(|item| {
            let shown = world.get(
                "sam",
                "audit.show",
                &json!({ "position": item["position"] }),
            );
            assert_eq!(shown["commit"], *item);
            let body = json!({ "command_id": item["correlation_id"] });
            json!([shown, world.get("sam", "audit.trace", &body)])
        });
        let more = more.collect::<Vec<_>>();
        json!([list, more])
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn pages_are_the_whole_and_small_enough() {
    let world = college(Encoding::Json);
    for round in 0..120_u64 {
        let text = format!("{round} ").repeat(4_000);
        let edit = json!({
            "learner": SOURCE,
            "edits": [{ "op": "change", "component": ESSAY, "set": { "instructions": text } }],
        });
        world.get("alice", "plan.edit", &edit);
    }
    let mut found = Vec::new();
    let mut body = json!({ "learner": SOURCE, "limit": 500 });
    loop {
        let bytes = body.to_string();
        let answer = world.send("sam", "audit.log", Given(&[]), bytes.as_bytes());
        assert!(answer.body.len() <= plansync_protocol::PAGE_BYTES_MAX);
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item["position"].as_u64().unwrap()));
        match page.get("next") {
            Some(next) => body["after"] = next.clone(),
            None => break,
        }
    }
    assert_eq!(found.len(), 122);
    assert!(found.is_sorted_by(|one, other| one < other));
    let (mut from, mut count) = (json!(1), 0);
    while from.as_u64().unwrap() <= world.position() {
        let bytes = json!({ "from": from, "limit": 1_000 }).to_string();
        let answer = world.send("system", "audit.read", Given(&[]), bytes.as_bytes());
        assert!(answer.body.len() <= plansync_protocol::PAGE_BYTES_MAX);
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        count += page["items"].as_array().unwrap().len();
        from = page["next"].clone();
    }
    assert_eq!(u64::try_from(count).unwrap(), world.position());
}

#[test]
fn p8_p11_the_audit_names_nobody_whom_the_reader_does_not_see() {
    let world = eventful(Encoding::Json);
    let north = administrator("nora", &["supervisor"], &json!(["north"]));
    world.get("system", "administrator.put", &north);
    let list = world.get("nora", "audit.log", &json!({ "limit": 500 }));
    assert!(!list.to_string().contains(HIDDEN), "{list}");
    let whole = world.get("sam", "audit.log", &json!({ "limit": 500 }));
    assert!(whole.to_string().contains(HIDDEN));
    let of = |list: &Value, kind: &str| {
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["events"][0].clone())
            .find(|event| event["kind"] == kind)
            .unwrap()
    };
    let [started, seen] = [&whole, &list].map(|list| of(list, "sync.started")["data"].clone());
    assert_eq!(started["request"]["learners"], json!([TARGET, HIDDEN]));
    assert_eq!(seen["request"]["learners"], json!([TARGET]));
    let ended = of(&list, "sync.completed")["data"].clone();
    assert_eq!(ended["learners"], seen["learners"]);
    for item in whole["items"].as_array().unwrap() {
        let body = json!({ "position": item["position"] });
        if let Ok(shown) = world.ask("nora", "audit.show", &body) {
            assert!(!shown.to_string().contains(HIDDEN), "{shown}");
        }
    }
    let hidden = world.refusal("nora", "audit.log", &json!({ "learner": HIDDEN }));
    assert_eq!(hidden, "learner_not_available");
}

#[test]
fn a_list_of_kinds_that_is_empty_filters_nothing() {
    let world = eventful(Encoding::Json);
    let all = world.get("sam", "audit.log", &json!({}));
    assert_eq!(world.get("sam", "audit.log", &json!({ "kinds": [] })), all);
    let some = world.get("sam", "audit.log", &json!({ "kinds": ["sync.started"] }));
    assert_eq!(some["items"].as_array().unwrap().len(), 2);
}

#[test]
fn only_readers_of_reference_data_audit_and_only_system_replays() {
    let world = eventful(Encoding::Json);
    for (operation, body) in [
        ("audit.log", json!({})),
        ("audit.show", json!({ "position": 1 })),
        ("audit.trace", json!({ "command_id": Uuid::from_u128(1) })),
    ] {
        assert_eq!(world.refusal("alice", operation, &body), "not_permitted");
        assert!(world.ask("sam", operation, &body).is_ok());
        assert!(world.ask("system", operation, &body).is_ok());
    }
    let body = json!({ "from": 1 });
    assert_eq!(world.refusal("sam", "audit.read", &body), "not_permitted");
}

#[test]
fn a_request_waits_only_for_the_next_position_and_only_if_it_may_be_answered() {
    let world = college(Encoding::Json);
    let next = world.position() + 1;
    let awaited = |subject: &str, body: &Value| {
        world.service.awaited(Inbound {
            subject,
            headers: &Given(&[]),
            body: body.to_string().as_bytes(),
        })
    };
    let subject = "plansync.v1.req.acme.system.audit.read";
    let waits = json!({ "from": next, "wait_ms": 1_500 });
    let found = awaited(subject, &waits).unwrap();
    assert_eq!(found.position, Position::new(next));
    assert_eq!(found.at_most, Duration::from_millis(1_500));
    for body in [
        json!({ "from": next }),
        json!({ "from": next, "wait_ms": 0 }),
        json!({ "from": next - 1, "wait_ms": 1_500 }),
        json!({ "from": next + 1, "wait_ms": 1_500 }),
        json!({ "from": next, "wait_ms": 30_001 }),
    ] {
        assert_eq!(awaited(subject, &body), None, "{body}");
    }
    for subject in [
        "plansync.v1.req.acme.sam.audit.read",
        "plansync.v1.req.nowhere.system.audit.read",
        "plansync.v1.req.acme.system.audit.log",
        "plansync.v1.req",
    ] {
        assert_eq!(awaited(subject, &waits), None, "{subject}");
    }
    let beyond = world.refusal("system", "audit.read", &json!({ "from": next + 1 }));
    assert_eq!(beyond, "invalid_request");
}

#[test]
fn how_far_events_are_published_is_in_the_reply_once_it_is_known() {
    let world = college(Encoding::Json);
    let body = json!({ "from": 1 });
    assert_eq!(
        world.get("system", "audit.read", &body).get("relayed"),
        None
    );
    world.service.note_relayed(Some((Position::new(7), 3)));
    let relayed = world.get("system", "audit.read", &body)["relayed"].clone();
    assert_eq!(relayed, json!({ "position": 7, "stream_sequence": 3 }));
    world.service.note_relayed(None);
    assert_eq!(
        world.get("system", "audit.read", &body).get("relayed"),
        None
    );
}

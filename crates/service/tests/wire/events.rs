//! Published events: subjects, headers and bodies, in the order of the log.

use plansync_protocol::Encoding;
use plansync_service::Outbound;
use serde_json::{Value, json};

use crate::college::{ESSAY, PROGRAMME, SOURCE, TARGET, college, open, recent, rename};
use crate::world::Given;

fn body(event: &Outbound) -> Value {
    serde_json::from_slice(&event.body).unwrap()
}

fn header<'a>(event: &'a Outbound, name: &str) -> Option<&'a str> {
    let mut all = event.headers.iter();
    all.find(|(given, _)| *given == name)
        .map(|(_, value)| value.as_str())
}

#[test]
fn reference_data_tells_nothing_and_plans_tell_what_changed() {
    let events = college(Encoding::Json).events_after(0);
    let subjects: Vec<_> = events.iter().map(|event| event.subject.as_str()).collect();
    let learners = ["b000", "b001", "b002"];
    let expected = learners.map(|end| {
        format!("plansync.v1.evt.acme.plan.00000000-0000-0000-0000-00000000{end}.changed")
    });
    assert_eq!(subjects, expected);
    let changes =
        json!([{ "instantiated": { "programme": PROGRAMME, "template_version": 1, "added": 2 } }]);
    assert_eq!(
        body(&events[0]),
        json!({ "learner": SOURCE, "version": 1, "changes": changes })
    );
}

#[test]
fn a_sync_tells_of_its_start_each_target_and_its_end() {
    let world = college(Encoding::Json);
    let session = open(&world);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    let position = world.position();
    let preview = world.get("alice", "sync.preview", &recent(&session));
    let sync = world.get("alice", "sync.start", &recent(&session))["sync"].clone();
    world.work();
    let events = world.events_after(position);
    let types: Vec<_> = events
        .iter()
        .map(|event| header(event, "ce-type").unwrap())
        .collect();
    let expected = [
        "plansync.v1.sync.started",
        "plansync.v1.sync.target",
        "plansync.v1.sync.completed",
    ];
    assert_eq!(types, expected);
    let mut request = recent(&session);
    request["type"] = json!("changes_only");
    let started = json!({
        "sync": sync, "request": request, "source": { "learner": SOURCE, "session": session },
        "digest": preview["digest"], "components": 1, "learners": 1,
    });
    assert_eq!(body(&events[0]), started);
    let target = json!({
        "sync": sync, "learner": TARGET, "version": 2, "applied": 1, "unchanged": 0,
        "skipped": {}, "warnings": {}, "created": [], "updated": [ESSAY], "deleted": [],
        "tasks": { "made": [], "cancelled": [] }, "truncated": false,
    });
    assert_eq!(body(&events[1]), target);
    assert_eq!(
        body(&events[2]),
        world.get("alice", "sync.get", &json!({ "sync": sync }))
    );
    let causes: Vec<_> = events
        .iter()
        .map(|event| header(event, "ce-correlationid"))
        .collect();
    assert_eq!(causes, [causes[0]; 3], "all of it was begun by one command");
}

#[test]
fn opening_a_record_again_is_one_event() {
    let world = college(Encoding::Json);
    let first = open(&world);
    let position = world.position();
    let second = open(&world);
    world.get("alice", "record.close", &json!({ "session": second }));
    let bodies: Vec<_> = world.events_after(position).iter().map(body).collect();
    let opened = json!({
        "session": second, "learner": SOURCE, "administrator": "alice", "replaced": first,
    });
    let closed = json!({
        "session": second, "learner": SOURCE, "administrator": "alice", "reason": "closed",
    });
    assert_eq!(bodies, [opened, closed]);
}

#[test]
fn an_event_carries_the_trace_and_the_seal_of_the_log() {
    let world = college(Encoding::Json);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let bytes = rename(ESSAY, "New").to_string();
    let position = world.position();
    world.send(
        "alice",
        "plan.edit",
        Given(&[("traceparent", trace)]),
        bytes.as_bytes(),
    );
    let events = world.events_after(position);
    let [event] = events.as_slice() else {
        panic!("one event was told");
    };
    assert_eq!(header(event, "traceparent"), Some(trace));
    assert_eq!(header(event, "ce-actor"), Some("alice"));
    assert_eq!(header(event, "ce-subject"), Some(SOURCE));
    assert_eq!(header(event, "ce-id"), Some(event.id.as_str()));
    let chain = world.service.chain(event.position).unwrap();
    assert_eq!(
        header(event, "ce-chain").map(str::to_owned),
        chain.map(|chain| chain.to_string())
    );
}

#[test]
fn nothing_is_told_before_it_is_durable() {
    let world = college(Encoding::Json);
    let position = world.position();
    let subject = "plansync.v1.req.acme.alice.plan.edit";
    let bytes = rename(ESSAY, "New").to_string();
    let inbound = plansync_service::Inbound {
        subject,
        headers: &Given(&[]),
        body: bytes.as_bytes(),
    };
    let answer = world.service.request(inbound);
    assert_eq!(answer.after.get(), position + 1);
    assert_eq!(world.events_after(position), []);
    world.settle();
    assert_eq!(world.events_after(position).len(), 1);
}

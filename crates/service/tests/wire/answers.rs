//! The answers to durable commands, byte for byte: the event that tells of each, and the answer to a
//! request that repeats it, in both encodings. Lines are added to the file beside this one, and never
//! changed: answers of released versions are given again for ever.

use std::cell::RefCell;
use std::fmt::Write as _;

use plansync_domain::event::Event;
use plansync_domain::event::command_outcome::{
    AcceptedAnswer, CommandAccepted, CommandRejected, RejectedError,
};
use plansync_domain::ids::position;
use plansync_log::{Position, Recording};
use plansync_protocol::{Encoding, Error};
use plansync_service::EventsError;
use serde_json::{Value, json};

use crate::college::{
    ESSAY, NOBODY, PROGRAMME, SOURCE, TARGET, administrator, college, learner, recent, rename,
};
use crate::typed;
use crate::world::{Given, World};

/// A line a message: what it is, and its bytes; those of MessagePack in hexadecimal digits.
const GOLDEN: &str = include_str!("answers.txt");

/// A request that repeats a durable command.
struct Repeat {
    actor: &'static str,
    operation: &'static str,
    id: String,
    body: Vec<u8>,
}

impl Repeat {
    /// The line of its answer.
    fn line(&self, world: &World) -> String {
        let headers = [("Nats-Msg-Id", self.id.as_str())];
        let answer = world.send(self.actor, self.operation, Given(&headers), &self.body);
        let shown = match answer.encoding {
            Encoding::Json => String::from_utf8(answer.body).unwrap(),
            Encoding::MessagePack => digits(&answer.body),
        };
        format!("{} again {shown}", self.operation)
    }
}

/// A world, what was told and answered in it, and how to be answered again.
struct Script {
    world: World,
    lines: Vec<String>,
    repeats: Vec<Repeat>,
}

impl Script {
    fn new() -> Self {
        Self {
            world: college(Encoding::Json),
            lines: Vec::new(),
            repeats: Vec::new(),
        }
    }

    /// Gives a durable command and repeats it as a request, in both encodings. Returns the event's body.
    fn tell(&mut self, actor: &'static str, operation: &'static str, body: &Value) -> Value {
        let id = format!("command {}", self.repeats.len());
        let headers = [("Nats-Msg-Id", id.as_str())];
        let text = body.to_string().into_bytes();
        let told = self.give(actor, operation, &headers, &text);
        for body in [text, typed::body(operation, body)] {
            let repeat = Repeat {
                actor,
                operation,
                id: id.clone(),
                body,
            };
            self.lines.push(repeat.line(&self.world));
            self.repeats.push(repeat);
        }
        told
    }

    /// Gives a durable command, whatever it holds. Returns the body of the event that tells of it.
    fn give(
        &mut self,
        actor: &str,
        operation: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Value {
        let before = self.world.position();
        self.world.give(actor, operation, Given(headers), body);
        let mut told = told(&self.world, before);
        let line = told.pop().unwrap();
        let body = body_of(&line);
        self.lines.push(line);
        body
    }
}

/// A line for each event that tells what became of a command.
fn told(world: &World, after: u64) -> Vec<String> {
    let events = world.events_after(after);
    let outcomes = events
        .iter()
        .filter(|event| event.subject.contains(".command."));
    let line = |event: &plansync_service::Outbound| {
        let what = event.subject.rsplit('.').next().unwrap();
        let body = std::str::from_utf8(&event.body).unwrap();
        format!("{what} {body}")
    };
    outcomes.map(line).collect()
}

/// The body in a line that tells what became of a command.
fn body_of(line: &str) -> Value {
    let (_, body) = line.split_once(' ').unwrap();
    serde_json::from_str(body).unwrap()
}

fn digits(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

fn reference_data(script: &mut Script) {
    let settings = json!({ "marking_aid": true, "owner_rule": "follow_case_owner" });
    let bob = administrator("bob", &["supervisor"], &json!(["north"]));
    for _changed in [true, false] {
        script.tell("system", "tenant.put", &settings);
        script.tell("system", "administrator.put", &bob);
    }
    script.tell(
        "system",
        "administrator.remove",
        &json!({ "administrator": "bob" }),
    );
    script.tell("system", "learner.put", &learner(NOBODY, "Dan", "north"));
    let programme = json!({ "programme": PROGRAMME, "name": "Level 4", "parent": null });
    script.tell("system", "programme.put", &programme);
    let component = json!({ "component": NOBODY, "type": "exam", "attributes": { "name": "One" } });
    let template = json!({ "programme": PROGRAMME, "components": [component] });
    script.tell("system", "template.put", &template);
    let removed = json!({ "programme": PROGRAMME, "components": [NOBODY] });
    script.tell("system", "template.remove", &removed);
}

fn plans(script: &mut Script) {
    let instantiate = json!({ "learner": NOBODY, "programme": PROGRAMME });
    let add = json!({
        "op": "add", "programme": PROGRAMME, "type": "exam", "attributes": { "name": "Two" },
    });
    let mut edit = rename(ESSAY, "New");
    edit["edits"].as_array_mut().unwrap().push(add);
    script.tell("alice", "plan.edit", &edit);
    for _changed in [true, false] {
        script.tell("sam", "plan.instantiate", &instantiate);
        script.tell("alice", "plan.edit", &rename(ESSAY, "Newer"));
    }
}

fn records_and_syncs(script: &mut Script) {
    let open = json!({ "learner": SOURCE });
    let opened = script.tell("alice", "record.open", &open);
    let session = opened["reply"]["session"].clone();
    let resume = json!({ "learner": SOURCE, "resume": true });
    script.tell("alice", "record.open", &resume);
    script.tell("alice", "plan.edit", &rename(ESSAY, "Newest"));
    let started = script.tell("alice", "sync.start", &recent(&session));
    let cancel = json!({ "sync": started["reply"]["sync"] });
    script.tell("alice", "sync.cancel", &cancel);
    script.tell("alice", "sync.cancel", &cancel);
    let replacing = script.tell("alice", "record.open", &open);
    script.tell("alice", "record.close", &json!({ "session": session }));
    let close = json!({ "session": replacing["reply"]["session"] });
    script.tell("alice", "record.close", &close);
    script.tell("alice", "record.close", &close);
    script.tell("alice", "record.close", &json!({ "session": NOBODY }));
    let opened = script.tell("alice", "record.open", &open);
    script.world.pass_hours(25);
    let close = json!({ "session": opened["reply"]["session"] });
    script.tell("alice", "record.close", &close);
}

fn refusals_of_rules(script: &mut Script) {
    let of_component = |component: &str| rename(component, "New");
    script.tell("ed", "plan.edit", &of_component(ESSAY));
    script.tell("alice", "plan.edit", &of_component(NOBODY));
    let no_id = of_component("no id").to_string().into_bytes();
    script.give("alice", "plan.edit", &[], &no_id);
    script.tell("nobody", "plan.edit", &of_component(ESSAY));
    let mut elsewhere = of_component(ESSAY);
    elsewhere["expected_version"] = json!(77);
    script.tell("alice", "plan.edit", &elsewhere);
    let date = json!({ "op": "change", "component": ESSAY, "set": { "due_date": "2027-01-01" } });
    let unexplained = json!({ "learner": TARGET, "edits": [date] });
    script.tell("alice", "plan.edit", &unexplained);
    let settings = json!({ "marking_aid": true, "owner_rule": "keep" });
    script.tell("alice", "tenant.put", &settings);
    script.tell("system", "record.open", &json!({ "learner": SOURCE }));
    script.tell("ed", "record.open", &json!({ "learner": NOBODY }));
    script.tell("sam", "sync.cancel", &json!({ "sync": NOBODY }));
    script.tell("sam", "sync.start", &recent(&json!(NOBODY)));
    let unknown = json!({ "learner": SOURCE, "programme": NOBODY });
    script.tell("sam", "plan.instantiate", &unknown);
    let nobody = json!({ "administrator": "nobody" });
    script.tell("system", "administrator.remove", &nobody);
}

fn refusals_of_messages(script: &mut Script) {
    let renamed = |name: &str| rename(ESSAY, name).to_string().into_bytes();
    let id = [("Nats-Msg-Id", "one")];
    script.give("alice", "plan.edit", &id, &renamed("First"));
    script.give("alice", "plan.edit", &id, &renamed("Second"));
    script.give("alice", "plan.edit", &[], b"{not json");
    script.give("alice", "plan.edit", &[], &[0xc1]);
    script.give("alice", "plan.get", &[], b"{}");
    script.give("alice", "plan.no_such", &[], b"{}");
    script.give("al!ce", "plan.edit", &[], b"{}");
    script.give("system_", "plan.edit", &[], &renamed("Third"));
    script.give(
        "alice",
        "plan.edit",
        &[("content-type", "text/plain")],
        b"{}",
    );
}

fn script() -> Script {
    let mut script = Script::new();
    reference_data(&mut script);
    plans(&mut script);
    records_and_syncs(&mut script);
    refusals_of_rules(&mut script);
    refusals_of_messages(&mut script);
    script
}

#[test]
fn answers_to_durable_commands_are_what_they_always_were() {
    let lines = script().lines;
    assert_eq!(lines, GOLDEN.lines().collect::<Vec<_>>());
}

/// Stores what became of a command as earlier versions did: with the reply or error, encoded.
fn store_encoded(recording: &mut Recording, told: &Value) {
    let mut stored = rmp_serde::Deserializer::new(recording.body.as_slice());
    let event = match Event::deserialize_body(recording.kind, &mut stored).unwrap() {
        Event::CommandAccepted(accepted) => {
            let reply = typed::packed_reply(&accepted.operation, &told["reply"]);
            Event::CommandAccepted(CommandAccepted {
                answer: AcceptedAnswer::Encoded(reply),
                ..accepted
            })
        }
        Event::CommandRejected(rejected) => {
            let error: Error = serde_json::from_value(told["error"].clone()).unwrap();
            let error = Encoding::MessagePack.encode(&error).unwrap();
            Event::CommandRejected(CommandRejected {
                error: RejectedError::Encoded(error),
                ..rejected
            })
        }
        other => panic!("{} is no outcome of a durable command", other.name()),
    };
    recording.body = rmp_serde::to_vec_named(&event).unwrap();
}

#[test]
fn answers_that_earlier_versions_stored_are_given_again() {
    let script = script();
    let outcomes = told(&script.world, 0);
    let bodies = outcomes.iter().map(|line| body_of(line));
    let bodies = RefCell::new(bodies);
    let earlier = script.world.rewritten(|recording| {
        if matches!(recording.kind, 81 | 82) {
            store_encoded(recording, &bodies.borrow_mut().next().unwrap());
        }
    });
    assert_eq!(bodies.borrow_mut().next(), None);
    assert_eq!(told(&earlier, 0), outcomes);
    for repeat in &script.repeats {
        let line = repeat.line(&earlier);
        assert!(script.lines.contains(&line), "{line}");
    }
}

#[test]
fn an_outcome_that_names_another_commands_commit_is_damage() {
    let world = college(Encoding::Json);
    let body = rename(ESSAY, "New").to_string().into_bytes();
    world.give("alice", "plan.edit", Given(&[]), &body);
    let damaged = world.rewritten(|recording| {
        if recording.kind == 81 {
            let event = Event::CommandAccepted(CommandAccepted {
                operation: "plan.edit".to_owned(),
                answer: AcceptedAnswer::Commit(position::Position::new(3)),
            });
            recording.body = rmp_serde::to_vec_named(&event).unwrap();
        }
    });
    let read = damaged.service.events(Position::new(12), 100);
    let Err(EventsError::Corrupt { cause }) = read else {
        panic!("it was read: {read:?}")
    };
    assert!(cause.contains("position 3 is not the command's"), "{cause}");
}

//! Records: continued, idle, displaced and replaced sessions, and the refusals afterwards (C6).

use plansync_protocol::Encoding;
use serde_json::{Value, json};

use crate::college::{ESSAY, SOURCE, TARGET, college, open, rename};
use crate::world::World;

const NAMED: &str = "00000000-0000-0000-0000-0000000000aa";
const COMMAND: &str = "00000000-0000-0000-0000-0000000000bb";

fn in_both(check: impl Fn(Encoding)) {
    check(Encoding::Json);
    check(Encoding::MessagePack);
}

fn resume(extra: &Value) -> Value {
    let mut body = json!({ "learner": SOURCE, "resume": true });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// What is said of a session that is used no more: why, and by which it was replaced.
fn why(world: &World, session: &Value) -> (Value, Value) {
    let asked = world.ask("alice", "record.changes", &json!({ "session": session }));
    let refused = asked.unwrap_err();
    assert_eq!(refused["code"], "session_not_open");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("`record.open`"), "{message}");
    (
        refused["details"]["reason"].clone(),
        refused["details"]["replaced_by"].clone(),
    )
}

#[test]
fn c6_a_second_tab_goes_on_with_the_first_ones_changes() {
    in_both(|encoding| {
        let world = college(encoding);
        let first = open(&world);
        world.get("alice", "plan.edit", &rename(ESSAY, "New"));
        let position = world.position();
        for extra in [
            json!({}),
            json!({ "session": NAMED }),
            json!({ "session": first }),
        ] {
            let resumed = world.get("alice", "record.open", &resume(&extra));
            assert_eq!(
                (&resumed["session"], &resumed["resumed"], &resumed["marker"]),
                (&json!(first), &json!(true), &json!(1))
            );
            assert_eq!(resumed["programmes"][0]["preselected"], true);
        }
        let changes = world.get("alice", "record.changes", &json!({ "session": first }));
        assert_eq!(changes["total"], 1);
        assert_eq!(
            world.events_after(position),
            [],
            "nothing was opened or closed"
        );
    });
}

#[test]
fn c6_where_nothing_is_open_resuming_opens_under_the_name_that_is_given() {
    let world = college(Encoding::Json);
    let opened = world.get(
        "alice",
        "record.open",
        &resume(&json!({ "session": NAMED })),
    );
    assert_eq!(
        (&opened["session"], &opened["resumed"]),
        (&json!(NAMED), &Value::Null)
    );
    world.get("alice", "record.close", &json!({ "session": NAMED }));
    let used = world.refusal(
        "alice",
        "record.open",
        &resume(&json!({ "session": NAMED })),
    );
    assert_eq!(used, "session_exists");
}

#[test]
fn c6_the_same_command_gets_the_first_answer_and_resume_false_is_no_other_command() {
    let world = college(Encoding::Json);
    let first = open(&world);
    let body = resume(&json!({ "command_id": COMMAND }));
    let resumed = world.get("alice", "record.open", &body);
    world.get("alice", "record.close", &json!({ "session": first }));
    let mut again = world.get("alice", "record.open", &body);
    assert_eq!(again["duplicate"].take(), true);
    again.as_object_mut().unwrap().remove("duplicate");
    assert_eq!(again, resumed);
    let without = json!({ "learner": SOURCE, "command_id": COMMAND });
    assert_eq!(
        world.refusal("alice", "record.open", &without),
        "command_id_reused"
    );
    let other = "00000000-0000-0000-0000-0000000000cc";
    let plain = json!({ "learner": SOURCE, "command_id": other });
    let opened = world.get("alice", "record.open", &plain);
    let spelled = json!({ "learner": SOURCE, "command_id": other, "resume": false });
    let same = world.get("alice", "record.open", &spelled);
    assert_eq!(
        (&same["session"], &same["duplicate"]),
        (&opened["session"], &json!(true))
    );
}

#[test]
fn c6_an_idle_record_is_told_of_and_says_why_it_is_closed() {
    in_both(|encoding| {
        let world = college(encoding);
        let session = json!(open(&world));
        let position = world.position();
        world.pass_hours(23);
        assert_eq!(world.events_after(position), []);
        world.pass_hours(1);
        let events = world.events_after(position);
        let [closed] = events.as_slice() else {
            panic!("{events:?}");
        };
        let body: Value = serde_json::from_slice(&closed.body).unwrap();
        let expected = json!({
            "session": session, "learner": SOURCE, "administrator": "alice", "reason": "idle",
        });
        assert_eq!(body, expected);
        assert_eq!(why(&world, &session), (json!("idle"), Value::Null));
        let world = world.restarted();
        assert_eq!(why(&world, &session), (json!("idle"), Value::Null));
    });
}

#[test]
fn c6_the_tenants_idle_hours_are_put_shown_and_bounded() {
    let world = college(Encoding::Json);
    let put = |hours: Value| {
        let body = json!({ "marking_aid": true, "owner_rule": "keep", "record_idle_hours": hours });
        world.ask("system", "tenant.put", &body)
    };
    for hours in [1, 720] {
        put(json!(hours)).unwrap();
        let shown = world.get("system", "tenant.get", &json!({}));
        assert_eq!(shown["record_idle_hours"], hours);
    }
    for hours in [json!(0), json!(721), json!(-1), json!("24"), json!(1.5)] {
        let refused = put(hours).unwrap_err();
        assert_eq!(refused["code"], "invalid_request");
        assert_eq!(refused["details"]["path"], "record_idle_hours");
    }
    let session = json!(open(&world));
    put(json!(2)).unwrap();
    world.pass_hours(2);
    assert_eq!(why(&world, &session).0, "idle");
    world.get(
        "system",
        "tenant.put",
        &json!({ "marking_aid": true, "owner_rule": "keep" }),
    );
    let shown = world.get("system", "tenant.get", &json!({}));
    assert_eq!(
        shown["record_idle_hours"], 24,
        "a put replaces the whole record"
    );
}

#[test]
fn c6_closed_and_replaced_sessions_say_so_to_their_administrator_alone() {
    let world = college(Encoding::Json);
    let first = json!(open(&world));
    let second = json!(open(&world));
    assert_eq!(why(&world, &first), (json!("replaced"), second.clone()));
    world.get("alice", "record.close", &json!({ "session": second }));
    assert_eq!(why(&world, &second), (json!("closed"), Value::Null));
    let changes = json!({ "session": first });
    let theirs = world.ask("sam", "record.changes", &changes).unwrap_err();
    assert_eq!(
        (&theirs["code"], &theirs["details"]),
        (&json!("session_not_open"), &Value::Null)
    );
}

#[test]
fn c6_the_101st_record_closes_the_longest_idle_one() {
    let world = college(Encoding::Json);
    let learner = |number: u128| format!("00000000-0000-0000-0001-{number:012}");
    let mut sessions = Vec::new();
    for number in 0..=100 {
        let record = json!({
            "learner": learner(number), "name": "Learner", "case_owner": null, "groups": [],
            "tutors": [], "enrolments": [],
        });
        world.get("system", "learner.put", &record);
        let opened = world.get(
            "alice",
            "record.open",
            &json!({ "learner": learner(number) }),
        );
        sessions.push(opened["session"].clone());
        if number == 50 {
            let touched = json!({ "learner": learner(0), "resume": true });
            world.get("alice", "record.open", &touched);
        }
    }
    let listed = world.get("alice", "record.list", &json!({ "page_size": 500 }));
    assert_eq!(listed["total"], 100);
    assert_eq!(why(&world, &sessions[1]), (json!("displaced"), Value::Null));
    world.get(
        "alice",
        "record.changes",
        &json!({ "session": sessions[0] }),
    );
    let bodies: Vec<Value> = world
        .events_after(0)
        .iter()
        .map(|event| serde_json::from_slice(&event.body).unwrap())
        .filter(|body: &Value| body["reason"] == "displaced")
        .collect();
    let expected = json!({
        "session": sessions[1], "learner": learner(1), "administrator": "alice",
        "reason": "displaced",
    });
    assert_eq!(bodies, [expected]);
}

#[test]
fn c6_reads_are_no_touch_and_edits_are() {
    let world = college(Encoding::Json);
    let session = json!(open(&world));
    let other = world.get("alice", "record.open", &json!({ "learner": TARGET }))["session"].clone();
    world.pass_hours(20);
    world.get("alice", "plan.edit", &rename(ESSAY, "New"));
    world.get("alice", "record.changes", &json!({ "session": other }));
    world.get("alice", "plan.get", &json!({ "learner": TARGET }));
    world.pass_hours(4);
    assert_eq!(why(&world, &other).0, "idle");
    let changes = world.get("alice", "record.changes", &json!({ "session": session }));
    assert_eq!(changes["total"], 1);
}

//! Headers that contradict each other, and header texts that every client can read.

use plansync_protocol::Encoding;
use plansync_service::Answer;
use serde_json::{Value, json};

use crate::college::{ESSAY, SOURCE, college, rename};
use crate::typed;
use crate::world::{Given, World};

const ID: &str = "00000000-0000-0000-0000-00000000e000";

fn edit(world: &World, headers: &[(&str, &str)], body: &Value) -> Answer {
    world.send(
        "alice",
        "plan.edit",
        Given(headers),
        body.to_string().as_bytes(),
    )
}

fn code(answer: &Answer) -> Value {
    typed::error(answer.encoding, &answer.body)["error"]["code"].clone()
}

#[test]
fn headers_that_contradict_each_other_are_refused_whatever_their_spelling() {
    let world = college(Encoding::Json);
    let position = world.position();
    let (json, packed) = ("application/json", "application/msgpack");
    for (headers, refusal) in [
        (
            [("content-type", json), ("Content-Type", packed)],
            "unsupported_media_type",
        ),
        (
            [("content-type", packed), ("content-type", json)],
            "unsupported_media_type",
        ),
        (
            [("Nats-Msg-Id", ID), ("nats-msg-id", "7")],
            "invalid_request",
        ),
        (
            [("Nats-Msg-Id", "7"), ("Nats-Msg-Id", ID)],
            "invalid_request",
        ),
        (
            [("Nats-Msg-Id", ""), ("Nats-Msg-Id", ID)],
            "invalid_request",
        ),
    ] {
        let named = {
            let mut body = rename(ESSAY, "A");
            body["command_id"] = json!(ID);
            body
        };
        for body in [rename(ESSAY, "A"), named] {
            let answer = edit(&world, &headers, &body);
            assert_eq!(code(&answer), refusal, "{headers:?}");
            let text = answer.error.unwrap().text;
            assert!(text.contains("several different values"), "{text}");
        }
    }
    assert_eq!(world.position(), position, "nothing was done");
}

#[test]
fn a_body_without_a_header_is_json_unless_it_is_a_map_of_message_pack() {
    let world = college(Encoding::Json);
    let learner = json!({ "learner": SOURCE });
    let packed = rmp_serde::to_vec_named(&learner).unwrap();
    let spaced = format!("\r\n\t {learner}");
    let marked = format!("\u{feff}{learner}");
    let cases = [
        (&packed[..], Encoding::MessagePack, true),
        (spaced.as_bytes(), Encoding::Json, true),
        (marked.as_bytes(), Encoding::Json, true),
        (&packed[..4], Encoding::MessagePack, false),
        (b"", Encoding::Json, false),
        (b"learner=7", Encoding::Json, false),
        (b"[]", Encoding::Json, false),
        (b"\x91\x80", Encoding::Json, false),
        (b"\xff\xfe{", Encoding::Json, false),
    ];
    for (body, encoding, is_answered) in cases {
        let answer = world.send("alice", "plan.get", Given(&[]), body);
        assert_eq!(answer.encoding, encoding, "{body:?}");
        assert_eq!(answer.error.is_none(), is_answered, "{body:?}");
        if !is_answered {
            assert_eq!(code(&answer), "invalid_request", "{body:?}");
        }
    }
}

#[test]
fn message_pack_has_several_media_types_and_another_one_is_refused_in_the_bodys_encoding() {
    let world = college(Encoding::Json);
    let learner = json!({ "learner": SOURCE });
    let packed = rmp_serde::to_vec_named(&learner).unwrap();
    for name in [
        "application/x-msgpack",
        "application/vnd.msgpack",
        "Application/MsgPack;v=5",
    ] {
        let answer = world.send(
            "alice",
            "plan.get",
            Given(&[("Content-Type", name)]),
            &packed,
        );
        assert_eq!(
            (answer.encoding, answer.error),
            (Encoding::MessagePack, None),
            "{name}"
        );
    }
    let headers = [("content-type", "application/json; charset=utf-8")];
    assert_eq!(edit(&world, &headers, &rename(ESSAY, "A")).error, None);
    let answer = edit(
        &world,
        &[("content-type", "text/plain")],
        &rename(ESSAY, "B"),
    );
    assert_eq!(answer.encoding, Encoding::Json);
    assert_eq!(code(&answer), "unsupported_media_type");
}

#[test]
fn a_header_that_is_repeated_with_the_same_value_says_it_once() {
    let world = college(Encoding::Json);
    let json = "application/json";
    let headers = [
        ("content-type", json),
        ("Content-Type", json),
        ("Nats-Msg-Id", ID),
        ("nats-msg-id", ID),
    ];
    assert_eq!(edit(&world, &headers, &rename(ESSAY, "A")).error, None);
    let again = edit(&world, &headers, &rename(ESSAY, "A"));
    let reply: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(reply["duplicate"], true);
}

#[test]
fn a_durable_command_whose_headers_contradict_each_other_is_rejected_with_its_bytes() {
    let world = college(Encoding::Json);
    let position = world.position();
    let body = rename(ESSAY, "A").to_string();
    let types = [
        ("content-type", "application/json"),
        ("Content-Type", "application/msgpack"),
    ];
    let ids = [("Nats-Msg-Id", ID), ("nats-msg-id", "7")];
    for headers in [types, ids] {
        world.give("alice", "plan.edit", Given(&headers), body.as_bytes());
    }
    let told = world.events_after(position);
    let told: Vec<Value> = told
        .iter()
        .map(|event| serde_json::from_slice(&event.body).unwrap())
        .collect();
    let codes: Vec<_> = told.iter().map(|body| &body["error"]["code"]).collect();
    assert_eq!(codes, ["unsupported_media_type", "invalid_request"]);
    assert!(told.iter().all(|body| body["command_id"] != ID));
    assert!(world.kept_after(position).iter().all(Value::is_string));
}

/// The trace that the event of an edit with these headers carries.
fn traced(headers: &[(&str, &str)]) -> Option<String> {
    let world = college(Encoding::Json);
    let position = world.position();
    assert_eq!(edit(&world, headers, &rename(ESSAY, "A")).error, None);
    let events = world.events_after(position);
    let mut named = events[0].headers.iter();
    let found = named.find(|(name, _)| *name == "traceparent");
    found.map(|(_, value)| value.clone())
}

#[test]
fn only_a_trace_context_of_the_w3c_form_is_carried_on() {
    let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01";
    assert_eq!(traced(&[("traceparent", good)]).as_deref(), Some(good));
    assert_eq!(
        traced(&[("traceparent", good), ("Traceparent", good)]).as_deref(),
        Some(good)
    );
    assert_eq!(
        traced(&[("traceparent", good), ("Traceparent", other)]),
        None
    );
    let later = format!("cc{}-more", &good[2..]);
    assert_eq!(traced(&[("traceparent", &later)]).as_deref(), Some(good));
    for bad in [
        "",
        "-",
        "abc",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
        "004bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0-001",
    ] {
        assert_eq!(traced(&[("traceparent", bad)]), None, "{bad}");
    }
}

#[test]
fn a_refusal_in_another_alphabet_is_ascii_in_its_header_and_itself_in_its_body() {
    let world = college(Encoding::Json);
    let long = "я".repeat(400);
    for name in [
        "Жанна",
        "李雷\u{2028}",
        "a\r\nNats-Service-Error: \u{7f}",
        &long,
    ] {
        let body = json!({ "learner": SOURCE, name: 1 });
        let answer = world.send("alice", "plan.get", Given(&[]), body.to_string().as_bytes());
        let text = answer.error.clone().unwrap().text;
        assert!(
            text.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "{text}"
        );
        assert!(text.starts_with("invalid_request: unknown field `") && text.len() <= 500);
        let error = typed::error(Encoding::Json, &answer.body)["error"].clone();
        let start: String = name.chars().take(2).collect();
        assert!(error["message"].as_str().unwrap().contains(&start));
    }
    let body = json!({ "learner": SOURCE, "Жанна": 1 });
    let answer = world.send("alice", "plan.get", Given(&[]), body.to_string().as_bytes());
    assert!(
        answer
            .error
            .unwrap()
            .text
            .contains(r"`\u0416\u0430\u043d\u043d\u0430`")
    );
}

#[test]
fn a_header_is_escaped_as_json_escapes_it() {
    let world = college(Encoding::Json);
    let text = |name: &str| {
        let body = json!({ "learner": SOURCE, name: 1 });
        let answer = world.send("alice", "plan.get", Given(&[]), body.to_string().as_bytes());
        answer.error.unwrap().text
    };
    for name in [
        "Zoë",
        "ü",
        "\u{ffff}",
        "\u{10000}",
        "😀 and 𝄞",
        "\u{10ffff}",
    ] {
        let shown = text(name);
        let quoted = shown.split('`').nth(1).unwrap();
        let read: String = serde_json::from_str(&format!("\"{quoted}\"")).unwrap();
        assert_eq!(read, name, "{shown}");
    }
    assert!(text("😀").contains(r"`\ud83d\ude00`"));
    // The text ends before the character that does not fit: no half of a pair.
    for count in 30..50 {
        let long = text(&format!("{}{}", "x".repeat(count), "😀".repeat(60)));
        let escapes = long.matches(r"\ud83d").count();
        assert_eq!(long.matches(r"\ude00").count(), escapes, "{long}");
        assert!(long.ends_with(r"\ude00") && long.len() <= 500, "{long}");
    }
}

#[test]
fn a_body_that_its_header_does_not_announce_is_refused_with_what_to_do() {
    let world = college(Encoding::Json);
    let learner = json!({ "learner": SOURCE });
    let packed = rmp_serde::to_vec_named(&learner).unwrap();
    let json = learner.to_string();
    for (announced, body, hint) in [
        (
            "application/msgpack",
            json.as_bytes(),
            "looks like JSON; send `content-type: application/json`",
        ),
        (
            "application/json",
            &packed,
            "like a map of MessagePack; send `content-type: application/msgpack`",
        ),
    ] {
        let answer = world.send(
            "alice",
            "plan.get",
            Given(&[("content-type", announced)]),
            body,
        );
        assert_eq!(answer.encoding.content_type(), announced);
        let error = typed::error(answer.encoding, &answer.body)["error"].clone();
        assert_eq!(error["code"], "invalid_request");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(announced) && message.contains(hint),
            "{message}"
        );
        assert!(answer.error.unwrap().text.contains(hint));
    }
}

#[test]
fn every_header_of_an_event_is_ascii_whatever_people_are_called() {
    let world = college(Encoding::Json);
    let put = crate::college::learner(SOURCE, "Жанна", "north");
    world.get("system", "learner.put", &put);
    world.get("alice", "plan.edit", &rename(ESSAY, "Сочинение"));
    world.give("alice", "plan.édit", Given(&[("traceparent", "é")]), b"{}");
    let events = world.events_after(0);
    assert!(events.len() > 1);
    for (name, value) in events.iter().flat_map(|event| &event.headers) {
        assert!(
            value.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "{name}: {value}"
        );
    }
}

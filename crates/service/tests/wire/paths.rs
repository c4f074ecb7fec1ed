//! Refusals name the field at fault in `details.path`.

use plansync_protocol::{Encoding, OperationName};
use serde_json::{Value, json};

use crate::college::{ESSAY, EXAM, NOBODY, PROGRAMME, SOURCE, college, open};
use crate::typed;
use crate::world::{Given, World};

/// The published example of an operation's body.
fn example(operation: OperationName) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto-schemas/golden");
    let text = std::fs::read_to_string(format!("{folder}/{operation}.json")).unwrap();
    let example: Value = serde_json::from_str(&text).unwrap();
    example["body"]["json"].clone()
}

/// Every place in a value, as a path and as the steps to it.
fn places(value: &Value, at: &str, steps: &[Value], all: &mut Vec<(String, Vec<Value>)>) {
    let mut inner = |step: Value, path: String, value: &Value| {
        let steps = [steps, &[step]].concat();
        all.push((path.clone(), steps.clone()));
        places(value, &path, &steps, all);
    };
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        inner(json!(index), format!("{at}[{index}]"), value);
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if at.is_empty() {
            name.clone()
        } else {
            format!("{at}.{name}")
        };
        inner(json!(name), path, value);
    }
}

fn at<'a>(value: &'a mut Value, steps: &[Value]) -> &'a mut Value {
    steps.iter().fold(value, |value, step| match step.as_u64() {
        Some(index) => &mut value[usize::try_from(index).unwrap()],
        None => &mut value[step.as_str().unwrap()],
    })
}

#[track_caller]
fn fault(world: &World, actor: &str, operation: &str, body: &[u8]) -> Value {
    let answer = world.send(actor, operation, Given(&[]), body);
    let error = typed::error(answer.encoding, &answer.body)["error"].clone();
    assert_eq!(error["code"], "invalid_request", "{operation}: {error}");
    error
}

/// The same JSON as MessagePack, its texts as texts.
fn packed(value: &Value) -> Vec<u8> {
    rmp_serde::to_vec_named(value).unwrap()
}

#[test]
fn a_value_of_the_wrong_kind_is_named_wherever_it_stands_in_whatever_operation() {
    let world = college(Encoding::Json);
    for operation in OperationName::ALL.iter().copied() {
        let body = example(operation);
        let mut all = Vec::new();
        places(&body, "", &[], &mut all);
        for (path, steps) in all {
            let mut wrong = body.clone();
            *at(&mut wrong, &steps) = json!(1.5);
            for bytes in [wrong.to_string().into_bytes(), packed(&wrong)] {
                let error = fault(&world, "system", operation.as_str(), &bytes);
                assert_eq!(error["details"]["path"], path, "{operation}: {error}");
            }
        }
    }
}

#[test]
fn a_field_that_is_unknown_or_given_twice_is_named_on_every_level() {
    let world = college(Encoding::Json);
    for operation in OperationName::ALL.iter().copied() {
        let body = example(operation);
        let mut all = vec![(String::new(), Vec::new())];
        places(&body, "", &[], &mut all);
        for (path, steps) in all {
            let mut odd = body.clone();
            let Some(object) = at(&mut odd, &steps).as_object_mut() else {
                continue;
            };
            let path = |field: &str| {
                if path.is_empty() {
                    field.to_owned()
                } else {
                    format!("{path}.{field}")
                }
            };
            let first = object
                .iter()
                .next()
                .map(|(name, value)| (name.clone(), value.clone()));
            object.insert("odd".to_owned(), json!(1));
            for bytes in [odd.to_string().into_bytes(), packed(&odd)] {
                let error = fault(&world, "system", operation.as_str(), &bytes);
                assert_eq!(
                    error["details"]["path"],
                    path("odd"),
                    "{operation}: {error}"
                );
            }
            // The same name twice, which no value holds: written over a field of the same length.
            let Some((name, value)) = first else { continue };
            let placeholder = "~".repeat(name.len());
            let object = at(&mut odd, &steps).as_object_mut().unwrap();
            object.remove("odd");
            object.insert(placeholder.clone(), value);
            for bytes in [odd.to_string().into_bytes(), packed(&odd)] {
                let start = bytes
                    .windows(placeholder.len())
                    .position(|window| window == placeholder.as_bytes())
                    .unwrap();
                let mut twice = bytes;
                twice[start..start + name.len()].copy_from_slice(name.as_bytes());
                let error = fault(&world, "system", operation.as_str(), &twice);
                assert_eq!(
                    error["details"]["path"],
                    path(&name),
                    "{operation}: {error}"
                );
            }
        }
    }
}

/// What is found only after decoding: who asks what, and where it is at fault.
fn found_later(session: &Value) -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let edits = |edits: Value| json!({ "learner": SOURCE, "edits": edits });
    let change = |set: Value| json!({ "op": "change", "component": ESSAY, "set": set });
    let add = |attributes: Value| json!({ "op": "add", "programme": PROGRAMME, "type": "exam", "attributes": attributes });
    let template = |components: Value| json!({ "programme": PROGRAMME, "components": components });
    let component = |attributes: Value| json!({ "component": NOBODY, "type": "exam", "attributes": attributes });
    let sync = json!({
        "session": session, "programme": PROGRAMME, "components": "all", "learners": "all",
        "type": "all_attributes", "attributes": ["name"],
    });
    let mut explain = sync.clone();
    explain["component"] = json!(ESSAY);
    explain["side"] = json!("synchronised");
    let enrolment = json!({ "programme": PROGRAMME, "status": "active" });
    let learner = json!({
        "learner": SOURCE, "name": "A", "case_owner": null, "groups": [], "tutors": [],
        "enrolments": [enrolment, enrolment],
    });
    let own_parent = json!({ "programme": PROGRAMME, "name": "A", "parent": PROGRAMME });
    let unreached = json!({ "learner": SOURCE, "at_version": 99 });
    let good = component(json!({ "name": "A" }));
    let long = "a".repeat(20_001);
    vec![
        ("alice", "plan.edit", edits(json!([])), "edits"),
        (
            "alice",
            "plan.edit",
            edits(json!([change(json!({ "name": "" }))])),
            "edits[0].set.name",
        ),
        (
            "alice",
            "plan.edit",
            edits(json!([
                change(json!({})),
                change(json!({ "due_date": "soon" }))
            ])),
            "edits[1].set.due_date",
        ),
        (
            "alice",
            "plan.edit",
            edits(json!([add(json!({ "name": "A", "instructions": long }))])),
            "edits[0].attributes.instructions",
        ),
        (
            "alice",
            "plan.edit",
            edits(json!([add(json!({}))])),
            "edits[0].attributes.name",
        ),
        (
            "alice",
            "plan.edit",
            edits(json!([change(json!({ "documents": ["d", "d"] }))])),
            "edits[0].set.documents",
        ),
        (
            "alice",
            "plan.edit",
            edits(json!([change(json!({ "review_type": "final" }))])),
            "edits[0].set.review_type",
        ),
        ("system", "template.put", template(json!([])), "components"),
        (
            "system",
            "template.put",
            template(json!([good, good])),
            "components[1]",
        ),
        (
            "system",
            "template.put",
            template(json!([component(json!({ "name": 7 }))])),
            "components[0].attributes.name",
        ),
        (
            "system",
            "template.remove",
            template(json!([ESSAY, EXAM, ESSAY])),
            "components[2]",
        ),
        ("system", "learner.put", learner, "enrolments[1].programme"),
        ("system", "programme.put", own_parent, "parent"),
        ("alice", "plan.get", unreached, "at_version"),
        ("alice", "sync.start", sync.clone(), "attributes"),
        ("alice", "sync.preview", sync, "attributes"),
        ("alice", "sync.explain", explain, "attributes"),
    ]
}

#[test]
fn a_fault_that_is_found_after_decoding_is_named_too() {
    let world = college(Encoding::Json);
    let session = open(&world);
    for (actor, operation, body, path) in found_later(&session) {
        let error = fault(&world, actor, operation, body.to_string().as_bytes());
        assert_eq!(error["details"]["path"], path, "{operation}: {error}");
    }
}

#[test]
fn a_body_ends_with_its_map_and_begins_with_it() {
    let world = college(Encoding::Json);
    let body = json!({ "learner": SOURCE });
    let (json, packed) = (body.to_string().into_bytes(), packed(&body));
    for after in [
        &[0x91][..],
        &[0x81],
        &[0x92],
        &[0xdc, 0, 1],
        &[0xdc],
        &[0xdd, 0, 0, 0, 1],
        &[0xde, 0, 1],
        &[0x90],
        &[0x80],
        &[0xc0],
        &[0xc1],
        &[0xc4],
        &[0xc4, 1],
        &[0xc7, 1],
        &[0xd4],
        &[0xd9, 5],
        &[0xca],
        &[0xcf],
        &[0x00],
        b"{}",
        b" ",
        b"\n",
    ] {
        let trailing = [&packed, after].concat();
        let error = fault(&world, "alice", "plan.get", &trailing);
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("after the end of the body"),
            "{after:?}"
        );
    }
    for after in ["x", "{}", ",", "\0"] {
        fault(
            &world,
            "alice",
            "plan.get",
            &[&json, after.as_bytes()].concat(),
        );
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &json].concat();
    let answer = world.send("alice", "plan.get", Given(&[]), &marked);
    assert_eq!(answer.error, None);
    for body in [&b""[..], b"[]", b"null", &[0x90], &[0xc0], &[0xd4, 1, 0x80]] {
        fault(&world, "alice", "plan.get", body);
    }
    // A key that is no text: bytes, a number, nothing, a list.
    for key in [
        &b"\xc4\x07learner"[..],
        b"\x00",
        b"\xc0",
        b"\x90",
        b"\xd4\x01\x00",
    ] {
        let odd = [&[0x81][..], key, &packed[9..]].concat();
        fault(&world, "alice", "plan.get", &odd);
    }
}

//! Every value of every example replaced by values of all other types, in both encodings: each refusal
//! speaks of JSON's types, and is the same in both.

use plansync_protocol::{DecodeError, Encoding, Operation, decode, list_operations};
use serde_json::{Value, json};

use crate::examples::Example;

/// Words of Rust and of its libraries.
const FORBIDDEN: [&str; 32] = [
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "usize",
    "bool",
    "str",
    "vec",
    "struct",
    "newtype",
    "sequence",
    "seq",
    "map",
    "unit",
    "enum",
    "variant",
    "tuple",
    "option",
    "identifier",
    "untagged",
    "marker",
    "msgpack",
    "rmp",
    "serde",
    "fixmap",
    "floating",
];

/// Stands in an encoded body where other bytes are put.
const PLACE: &str = "put it here";

/// A step from a value to one inside it.
#[derive(Clone)]
enum Step {
    Field(String),
    Item(usize),
}

/// One value of each type of JSON, with some of the odd ones.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(-1e300),
        json!(""),
        json!("x, expected u32"),
        json!([]),
        json!([1]),
        json!([{}]),
        json!({}),
        json!({ "a": 1 }),
    ]
}

/// Values that only MessagePack has: bytes, extension types, keys that are no text, a byte without a
/// meaning, an end in the middle, text that is no UTF-8.
const PACKED: [&[u8]; 10] = [
    b"\xc4\x00",
    b"\xc4\x02ab",
    b"\xd4\x07\x00",
    b"\xd6\xff\x00\x00\x00\x07",
    b"\xd6\xff\xff\xff\xff\xff",
    b"\xc7\x03\xff\x00\x00\x07",
    b"\x81\x07\x07",
    b"\xc1",
    b"\xdb\xff\xff\xff\xff",
    b"\xa2\xff\xfe",
];

fn places(value: &Value, at: &[Step], places: &mut Vec<Vec<Step>>) {
    places.push(at.to_vec());
    let mut inside = |step, value| places_inside(value, at, step, places);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                inside(Step::Field(name.clone()), value);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                inside(Step::Item(index), value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn places_inside(value: &Value, at: &[Step], step: Step, found: &mut Vec<Vec<Step>>) {
    let at = [at, &[step]].concat();
    places(value, &at, found);
}

fn replaced(body: &Value, at: &[Step], with: Value) -> Value {
    let mut body = body.clone();
    let mut value = &mut body;
    for step in at {
        value = match step {
            Step::Field(name) => &mut value[name.as_str()],
            Step::Item(index) => &mut value[*index],
        };
    }
    *value = with;
    body
}

/// The body with fields that the example leaves out.
fn with_all_fields<O: Operation>(body: Value) -> Vec<Value> {
    let schema = schemars::schema_for!(O::Body);
    let fields = schema.get("properties").and_then(Value::as_object);
    let names = fields.into_iter().flatten().map(|(name, _)| name);
    let absent: Vec<_> = names.filter(|name| body.get(name).is_none()).collect();
    let bodies = absent.iter().map(|name| {
        let mut more = body.clone();
        more[name.as_str()] = json!(null);
        more
    });
    let mut bodies: Vec<_> = bodies.collect();
    bodies.push(body);
    bodies
}

#[track_caller]
fn check(fault: &DecodeError, body: &str) {
    let mut is_shown = false;
    let mut own = String::new();
    // What the sender wrote, and names of fields and words, stand in quotation marks.
    for c in fault.message.chars() {
        match c {
            '`' | '"' => is_shown = !is_shown,
            _ if is_shown => {}
            _ => own.extend(c.to_lowercase()),
        }
    }
    let mut words = own.split(|c: char| !c.is_alphanumeric());
    let foreign = words.find(|word| FORBIDDEN.contains(word));
    assert_eq!(foreign, None, "{} says {fault:?} to {body}", fault.message);
}

/// Decodes in both encodings, and returns how many were refused.
fn both<O: Operation>(body: &Value) -> usize {
    let json = body.to_string();
    let packed = rmp_serde::to_vec_named(body).unwrap();
    let from_json = decode::<O::Body>(Encoding::Json, json.as_bytes()).err();
    let from_packed = decode::<O::Body>(Encoding::MessagePack, &packed).err();
    assert_eq!(from_json, from_packed, "{} of {json}", O::NAME);
    if let Some(fault) = &from_json {
        check(fault, &json);
    }
    usize::from(from_json.is_some())
}

fn packed<O: Operation>(body: &Value, bytes: &[u8]) -> usize {
    let encoded = rmp_serde::to_vec_named(body).unwrap();
    let place = rmp_serde::to_vec(PLACE).unwrap();
    let at = encoded
        .windows(place.len())
        .position(|part| part == place)
        .unwrap();
    let encoded = [&encoded[..at], bytes, &encoded[at + place.len()..]].concat();
    let fault = decode::<O::Body>(Encoding::MessagePack, &encoded).err();
    if let Some(fault) = &fault {
        check(fault, &body.to_string());
    }
    usize::from(fault.is_some())
}

fn operation<O: Example>() -> usize {
    let mut refused = 0;
    for body in with_all_fields::<O>(O::body()) {
        let mut found = Vec::new();
        places(&body, &[], &mut found);
        for at in found {
            for value in values() {
                refused += both::<O>(&replaced(&body, &at, value));
            }
            let marked = replaced(&body, &at, json!(PLACE));
            for bytes in PACKED {
                refused += packed::<O>(&marked, bytes);
            }
        }
    }
    refused
}

macro_rules! every_operation {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        fn every_operation() -> Vec<usize> {
            vec![
                $(operation::<plansync_protocol::$command>(),)+
                $(operation::<plansync_protocol::$read>(),)+
            ]
        }
    };
}

list_operations!(every_operation);

#[test]
fn refusals_speak_of_json_and_are_the_same_in_both_encodings() {
    let refused = every_operation();
    // Even of a body without fields, everything but an object is refused.
    assert!(refused.iter().all(|count| *count > 15), "{refused:?}");
    assert!(refused.iter().sum::<usize>() > 10_000, "{refused:?}");
}

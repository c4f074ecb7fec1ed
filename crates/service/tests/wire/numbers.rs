//! Integers out of bounds: whatever is sent, the refusal names the field and the bounds that its schema states.

use plansync_protocol::{Encoding, OperationName};
use serde_json::{Value, json};

use crate::typed;
use crate::world::{Given, World};

const ID: &str = "00000000-0000-0000-0000-00000000c000";

fn read(path: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto-schemas");
    serde_json::from_slice(&std::fs::read(format!("{folder}/{path}")).unwrap()).unwrap()
}

/// An integer in the schema of a body.
#[derive(Debug)]
struct Integer {
    /// The names of the fields that lead to it; `[0]` is the first item of a list.
    path: Vec<String>,
    min: u64,
    max: u64,
}

impl Integer {
    /// The path as refusals write it.
    fn shown(&self) -> String {
        self.path.join(".").replace(".[", "[")
    }
}

/// All integers in a schema, those of the definitions it refers to included.
fn integers(root: &Value, schema: &Value, path: &[String], found: &mut Vec<Integer>) {
    if let Some(definition) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return integers(root, &root["$defs"][definition], path, found);
    }
    if schema["type"] == "integer" || schema["type"] == json!(["integer", "null"]) {
        let bound = |name: &str| schema[name].as_u64();
        let (min, max) = (bound("minimum").unwrap(), bound("maximum").unwrap());
        let path = path.to_vec();
        found.push(Integer { path, min, max });
    }
    for alternatives in ["anyOf", "oneOf"] {
        for alternative in schema[alternatives].as_array().into_iter().flatten() {
            integers(root, alternative, path, found);
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        integers(
            root,
            property,
            &[path, std::slice::from_ref(name)].concat(),
            found,
        );
    }
    if schema["items"].is_object() {
        integers(
            root,
            &schema["items"],
            &[path, &["[0]".to_owned()]].concat(),
            found,
        );
    }
}

/// A body with a value at this place, on the base of the published example.
fn body(example: &Value, path: &[String], value: Value) -> Value {
    let mut body = example.clone();
    let named: Vec<&str> = path.iter().map(String::as_str).collect();
    match named.as_slice() {
        [field] => body[*field] = value,
        ["confirm", "position"] => {
            body["confirm"] = json!({ "position": value, "digest": "ab".repeat(32) });
        }
        ["edits", "[0]", "attributes", "min_evidence"] => {
            body["edits"] = json!([{ "op": "add", "programme": ID, "type": "exam",
                "attributes": { "name": "A", "min_evidence": value } }]);
        }
        ["edits", "[0]", "set", "min_evidence"] => {
            body["edits"] =
                json!([{ "op": "change", "component": ID, "set": { "min_evidence": value } }]);
        }
        ["components", "[0]", "attributes", "min_evidence"] => {
            body["components"][0]["attributes"]["min_evidence"] = value;
        }
        [parent, field] if body[*parent].is_object() => body[*parent][*field] = value,
        other => panic!("no example has {other:?}"),
    }
    body
}

/// The numbers around the bounds and far beyond them, as JSON writes them, without those within.
fn outside(integer: &Integer) -> Vec<String> {
    let one_below = i128::from(integer.min) - 1;
    let one_above = i128::from(integer.max) + 1;
    let two = 2_i128;
    let all = [
        one_below,
        one_above,
        -1,
        two.pow(53),
        two.pow(63),
        two.pow(64),
    ];
    let bounds = i128::from(integer.min)..=i128::from(integer.max);
    let outside = all.into_iter().filter(|number| !bounds.contains(number));
    let outside = outside.map(|number| number.to_string());
    outside
        .chain(["1e30".to_owned(), "-1e30".to_owned()])
        .collect()
}

#[test]
fn an_integer_out_of_bounds_is_refused_with_its_field_and_the_bounds_of_the_schema() {
    const PLACE: &str = "the number";
    let world = World::new(Encoding::Json);
    let (mut fields, mut refused) = (0, 0);
    for operation in OperationName::ALL {
        let schema = read(&format!("schemas/{operation}.body.json"));
        let example = &read(&format!("golden/{operation}.json"))["body"]["json"];
        let mut found = Vec::new();
        integers(&schema, &schema, &[], &mut found);
        fields += found.len();
        for integer in found {
            for number in outside(&integer) {
                let json = body(example, &integer.path, json!(PLACE)).to_string();
                let json = json.replace(&format!("\"{PLACE}\""), &number);
                let value: Value = serde_json::from_str(&number).unwrap();
                let packed = Encoding::MessagePack.encode(&body(example, &integer.path, value));
                let packed = packed.unwrap();
                for bytes in [json.as_bytes(), &packed] {
                    let answer = world.send("system", operation.as_str(), Given(&[]), bytes);
                    let error = typed::error(answer.encoding, &answer.body)["error"].clone();
                    let context = format!("{operation} {number}: {error}");
                    assert_eq!(error["code"], "invalid_request", "{context}");
                    assert_eq!(error["details"]["path"], integer.shown(), "{context}");
                    let message = error["message"].as_str().unwrap();
                    assert!(
                        message.starts_with(&format!("{}: ", integer.shown())),
                        "{context}"
                    );
                    let bounds = format!("from {} to {}", integer.min, integer.max);
                    assert!(message.contains(&bounds), "{context}, not {bounds}");
                    assert!(answer.error.unwrap().text.contains(&bounds), "{context}");
                    refused += 1;
                }
            }
        }
    }
    assert!(fields > 60 && refused > 500, "{fields}, {refused}");
}

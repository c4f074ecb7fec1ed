//! The schemas of bodies against the service: what a schema accepts, the service understands, in both encodings,
//! and what it refuses, the service refuses.
//!
//! Every place in the example of every operation is given every value of a pool: each type, each bound of the
//! schema and one less and one more, and text that only some rules accept. A tenant that does not exist is what a
//! body comes to whose fields are as they should be.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

mod schema_mutants;

use std::path::Path;

use plansync_hostile::refusal;
use plansync_protocol::{BODY_BYTES_MAX, Encoding, OperationName};
use schema_mutants::mutants;
use serde_json::Value;

/// Rules that concern several fields, by the messages of their refusals: no schema states them.
const OF_SEVERAL_FIELDS: [&str; 7] = [
    "give exactly one of `version`",
    "give either `position`",
    "attributes can be chosen only with the type",
    "components of this type do not have this attribute",
    "list each programme only once",
    "list each component only once",
    "a programme cannot be part of itself",
];

fn read(path: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto-schemas");
    serde_json::from_slice(&std::fs::read(folder.join(path)).unwrap()).unwrap()
}

fn understood(operation: OperationName, body: &[u8]) -> Option<(bool, String)> {
    let (code, message) = refusal(operation, body);
    match code.as_str() {
        "tenant_not_found" => Some((true, message)),
        _ if OF_SEVERAL_FIELDS.iter().any(|rule| message.contains(rule)) => None,
        _ => Some((false, message)),
    }
}

/// The verdicts on one mutant that differ, as sentences.
fn differences(operation: OperationName, mutant: &Value, valid: bool) -> Vec<String> {
    let verdict = if valid { "accepts" } else { "refuses" };
    let shown: String = mutant.to_string().chars().take(400).collect();
    let mut differences = Vec::new();
    for encoding in [Encoding::Json, Encoding::MessagePack] {
        let body = encoding.encode(mutant).unwrap();
        if body.len() > BODY_BYTES_MAX {
            continue;
        }
        match understood(operation, &body) {
            Some((taken, message)) if taken != valid => differences.push(format!(
                "{operation}: the schema {verdict} in {encoding:?} {shown}, the service says: {message}"
            )),
            Some(_) | None => {}
        }
    }
    differences
}

#[test]
fn a_schema_accepts_what_the_service_understands_and_nothing_else() {
    let mut all = Vec::new();
    for operation in OperationName::ALL {
        let schema = read(&format!("schemas/{operation}.body.json"));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let example = &read(&format!("golden/{operation}.json"))["body"]["json"];
        let mutants = mutants(&schema, example);
        assert!(
            mutants.len() > 50,
            "{operation} has only {} mutants",
            mutants.len()
        );
        for mutant in mutants {
            all.extend(differences(
                *operation,
                &mutant,
                validator.is_valid(&mutant),
            ));
        }
    }
    assert!(
        all.is_empty(),
        "{} differences:\n{}",
        all.len(),
        all[..all.len().min(30)].join("\n")
    );
}

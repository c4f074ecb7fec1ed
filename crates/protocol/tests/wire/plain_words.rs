//! Descriptions are for readers of any language: no conventions of Rust, no ids of rules, and one for everything that
//! does not explain itself.

use serde_json::{Map, Value};

use crate::codes;
use crate::described::documents;

/// Parts of texts that only readers of the source understand.
const FOREIGN: [&str; 14] = [
    "[`", "```", "::", "`]", "# ", "crates/", "RULES", "Rust", "serde", "struct", "enum ",
    "Option<", "Vec<", "assert",
];

/// Calls a visitor with every object, and its place; examples of messages are left out.
fn each(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            visit(place, fields);
            for (name, value) in fields.iter().filter(|(name, _)| *name != "examples") {
                each(value, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each(item, &format!("{place}/{index}"), visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a word is the id of a rule, such as S7 or T8: one or two capitals, and one or two digits.
fn is_rule(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let capitals = word.len() - digits.len();
    (1..=2).contains(&capitals)
        && (1..=2).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit())
}

fn foreign(text: &str) -> Option<String> {
    let part = FOREIGN.iter().find(|part| text.contains(**part));
    if let Some(part) = part {
        return Some((*part).to_owned());
    }
    let is_short = |text: &str| !text.contains('\n') && !text.contains("  ") && text.trim() == text;
    if !is_short(text) {
        return Some("more than one line".to_owned());
    }
    // What stands in quotation marks is code of the wire.
    let prose = text.split('`').step_by(2);
    let mut words = prose.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    words.find(|word| is_rule(word)).map(str::to_owned)
}

#[test]
fn no_description_needs_the_source() {
    let mut count = 0;
    for (name, document) in documents() {
        each(&document, &name, &mut |place, fields| {
            for keyword in ["description", "summary", "title"] {
                if let Some(text) = fields.get(keyword).and_then(Value::as_str) {
                    count += 1;
                    assert_eq!(foreign(text), None, "{place}/{keyword}: {text}");
                }
            }
        });
    }
    assert!(count > 1_000, "{count}");
}

#[test]
fn what_needs_the_source_is_recognised() {
    for text in [
        "A condition (S7).",
        "Rules T1 to T3",
        "See [`Moment`].",
        "Self::NAME",
        "``` use x;",
        "a\nb",
        "P11",
    ] {
        assert!(foreign(text).is_some(), "{text}");
    }
    for text in [
        "The W3C trace context.",
        "A SHA-256 digest.",
        "RFC 3339, UTC",
        "`S7`",
        "HTTP/2",
    ] {
        assert_eq!(foreign(text), None, "{text}");
    }
}

/// A property has a description of its own, or refers to something that has one.
#[test]
fn every_property_and_every_definition_is_described() {
    let document = &documents()["asyncapi.json"];
    let definitions = document["components"]["schemas"].as_object().unwrap();
    let is_described = |schema: &Value| {
        schema["description"]
            .as_str()
            .is_some_and(|text| text.len() > 3)
    };
    for (name, definition) in definitions {
        assert!(is_described(definition), "{name} has no description");
    }
    let mut count = 0;
    each(document, "", &mut |place, fields| {
        let properties = fields.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            count += 1;
            let target = property["$ref"]
                .as_str()
                .and_then(|path| path.rsplit('/').next());
            let refers = target.is_some_and(|target| is_described(&definitions[target]));
            assert!(
                refers || is_described(property),
                "{place}/properties/{name} has no description"
            );
        }
    });
    assert!(count > 500, "{count}");
}

/// Generators make a type of every title, and null needs none.
#[test]
fn null_has_no_title() {
    for (name, document) in documents() {
        each(&document, &name, &mut |place, fields| {
            let is_null = fields.get("type").is_some_and(|word| word == "null");
            let is_titled = fields.contains_key("title");
            assert!(!(is_null && is_titled), "{place}");
        });
    }
}

/// Every list of words that is a definition of its own is explained in `docs/codes.md`.
#[test]
fn every_list_of_words_is_explained() {
    let lists = codes::lists();
    let document = &documents()["asyncapi.json"];
    let mut count = 0;
    for (name, definition) in document["components"]["schemas"].as_object().unwrap() {
        let is_list = |schema: &Value| schema["enum"].is_array();
        let mut alternatives = definition["anyOf"].as_array().into_iter().flatten();
        let is_known = |schema: &Value| {
            is_list(schema)
                && schema["title"]
                    .as_str()
                    .is_some_and(|title| title.starts_with("Known"))
        };
        if is_list(definition) || alternatives.any(is_known) {
            count += 1;
            let name = name.trim_end_matches("InRequest");
            assert!(
                lists.iter().any(|list| list == name),
                "docs/codes.md does not explain {name}"
            );
        }
    }
    assert!(count > 20, "{count}");
}

//! The JSON Schema of a message, from its type.
//!
//! The types say what a message is. This file makes the schemas portable: no formats that only one tool knows, a
//! name for every alternative but null, and replies that may grow.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Who must accept more than it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// A body: the engine refuses fields and words that it does not know.
    Request,
    /// A reply or an event: its reader ignores fields that it does not know, and later versions may have further
    /// words in the lists of [`OPEN`].
    Reply,
}

/// The lists of words to which later versions add. In replies, their schemas also accept other text.
pub(crate) const OPEN: [&str; 13] = [
    "AttributeName",
    "AuditKind",
    "BlamedAttribute",
    "CloseReason",
    "ErrorCode",
    "PairWarning",
    "Permission",
    "PermissionReason",
    "Reason",
    "SelectionRule",
    "SessionEnd",
    "StreamKind",
    "SummaryWarning",
];

/// The formats of schemars for Rust's integers, and the largest value of each.
const INTEGERS: [(&str, u64); 3] = [
    ("uint16", u16::MAX as u64),
    ("uint32", u32::MAX as u64),
    ("uint64", u64::MAX),
];

/// The schema of a message, with this title, which generators make the name of its type.
pub(crate) fn schema<T: JsonSchema>(title: &str, direction: Direction) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        for (name, definition) in definitions {
            entitle(definition, name);
            if direction == Direction::Reply && OPEN.contains(&name.as_str()) {
                *definition = opened(definition);
            }
        }
    }
    settle(&mut schema, direction);
    schema["title"] = json!(title);
    schema
}

fn entitle(schema: &mut Value, title: &str) {
    if let Some(schema) = schema.as_object_mut() {
        schema.entry("title").or_insert_with(|| json!(title));
    }
}

/// The words of a list, or any other word.
fn opened(words: &Value) -> Value {
    let title = words["title"].as_str().unwrap();
    json!({
        "title": title,
        "description": format!(
            "{} Later versions may have others.",
            words["description"].as_str().unwrap_or("These words, for now.")
        ),
        "anyOf": [
            { "title": format!("Known{title}"), "type": "string", "enum": words["enum"] },
            { "title": format!("Later{title}"), "type": "string" },
        ],
    })
}

fn settle(schema: &mut Value, direction: Direction) {
    match schema {
        Value::Object(schema) => {
            settle_keywords(schema, direction);
            for value in schema.values_mut() {
                settle(value, direction);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, direction)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn settle_keywords(schema: &mut Map<String, Value>, direction: Direction) {
    let format = schema.get("format").and_then(Value::as_str);
    if let Some((_, max)) = INTEGERS.iter().find(|(name, _)| format == Some(name)) {
        schema.remove("format");
        if direction == Direction::Request {
            schema.insert("maximum".to_owned(), json!(max));
        } else {
            schema.remove("maximum");
        }
    }
    if direction == Direction::Reply && schema.get("additionalProperties") == Some(&json!(false)) {
        schema.remove("additionalProperties");
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let words: Vec<_> = description.split_whitespace().collect();
        *description = words.join(" ");
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        describe_constant(property);
    }
}

/// The field that distinguishes the forms of a union has a constant, and no comment in the types.
fn describe_constant(property: &mut Value) {
    let constant = property["const"].as_str().map(str::to_owned);
    if let (Some(constant), Some(property)) = (constant, property.as_object_mut()) {
        property.entry("description").or_insert_with(|| {
            json!(format!(
                "Always `{constant}`: it tells this form from the others."
            ))
        });
    }
}

/// Calls a visitor with every schema in a schema, and its place.
pub(crate) fn each(schema: &Value, place: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    match schema {
        Value::Object(keywords) => {
            visit(place, keywords);
            for (keyword, value) in keywords {
                each(value, &format!("{place}/{keyword}"), visit);
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

//! Events of a dossier: what they say of the learner, without what they say of others.

use serde_json::{Map, Value, json};

use super::{Pseudonyms, Who};

/// Fields with the id of an administrator.
const ADMINISTRATORS: [&str; 8] = [
    "actor",
    "administrator",
    "assignee",
    "by",
    "case_owner",
    "owner",
    "requested_by",
    "tutors",
];
/// Fields with a text that somebody wrote about a change.
const NOTES: [&str; 3] = ["reason", "message", "cause"];
/// Kinds of events that are copied. Those of commands and of later versions have no data in a dossier, because they may
/// be about anybody.
const COPIED: [&str; 9] = [
    "learner.put",
    "plan.changed",
    "record.opened",
    "record.resumed",
    "record.closed",
    "sync.started",
    "sync.target",
    "sync.completed",
    "sync.cancelled",
];

/// The data of an event.
pub(super) fn data(pseudonyms: &mut Pseudonyms<'_>, kind: &str, text: &str) -> String {
    let read: Value = serde_json::from_str(text).unwrap_or_default();
    if !COPIED.contains(&kind) {
        return "{}".to_owned();
    }
    copied(pseudonyms, "", read).to_string()
}

/// The request of a synchronisation.
pub(super) fn request(pseudonyms: &mut Pseudonyms<'_>, text: &str) -> String {
    let read: Value = serde_json::from_str(text).unwrap_or_default();
    copied(pseudonyms, "request", read).to_string()
}

fn copied(pseudonyms: &mut Pseudonyms<'_>, name: &str, value: Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
        Value::String(text) => Value::String(if ADMINISTRATORS.contains(&name) {
            pseudonyms.of(Who::Administrator, &text)
        } else if name == "learner" {
            pseudonyms.of(Who::Learner, &text)
        } else if NOTES.contains(&name) {
            pseudonyms.note(&text)
        } else {
            pseudonyms.content(&text)
        }),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| copied(pseudonyms, name, item));
            Value::Array(items.collect())
        }
        Value::Object(fields) => object(pseudonyms, name, fields),
    }
}

fn object(pseudonyms: &mut Pseudonyms<'_>, name: &str, fields: Map<String, Value>) -> Value {
    let is_of_owner = fields.get("attribute") == Some(&json!("owner"));
    let mut copy = Map::new();
    for (field, value) in fields {
        let value = if name == "request" && field == "learners" {
            chosen(pseudonyms, &value)
        } else if is_of_owner && ["before", "after"].contains(&&*field) {
            copied(pseudonyms, "owner", value)
        } else {
            copied(pseudonyms, &field, value)
        };
        copy.insert(field, value);
    }
    Value::Object(copy)
}

/// Which learners a synchronisation was for: `all`, or whether the learner was listed. A filter may have the names of
/// others.
fn chosen(pseudonyms: &Pseudonyms<'_>, learners: &Value) -> Value {
    match learners {
        Value::String(all) => json!(all),
        Value::Array(listed) => {
            let own = json!(pseudonyms.learner);
            json!(listed.iter().filter(|one| **one == own).collect::<Vec<_>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => json!("filtered"),
    }
}

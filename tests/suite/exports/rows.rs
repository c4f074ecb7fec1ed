//! Values of replies in the form that tables have them in.

use plansync_protocol::AttributeName;
use serde_json::{Map, Value, json};

/// The columns of attributes.
pub(super) fn attribute_columns() -> impl Iterator<Item = &'static str> {
    AttributeName::ALL.iter().map(|name| name.as_str())
}

/// A value of an attribute as one text.
pub(super) fn text_of(value: &Value) -> Value {
    match value {
        Value::Null | Value::String(_) => value.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            json!(value.to_string())
        }
    }
}

/// What differs by a change of `plan.change`: by attribute, before and after.
pub(super) fn values_of(change: &Value) -> Map<String, Value> {
    let mut values = Map::new();
    let mut differs = |name: &str, before: Value, after: Value| {
        if before != after {
            values.insert(name.to_owned(), json!([before, after]));
        }
    };
    for attribute in change["attributes"].as_array().unwrap() {
        let name = attribute["attribute"].as_str().unwrap();
        differs(
            name,
            text_of(&attribute["before"]),
            text_of(&attribute["after"]),
        );
    }
    differs(
        "status",
        change["status"]["before"].clone(),
        change["status"]["after"].clone(),
    );
    let evidence = &change["evidence"];
    differs(
        "evidence_submitted",
        text_of(&evidence["before"]),
        text_of(&evidence["after"]),
    );
    let (before, after) = (&change["review"]["before"], &change["review"]["after"]);
    differs("review", before["review"].clone(), after["review"].clone());
    differs(
        "review_status",
        before["status"].clone(),
        after["status"].clone(),
    );
    differs(
        "review_scheduled_at",
        before["review_at"].clone(),
        after["review_at"].clone(),
    );
    values
}

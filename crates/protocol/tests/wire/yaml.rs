//! A JSON value as YAML, so that the AsyncAPI document can be read in either.
//!
//! Scalars are written as in JSON, which every parser of YAML 1.2 reads; only maps and lists have the block form.

use std::fmt::Write as _;

use serde_json::Value;

/// The value as a YAML document.
pub(crate) fn yaml(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                indent(depth, text);
                text.push_str(&key(name));
                text.push(':');
                nested(value, depth + 1, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                indent(depth, text);
                text.push('-');
                nested(item, depth + 1, text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            writeln!(text, "{value}").unwrap();
        }
    }
}

/// What stands behind `:` or `-`: on the same line if it is a scalar or empty.
fn nested(value: &Value, depth: usize, text: &mut String) {
    let is_block = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    if is_block {
        text.push('\n');
        block(value, depth, text);
    } else {
        writeln!(text, " {value}").unwrap();
    }
}

fn indent(depth: usize, text: &mut String) {
    for _ in 0..depth {
        text.push_str("  ");
    }
}

/// A key without quotes if it cannot be taken for anything but text.
fn key(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&name);
    if plain {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

#[test]
fn maps_and_lists_are_blocks_and_scalars_are_json() {
    let value =
        serde_json::json!({ "a": [1, { "b": "x: y", "C": null }, []], "no": {}, "d": [[true]] });
    let expected = "a:\n  - 1\n  -\n    \"C\": null\n    b: \"x: y\"\n  - []\nd:\n  -\n    - true\n\"no\": {}\n";
    assert_eq!(yaml(&value), expected);
}

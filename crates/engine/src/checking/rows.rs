//! Finds where two encoded states differ. They are compared as values, because maps have no order.

use rmpv::Value;
use serde::Serialize;
use uuid::Uuid;

use crate::codec::encode_image;

/// The most characters of a value that are shown.
const SHOWN_MAX: usize = 200;

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// An entry of a map, by its key.
    Key(Value),
    /// An element of an array: its index, and itself on the side that has it.
    Row(usize, Value),
}

/// The first difference of two values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The steps to it.
    pub(super) path: Vec<Step>,
    /// What the replay has there; none if it has nothing.
    pub(super) replayed: Option<Value>,
    /// What the engine has there.
    pub(super) served: Option<Value>,
}

/// A derived state as a value whose maps are sorted.
pub(super) fn value_of(image: &impl Serialize) -> Result<Value, String> {
    let bytes = encode_image(image)?;
    let value = rmpv::decode::read_value(&mut bytes.as_slice());
    value.map(sorted).map_err(|error| error.to_string())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that hold no others"
)]
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(entries) => {
            let entries = entries.into_iter();
            let mut entries: Vec<_> = entries.map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by_cached_key(|(key, _)| bytes(key));
            Value::Map(entries)
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = rmpv::encode::write_value(&mut bytes, value);
    bytes
}

/// The first difference of two values whose maps are sorted.
pub(super) fn first_difference(replayed: &Value, served: &Value) -> Option<Found> {
    let mut path = Vec::new();
    walk((Some(replayed), Some(served)), &mut path)
}

fn walk(sides: (Option<&Value>, Option<&Value>), path: &mut Vec<Step>) -> Option<Found> {
    match sides {
        (Some(one), Some(other)) if one == other => None,
        (Some(Value::Map(one)), Some(Value::Map(other))) => maps(one, other, path),
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let mut indices = 0..one.len().max(other.len());
            indices.find_map(|index| {
                let (one, other) = (one.get(index), other.get(index));
                if one == other {
                    return None;
                }
                let row = one.or(other).cloned().unwrap_or(Value::Nil);
                path.push(Step::Row(index, row));
                let found = walk((one, other), path);
                path.pop();
                found
            })
        }
        (replayed, served) => Some(Found {
            path: path.clone(),
            replayed: replayed.cloned(),
            served: served.cloned(),
        }),
    }
}

fn maps(one: &[(Value, Value)], other: &[(Value, Value)], path: &mut Vec<Step>) -> Option<Found> {
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let (key, sides) = match (left.peek(), right.peek()) {
            (None, None) => return None,
            (Some((key, value)), None) => (key, (Some(value), None)),
            (None, Some((key, value))) => (key, (None, Some(value))),
            (Some((key, value)), Some((other, theirs))) => match bytes(key).cmp(&bytes(other)) {
                std::cmp::Ordering::Less => (key, (Some(value), None)),
                std::cmp::Ordering::Equal => (key, (Some(value), Some(theirs))),
                std::cmp::Ordering::Greater => (other, (None, Some(theirs))),
            },
        };
        if sides.0 != sides.1 {
            path.push(Step::Key(key.clone()));
            let found = walk(sides, path);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        // Without a difference, both sides have the key.
        left.next();
        right.next();
    }
}

impl Found {
    /// The name of the field in which it is.
    pub(super) fn field(&self) -> String {
        let mut name = String::new();
        for step in &self.path {
            match step {
                Step::Key(Value::String(key)) => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(key.as_str().unwrap_or_default());
                }
                Step::Key(key) => name.extend(["[", &text(key), "]"]),
                Step::Row(index, _) => name.extend(["[", &index.to_string(), "]"]),
            }
        }
        name
    }

    /// What differs, in words.
    pub(super) fn told(&self) -> String {
        let side =
            |value: Option<&Value>, nothing: &str| value.map_or_else(|| nothing.to_owned(), shown);
        let served = side(self.served.as_ref(), "missing");
        let replayed = side(self.replayed.as_ref(), "nothing");
        format!(
            "`{}` is {served}, and the replay gives {replayed}",
            self.field()
        )
    }
}

fn shown(value: &Value) -> String {
    let text = text(value);
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A value as text, with ids as people know them.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all values that hold no others"
)]
fn text(value: &Value) -> String {
    match value {
        Value::Binary(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => format!("{} bytes", bytes.len()),
        },
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(text).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| format!("{}: {}", text(key), text(value));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn told(replayed: &impl Serialize, served: &impl Serialize) -> Option<String> {
        let (replayed, served) = (value_of(replayed).unwrap(), value_of(served).unwrap());
        first_difference(&replayed, &served).map(|found| found.told())
    }

    #[test]
    fn maps_have_no_order_and_the_first_difference_is_named() {
        let map = |entries: &[(&str, Vec<u32>)]| -> BTreeMap<String, Vec<u32>> {
            let entries = entries.iter();
            entries
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect()
        };
        let one = map(&[("b", vec![1, 2]), ("a", vec![7])]);
        assert_eq!(told(&one, &one), None);
        let other = map(&[("a", vec![7]), ("b", vec![1, 3])]);
        let expected = "`b[1]` is 3, and the replay gives 2";
        assert_eq!(told(&one, &other).unwrap(), expected);
        let longer = map(&[("a", vec![7]), ("b", vec![1, 2, 3])]);
        let expected = "`b[2]` is 3, and the replay gives nothing";
        assert_eq!(told(&one, &longer).unwrap(), expected);
        let less = map(&[("b", vec![1, 2])]);
        let expected = "`a` is missing, and the replay gives [7]";
        assert_eq!(told(&one, &less).unwrap(), expected);
    }
}

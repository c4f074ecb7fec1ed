//! Parses JSON that people write, and refuses duplicate fields.
//!
//! Parsing JSON as a value keeps the last of two fields with one name, so that the other would be lost silently.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON value.
///
/// # Errors
///
/// What is wrong, and in which field: no JSON, more than one value, or a field that is given twice.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize::<_, Strict>(&mut json);
    let Strict(value) = read.map_err(|error| {
        let path = error.path().to_string();
        // A field whose name was not read completely is shown as `?`.
        match path
            .strip_suffix('?')
            .unwrap_or(&path)
            .trim_end_matches('.')
        {
            "" => error.inner().to_string(),
            path => format!("{} (in `{path}`)", error.inner()),
        }
    })?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if map.contains_key(&name) {
                let twice = format!("the field {} is given twice", Value::from(name));
                return Err(A::Error::custom(twice));
            }
            let Strict(value) = fields.next_value()?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn what_is_said_once_is_read_as_it_is() {
        let text = r#" {"a": [1, -2, 0.5, null, true, {"b": "c"}], "d": {"b": {}}} "#;
        let expected = json!({ "a": [1, -2, 0.5, null, true, { "b": "c" }], "d": { "b": {} } });
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn a_field_that_is_given_twice_is_named_with_its_place() {
        let twice = r#"{"learner": "x", "edits": [{"op": "change", "name": "y", "op": "remove"}]}"#;
        let expected = "the field \"op\" is given twice at line 1 column 61 (in `edits[0]`)";
        assert_eq!(parse(twice), Err(expected.to_owned()));
        let escaped = parse(r#"{"op": 1, "\u006fp": 2}"#).unwrap_err();
        assert!(
            escaped.starts_with("the field \"op\" is given twice"),
            "{escaped}"
        );
    }

    #[test]
    fn what_is_no_json_or_more_than_one_value_is_refused() {
        for text in ["", "[", "{} {}", "{'a': 1}", "NaN", "1e999"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_field_without_a_name_is_no_place() {
        let said = |text: &str| parse(text).unwrap_err();
        assert!(!said("{").contains("(in"), "{}", said("{"));
        let within = said(r#"{"edits": [{"#);
        assert!(within.ends_with("(in `edits[0]`)"), "{within}");
    }
}

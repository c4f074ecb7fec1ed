//! How the log and images store the value of an attribute: plain and without its type, which
//! follows from the attribute's name.
//!
//! Values that only earlier versions accepted are read here as well, and nowhere else: values of
//! messages are never parsed by this module.

use std::fmt;

use serde::de::{self, DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};

use super::{DATE, MOMENT, Value, ValueError, text_bounds};
use crate::text;
use crate::time::date::Date;
use crate::time::moment::Moment;
use crate::values::attribute::Attribute;
use crate::values::raw::Raw;

impl Value {
    /// The stored value of an attribute. It differs from [`Value::parse`] in that it accepts dates
    /// and moments that only earlier versions accepted, as the nearest ones that exist.
    pub fn stored(attribute: Attribute, raw: Raw) -> Result<Self, ValueError> {
        match raw {
            Raw::Text(text) => stored_text(attribute, &text),
            Raw::Null | Raw::Bool(_) | Raw::Integer(_) | Raw::List(_) | Raw::Bytes(_) => {
                Self::parse(attribute, raw)
            }
        }
    }
}

/// A text is read in place.
fn stored_text(attribute: Attribute, given: &str) -> Result<Value, ValueError> {
    if attribute == Attribute::DueDate {
        let date = Date::stored(given).map(Value::Date);
        return date.map_err(|_| ValueError::Expected(DATE));
    }
    if attribute == Attribute::ReviewAt {
        let moment = Moment::stored(given).map(Value::Moment);
        return moment.map_err(|_| ValueError::Expected(MOMENT));
    }
    if let Some((least, most)) = text_bounds(attribute) {
        text::check(given, least, most)?;
        return Ok(Value::Text(given.into()));
    }
    Value::parse(attribute, Raw::Text(given.to_owned()))
}

impl Serialize for Value {
    /// Equal to [`Value::to_raw`], without making it first.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_i64(i64::from(*number)),
            Self::Mode(mode) => serializer.serialize_str(mode.name()),
            Self::Text(text) => serializer.serialize_str(text.as_str()),
            Self::Date(date) => serializer.collect_str(date),
            Self::Moment(moment) => serializer.collect_str(moment),
            Self::Codes(list) | Self::Documents(list) => {
                serializer.collect_seq(list.iter().map(|element| &**element))
            }
            Self::Exercise(exercise) => exercise.serialize(serializer),
            Self::Administrator(owner) => owner.serialize(serializer),
        }
    }
}

/// Reads the stored value of this attribute.
pub(crate) struct StoredValue(pub(crate) Attribute);

impl<'de> DeserializeSeed<'de> for StoredValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StoredValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of `{}`", self.0)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Value::parse(self.0, Raw::Null).map_err(E::custom)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Value::parse(self.0, Raw::Bool(value)).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Value::parse(self.0, Raw::Integer(number)).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(de::Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        stored_text(self.0, text).map_err(E::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Value, E> {
        Value::parse(self.0, Raw::Bytes(bytes.to_vec())).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Value::parse(self.0, Raw::List(list)).map_err(de::Error::custom)
    }
}

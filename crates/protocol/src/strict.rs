//! Maps with text keys, and nothing that could merely be read as one.
//!
//! Code that serde derives also accepts an array for a struct and a number for the name of a field. If
//! a public protocol accepted these, it could never add a field.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, Unexpected,
    Visitor,
};

use crate::bounded::List;
use crate::wording::integer;

/// A `T` that must be given as a map with text keys.
pub(crate) struct Map<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData)).map(Map)
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(TextKeys(map)))
    }
}

/// Passes on the entries of a map whose keys are text.
pub(crate) struct TextKeys<A>(pub(crate) A);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TextKeys<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(TextKey(seed))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

struct TextKey<K>(K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for TextKey<K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for TextKey<K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<K::Value, E> {
        self.0.deserialize(key.into_deserializer())
    }
}

/// A boolean; for `deserialize_with`. The MessagePack library would not say what was expected.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(Flag)
}

/// A boolean that may be left out or null; for `deserialize_with`.
pub(crate) fn optional_flag<'de, D>(deserializer: D) -> Result<Option<bool>, D::Error>
where
    D: Deserializer<'de>,
{
    let flag: Option<IsSet> = Option::deserialize(deserializer)?;
    Ok(flag.map(|IsSet(flag)| flag))
}

struct IsSet(bool);

impl<'de> Deserialize<'de> for IsSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        flag(deserializer).map(Self)
    }
}

struct Flag;

impl Visitor<'_> for Flag {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<bool, E> {
        Ok(flag)
    }
}

/// An integer within bounds. A number such as `1.0` is an integer, as in JSON Schema. Whatever else is
/// sent, the error states the bounds.
pub(crate) fn whole<'de, D, N>(deserializer: D, bounds: RangeInclusive<N>) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: Into<u64> + TryFrom<u64>,
{
    let (min, max) = bounds.into_inner();
    let whole = Whole {
        min: min.into(),
        max: max.into(),
    };
    let number = deserializer.deserialize_any(whole)?;
    N::try_from(number).map_err(|_| Error::invalid_value(Unexpected::Unsigned(number), &whole))
}

#[derive(Clone, Copy)]
struct Whole {
    min: u64,
    max: u64,
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&integer(self.min, self.max))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if !(self.min..=self.max).contains(&number) {
            return Err(E::invalid_value(Unexpected::Unsigned(number), &self));
        }
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        let invalid = |_| E::invalid_value(Unexpected::Signed(number), &self);
        self.visit_u64(u64::try_from(number).map_err(invalid)?)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
        match integral(number) {
            Some(number) => self.visit_u64(number),
            None => Err(not_integral(number, &self)),
        }
    }
}

/// The error for a number that [`integral`] does not accept: it has a fraction, or is too large.
pub(crate) fn not_integral<E: Error>(number: f64, expected: &dyn Expected) -> E {
    let found = Unexpected::Float(number);
    if number.fract() == 0.0 {
        E::invalid_value(found, expected)
    } else {
        E::invalid_type(found, expected)
    }
}

/// The integer that a number equals; `None` if it equals none of this type.
pub(crate) fn integral<N: FromStr>(number: f64) -> Option<N> {
    let is_integral = number.is_finite() && number.fract() == 0.0;
    // The digits are those of the integer: a cast would not be checked. Adding 0.0 turns -0.0 into 0.0.
    is_integral.then(|| format!("{:.0}", number + 0.0).parse().ok())?
}

/// Text that must be given as text; the MessagePack library would also accept bytes.
pub(crate) struct Plain(pub(crate) String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(PlainVisitor).map(Plain)
    }
}

struct PlainVisitor;

impl Visitor<'_> for PlainVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }
}

/// A bounded list whose items are maps; for `deserialize_with`.
pub(crate) fn maps<'de, D, T, const MAX: usize>(deserializer: D) -> Result<List<T, MAX>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let items = List::<Map<T>, MAX>::deserialize(deserializer)?;
    Ok(items.into_iter().map(|Map(item)| item).collect())
}

/// A number of items; for `deserialize_with`.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    whole(deserializer, 0..=u32::MAX)
}

/// A map; for `deserialize_with`.
pub(crate) fn map<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Map::deserialize(deserializer).map(|Map(map)| map)
}

/// A map that may be left out or null; for `deserialize_with`.
pub(crate) fn optional_map<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let map: Option<Map<T>> = Option::deserialize(deserializer)?;
    Ok(map.map(|Map(map)| map))
}

/// A field that is required but may be null; for `deserialize_with`.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

/// The schema of a field that is required but may be null; for `schema_with`. Schemars takes the same field
/// with its own type for one that may be left out.
pub(crate) fn nullable_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Option<T>>()
}

/// A field that may be left out, and for which null is a value; for `deserialize_with`.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A field for which null means the same as leaving it out; for `deserialize_with`.
pub(crate) fn unless_null<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

//! Maps with text keys, and nothing that could merely be read as one.
//!
//! Code that serde derives also accepts an array for a struct and a number for the name of a field. If
//! a public protocol accepted these, it could never add a field.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

use crate::bounded::List;

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
        f.write_str("a map with text keys")
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

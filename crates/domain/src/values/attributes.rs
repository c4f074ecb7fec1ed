//! A set of attributes with their values, as commands and events carry them.
//!
//! Owns the bound on one component's attributes together. Its stored form is a map from names to
//! plain values. Knows nothing of which attributes a component may have.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::value::{StoredValue, Value};

/// The most that one component's attributes may hold together, in bytes of UTF-8.
pub const ATTRIBUTES_BYTES_MAX: usize = 96 * 1024;

/// Attributes and their values, in the attributes' fixed order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeMap(BTreeMap<Attribute, Value>);

impl AttributeMap {
    /// No attribute.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one; the value that was there is returned.
    pub fn insert(&mut self, attribute: Attribute, value: Value) -> Option<Value> {
        self.0.insert(attribute, value)
    }

    /// The value of one, if given.
    pub fn get(&self, attribute: Attribute) -> Option<&Value> {
        self.0.get(&attribute)
    }

    /// Whether this one is given.
    pub fn contains(&self, attribute: Attribute) -> bool {
        self.0.contains_key(&attribute)
    }

    /// Takes one out.
    pub fn remove(&mut self, attribute: Attribute) -> Option<Value> {
        self.0.remove(&attribute)
    }

    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are given.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All that are given, in their fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &Value)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value))
    }

    /// Which are given.
    pub fn set(&self) -> AttributeSet {
        self.0.keys().copied().collect()
    }

    /// The bytes of text that the values hold together.
    pub fn bytes(&self) -> usize {
        self.0.values().map(Value::bytes).sum()
    }
}

impl FromIterator<(Attribute, Value)> for AttributeMap {
    fn from_iter<I: IntoIterator<Item = (Attribute, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Serialize for AttributeMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for AttributeMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor)
    }
}

struct MapVisitor;

impl<'de> Visitor<'de> for MapVisitor {
    type Value = AttributeMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from attribute names to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<AttributeMap, A::Error> {
        let mut map = AttributeMap::new();
        while let Some(attribute) = pairs.next_key::<Attribute>()? {
            let value = pairs.next_value_seed(StoredValue(attribute))?;
            map.insert(attribute, value);
        }
        Ok(map)
    }
}

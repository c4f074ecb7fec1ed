//! Attributes with their values, as commands and events carry them.
//!
//! The stored form is a map from names to plain values. The bound on the attributes of one
//! component together is defined here.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::value::{StoredValue, Value};

/// The largest number of bytes (UTF-8) that the attributes of one component may have together.
pub const ATTRIBUTES_BYTES_MAX: usize = 96 * 1024;

/// Attributes and their values, in the fixed order of attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeMap(BTreeMap<Attribute, Value>);

impl AttributeMap {
    /// No attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an attribute; returns its previous value.
    pub fn insert(&mut self, attribute: Attribute, value: Value) -> Option<Value> {
        self.0.insert(attribute, value)
    }

    /// The value of an attribute, if it is present.
    pub fn get(&self, attribute: Attribute) -> Option<&Value> {
        self.0.get(&attribute)
    }

    /// Whether an attribute is present.
    pub fn contains(&self, attribute: Attribute) -> bool {
        self.0.contains_key(&attribute)
    }

    /// Removes an attribute.
    pub fn remove(&mut self, attribute: Attribute) -> Option<Value> {
        self.0.remove(&attribute)
    }

    /// Whether no attribute is present.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of attributes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All attributes, in their fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &Value)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value))
    }

    /// The set of attributes that are present.
    pub fn set(&self) -> AttributeSet {
        self.0.keys().copied().collect()
    }

    /// The bytes of text of all values together.
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

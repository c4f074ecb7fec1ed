//! The attributes of a component: a map of names to plain values.
//!
//! Only names, forms and order are checked here. Which values an attribute may have is a rule of the
//! domain: here a due date is any text.

mod schema;

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::scalar::Time;
use crate::strict::{Plain, integral, not_integral};
use crate::timestamp;
use crate::wording::integer;
use crate::words::{Word, words};

pub(crate) use schema::{ComponentAttributes, TemplateAttributes};

words! {
    /// The name of an attribute. Replies list attributes in this order.
    AttributeName {
        /// The name of the component.
        Name = "name",
        /// The day by which the component is due; null if there is none.
        DueDate = "due_date",
        /// Who completes the component.
        CompletionMode = "completion_mode",
        /// The criteria that the component covers: a set, returned sorted.
        Criteria = "criteria",
        /// What the learner has to do.
        Instructions = "instructions",
        /// Whether the learner has to submit evidence.
        EvidenceRequired = "evidence_required",
        /// How often evidence has to be submitted at least.
        MinEvidence = "min_evidence",
        /// The ids of documents, each once, in the order given.
        Documents = "documents",
        /// Whether the organisation delivers the component.
        DeliveryViaOrganisation = "delivery_via_organisation",
        /// Whether the employer delivers the component.
        DeliveryViaEmployer = "delivery_via_employer",
        /// The id of the Marking Aid exercise; null if there is none. Only in tenants with Marking Aid.
        MarkingAidExercise = "marking_aid_exercise",
        /// Whether the component is planned for quality assurance. On plans only.
        PlannedForQa = "planned_for_qa",
        /// The type of the review; null if there is none. For components of the type `review` only.
        ReviewType = "review_type",
        /// The time of the review's meeting; null if there is none. On plans, and for components of the type `review`
        /// only.
        ReviewAt = "review_at",
        /// The administrator who is responsible for the component; null if nobody is. On plans only.
        Owner = "owner",
    }
}

/// The value of an attribute, as it stands in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Text; also dates, times and words of a closed list.
    Text(String),
    /// A list of texts: criteria or ids of documents.
    List(Vec<String>),
    /// A uuid: 16 bytes in MessagePack, text in JSON.
    Uuid(Uuid),
}

impl AttributeValue {
    /// The value in its one spelling, so that a repeated command has the same fingerprint however it
    /// spells a uuid or the fraction of a second.
    fn settled(self, name: AttributeName) -> Self {
        let Self::Text(text) = &self else { return self };
        if name == AttributeName::MarkingAidExercise && text.len() == 36 {
            Uuid::try_parse(text).map_or(self, Self::Uuid)
        } else if name == AttributeName::ReviewAt {
            Time::parse(text).map_or(self, |time| Self::Text(time.to_string()))
        } else {
            self
        }
    }
}

impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => values.serialize(serializer),
            Self::Uuid(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor { of: None })
    }
}

/// Reads the value of an attribute with this name.
struct ValueOf(AttributeName);

impl<'de> DeserializeSeed<'de> for ValueOf {
    type Value = AttributeValue;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<AttributeValue, D::Error> {
        let value = deserializer.deserialize_any(ValueVisitor { of: Some(self.0) })?;
        Ok(value.settled(self.0))
    }
}

/// The most items of a list, counting duplicates. A longer list is refused before the rest of it is
/// read.
const LIST_ITEMS_MAX: usize = 500;

/// The largest value of `min_evidence`, which `service` asserts. Which integers are allowed is decided by the
/// rules; it is stated here for integers that are too large to reach them.
pub const MIN_EVIDENCE_MAX: u16 = 1_000;

struct ValueVisitor {
    /// The attribute, if it is known.
    of: Option<AttributeName>,
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of == Some(AttributeName::MinEvidence) {
            return f.write_str(&integer(0, MIN_EVIDENCE_MAX.into()));
        }
        f.write_str("the value of an attribute (null, a boolean, an integer, a string, an array of strings)")
    }

    fn visit_unit<E: de::Error>(self) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<AttributeValue, E> {
        i64::try_from(value)
            .map(AttributeValue::Integer)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<AttributeValue, E> {
        integral(value)
            .map(AttributeValue::Integer)
            .ok_or_else(|| not_integral(value, &self))
    }

    fn visit_newtype_struct<D>(self, extension: D) -> Result<AttributeValue, D::Error>
    where
        D: Deserializer<'de>,
    {
        // A timestamp of MessagePack can stand for a time.
        if self.of != Some(AttributeName::ReviewAt) {
            return Err(de::Error::invalid_type(Unexpected::NewtypeStruct, &self));
        }
        timestamp::read(extension).map(|time| AttributeValue::Text(time.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Text(value))
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<AttributeValue, E> {
        Uuid::from_slice(value)
            .map(AttributeValue::Uuid)
            .map_err(|_| E::custom("bytes stand for a uuid, and must be 16"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<AttributeValue, A::Error> {
        let mut list = Vec::new();
        while let Some(Plain(item)) = items.next_element()? {
            if list.len() == LIST_ITEMS_MAX {
                return Err(de::Error::custom(format_args!(
                    "expected at most {LIST_ITEMS_MAX} items"
                )));
            }
            list.push(item);
        }
        Ok(AttributeValue::List(list))
    }
}

/// Attributes and their values: each name at most once, in the order of [`AttributeName`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes(Vec<(AttributeName, AttributeValue)>);

impl Attributes {
    /// The entries, in the order of [`AttributeName`].
    pub fn iter(&self) -> std::slice::Iter<'_, (AttributeName, AttributeValue)> {
        self.0.iter()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of this attribute; `None` if it is not in the map.
    ///
    /// ```
    /// use plansync_protocol::{AttributeName, AttributeValue, Attributes};
    ///
    /// let due = AttributeValue::Text("2026-12-01".to_owned());
    /// let attributes: Attributes = [(AttributeName::DueDate, due.clone())].into_iter().collect();
    /// assert_eq!(attributes.get(AttributeName::DueDate), Some(&due));
    /// assert_eq!(attributes.get(AttributeName::Owner), None);
    /// ```
    pub fn get(&self, name: AttributeName) -> Option<&AttributeValue> {
        let index = self.0.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.0.get(index).map(|(_, value)| value)
    }
}

impl IntoIterator for Attributes {
    type Item = (AttributeName, AttributeValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a (AttributeName, AttributeValue);
    type IntoIter = std::slice::Iter<'a, (AttributeName, AttributeValue)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<(AttributeName, AttributeValue)> for Attributes {
    /// If a name occurs several times, its first value is taken.
    fn from_iter<I: IntoIterator<Item = (AttributeName, AttributeValue)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by_key(|(name, _)| *name);
        entries.dedup_by_key(|(name, _)| *name);
        Self(entries)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AttributesVisitor)
    }
}

struct AttributesVisitor;

impl<'de> Visitor<'de> for AttributesVisitor {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut entries: Vec<(AttributeName, AttributeValue)> = Vec::new();
        let mut seen = 0_u32;
        while let Some(Key(name)) = map.next_key()? {
            let bit = 1 << u32::from(name as u8);
            if seen & bit != 0 {
                return Err(de::Error::duplicate_field(name.as_str()));
            }
            seen |= bit;
            entries.push((name, map.next_value_seed(ValueOf(name))?));
        }
        entries.sort_unstable_by_key(|(name, _)| *name);
        Ok(Attributes(entries))
    }
}

/// The name of an attribute as the key of a map. An unknown name is reported as an unknown field.
struct Key(AttributeName);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor).map(Self)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = AttributeName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an attribute")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AttributeName, E> {
        AttributeName::from_word(text).ok_or_else(|| E::unknown_field(text, AttributeName::WORDS))
    }
}

//! Interned values: each distinct value of a tenant is stored once, and plans hold small ids, which
//! are equal if the values are.
//!
//! Tables are persistent: a clone shares everything with its origin, and does not see values that
//! are added to the origin later.
//!
//! The folder has the attributes of components and their values: forms, bounds, elements of lists,
//! and differences.
//!
//! May import: `ids`, `text`, `time`.

pub mod attribute;
pub mod attributes;
pub mod difference;
pub mod elements;
mod index;
pub mod raw;
pub mod value;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use crate::values::value::Value;
use index::Index;

/// A value, as plans hold it. Within one tenant, equal ids are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(u32);

impl ValueId {
    /// [`Value::Null`].
    pub const NULL: Self = Self(0);
    /// `false`.
    pub const FALSE: Self = Self(1);
    /// `true`.
    pub const TRUE: Self = Self(2);
    /// A value that no plan of the tenant ever had: it is equal to no stored value.
    pub const UNKNOWN: Self = Self(u32::MAX);

    /// The id of a boolean.
    pub const fn of_bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The size of a short value, including its index entry, in bytes.
const SHORT_VALUE_BYTES: usize = 128;

/// The interner of one tenant's values.
#[derive(Debug, Clone)]
pub struct Values {
    by_id: imbl::Vector<Value>,
    index: Arc<Index>,
    hasher: RandomState,
    /// For a copy that tries values: those that it has added.
    tried: Option<Tried>,
    largest_bytes: usize,
    text_bytes: usize,
    /// The number of times that ids were assigned anew. Ids are valid in one generation only.
    generation: u64,
}

/// Values that may never be stored: they are dropped with the copy and are in no index.
#[derive(Debug, Clone, Default)]
struct Tried {
    values: Vec<Value>,
    ids: HashMap<Value, ValueId>,
}

impl Default for Values {
    /// Has the values with fixed ids.
    fn default() -> Self {
        let mut values = Self {
            by_id: imbl::Vector::new(),
            index: Arc::default(),
            hasher: RandomState::new(),
            tried: None,
            largest_bytes: 0,
            text_bytes: 0,
            generation: 0,
        };
        for value in [Value::Null, Value::Bool(false), Value::Bool(true)] {
            values.intern(&value);
        }
        values
    }
}

impl Values {
    /// A copy for computing ahead: values that it adds are dropped with it.
    pub(crate) fn to_try(&self) -> Self {
        Self {
            tried: Some(self.tried.clone().unwrap_or_default()),
            ..self.clone()
        }
    }

    /// The id of a value, which is added if it is new.
    pub fn intern(&mut self, value: &Value) -> ValueId {
        let hash = self.hasher.hash_one(value);
        if let Some(id) = self.find_hashed(hash, value) {
            return id;
        }
        let id = id_at(self.count());
        if id == ValueId::UNKNOWN {
            return id;
        }
        let bytes = value.bytes();
        self.largest_bytes = self.largest_bytes.max(bytes);
        self.text_bytes = self.text_bytes.saturating_add(bytes);
        if let Some(tried) = &mut self.tried {
            tried.values.push(value.clone());
            tried.ids.insert(value.clone(), id);
        } else {
            self.by_id.push_back(value.clone());
            self.index.insert(hash, id);
        }
        id
    }

    /// The id of a value, if it is in the table.
    pub fn find(&self, value: &Value) -> Option<ValueId> {
        self.find_hashed(self.hasher.hash_one(value), value)
    }

    fn find_hashed(&self, hash: u64, value: &Value) -> Option<ValueId> {
        let is = |id: ValueId| self.by_id.get(id.index()) == Some(value);
        let tried = || self.tried.as_ref()?.ids.get(value).copied();
        self.index.find(hash, is).or_else(tried)
    }

    /// The id of a value, or [`ValueId::UNKNOWN`].
    pub fn find_or_unknown(&self, value: &Value) -> ValueId {
        self.find(value).unwrap_or(ValueId::UNKNOWN)
    }

    /// The value of an id; null for an id that is not from this table.
    pub fn get(&self, id: ValueId) -> &Value {
        let index = id.index();
        let tried = || {
            let tried = &self.tried.as_ref()?.values;
            tried.get(index.checked_sub(self.by_id.len())?)
        };
        let found = self.by_id.get(index).or_else(tried);
        found.unwrap_or(&Value::Null)
    }

    /// The bytes of text of the largest value that was ever added.
    pub fn largest_bytes(&self) -> usize {
        self.largest_bytes
    }

    /// An empty table of the next generation.
    pub(crate) fn next_generation(&self) -> Self {
        Self {
            generation: self.generation + 1,
            ..Self::default()
        }
    }

    /// The number of times that ids were assigned anew. Ids are valid in one generation only.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether both tables have the same generation, so that ids of one are ids of the other as far
    /// as both have them.
    pub(crate) fn is_of_generation(&self, other: &Self) -> bool {
        self.generation == other.generation
    }

    /// The number of distinct values.
    pub fn count(&self) -> usize {
        let tried = self.tried.as_ref().map_or(0, |tried| tried.values.len());
        self.by_id.len() + tried
    }

    /// The size in memory, as a number of short values.
    pub fn weight(&self) -> usize {
        self.count()
            .saturating_add(self.text_bytes / SHORT_VALUE_BYTES)
    }
}

/// The id with this index; the unknown one if there are too many.
fn id_at(count: usize) -> ValueId {
    u32::try_from(count).map_or(ValueId::UNKNOWN, ValueId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_booleans_have_the_ids_that_rules_name() {
        let values = Values::default();
        let found = [Value::Null, false.into(), true.into()].map(|value| values.find(&value));
        assert_eq!(
            found,
            [ValueId::NULL, ValueId::FALSE, ValueId::TRUE].map(Some)
        );
    }

    #[test]
    fn a_value_takes_three_words_and_a_short_name_no_more() {
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn long_texts_weigh_as_many_short_ones() {
        let mut values = Values::default();
        let before = values.weight();
        values.intern(&"short".into());
        assert_eq!(values.weight(), before + 1);
        values.intern(&"x".repeat(128 * 1_000).as_str().into());
        assert_eq!(values.weight(), before + 2 + 1_000);
    }

    #[test]
    fn every_value_keeps_its_id_and_is_found_by_it() {
        let mut values = Values::default();
        let text = |number: usize| Value::from(format!("Value {number}").as_str());
        let ids: Vec<_> = (0..100)
            .map(|number| values.intern(&text(number)))
            .collect();
        assert_eq!(values.count(), 103);
        for (number, id) in ids.into_iter().enumerate() {
            assert_eq!(values.find(&text(number)), Some(id));
            assert_eq!(values.intern(&text(number)), id);
            assert_eq!(*values.get(id), text(number));
        }
        assert_eq!(values.count(), 103);
    }

    #[test]
    fn a_copy_to_try_on_takes_what_it_learnt_with_it() {
        let mut values = Values::default();
        let one = values.intern(&"One".into());
        let mut tried = values.to_try();
        assert_eq!(tried.intern(&"One".into()), one);
        let ids: Vec<_> = (0..100)
            .map(|number| tried.intern(&format!("Try {number}").as_str().into()))
            .collect();
        for (number, id) in ids.iter().enumerate() {
            let value = Value::from(format!("Try {number}").as_str());
            assert_eq!(tried.intern(&value), *id);
            assert_eq!(*tried.get(*id), value);
            assert_eq!(values.find(&value), None);
        }
        assert_eq!(tried.count(), values.count() + 100);
        assert_eq!(
            values.index.count(),
            values.count(),
            "nothing is left of it"
        );
        // The next value has the id that the first of those had.
        assert_eq!(values.intern(&"Two".into()), ids[0]);
        assert_eq!(*tried.get(ids[0]), "Try 0".into());
        assert_eq!(tried.find_or_unknown(&"Two".into()), ValueId::UNKNOWN);
    }

    #[test]
    fn two_copies_that_go_different_ways_do_not_see_each_others_values() {
        let mut left = Values::default();
        let mut right = left.clone();
        let (a, b) = (left.intern(&"A".into()), right.intern(&"B".into()));
        assert_eq!(a, b);
        let next = right.intern(&"A".into());
        assert_ne!(next, a);
        assert_eq!(left.find(&"A".into()), Some(a));
        assert_eq!(right.find(&"A".into()), Some(next));
        assert_eq!(left.find(&"B".into()), None);
    }

    #[test]
    fn equal_values_have_one_id_and_a_clone_does_not_see_what_comes_later() {
        let mut values = Values::default();
        let one = values.intern(&"One".into());
        let before = values.clone();
        let two = values.intern(&"Two".into());
        assert_eq!(values.intern(&"One".into()), one);
        assert_eq!(*values.get(two), "Two".into());
        assert_eq!(before.find_or_unknown(&"Two".into()), ValueId::UNKNOWN);
        assert_eq!(before.count() + 1, values.count());
        assert_eq!(*values.get(ValueId::UNKNOWN), Value::Null);
    }
}

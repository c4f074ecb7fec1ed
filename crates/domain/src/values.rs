//! Every distinct value of a tenant, once: plans hold small ids whose equality is the values'.
//!
//! Knows nothing of attributes. Persistent: a clone shares everything with its origin.

mod index;

use std::hash::{BuildHasher as _, RandomState};

use crate::value::Value;
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
    /// A value that no plan of the tenant ever held: equal to nothing that is stored.
    pub const UNKNOWN: Self = Self(u32::MAX);

    /// The id of a boolean.
    pub const fn of_bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    pub(crate) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// So many new values are looked through one by one before they are entered into the maps. Whoever
/// decides on a copy gives up a value or two with it, and copies no part of a map for that.
const FRESH_MAX: usize = 16;

/// What a short value takes, in the index too.
const SHORT_VALUE_BYTES: usize = 128;

/// The interner of one tenant's values.
#[derive(Debug, Clone)]
pub struct Values {
    by_id: imbl::Vector<Value>,
    by_value: Index,
    hasher: RandomState,
    /// The latest values, whose ids follow those of `by_id`.
    fresh: Vec<Value>,
    largest_bytes: usize,
    text_bytes: usize,
    /// How often ids were given anew: those of one generation mean nothing in another.
    generation: u64,
}

impl Default for Values {
    /// Holds the values whose ids are fixed.
    fn default() -> Self {
        let mut values = Self {
            by_id: imbl::Vector::new(),
            by_value: Index::new(),
            hasher: RandomState::new(),
            fresh: Vec::new(),
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
    /// The id of a value, which is new if it was never seen.
    pub fn intern(&mut self, value: &Value) -> ValueId {
        if let Some(id) = self.find(value) {
            return id;
        }
        let id = id_at(self.count());
        if id == ValueId::UNKNOWN {
            return id;
        }
        let bytes = value.bytes();
        self.largest_bytes = self.largest_bytes.max(bytes);
        self.text_bytes = self.text_bytes.saturating_add(bytes);
        self.fresh.push(value.clone());
        if self.fresh.len() >= FRESH_MAX {
            self.enter();
        }
        id
    }

    /// Enters the latest values into the maps.
    fn enter(&mut self) {
        for value in self.fresh.drain(..) {
            let id = id_at(self.by_id.len());
            let hash = self.hasher.hash_one(&value);
            self.by_id.push_back(value);
            let (known, hasher) = (&self.by_id, &self.hasher);
            self.by_value.insert(hash, id, |id| {
                hasher.hash_one(known.get(id.index()).unwrap_or(&Value::Null))
            });
        }
    }

    /// The id of a value that was seen before.
    pub fn find(&self, value: &Value) -> Option<ValueId> {
        let fresh = || {
            let index = self.fresh.iter().position(|fresh| fresh == value)?;
            Some(id_at(self.by_id.len() + index))
        };
        let hash = self.hasher.hash_one(value);
        let is = |id: ValueId| self.by_id.get(id.index()) == Some(value);
        self.by_value.find(hash, is).or_else(fresh)
    }

    /// The id of a value, or the one that equals nothing.
    pub fn find_or_unknown(&self, value: &Value) -> ValueId {
        self.find(value).unwrap_or(ValueId::UNKNOWN)
    }

    /// The value of an id; null for an id that this interner did not give.
    pub fn get(&self, id: ValueId) -> &Value {
        let index = id.index();
        let fresh = || self.fresh.get(index.checked_sub(self.by_id.len())?);
        let found = self.by_id.get(index).or_else(fresh);
        found.unwrap_or(&Value::Null)
    }

    /// The bytes of text of the largest value that was ever seen.
    pub fn largest_bytes(&self) -> usize {
        self.largest_bytes
    }

    /// No values yet, and ids that have nothing to do with these.
    pub(crate) fn next_generation(&self) -> Self {
        Self {
            generation: self.generation + 1,
            ..Self::default()
        }
    }

    /// Whether ids of the one are ids of the other, as far as both have them.
    pub(crate) fn is_of_generation(&self, other: &Self) -> bool {
        self.generation == other.generation
    }

    /// How many distinct values there are.
    pub fn count(&self) -> usize {
        self.by_id.len() + self.fresh.len()
    }

    /// How many short values would take as much memory.
    pub fn weight(&self) -> usize {
        self.count()
            .saturating_add(self.text_bytes / SHORT_VALUE_BYTES)
    }
}

/// The id of so many values before it; the unknown one where there are too many.
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

//! Every distinct value of a tenant, once: plans hold small ids whose equality is the values'.
//!
//! Knows nothing of attributes. Persistent: a clone shares everything with its origin.

use crate::value::Value;

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

    fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The interner of one tenant's values.
#[derive(Debug, Clone)]
pub struct Values {
    by_id: imbl::Vector<Value>,
    by_value: imbl::HashMap<Value, ValueId>,
    largest_bytes: usize,
}

impl Default for Values {
    /// Holds the values whose ids are fixed.
    fn default() -> Self {
        let mut values = Self {
            by_id: imbl::Vector::new(),
            by_value: imbl::HashMap::new(),
            largest_bytes: 0,
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
        let Ok(number) = u32::try_from(self.by_id.len()) else {
            return ValueId::UNKNOWN;
        };
        let id = ValueId(number);
        self.largest_bytes = self.largest_bytes.max(value.bytes());
        self.by_id.push_back(value.clone());
        self.by_value.insert(value.clone(), id);
        id
    }

    /// The id of a value that was seen before.
    pub fn find(&self, value: &Value) -> Option<ValueId> {
        self.by_value.get(value).copied()
    }

    /// The id of a value, or the one that equals nothing.
    pub fn find_or_unknown(&self, value: &Value) -> ValueId {
        self.find(value).unwrap_or(ValueId::UNKNOWN)
    }

    /// The value of an id; null for an id that this interner did not give.
    pub fn get(&self, id: ValueId) -> &Value {
        self.by_id.get(id.index()).unwrap_or(&Value::Null)
    }

    /// The bytes of text of the largest value that was ever seen.
    pub fn largest_bytes(&self) -> usize {
        self.largest_bytes
    }

    /// How many distinct values there are.
    pub fn count(&self) -> usize {
        self.by_id.len()
    }
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

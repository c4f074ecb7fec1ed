//! The differences of one component between states of a plan: the attributes that differ, element
//! by element where C3 requires it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::values::attribute::{Attribute, AttributeSet};
use crate::values::attributes::AttributeMap;
use crate::values::elements::Elements;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// The attributes that differ. `before` and `after` always have the same attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Difference {
    /// The values before.
    pub before: AttributeMap,
    /// The values after.
    pub after: AttributeMap,
    /// The criteria that were added and removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Elements>,
    /// The documents that were added and removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Elements>,
    /// Whether the owner is the source learner's case owner, whom a tenant may replace by each
    /// target's case owner (O4).
    #[serde(default, skip_serializing_if = "is_false")]
    pub owner_is_case_owner: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Difference {
    /// Adds an attribute if its value differs from that at some base. For a set or list, only
    /// elements that are `own` count; all do if that is none (C2, C3). A base is none if the
    /// component did not exist. The value before is that of the last base that differs.
    pub fn add(
        &mut self,
        values: &Values,
        attribute: Attribute,
        bases: &[Option<ValueId>],
        after: ValueId,
        own: Option<&BTreeSet<&str>>,
    ) {
        let differing = bases.iter().filter(|base| **base != Some(after));
        let mut differing = differing.map(|base| values.get(base.unwrap_or(ValueId::NULL)));
        let value = values.get(after);
        let before = if attribute.element_wise() {
            let differing: Vec<&Value> = differing.collect();
            let of = |elements: Elements| match own {
                Some(own) => elements.only(own),
                None => Some(elements),
            };
            let Some(elements) = Elements::since(differing.iter().copied(), value).and_then(of)
            else {
                return;
            };
            if attribute == Attribute::Documents {
                self.documents = Some(elements);
            } else {
                self.criteria = Some(elements);
            }
            let differs = |base: &&&Value| Elements::between(base, value).and_then(of).is_some();
            differing.iter().rev().find(differs).copied()
        } else {
            differing.next_back()
        };
        if let Some(before) = before {
            self.before.insert(attribute, before.clone());
            self.after.insert(attribute, value.clone());
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.after.is_empty()
    }

    /// The attributes that differ.
    pub fn attributes(&self) -> AttributeSet {
        self.after.set()
    }

    /// The elements of an attribute that were added and removed, if it is changed element by
    /// element.
    pub fn elements(&self, attribute: Attribute) -> Option<&Elements> {
        if attribute == Attribute::Documents {
            self.documents.as_ref()
        } else {
            self.criteria
                .as_ref()
                .filter(|_| attribute == Attribute::Criteria)
        }
    }

    /// The same without one plain attribute.
    #[must_use]
    pub fn without(mut self, attribute: Attribute) -> Self {
        self.before.remove(attribute);
        self.after.remove(attribute);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::attributes;

    fn renamed() -> Difference {
        Difference {
            before: attributes([
                (Attribute::Name, "One".into()),
                (Attribute::Instructions, "Read".into()),
            ]),
            after: attributes([
                (Attribute::Name, "Two".into()),
                (Attribute::Instructions, "Write".into()),
            ]),
            ..Difference::default()
        }
    }

    #[test]
    fn it_says_which_attributes_differ() {
        let expected = [Attribute::Name, Attribute::Instructions];
        assert_eq!(renamed().attributes(), expected.into_iter().collect());
    }

    #[test]
    fn without_its_last_attribute_nothing_is_left() {
        let one = renamed().without(Attribute::Name);
        let expected = [Attribute::Instructions].into_iter().collect();
        assert_eq!([one.before.set(), one.after.set()], [expected; 2]);
        assert!(!one.is_empty());
        assert!(one.without(Attribute::Instructions).is_empty());
    }
}

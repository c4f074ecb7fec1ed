//! How one component differs between two states of a plan.
//!
//! Owns the attributes that differ, element-wise where C3 asks for it. Refuses to know who made
//! the difference.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::attribute::{Attribute, AttributeSet};
use crate::attributes::AttributeMap;
use crate::elements::Elements;
use crate::values::{ValueId, Values};

/// The attributes that differ: `before` and `after` always hold the same attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Difference {
    /// The values before.
    pub before: AttributeMap,
    /// The values after.
    pub after: AttributeMap,
    /// Which criteria came and went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Elements>,
    /// Which documents came and went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<Elements>,
}

impl Difference {
    /// The difference in these attributes; none if there is none (C2).
    pub fn between(
        values: &Values,
        attributes: AttributeSet,
        before: impl Fn(Attribute) -> ValueId,
        after: impl Fn(Attribute) -> ValueId,
    ) -> Option<Self> {
        let mut difference = Self::default();
        for attribute in attributes.iter() {
            let (before, after) = (before(attribute), after(attribute));
            if before != after {
                difference.add(values, attribute, before, after);
            }
        }
        (!difference.after.is_empty()).then_some(difference)
    }

    fn add(&mut self, values: &Values, attribute: Attribute, before: ValueId, after: ValueId) {
        let (before, after) = (values.get(before), values.get(after));
        if attribute.element_wise() {
            let Some(elements) = Elements::between(before, after) else {
                return;
            };
            if attribute == Attribute::Documents {
                self.documents = Some(elements);
            } else {
                self.criteria = Some(elements);
            }
        }
        self.before.insert(attribute, before.clone());
        self.after.insert(attribute, after.clone());
    }

    /// Which attributes differ.
    pub fn attributes(&self) -> AttributeSet {
        self.after.set()
    }

    /// The elements of an attribute that came and went, where it is changed element by element.
    pub fn elements(&self, attribute: Attribute) -> Option<&Elements> {
        if attribute == Attribute::Documents {
            self.documents.as_ref()
        } else {
            self.criteria
                .as_ref()
                .filter(|_| attribute == Attribute::Criteria)
        }
    }

    /// The same, of sets and lists only the elements that are `own` (C3); none if nothing is left.
    pub fn with_elements_of<'a>(
        mut self,
        own: impl Fn(Attribute) -> Option<BTreeSet<&'a str>>,
    ) -> Option<Self> {
        for attribute in [Attribute::Criteria, Attribute::Documents] {
            let Some(own) = own(attribute) else { continue };
            let list = if attribute == Attribute::Documents {
                &mut self.documents
            } else {
                &mut self.criteria
            };
            *list = list.take().and_then(|elements| elements.only(&own));
            if list.is_none() {
                self.before.remove(attribute);
                self.after.remove(attribute);
            }
        }
        (!self.after.is_empty()).then_some(self)
    }

    /// The same without one plain attribute; none if nothing is left.
    pub fn without(mut self, attribute: Attribute) -> Option<Self> {
        self.before.remove(attribute);
        self.after.remove(attribute);
        (!self.after.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::attributes;

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
        let one = renamed().without(Attribute::Name).unwrap();
        let expected = [Attribute::Instructions].into_iter().collect();
        assert_eq!([one.before.set(), one.after.set()], [expected; 2]);
        assert_eq!(one.without(Attribute::Instructions), None);
    }
}

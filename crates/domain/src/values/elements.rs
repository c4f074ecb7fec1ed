//! Changes of sets and lists, element by element (C3): what was added and removed, and the replay
//! on another list.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::values::value::{CRITERIA_MAX, DOCUMENTS_MAX, Value};

/// The elements that were added and removed, in the source's order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Elements {
    /// Elements that are present now and were not before.
    pub added: Vec<Arc<str>>,
    /// Elements that were present before and are not now.
    pub removed: Vec<Arc<str>>,
}

/// The effect of replaying elements on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementEffect {
    /// Whether the list changes.
    pub changes: bool,
    /// Whether the list would have more elements than its attribute allows.
    pub exceeds: bool,
    /// The bytes of text that the list would have.
    pub bytes: usize,
}

impl Elements {
    /// The elements that were added and removed since any of these lists; none if nothing but the
    /// order changed.
    pub fn since<'a>(before: impl IntoIterator<Item = &'a Value>, after: &Value) -> Option<Self> {
        let after = after.elements();
        let mut elements = Self::default();
        let mut came: BTreeSet<&str> = BTreeSet::new();
        let mut went: BTreeSet<Arc<str>> = BTreeSet::new();
        for before in before {
            let before = before.elements();
            if before == after {
                continue;
            }
            let known: BTreeSet<&str> = before.iter().map(AsRef::as_ref).collect();
            let new = after.iter().map(AsRef::as_ref);
            came.extend(new.filter(|element: &&str| !known.contains(element)));
            for element in missing_from(after, before) {
                if went.insert(Arc::clone(&element)) {
                    elements.removed.push(element);
                }
            }
        }
        let added = after.iter().filter(|element| came.contains(&***element));
        elements.added = added.cloned().collect();
        let any = !elements.added.is_empty() || !elements.removed.is_empty();
        any.then_some(elements)
    }

    /// The elements whose change turns one list into the other; none if only the order differs.
    pub fn between(before: &Value, after: &Value) -> Option<Self> {
        Self::since([before], after)
    }

    /// Only these elements; none if none of them is included.
    #[must_use]
    pub fn only(mut self, own: &BTreeSet<&str>) -> Option<Self> {
        self.added.retain(|element| own.contains(&**element));
        self.removed.retain(|element| own.contains(&**element));
        let any = !self.added.is_empty() || !self.removed.is_empty();
        any.then_some(self)
    }

    /// The effect of replaying on a target's list, without doing it.
    pub fn effect(&self, target: &Value) -> ElementEffect {
        let list = target.elements();
        let mut count = list.len();
        let mut bytes: usize = list.iter().map(|element| element.len()).sum();
        let mut changes = false;
        for gone in self.removed.iter().filter(|gone| has(target, gone)) {
            changes = true;
            count = count.saturating_sub(1);
            bytes = bytes.saturating_sub(gone.len());
        }
        for new in self.added.iter().filter(|new| !has(target, new)) {
            changes = true;
            count = count.saturating_add(1);
            bytes = bytes.saturating_add(new.len());
        }
        ElementEffect {
            changes,
            exceeds: count > count_max(target),
            bytes,
        }
    }

    /// The target's list with these elements added and removed; its other elements stay.
    #[must_use]
    pub fn apply(&self, target: &Value) -> Value {
        let removed: BTreeSet<&str> = self.removed.iter().map(AsRef::as_ref).collect();
        let added = self.added.iter().filter(|new| !has(target, new));
        let kept = target
            .elements()
            .iter()
            .filter(|element| !removed.contains(&***element));
        let mut list: Vec<Arc<str>> = kept.chain(added).cloned().collect();
        if matches!(target, Value::Documents(_)) {
            Value::Documents(list.into())
        } else {
            list.sort_unstable();
            Value::Codes(list.into())
        }
    }
}

/// Codes are sorted and documents are not.
fn has(value: &Value, element: &Arc<str>) -> bool {
    if let Value::Codes(codes) = value {
        codes.binary_search(element).is_ok()
    } else {
        value.elements().contains(element)
    }
}

fn missing_from(here: &[Arc<str>], there: &[Arc<str>]) -> Vec<Arc<str>> {
    let here: BTreeSet<&str> = here.iter().map(AsRef::as_ref).collect();
    there
        .iter()
        .filter(|element| !here.contains(&***element))
        .cloned()
        .collect()
}

fn count_max(list: &Value) -> usize {
    if matches!(list, Value::Documents(_)) {
        DOCUMENTS_MAX
    } else {
        CRITERIA_MAX
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{ElementEffect, Elements, Value};

    fn list(elements: &[&str]) -> Arc<[Arc<str>]> {
        elements.iter().map(|element| Arc::from(*element)).collect()
    }

    fn documents(elements: &[&str]) -> Value {
        Value::Documents(list(elements))
    }

    fn codes(elements: &[&str]) -> Value {
        Value::Codes(list(elements))
    }

    #[test]
    fn c3_a_list_changes_by_what_was_added_and_removed_in_its_own_order() {
        let change = Elements::between(&documents(&["a", "b"]), &documents(&["z", "b", "c"]));

        let expected = Elements {
            added: list(&["z", "c"]).to_vec(),
            removed: list(&["a"]).to_vec(),
        };
        assert_eq!(change, Some(expected));
    }

    #[test]
    fn c3_only_the_elements_that_are_ones_own_are_left() {
        let change = |added: &[&str], removed: &[&str]| Elements {
            added: list(added).to_vec(),
            removed: list(removed).to_vec(),
        };
        let only = |change: Elements, own: &[&str]| change.only(&own.iter().copied().collect());
        let both = change(&["a", "b"], &["c"]);
        assert_eq!(
            only(both.clone(), &["b", "c"]),
            Some(change(&["b"], &["c"]))
        );
        assert_eq!(only(both.clone(), &["c"]), Some(change(&[], &["c"])));
        assert_eq!(only(both, &["d"]), None);
        assert_eq!(only(change(&["a"], &[]), &["a"]), Some(change(&["a"], &[])));
        assert_eq!(only(change(&["a"], &[]), &["b"]), None);
        assert_eq!(only(change(&[], &["a"]), &["b"]), None);
    }

    #[test]
    fn c3_reordering_alone_is_no_change() {
        let change = Elements::between(&documents(&["a", "b"]), &documents(&["b", "a"]));

        assert_eq!(change, None);
    }

    #[test]
    fn c3_replay_leaves_the_targets_other_elements_alone_and_appends_in_the_sources_order() {
        let change = Elements::between(&documents(&["a", "b"]), &documents(&["z", "b", "c"]));

        let replayed = change.unwrap().apply(&documents(&["x", "c", "a", "y"]));

        assert_eq!(replayed, documents(&["x", "c", "y", "z"]));
    }

    #[test]
    fn c3_replayed_criteria_stay_sorted() {
        let change = Elements::between(&codes(&["K2"]), &codes(&["K1", "K2"]));

        let replayed = change.unwrap().apply(&codes(&["B1", "S9"]));

        assert_eq!(replayed, codes(&["B1", "K1", "S9"]));
    }

    #[test]
    fn c3_the_effect_is_told_without_replaying() {
        let change = Elements::between(&codes(&["K2"]), &codes(&["K11"])).unwrap();

        let none = ElementEffect {
            changes: false,
            exceeds: false,
            bytes: 3,
        };
        let both = ElementEffect {
            changes: true,
            exceeds: false,
            bytes: 5,
        };
        assert_eq!(change.effect(&codes(&["K11"])), none);
        assert_eq!(change.effect(&codes(&["K2", "S1"])), both);
    }

    #[test]
    fn c3_a_list_that_would_grow_past_its_bound_exceeds_it() {
        let full: Vec<String> = (0..200).map(|number| format!("d{number}")).collect();
        let full = documents(&full.iter().map(String::as_str).collect::<Vec<_>>());
        let one_more = Elements::between(&documents(&[]), &documents(&["new"])).unwrap();
        let swapped = Elements::between(&documents(&["d0"]), &documents(&["new"])).unwrap();

        assert!(one_more.effect(&full).exceeds);
        assert!(!swapped.effect(&full).exceeds);
    }
}

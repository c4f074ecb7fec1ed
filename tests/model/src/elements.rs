//! C3: the elements of a set or a list that came and went.

use std::collections::BTreeSet;

use crate::value::Value;

/// What was added, in the order of the value that has it, and what was removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elements {
    /// In the order of the later value.
    pub added: Vec<String>,
    /// In the order of the earlier value.
    pub removed: Vec<String>,
}

/// The difference between two values, their order aside.
pub fn difference(before: &Value, after: &Value) -> Elements {
    let (before, after) = (before.elements(), after.elements());
    Elements {
        added: after
            .iter()
            .filter(|one| !before.contains(one))
            .cloned()
            .collect(),
        removed: before
            .iter()
            .filter(|one| !after.contains(one))
            .cloned()
            .collect(),
    }
}

/// A target's value with the elements replayed onto it: the others stay, additions go to the end.
pub fn replayed(target: &Value, elements: &Elements) -> Value {
    let kept = target.elements().into_iter();
    let mut all: Vec<String> = kept.filter(|one| !elements.removed.contains(one)).collect();
    for one in &elements.added {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    match target {
        Value::Set(_) => Value::Set(all.into_iter().collect()),
        Value::List(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            Value::List(all)
        }
    }
}

/// All elements that a change came across.
pub fn touched(before: &Value, after: &Value) -> BTreeSet<String> {
    let Elements { added, removed } = difference(before, after);
    added.into_iter().chain(removed).collect()
}

//! Compares a present record with a wanted one, field by field.
//!
//! Lists in records are sets: order and repetition make no difference.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::terminal;

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    pub(crate) field: String,
    /// What it was; null where there was no record.
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// Names by id, to show enrolments by.
pub(crate) type ProgrammeNames = BTreeMap<String, String>;

/// The fields of a wanted record that the present one has otherwise or not at all.
pub(crate) fn differences(before: Option<&Value>, after: &Map<String, Value>) -> Vec<Difference> {
    let of_before = |field: &str| before.map_or(Value::Null, |record| record[field].clone());
    after
        .iter()
        .map(|(field, after)| Difference {
            field: field.clone(),
            before: of_before(field),
            after: after.clone(),
        })
        .filter(|one| !is_same(&one.before, &one.after))
        .collect()
}

fn is_same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => set(before) == set(after),
        // A new record without it is the same as one that has it empty.
        (Value::Null, Value::Array(after)) => after.is_empty(),
        (before, after) => before == after,
    }
}

fn set(list: &[Value]) -> Vec<String> {
    let mut all: Vec<_> = list.iter().map(Value::to_string).collect();
    all.sort();
    all.dedup();
    all
}

impl Difference {
    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({ "field": self.field, "before": self.before, "after": self.after })
    }

    /// For people, in one line that does nothing to a terminal.
    pub(crate) fn line(&self, names: &ProgrammeNames) -> String {
        let field = self.field.replace('_', " ");
        let said = match (&self.before, &self.after) {
            (Value::Array(_) | Value::Null, Value::Array(after)) => {
                let before = self.before.as_array().map_or(&[][..], Vec::as_slice);
                let sides = [
                    ("+", after.as_slice(), before),
                    ("−", before, after.as_slice()),
                ];
                let sides = sides.map(|(sign, has, lacks)| missing(sign, has, lacks, names));
                format!("{field}: {}", sides.concat().trim_end())
            }
            (Value::Null, after) => format!("{field}: {}", element(after, names)),
            (before, after) => {
                format!(
                    "{field}: {} → {}",
                    element(before, names),
                    element(after, names)
                )
            }
        };
        terminal::line(&said).into_owned()
    }
}

/// Those of one list that the other lacks, with a sign before them.
fn missing(sign: &str, has: &[Value], lacks: &[Value], names: &ProgrammeNames) -> String {
    let mut all: Vec<_> = has
        .iter()
        .filter(|one| !lacks.contains(one))
        .map(|one| element(one, names))
        .collect();
    all.sort();
    all.dedup();
    if all.is_empty() {
        String::new()
    } else {
        format!("{sign} {} ", all.join(", "))
    }
}

/// One value as people read it.
fn element(value: &Value, names: &ProgrammeNames) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => names.get(text).unwrap_or(text).clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => {
            let all: Vec<_> = list.iter().map(|one| element(one, names)).collect();
            all.join(", ")
        }
        Value::Object(fields) => match (fields.get("programme"), fields.get("status")) {
            (Some(programme), Some(Value::String(status))) => {
                format!(
                    "{} ({})",
                    element(programme, names),
                    status.replace('_', " ")
                )
            }
            (_, _) => value.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ProgrammeNames, differences};

    fn said(before: Option<&Value>, after: Value) -> Vec<String> {
        let names = ProgrammeNames::from([("p".to_owned(), "Maths".to_owned())]);
        let Value::Object(after) = after else {
            panic!("a record is an object")
        };
        let all = differences(before, &after);
        all.iter().map(|one| one.line(&names)).collect()
    }

    #[test]
    fn the_order_of_a_list_is_no_difference() {
        let before = json!({ "groups": ["a", "b"], "name": "Ann" });
        assert_eq!(
            said(
                Some(&before),
                json!({ "groups": ["b", "a", "b"], "name": "Ann" })
            )
            .len(),
            0
        );
    }

    #[test]
    fn lists_differ_by_what_comes_and_goes_and_the_rest_by_before_and_after() {
        let before = json!({ "name": "Ann\u{1b}", "groups": ["a", "b"], "case_owner": "sam",
            "enrolments": [{ "programme": "p", "status": "active" }] });
        let after = json!({ "name": "Anne", "groups": ["b", "c"], "case_owner": null,
            "enrolments": [{ "programme": "p", "status": "on_break" }] });
        let expected = [
            "case owner: sam → –",
            "enrolments: + Maths (on break) − Maths (active)",
            "groups: + c − a",
            "name: Ann\\u{1b} → Anne",
        ];
        assert_eq!(said(Some(&before), after), expected);
    }

    #[test]
    fn of_a_new_record_what_is_empty_is_no_difference() {
        let after = json!({ "name": "Ann", "groups": [], "tutors": ["t"], "case_owner": null });
        assert_eq!(said(None, after), ["name: Ann", "tutors: + t"]);
    }
}

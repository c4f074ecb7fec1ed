//! Texts for the values of the protocol.

use plansync_protocol::plan::AttributeAfter;
use plansync_protocol::record::AttributeChange;
use plansync_protocol::sync::{ChangeSetAttribute, PairChange, Warning};
use plansync_protocol::{AttributeName, AttributeValue, PairWarning, Reason};
use serde_json::{Value, json};

use crate::reply::minute;

/// The maximum number of characters of a text that is shown in full.
const SHOWN_CHARACTERS_MAX: usize = 40;

/// One attribute that differs, with the elements of a list that were added and removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Difference<'a> {
    attribute: AttributeName,
    /// `None` if the reply does not state it.
    before: Option<&'a AttributeValue>,
    after: &'a AttributeValue,
    added: &'a [String],
    removed: &'a [String],
}

impl<'a> From<&'a PairChange> for Difference<'a> {
    fn from(change: &'a PairChange) -> Self {
        Self {
            attribute: change.attribute,
            before: Some(&change.before),
            after: &change.after,
            added: &[],
            removed: &[],
        }
    }
}

impl<'a> From<&'a AttributeChange> for Difference<'a> {
    fn from(change: &'a AttributeChange) -> Self {
        Self {
            attribute: change.attribute,
            before: Some(&change.before),
            after: &change.after,
            added: change.added.as_deref().unwrap_or_default(),
            removed: change.removed.as_deref().unwrap_or_default(),
        }
    }
}

impl<'a> From<&'a ChangeSetAttribute> for Difference<'a> {
    fn from(change: &'a ChangeSetAttribute) -> Self {
        Self {
            attribute: change.attribute,
            before: change.before.as_ref(),
            after: &change.after,
            added: change.added.as_deref().unwrap_or_default(),
            removed: change.removed.as_deref().unwrap_or_default(),
        }
    }
}

impl<'a> From<&'a AttributeAfter> for Difference<'a> {
    fn from(change: &'a AttributeAfter) -> Self {
        Self {
            attribute: change.attribute,
            before: None,
            after: &change.after,
            added: &[],
            removed: &[],
        }
    }
}

/// Whose synchronisation is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The reader's own.
    Yours,
    /// That of any administrator, for whoever reads the records.
    Anybodys,
}

impl Whose {
    const fn subject(self) -> &'static str {
        match self {
            Self::Yours => "you",
            Self::Anybodys => "the administrator",
        }
    }
}

/// A reason as text.
pub(super) fn reason(reason: Reason, whose: Whose) -> String {
    let who = whose.subject();
    let text = match reason {
        Reason::Cancelled => "the synchronisation was cancelled before",
        Reason::LearnerNotAvailable => {
            return format!("the learner does not exist, or {who} may not see this learner");
        }
        Reason::LearnerErased => "the learner was erased",
        Reason::IsSource => "this is the source of the changes",
        Reason::NotOnProgramme => "not enrolled on this programme",
        Reason::ProgrammeStatusExcluded => {
            "the enrolment is expired, cancelled, archived or pending a change of programme"
        }
        Reason::ChangedSincePreview => "changed after the preview that was confirmed",
        Reason::NoRecentChange if whose == Whose::Yours => {
            "you have not changed this component recently"
        }
        Reason::NoRecentChange => "the administrator had not changed this component recently",
        Reason::NoTemplate => "the programme's template does not have this component",
        Reason::MissingOnTarget => "this plan does not have the component",
        Reason::AlreadyAbsent => "this plan no longer has the component",
        Reason::TypeMismatch => "the component has another type or programme on this plan",
        Reason::StatusNotSelected => "its status is not among the conditions",
        Reason::AddNotPermitted => return format!("{who} may not add components"),
        Reason::EditNotPermitted => return format!("{who} may not edit components"),
        Reason::EditFinishedNotPermitted => {
            return format!("it is finished, and {who} may not edit finished ones");
        }
        Reason::DeleteNotPermitted => return format!("{who} may not delete components"),
        Reason::DeleteFinishedNotPermitted => {
            return format!("it is finished, and {who} may not delete finished ones");
        }
        Reason::LimitExceeded => "the plan or the component would become too large",
        Reason::Failed => "internal error; ask the operators of the service",
    };
    text.to_owned()
}

/// The warnings of a pair.
pub(crate) fn warnings(all: &[Warning], whose: Whose) -> String {
    let all = all.iter().map(|one| warning(one, whose));
    all.collect::<Vec<_>>().join("; ")
}

fn warning(warning: &Warning, whose: Whose) -> String {
    match warning.code {
        PairWarning::ReviewRecreated => match warning.tasks {
            Some(0) | None => "the review is recreated".to_owned(),
            Some(1) => "the review is recreated, 1 open task cancelled".to_owned(),
            Some(tasks) => format!("the review is recreated, {tasks} open tasks cancelled"),
        },
        PairWarning::ReviewTypeKept => "the review has begun and keeps its type".to_owned(),
        PairWarning::CompletedReviewKept => "the completed review keeps its date".to_owned(),
        PairWarning::MarkingAidEvidence => {
            "evidence was submitted for the exercise that is replaced".to_owned()
        }
        PairWarning::TasksCancelled => match warning.tasks {
            Some(tasks) if tasks != 1 => format!("{tasks} open tasks cancelled"),
            _ => "1 open task cancelled".to_owned(),
        },
        PairWarning::EvidenceDeleted => match warning.evidence {
            Some(count) if count != 1 => format!("{count} pieces of evidence deleted"),
            _ => "1 piece of evidence deleted".to_owned(),
        },
        PairWarning::FinishedDeleted => "the component is finished".to_owned(),
        PairWarning::RestNotPermitted => {
            let who = whose.subject();
            format!("only Planned for QA is synchronised; {who} may not change the rest")
        }
    }
}

/// What would differ, attribute by attribute.
pub(crate) fn changes(all: &[PairChange]) -> String {
    all.iter().map(change).collect::<Vec<_>>().join("\n")
}

/// One attribute, before and after.
pub(crate) fn change<'a>(difference: impl Into<Difference<'a>>) -> String {
    let difference = difference.into();
    let name = spaced(difference.attribute.as_str());
    match (list(difference.added), list(difference.removed)) {
        (Some(added), None) => format!("{name} + {added}"),
        (None, Some(removed)) => format!("{name} − {removed}"),
        (Some(added), Some(removed)) => format!("{name} + {added} − {removed}"),
        (None, None) => {
            let after = of_attribute(difference.after);
            match difference.before.map(of_attribute) {
                None => format!("{name} → {after}"),
                Some(before) => format!("{name}: {before} → {after}"),
            }
        }
    }
}

/// The name of an attribute, and its values before and after; for a list, the removed and added elements.
pub(crate) fn before_and_after(change: &AttributeChange) -> [String; 3] {
    let difference = Difference::from(change);
    let name = spaced(difference.attribute.as_str());
    match (list(difference.removed), list(difference.added)) {
        (None, None) => [
            name,
            difference.before.map_or_else(String::new, of_attribute),
            of_attribute(difference.after),
        ],
        (removed, added) => {
            let elements = |sign, all: Option<String>| {
                all.map_or_else(String::new, |all| format!("{sign} {all}"))
            };
            [name, elements('−', removed), elements('+', added)]
        }
    }
}

fn list(elements: &[String]) -> Option<String> {
    let shown = || elements.iter().map(|element| text(element));
    (!elements.is_empty()).then(|| shown().collect::<Vec<_>>().join(", "))
}

/// The value of an attribute in one short line.
pub(crate) fn of_attribute(attribute: &AttributeValue) -> String {
    value(&json!(attribute))
}

/// A value in one short line.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(one) => text(one),
        Value::Array(elements) if elements.is_empty() => "none".to_owned(),
        Value::Array(elements) => elements
            .iter()
            .map(self::value)
            .collect::<Vec<_>>()
            .join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn text(text: &str) -> String {
    moment(text).unwrap_or_else(|| short(text))
}

/// A time as the service writes it, to the minute.
fn moment(text: &str) -> Option<String> {
    const SHAPE: &str = "0000-00-00T00:00:00.000000Z";
    let digit_or = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let shape: String = text.chars().map(digit_or).collect();
    (shape == SHAPE).then(|| format!("{} UTC", minute(text)))
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "empty".to_owned();
    }
    if line.chars().count() <= SHOWN_CHARACTERS_MAX {
        return line;
    }
    let start: String = line.chars().take(SHOWN_CHARACTERS_MAX - 1).collect();
    format!("{start}…")
}

/// A word of the protocol with blanks.
pub(crate) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use plansync_protocol::Reason;
    use plansync_protocol::sync::{ChangeSetAttribute, Warning};
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::{Whose, reason, warnings};

    fn of<T: DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    fn change(value: &Value) -> String {
        let attribute: ChangeSetAttribute = of(value.clone());
        super::change(&attribute)
    }

    #[test]
    fn every_reason_reads_differently() {
        for whose in [Whose::Yours, Whose::Anybodys] {
            let all = Reason::ALL.iter().map(|one| reason(*one, whose));
            let all: BTreeSet<_> = all.collect();
            assert_eq!(all.len(), Reason::ALL.len());
            let speaks_to_reader = all.iter().any(|text| text.contains("you "));
            assert_eq!(speaks_to_reader, whose == Whose::Yours);
        }
    }

    #[test]
    fn warnings_are_sentences_with_their_numbers() {
        let all: Vec<Warning> = of(json!([
            { "code": "review_recreated", "tasks": 2 }, { "code": "review_type_kept" },
        ]));
        let expected = "the review is recreated, 2 open tasks cancelled; \
                        the review has begun and keeps its type";
        assert_eq!(warnings(&all, Whose::Yours), expected);
    }

    #[test]
    fn a_change_shows_what_was_and_what_will_be() {
        let whole = json!({ "attribute": "due_date", "before": null, "after": "2027-03-31" });
        assert_eq!(change(&whole), "due date: – → 2027-03-31");
        let moved = json!({ "attribute": "review_at", "before": null,
            "after": "2027-02-15T10:00:00.000000Z" });
        assert_eq!(change(&moved), "review at: – → 2027-02-15 10:00 UTC");
        let elements =
            json!({ "attribute": "criteria", "after": ["K1"], "added": ["K1"], "removed": [] });
        assert_eq!(change(&elements), "criteria + K1");
        let long =
            json!({ "attribute": "instructions", "before": "", "after": "a\nb ".repeat(30) });
        let expected = format!(
            "instructions: empty → {}…",
            "a b ".repeat(10).split_at(39).0
        );
        assert_eq!(change(&long), expected);
    }
}

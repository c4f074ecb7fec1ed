//! Texts for the values of the protocol.

use plansync_protocol::{PairWarning, Reason, Word as _};
use serde_json::Value;

use crate::reply::{items, minute, text};

/// Text of at most so many characters is shown whole.
const SHOWN_CHARACTERS_MAX: usize = 40;

/// A reason, from the words for programs; one of a later version is shown as it is.
pub(super) fn reason(word: &str) -> String {
    Reason::from_word(word).map_or_else(|| spaced(word), |reason| in_words(reason).to_owned())
}

fn in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Cancelled => "the synchronisation was cancelled before",
        Reason::LearnerNotAvailable => "there is no such learner, or you may not see them",
        Reason::IsSource => "this is the source of the changes",
        Reason::NotOnProgramme => "not enrolled on this programme",
        Reason::ProgrammeStatusExcluded => {
            "the enrolment is expired, cancelled, archived or pending a change of programme"
        }
        Reason::ChangedSincePreview => "changed after the preview that was confirmed",
        Reason::NoRecentChange => "you have not changed this component recently",
        Reason::NoTemplate => "the programme's template does not have this component",
        Reason::MissingOnTarget => "this plan does not have the component",
        Reason::AlreadyAbsent => "this plan no longer has the component",
        Reason::TypeMismatch => "the component has another type or programme on this plan",
        Reason::StatusNotSelected => "its status is not among the conditions",
        Reason::AddNotPermitted => "you may not add components",
        Reason::EditNotPermitted => "you may not edit components",
        Reason::EditFinishedNotPermitted => "it is finished, and you may not edit finished ones",
        Reason::DeleteNotPermitted => "you may not delete components",
        Reason::DeleteFinishedNotPermitted => {
            "it is finished, and you may not delete finished ones"
        }
        Reason::LimitExceeded => "the plan or the component would become too large",
        Reason::Failed => "internal error; ask the operators of the service",
    }
}

/// The warnings of a pair.
pub(super) fn warnings(pair: &Value) -> String {
    let all = items(pair, "warnings").iter().map(warning);
    all.collect::<Vec<_>>().join("; ")
}

fn warning(warning: &Value) -> String {
    let word = text(warning, "code");
    match PairWarning::from_word(word) {
        None => spaced(word),
        Some(PairWarning::ReviewRecreated) => match warning["tasks"].as_u64() {
            Some(0) | None => "the review is recreated".to_owned(),
            Some(1) => "the review is recreated, 1 open task cancelled".to_owned(),
            Some(tasks) => format!("the review is recreated, {tasks} open tasks cancelled"),
        },
        Some(PairWarning::ReviewTypeKept) => "the review has begun and keeps its type".to_owned(),
        Some(PairWarning::CompletedReviewKept) => "the completed review keeps its date".to_owned(),
        Some(PairWarning::MarkingAidEvidence) => {
            "evidence was submitted for the exercise that is replaced".to_owned()
        }
        Some(PairWarning::TasksCancelled) => match warning["tasks"].as_u64() {
            Some(tasks) if tasks != 1 => format!("{tasks} open tasks cancelled"),
            _ => "1 open task cancelled".to_owned(),
        },
        Some(PairWarning::EvidenceDeleted) => match warning["evidence"].as_u64() {
            Some(count) if count != 1 => format!("{count} pieces of evidence deleted"),
            _ => "1 piece of evidence deleted".to_owned(),
        },
        Some(PairWarning::FinishedDeleted) => "the component is finished".to_owned(),
        Some(PairWarning::RestNotPermitted) => {
            "only Planned for QA is synchronised; you may not change the rest".to_owned()
        }
    }
}

/// What would differ, attribute by attribute.
pub(crate) fn changes(pair: &Value) -> String {
    let all = items(pair, "changes").iter().map(change);
    all.collect::<Vec<_>>().join("\n")
}

/// One attribute, before and after.
pub(crate) fn change(change: &Value) -> String {
    let name = spaced(text(change, "attribute"));
    let element_wise = ["added", "removed"].map(|side| list(&change[side]));
    match element_wise {
        [Some(added), None] => format!("{name} + {added}"),
        [None, Some(removed)] => format!("{name} − {removed}"),
        [Some(added), Some(removed)] => format!("{name} + {added} − {removed}"),
        [None, None] => match change.get("before") {
            None => format!("{name} → {}", value(&change["after"])),
            Some(before) => format!("{name}: {} → {}", value(before), value(&change["after"])),
        },
    }
}

/// What an attribute is called, what it was and what it is; of a list, what went and what came.
pub(crate) fn before_and_after(change: &Value) -> [String; 3] {
    let name = spaced(text(change, "attribute"));
    match ["removed", "added"].map(|side| list(&change[side])) {
        [None, None] => {
            let side = |side: &str| change.get(side).map_or(String::new(), value);
            [name, side("before"), side("after")]
        }
        [removed, added] => {
            let elements = |sign, all: Option<String>| {
                all.map_or(String::new(), |all| format!("{sign} {all}"))
            };
            [name, elements('−', removed), elements('+', added)]
        }
    }
}

fn list(elements: &Value) -> Option<String> {
    let elements = elements.as_array().filter(|list| !list.is_empty())?;
    Some(elements.iter().map(value).collect::<Vec<_>>().join(", "))
}

/// A value in one short line.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => moment(text).unwrap_or_else(|| short(text)),
        Value::Array(elements) if elements.is_empty() => "none".to_owned(),
        Value::Array(_) => list(value).unwrap_or_default(),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
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
    use plansync_protocol::{Reason, Word as _};
    use serde_json::json;

    use super::{change, reason, warnings};

    #[test]
    fn a_reason_of_a_later_version_is_shown_as_it_is() {
        assert_eq!(reason("is_on_the_moon"), "is on the moon");
    }

    #[test]
    fn every_reason_reads_differently() {
        let mut all: Vec<_> = Reason::WORDS.iter().map(|word| reason(word)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), Reason::WORDS.len());
    }

    #[test]
    fn warnings_are_sentences_with_their_numbers() {
        let pair = json!({ "warnings": [
            { "code": "review_recreated", "tasks": 2 }, { "code": "review_type_kept" },
        ]});
        let expected = "the review is recreated, 2 open tasks cancelled; \
                        the review has begun and keeps its type";
        assert_eq!(warnings(&pair), expected);
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

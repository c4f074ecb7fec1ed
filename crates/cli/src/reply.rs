//! Reads single values of a reply in JSON. Every reply is checked against its type when it arrives
//! (`Question::ask`), so that all required fields are there; only optional ones can read as empty.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ask_error::AskError;

/// A reply, or a part of one, in its type.
pub(crate) fn typed<T: DeserializeOwned>(reply: &Value) -> Result<T, AskError> {
    T::deserialize(reply).map_err(|error| AskError::Answer(error.to_string()))
}

/// The number in a reply's field.
pub(crate) fn number(reply: &Value, field: &str) -> u64 {
    reply[field].as_u64().unwrap_or_default()
}

/// The items of a reply's list.
pub(crate) fn items<'a>(reply: &'a Value, field: &str) -> &'a [Value] {
    reply[field].as_array().map_or(&[], Vec::as_slice)
}

/// The text in a reply's field.
pub(crate) fn text<'a>(reply: &'a Value, field: &str) -> &'a str {
    reply[field].as_str().unwrap_or_default()
}

/// A time as a person reads it, to the minute.
pub(crate) fn minute(time: &str) -> String {
    time.get(..16).unwrap_or_default().replace('T', " ")
}

/// A number with its noun.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A name or a reason; a word for one that was erased.
pub(crate) fn or_erased(text: &str) -> &str {
    if text.is_empty() { "(erased)" } else { text }
}

/// A note about the items of a list that are not shown, if there are any; the noun is a singular.
pub(crate) fn more(shown: usize, total: u64, noun: &str) -> Option<String> {
    let left = total.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
    let plural = if left == 1 { "" } else { "s" };
    let them = if left == 1 { "it" } else { "them" };
    (left > 0).then(|| format!("… and {left} more {noun}{plural}; `--limit all` shows {them}"))
}

#[cfg(test)]
mod tests {
    use super::{counted, more};

    #[test]
    fn only_what_is_left_out_is_told() {
        assert_eq!(more(5, 5, "learner"), None);
        let expected = "… and 7 more learners; `--limit all` shows them";
        assert_eq!(more(5, 12, "learner").as_deref(), Some(expected));
        let expected = "… and 1 more learner; `--limit all` shows it";
        assert_eq!(more(5, 6, "learner").as_deref(), Some(expected));
    }

    #[test]
    fn one_is_no_plural() {
        let all = [0, 1, 2].map(|count| counted(count, "learner"));
        assert_eq!(all, ["0 learners", "1 learner", "2 learners"]);
    }
}

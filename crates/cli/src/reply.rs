//! Single values out of a reply in JSON; what is not there reads as nothing.

use serde_json::Value;

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

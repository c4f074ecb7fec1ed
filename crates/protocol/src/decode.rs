//! Decoding of messages into typed bodies, with errors that name the field.
//!
//! A body is decoded once, straight from its bytes. Only if that fails is it decoded again while the
//! path is tracked, so that valid bodies do not pay for it.

mod form;

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::decode::form::{other_form, without_mark};
use crate::encoding::Encoding;
use crate::strict::Map;
use crate::wording::{marked, reworded, syntax_words};

/// The most bytes that the body of a request or a command may have: 256 KiB.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// The most characters of a message, and of a path. Both may repeat input; without a bound, a refusal
/// could be too large to record or to send.
const SHOWN_CHARACTERS_MAX: usize = 500;

/// What is wrong with a body, and where. Its text is the message without the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The path of the field, such as `edits[3].set.name`; `None` if the whole body is at fault.
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl DecodeError {
    /// An error in one field.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            message: message.into(),
        }
    }

    /// An error in the whole body.
    pub fn whole(message: impl Into<String>) -> Self {
        Self {
            path: None,
            message: message.into(),
        }
    }

    /// The message with the path before it, unless it names the field itself.
    pub(crate) fn named(&self) -> String {
        let Some(path) = &self.path else {
            return self.message.clone();
        };
        let field = path.rsplit('.').next().unwrap_or(path);
        if self.message.contains(&format!("field `{field}`")) {
            self.message.clone()
        } else {
            shortened(format!("{path}: {}", self.message))
        }
    }

    fn shortened(self) -> Self {
        Self {
            path: self.path.map(shortened),
            message: shortened(self.message),
        }
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The deepest nesting that is read; no message has a third of it.
const DEPTH_MAX: usize = 32;

/// Decodes the body of a request or a command.
///
/// # Errors
///
/// If the body has unknown, duplicate or missing fields, values of the wrong type or outside their
/// bounds, bytes after its end, or more than [`BODY_BYTES_MAX`] bytes. The error has the path of the
/// field.
///
/// ```
/// use plansync_protocol::plan::EditPlan;
/// use plansync_protocol::{Encoding, decode};
///
/// let body = br#"{"learner": "0190a1b2-0000-7000-8000-000000000001", "edits": [{"op": "remove"}]}"#;
/// let error = decode::<EditPlan>(Encoding::Json, body).unwrap_err();
/// assert_eq!(error.path.as_deref(), Some("edits[0].component"));
/// assert_eq!(error.message, "missing field `component`");
/// ```
pub fn decode<'a, T: Deserialize<'a>>(
    encoding: Encoding,
    bytes: &'a [u8],
) -> Result<T, DecodeError> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(DecodeError::whole(format!(
            "the body has {} bytes, and at most {BODY_BYTES_MAX} are allowed; nothing was changed: send \
             less at a time",
            bytes.len()
        )));
    }
    let bytes = match encoding {
        Encoding::Json => without_mark(bytes),
        Encoding::MessagePack => bytes,
    };
    if bytes.is_empty() || (encoding == Encoding::Json && bytes.trim_ascii().is_empty()) {
        return Err(DecodeError::whole(
            "the body is empty; send an object, which may be empty: {}",
        ));
    }
    match plain(encoding, bytes) {
        Ok(Map(body)) => Ok(body),
        Err(fault) => Err(other_form(encoding, bytes)
            .map(DecodeError::whole)
            .or_else(|| located::<Map<T>>(encoding, bytes))
            .unwrap_or(fault)
            .shortened()),
    }
}

/// Checks that a JSON value is a `T`; fields that `T` does not have are allowed.
pub(crate) fn check<T: DeserializeOwned>(value: &serde_json::Value) -> Result<(), DecodeError> {
    let Err(fault) = T::deserialize(value) else {
        return Ok(());
    };
    let located = track::<_, T>(value, json_message);
    Err(located
        .unwrap_or_else(|| DecodeError::whole(json_message(&fault)))
        .shortened())
}

/// Decodes a reply or an event. Fields that this version does not know are ignored.
///
/// # Errors
///
/// If a field is missing or a value has the wrong type. The error has the path of the field.
///
/// ```
/// use plansync_protocol::record::RecordClosed;
/// use plansync_protocol::{Encoding, decode_known};
///
/// let later_version = br#"{"duplicate": true, "new_field": 1}"#;
/// let reply: RecordClosed = decode_known(Encoding::Json, later_version)?;
/// assert!(reply.duplicate);
/// # Ok::<(), plansync_protocol::DecodeError>(())
/// ```
pub fn decode_known<T: DeserializeOwned>(
    encoding: Encoding,
    bytes: &[u8],
) -> Result<T, DecodeError> {
    plain(encoding, bytes).map_err(|fault| located::<T>(encoding, bytes).unwrap_or(fault))
}

fn plain<'a, T: Deserialize<'a>>(encoding: Encoding, bytes: &'a [u8]) -> Result<T, DecodeError> {
    match encoding {
        Encoding::Json => {
            serde_json::from_slice(bytes).map_err(|error| DecodeError::whole(json_message(&error)))
        }
        Encoding::MessagePack => {
            let mut deserializer = message_pack(bytes);
            let value = T::deserialize(&mut deserializer)
                .map_err(|error| DecodeError::whole(message_pack_message(&error)))?;
            at_end(&mut deserializer)?;
            Ok(value)
        }
    }
}

/// A deserializer that refuses deep nesting; malicious input could overflow the stack otherwise.
fn message_pack(
    bytes: &[u8],
) -> rmp_serde::Deserializer<rmp_serde::decode::ReadRefReader<'_, [u8]>> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(DEPTH_MAX);
    deserializer
}

/// Checks that no bytes follow. The deserializer does not tell how many bytes it has read; but at the
/// end there is no further marker to read. Only the marker is read: the head of a list without its
/// elements also ends without a further marker.
fn at_end<'a, D>(deserializer: D) -> Result<(), DecodeError>
where
    D: Deserializer<'a, Error = rmp_serde::decode::Error>,
{
    match deserializer.deserialize_any(Marker) {
        Err(rmp_serde::decode::Error::InvalidMarkerRead(_)) => Ok(()),
        Ok(()) | Err(_) => Err(DecodeError::whole(
            "there are bytes after the end of the body; send one object and nothing after it",
        )),
    }
}

/// Accepts any marker and reads no element.
struct Marker;

impl<'de> Visitor<'de> for Marker {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the body")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _elements: A) -> Result<(), A::Error> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, _entries: A) -> Result<(), A::Error> {
        Ok(())
    }
}

/// Decodes again to find the field at fault; `None` if no field is.
fn located<'a, T: Deserialize<'a>>(encoding: Encoding, bytes: &'a [u8]) -> Option<DecodeError> {
    match encoding {
        Encoding::Json => track::<_, T>(
            &mut serde_json::Deserializer::from_slice(bytes),
            json_message,
        ),
        Encoding::MessagePack => track::<_, T>(&mut message_pack(bytes), message_pack_message),
    }
}

fn track<'a, D: Deserializer<'a>, T: Deserialize<'a>>(
    deserializer: D,
    message: impl Fn(&D::Error) -> String,
) -> Option<DecodeError> {
    let error = serde_path_to_error::deserialize::<D, T>(deserializer).err()?;
    let message = message(error.inner());
    let path = error.path().to_string();
    // If the name of a field cannot be read, the last part of the path is unknown.
    let known = match path.strip_suffix('?') {
        Some(parents) => parents.trim_end_matches('.'),
        None => path.as_str(),
    };
    let path = known.strip_prefix('.').unwrap_or(known).to_owned();
    Some(DecodeError {
        path: with_field(path, &message),
        message,
    })
}

/// Errors of MessagePack describe the reader; these messages describe the body.
fn message_pack_message(error: &rmp_serde::decode::Error) -> String {
    use rmp_serde::decode::Error;
    match error {
        Error::InvalidMarkerRead(_) | Error::InvalidDataRead(_) => {
            "the body ends in the middle of a value; send the whole body".to_owned()
        }
        Error::TypeMismatch(marker) => match marked(&format!("{marker:?}")) {
            Some(found) => format!("invalid type: {found}"),
            None => "the byte 0xc1 begins no value of MessagePack".to_owned(),
        },
        Error::DepthLimitExceeded => {
            "the body is nested too deeply; no message needs more than 32 levels".to_owned()
        }
        Error::Utf8Error(_) => "a string is not valid UTF-8".to_owned(),
        Error::OutOfRange => "a number is out of range".to_owned(),
        Error::LengthMismatch(_) => "an array or object has the wrong length".to_owned(),
        Error::Uncategorized(text) | Error::Syntax(text) => reworded(text.clone()),
    }
}

/// Errors of JSON end with a line and a column. Where the body is JSON, they are less useful than the path.
fn json_message(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let text = error.to_string();
    let (said, place) = text
        .rfind(" at line ")
        .map_or((&*text, ""), |end| text.split_at(end));
    match error.classify() {
        Category::Data => reworded(said.to_owned()),
        Category::Eof => {
            format!("the body ends in the middle of a value{place}; send the whole body")
        }
        Category::Syntax | Category::Io => {
            format!("the body is not JSON{place}: {}", syntax_words(said))
        }
    }
}

/// Appends the field that the message names (missing, unknown, duplicate or invalid) to the path.
fn with_field(path: String, message: &str) -> Option<String> {
    let faults = ["unknown", "missing", "duplicate", "invalid"];
    let named = faults
        .map(|fault| format!("{fault} field `"))
        .iter()
        .find_map(|start| message.strip_prefix(start.as_str()))
        .and_then(|rest| rest.split('`').next())
        .filter(|field| !field.is_empty());
    match named {
        None => Some(path).filter(|path| !path.is_empty()),
        Some(field) if path.is_empty() => Some(field.to_owned()),
        Some(field) if path == field || path.ends_with(&format!(".{field}")) => Some(path),
        Some(field) => Some(format!("{path}.{field}")),
    }
}

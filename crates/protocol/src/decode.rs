//! Bytes to typed bodies, straight from the slice, and what to say when that fails.
//!
//! A body is decoded once. Only when it is at fault is it decoded again, keeping track of where,
//! so that the good case pays nothing for the bad one. Knows no message.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::encoding::Encoding;
use crate::strict::Map;

/// The most bytes that a body may have.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// The most characters of a message, and of a path: both may repeat what a sender wrote, and a
/// refusal that grows with what it refuses could itself be too large to record or to send.
const SHOWN_CHARACTERS_MAX: usize = 500;

/// What is wrong with a body, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The field at fault, as `edits[3].set.name`; none where the whole body is.
    pub path: Option<String>,
    /// What is wrong with it.
    pub message: String,
}

impl DecodeError {
    /// A fault of one field.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            message: message.into(),
        }
    }

    /// A fault of the whole body.
    pub fn whole(message: impl Into<String>) -> Self {
        Self {
            path: None,
            message: message.into(),
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

/// What some editors put before JSON. The first byte of no map.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The deepest nesting that is followed: no message has a third of it.
const DEPTH_MAX: usize = 32;

/// Decodes what a sender asks: unknown fields, keys given twice and wrong types are refused.
pub fn decode<'a, T: Deserialize<'a>>(
    encoding: Encoding,
    bytes: &'a [u8],
) -> Result<T, DecodeError> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(DecodeError::whole(format!(
            "a body has at most {BODY_BYTES_MAX} bytes, this one has {}: ask for less at a time",
            bytes.len()
        )));
    }
    if bytes.is_empty() {
        return Err(DecodeError::whole(
            "the body is empty; send a map, which may be empty: {}",
        ));
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(DecodeError::whole(
            "the body begins with a byte order mark; send it without",
        ));
    }
    match plain(encoding, bytes) {
        Ok(Map(body)) => Ok(body),
        Err(fault) => Err(located::<Map<T>>(encoding, bytes)
            .unwrap_or(fault)
            .shortened()),
    }
}

/// Decodes a reply or an event, leaving out what this version does not know.
pub fn decode_known<T: DeserializeOwned>(
    encoding: Encoding,
    bytes: &[u8],
) -> Result<T, DecodeError> {
    plain(encoding, bytes)
}

fn plain<'a, T: Deserialize<'a>>(encoding: Encoding, bytes: &'a [u8]) -> Result<T, DecodeError> {
    match encoding {
        Encoding::Json => {
            serde_json::from_slice(bytes).map_err(|error| DecodeError::whole(error.to_string()))
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

/// One that follows no deeper nesting than a message has: a hostile one would lead it to the end of the
/// stack.
fn message_pack(
    bytes: &[u8],
) -> rmp_serde::Deserializer<rmp_serde::decode::ReadRefReader<'_, [u8]>> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(DEPTH_MAX);
    deserializer
}

/// The deserializer does not say how far it came; but at the end it has no further marker to read.
/// Nothing behind that marker is looked at: the head of a list alone ends without a marker, too.
fn at_end<'a, D>(deserializer: D) -> Result<(), DecodeError>
where
    D: Deserializer<'a, Error = rmp_serde::decode::Error>,
{
    match deserializer.deserialize_any(Marker) {
        Err(rmp_serde::decode::Error::InvalidMarkerRead(_)) => Ok(()),
        Ok(()) | Err(_) => Err(DecodeError::whole(
            "there are bytes after the body's end; send one map and nothing after it",
        )),
    }
}

/// Content with any marker, and reads no element.
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

/// Decodes again to find the field at fault; none if the fault lies outside the fields.
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
    // Where a name could not be read, the last part of the path is not known.
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

/// MessagePack's own errors speak of the reader; a sender needs to hear of the body.
fn message_pack_message(error: &rmp_serde::decode::Error) -> String {
    use rmp_serde::decode::Error;
    match error {
        Error::InvalidMarkerRead(_) | Error::InvalidDataRead(_) => {
            "the body ends before its last value does".to_owned()
        }
        Error::TypeMismatch(marker) => format!("a value of the wrong type: {marker:?}"),
        Error::DepthLimitExceeded => "the body is nested too deeply".to_owned(),
        Error::OutOfRange
        | Error::LengthMismatch(_)
        | Error::Uncategorized(_)
        | Error::Syntax(_)
        | Error::Utf8Error(_) => error.to_string(),
    }
}

/// JSON's errors end with a line and a column, which say less than the path.
fn json_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) if error.is_data() => text[..end].to_owned(),
        _ => text,
    }
}

/// Where a message names the field that is missing, unknown, given twice or at fault beside others,
/// the path does too.
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

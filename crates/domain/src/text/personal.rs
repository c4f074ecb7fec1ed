//! Text about a person. It is a type of its own, so that such text can be sealed in the log and be erased
//! ("Erasure" in `ARCHITECTURE.md`). Its length is checked where it is received.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

/// A name, a reason, an instruction: text that may contain personal data. A short text is stored in
/// place, a long one is shared by its clones.
///
/// A text whose key was destroyed is *erased*: it is empty, and says of itself that it was erased. No
/// text that somebody gave as a name or as a reason is empty.
///
/// Read by itself it is plain text only: whatever may be sealed in the log is read with [`sealable`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Personal(Text);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Text {
    Plain(SmolStr),
    Sealed(Box<[u8]>),
    Erased,
}

impl Personal {
    /// A text that was erased.
    pub const fn erased() -> Self {
        Self(Text::Erased)
    }

    /// A text as the log seals it, which can be read once it was opened.
    pub fn sealed(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(Text::Sealed(bytes.into()))
    }

    /// The text; empty if it was erased, or is still sealed.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Plain(text) => text,
            Text::Sealed(_) | Text::Erased => "",
        }
    }

    /// Whether there is no text because it was erased.
    pub const fn is_erased(&self) -> bool {
        matches!(self.0, Text::Erased)
    }

    /// The sealed form, if the text is still sealed.
    pub const fn as_sealed(&self) -> Option<&[u8]> {
        match &self.0 {
            Text::Sealed(bytes) => Some(bytes),
            Text::Plain(_) | Text::Erased => None,
        }
    }

    /// Where it stands among texts that are equal as far as they can be read.
    const fn rank(&self) -> u8 {
        match self.0 {
            Text::Plain(_) => 0,
            Text::Erased => 1,
            Text::Sealed(_) => 2,
        }
    }
}

impl Default for Personal {
    fn default() -> Self {
        Self::from("")
    }
}

impl PartialOrd for Personal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Personal {
    fn cmp(&self, other: &Self) -> Ordering {
        let texts = self.as_str().cmp(other.as_str());
        let ranks = texts.then(self.rank().cmp(&other.rank()));
        ranks.then_with(|| self.as_sealed().cmp(&other.as_sealed()))
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(Text::Plain(SmolStr::from(text)))
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(Text::Plain(SmolStr::from(text)))
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Text::Plain(text) => write!(f, "{text:?}"),
            Text::Sealed(bytes) => write!(f, "sealed({} bytes)", bytes.len()),
            Text::Erased => f.write_str("erased"),
        }
    }
}

impl Serialize for Personal {
    /// A text as a string, a sealed one as bytes, an erased one as nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Text::Plain(text) => serializer.serialize_str(text),
            Text::Sealed(bytes) => serializer.serialize_bytes(bytes),
            Text::Erased => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SmolStr::deserialize(deserializer)?;
        Ok(Self(Text::Plain(text)))
    }
}

/// Reads a field that the log may hold sealed: bytes are a sealed text, a string is a plain one.
pub mod sealable {
    use super::{Deserializer, Personal, SealableVisitor};

    /// Reads the field.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Personal, D::Error> {
        deserializer.deserialize_any(SealableVisitor)
    }
}

/// Reads a field that may be absent, and that the log may hold sealed.
pub mod sealable_option {
    use super::{Deserializer, Personal, SealableVisitor};

    /// Reads the field, which is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Personal>, D::Error> {
        deserializer.deserialize_any(SealableVisitor).map(Some)
    }
}

struct SealableVisitor;

impl Visitor<'_> for SealableVisitor {
    type Value = Personal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a sealed text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Personal, E> {
        Ok(Personal::from(text))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Personal, E> {
        Ok(Personal::sealed(bytes))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Personal, E> {
        Ok(Personal::erased())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Body {
        #[serde(deserialize_with = "sealable::deserialize")]
        name: Personal,
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "sealable_option::deserialize"
        )]
        reason: Option<Personal>,
    }

    #[test]
    fn plain_sealed_and_erased_texts_are_read_back_as_they_are() {
        let texts = [
            Personal::from("Zoë"),
            Personal::sealed([1, 2]),
            Personal::erased(),
        ];
        for name in &texts {
            for reason in texts.iter().cloned().map(Some).chain([None]) {
                let name = name.clone();
                let body = Body { name, reason };
                let bytes = rmp_serde::to_vec_named(&body).unwrap();
                assert_eq!(rmp_serde::from_slice::<Body>(&bytes).unwrap(), body);
            }
        }
    }

    #[test]
    fn what_cannot_be_sealed_is_not_read_from_sealed_text() {
        let bytes = rmp_serde::to_vec(&Personal::sealed([0xff])).unwrap();
        assert!(rmp_serde::from_slice::<Personal>(&bytes).is_err());
    }

    #[test]
    fn an_erased_text_is_empty_and_says_so() {
        let erased = Personal::erased();
        assert_eq!((erased.as_str(), erased.is_erased()), ("", true));
        assert!(!Personal::from("").is_erased());
        assert!(Personal::from("") < erased && erased < Personal::from("A"));
        assert_eq!(
            format!("{erased:?} {:?}", Personal::sealed([7])),
            "erased sealed(1 bytes)"
        );
    }
}

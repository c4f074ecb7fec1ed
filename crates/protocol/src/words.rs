//! Closed lists of words: one enum for each.
//!
//! The domain has enums of its own for most of them. They are written down twice so that the wire
//! format does not follow the rules by accident.
//!
//! The comment of a word is published: `docs/codes.md` is generated from it. Its first paragraph says what
//! the word means, and the second one, if there is one, what the reader does next.

mod engine;
mod learning;
mod outcome;
mod reference;
mod sync;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};

pub use engine::*;
pub use learning::*;
pub use outcome::*;
pub use reference::*;
pub use sync::*;

/// An enum whose values are words in messages.
pub trait Word: Sized + Copy + 'static {
    /// All values, in order.
    const VALUES: &'static [Self];
    /// All words, in the order of the variants.
    const WORDS: &'static [&'static str];
    /// What the list is about.
    const ABOUT: &'static str;

    /// The value of a word; `None` if there is none.
    fn from_word(word: &str) -> Option<Self>;

    /// The word.
    fn as_str(self) -> &'static str;

    /// What the word means; after an empty line, what to do next. The text has line breaks.
    fn documentation(self) -> &'static str;
}

/// Accepts only text; derived code would also accept the number of a variant.
pub(crate) fn deserialize_word<'de, D: Deserializer<'de>, W: Word>(
    deserializer: D,
) -> Result<W, D::Error> {
    deserializer.deserialize_str(WordVisitor(PhantomData))
}

struct WordVisitor<W>(PhantomData<W>);

impl<W: Word> Visitor<'_> for WordVisitor<W> {
    type Value = W;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of ")?;
        for (index, word) in W::WORDS.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{word}`")?;
        }
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<W, E> {
        W::from_word(text).ok_or_else(|| E::unknown_variant(text, W::WORDS))
    }
}

/// The description of a list of words in schemas: what it is about, on one line.
pub(crate) fn described<W: Word>() -> String {
    let about: Vec<_> = W::ABOUT.split_whitespace().collect();
    format!(
        "{} Each word is explained in docs/codes.md.",
        about.join(" ")
    )
}

macro_rules! words {
    (
        $(#[doc = $about:literal])+
        $name:ident { $($(#[doc = $text:literal])+ $variant:ident = $word:literal,)+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $text])+ $variant,)+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::words::Word for $name {
            const VALUES: &'static [Self] = Self::ALL;
            const WORDS: &'static [&'static str] = &[$($word,)+];
            const ABOUT: &'static str = concat!($($about, "\n"),+);

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }

            fn documentation(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($text, "\n"),+),)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::deserialize_word(deserializer)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": $crate::words::described::<Self>(),
                    "enum": [$($word),+],
                })
            }
        }
    };
}

pub(crate) use words;

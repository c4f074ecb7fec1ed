//! The value of an attribute, as plain as a message has it. Knows no attribute.

use std::collections::BTreeSet;

use serde::Serialize;

/// A value. Dates, times, uuids and people are texts in their one written form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// None.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(u32),
    /// A text.
    Text(String),
    /// Codes without order.
    Set(BTreeSet<String>),
    /// Ids in their order.
    List(Vec<String>),
}

impl Value {
    /// The elements of a set or list; none of anything else.
    pub fn elements(&self) -> Vec<String> {
        match self {
            Self::Set(codes) => codes.iter().cloned().collect(),
            Self::List(ids) => ids.clone(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => Vec::new(),
        }
    }

    /// The text, or an empty one.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Set(_) | Self::List(_) => "",
        }
    }
}

//! Text about a person: a type of its own, so that it can one day be kept apart or encrypted.
//!
//! Knows nothing of bounds: whoever takes a text in checks it.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A name, a reason, an instruction: text that may say something about a person. A short one is kept in
/// place, a long one is shared by its clones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(SmolStr);

impl Personal {
    /// The text as it stands.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(SmolStr::from(text))
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(SmolStr::from(text))
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

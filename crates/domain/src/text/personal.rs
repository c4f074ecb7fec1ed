//! Text about a person. It is a type of its own, so that such text could be stored separately or
//! encrypted. Its length is checked where it is received.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A name, a reason, an instruction: text that may contain personal data. A short text is stored in
/// place, a long one is shared by its clones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(SmolStr);

impl Personal {
    /// The text.
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

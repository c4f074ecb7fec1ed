//! Text about a person: a type of its own, so that it can one day be kept apart or encrypted.
//!
//! Knows nothing of bounds: whoever takes a text in checks it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name, a reason, an instruction: text that may say something about a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(Arc<str>);

impl Personal {
    /// The text as it stands.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(Arc::from(text))
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(Arc::from(text))
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

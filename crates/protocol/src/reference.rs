//! Reference data: tenants, administrators, learners, programmes and templates, and the actor who asks.

mod administrator;
mod learner;
mod programme;
mod template;
mod tenant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use administrator::*;
pub use learner::*;
pub use programme::*;
pub use template::*;
pub use tenant::*;

use crate::scalar::Position;

/// The reply of every `put` and `remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stored {
    /// The position of the commit in the log.
    pub position: Position,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

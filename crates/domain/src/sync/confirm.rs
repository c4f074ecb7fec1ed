//! The confirmation of a preview in a request: the sync then does nothing that the preview did not
//! show (M5).

use serde::{Deserialize, Serialize};

use crate::ids::digest::Digest;
use crate::ids::position::Position;

/// The preview that a request confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// The position in the log at which the preview was made.
    pub position: Position,
    /// The digest over request and change set that the preview returned.
    pub digest: Digest,
}

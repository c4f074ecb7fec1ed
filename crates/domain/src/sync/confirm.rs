//! What a request says to confirm a preview: nothing happens then that the preview did not show (M5).
//!
//! Owns the type. Refuses to know what has moved since.

use serde::{Deserialize, Serialize};

use crate::ids::digest::Digest;
use crate::ids::position::Position;

/// The preview that a request confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    /// Where it was judged.
    pub position: Position,
    /// What it said of request and change set.
    pub digest: Digest,
}

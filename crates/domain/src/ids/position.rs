//! A place in the log, as the rules compare them.
//!
//! Owns the type. Refuses to know what stands there.

use serde::{Deserialize, Serialize};

/// A place in the log: how many commits there are up to it, of all streams.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// The place of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

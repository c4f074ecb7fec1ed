//! Sequences of a stream, terms and nodes. Each is a type of its own, so that one is not passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::counter;

counter! {
    /// The number of a message in its stream. The first message has 1; `ZERO` is the end of an empty stream. It is not
    /// a position: a message has many commits, or none.
    StreamSequence
}

counter! {
    /// The time for which one node leads. Each takeover begins the next term; `ZERO` is before the first one.
    Term
}

/// A node as it runs now. It is made at random whenever a process opens its log, so that no two processes have the same
/// one, not even those of a machine and of its clone, and a node does not take what an earlier process sent for its
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(Uuid);

impl NodeId {
    /// Wraps an id. The caller makes it, because this crate has no randomness.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id itself.
    pub const fn get(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

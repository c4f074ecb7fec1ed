//! Whether a synchronisation goes on, and how it ended otherwise.

use serde::{Deserialize, Serialize};

/// Whether a sync goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Targets wait.
    Running,
    /// Every target is done.
    Completed,
    /// It was stopped; the targets that waited stayed as they were.
    Cancelled,
}

impl SyncStatus {
    /// Its word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}

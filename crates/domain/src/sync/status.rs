//! The status of a sync.

use serde::{Deserialize, Serialize};

/// The status of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// It runs: some targets are still to be done.
    Running,
    /// Every target is done.
    Completed,
    /// It was cancelled; the targets that were still to be done stayed unchanged.
    Cancelled,
}

impl SyncStatus {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}

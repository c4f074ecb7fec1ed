//! The status of a component.
//!
//! Every change of status is possible; which administrators may make it is a permission rule (P9).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The progress of a learner with a component.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum Status {
    #[default]
    NotStarted,
    InProgress,
    Submitted,
    Returned,
    Completed,
}

/// A text that is not a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of not_started, in_progress, submitted, returned, completed")]
pub struct NoSuchStatus;

impl Status {
    /// All statuses, in order of progress.
    pub const ALL: [Self; 5] = [
        Self::NotStarted,
        Self::InProgress,
        Self::Submitted,
        Self::Returned,
        Self::Completed,
    ];

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::InProgress => "in_progress",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Completed => "completed",
        }
    }

    /// Whether the component is finished.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Completed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = NoSuchStatus;

    fn from_str(name: &str) -> Result<Self, NoSuchStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or(NoSuchStatus)
    }
}

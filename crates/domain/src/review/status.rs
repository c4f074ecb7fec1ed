//! The status of a review, and of its calendar tasks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The status of a review. It is independent of the status of its component.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Their names are their documentation.
pub enum ReviewStatus {
    #[default]
    NotScheduled,
    Scheduled,
    InProgress,
    Completed,
}

/// A text that is not a status of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of not_scheduled, scheduled, in_progress, completed")]
pub struct NoSuchReviewStatus;

impl ReviewStatus {
    /// All statuses, in order of progress.
    pub const ALL: [Self; 4] = [
        Self::NotScheduled,
        Self::Scheduled,
        Self::InProgress,
        Self::Completed,
    ];

    /// Its name in messages and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotScheduled => "not_scheduled",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }

    /// Whether the review has not begun: only then do recent changes replay its type (V3).
    pub const fn is_not_started(self) -> bool {
        matches!(self, Self::NotScheduled | Self::Scheduled)
    }

    /// Whether the review is completed.
    pub const fn is_completed(self) -> bool {
        matches!(self, Self::Completed)
    }
}

impl fmt::Display for ReviewStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReviewStatus {
    type Err = NoSuchReviewStatus;

    fn from_str(name: &str) -> Result<Self, NoSuchReviewStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or(NoSuchReviewStatus)
    }
}

/// The status of a calendar task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // Their names are their documentation.
pub enum TaskStatus {
    Open,
    Done,
    Cancelled,
}

impl TaskStatus {
    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

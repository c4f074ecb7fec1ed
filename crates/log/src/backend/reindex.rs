//! The result of making derived data again.

use crate::LogId;

/// What a reindex did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reindexed {
    /// The log.
    pub log: LogId,
    /// Volumes that were read: parts of the log with derived data of their own.
    pub volumes: u64,
    /// Commits that were read.
    pub commits: u64,
    /// Volumes whose derived data was not what their commits give, and now is.
    pub rewritten: u64,
}

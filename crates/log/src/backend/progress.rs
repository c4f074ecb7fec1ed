//! Progress of a long operation on a log.

use std::ops::ControlFlow;

/// How far an opening, a check, a rebuild, a backup or a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Commits that are done.
    pub commits: u64,
    /// All commits, as far as their number is known; 0 otherwise.
    pub commits_total: u64,
    /// Bytes of commits that are done.
    pub bytes: u64,
}

/// Watches nothing, and lets the operation go on.
pub fn unwatched(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

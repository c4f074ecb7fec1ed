//! How far a long work on a log has come. It refuses to know what is done with it.

/// How far a check, a rebuilding, a backup or a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// So many commits are done.
    pub commits: u64,
    /// So many there are in all, as far as that is known.
    pub commits_total: u64,
    /// So many bytes of commits are done.
    pub bytes: u64,
}

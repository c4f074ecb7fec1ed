//! The commits that wait for the disk, their bounds, and when they are due.

use std::collections::VecDeque;

use plansync_log::Sequenced;

use crate::config::Config;

/// The commits that wait for the disk.
pub(crate) struct CommitQueue {
    commits: VecDeque<Sequenced>,
    bytes: usize,
    count_max: usize,
    bytes_max: usize,
    /// The number of open gatherings.
    gathering: usize,
    /// Whether the queued commits are to be written now.
    is_due: bool,
}

impl CommitQueue {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            commits: VecDeque::new(),
            bytes: 0,
            count_max: config.queue_count_max,
            bytes_max: config.queue_bytes_max,
            gathering: 0,
            is_due: false,
        }
    }

    /// Queues a commit. It is due at once, unless a gathering is open.
    pub(crate) fn push(&mut self, commit: Sequenced) {
        self.bytes += commit.stored().len();
        self.commits.push_back(commit);
        self.is_due |= self.gathering == 0;
    }

    /// How many commits wait, and their bytes.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.commits.len(), self.bytes)
    }

    /// Whether a bound is reached.
    pub(crate) fn is_full(&self) -> bool {
        self.commits.len() >= self.count_max || self.bytes >= self.bytes_max
    }

    /// Whether queued commits are to be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.is_due
    }

    /// Opens a gathering: while one is open, newly queued commits are not due.
    pub(crate) fn gather(&mut self) {
        self.gathering += 1;
    }

    /// Closes a gathering: all queued commits are due.
    pub(crate) fn gathered(&mut self) {
        self.gathering -= 1;
        self.is_due = !self.commits.is_empty();
    }

    /// Takes all queued commits.
    pub(crate) fn take(&mut self) -> Vec<Sequenced> {
        self.bytes = 0;
        self.is_due = false;
        self.commits.drain(..).collect()
    }
}

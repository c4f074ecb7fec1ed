//! Writing groups to a journal, one after another. Errors are returned as they are; the appender
//! decides what they mean.

use std::io;
use std::sync::Arc;

use plansync_log::Sequenced;

use super::{HEADER_BYTES, Journal, group};
use crate::Medium;

/// The offset of the next group.
#[derive(Debug)]
pub(crate) struct Writer {
    journal: Arc<Journal>,
    end: u64,
    /// The end of everything that was written, including groups that failed.
    reached: u64,
    previous: u32,
    buffer: Vec<u8>,
}

impl Writer {
    /// Begins after everything that the journal holds.
    pub(crate) fn new(journal: Arc<Journal>, end: u64, previous: u32) -> Self {
        Self {
            journal,
            end,
            reached: end,
            previous,
            buffer: Vec::new(),
        }
    }

    /// Begins at the start of an empty journal.
    pub(crate) fn empty(journal: Arc<Journal>) -> Self {
        Self::new(journal, HEADER_BYTES, 0)
    }

    /// Where the journal's groups end.
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn fits(&self, commits: &[Sequenced]) -> bool {
        self.end.saturating_add(encoded_bytes(commits)) <= self.journal.capacity
    }

    /// Writes a group that fits. Until [`keep`](Self::keep) is called, it does not count, and the next one
    /// overwrites it.
    pub(crate) fn write(
        &mut self,
        commits: &[Sequenced],
        medium: &dyn Medium,
    ) -> io::Result<Written> {
        let journal = &self.journal;
        let crc = group::encode(&mut self.buffer, commits, journal.salt, self.previous);
        let crc = crc.ok_or(io::ErrorKind::FileTooLarge)?;
        let bytes = u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        let end = self.end.saturating_add(bytes);
        self.reached = self.reached.max(end);
        medium.write_all_at(&journal.file, &self.buffer, self.end)?;
        Ok(Written { crc, end })
    }

    /// Whether a failed write may have left something after the last group that counts.
    pub(crate) const fn has_remains(&self) -> bool {
        self.reached > self.end
    }

    /// Overwrites what failed writes left with zeros. The caller syncs.
    pub(crate) fn wipe(&mut self, medium: &dyn Medium) -> io::Result<()> {
        let bytes = usize::try_from(self.reached.saturating_sub(self.end));
        self.buffer.clear();
        self.buffer.resize(bytes.unwrap_or_default(), 0);
        medium.write_all_at(&self.journal.file, &self.buffer, self.end)
    }

    /// Syncs what was written.
    pub(crate) fn sync(&self, medium: &dyn Medium) -> io::Result<()> {
        medium.sync_data(&self.journal.file)
    }

    /// Counts a group that is durable.
    pub(crate) fn keep(&mut self, written: &Written) {
        self.end = written.end;
        self.previous = written.crc;
    }
}

/// A group that was written.
#[derive(Debug)]
pub(crate) struct Written {
    crc: u32,
    end: u64,
}

/// The size of a group in a journal, in bytes.
pub(crate) fn encoded_bytes(commits: &[Sequenced]) -> u64 {
    u64::try_from(group::encoded_bytes(commits)).unwrap_or(u64::MAX)
}

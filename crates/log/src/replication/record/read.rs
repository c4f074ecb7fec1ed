//! Reading records.

use std::fmt;
use std::io;

use super::{FRAME_BYTES_MAX, Record, RecordError, RecordHeader, header};
use crate::Sequenced;
use crate::archive::first_commit;

/// Reads records, one after another, with the memory of one.
pub struct RecordReader {
    zstd: zstd::bulk::Decompressor<'static>,
    /// The commits of the record that is being read, decompressed.
    frame: Vec<u8>,
}

impl RecordReader {
    /// A reader.
    ///
    /// # Errors
    ///
    /// The error of zstd, if there is no memory for it.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            zstd: zstd::bulk::Decompressor::new()?,
            frame: Vec::new(),
        })
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if the bytes are no record of this format, or their commits do not follow one another.
    pub fn read(&mut self, record: &[u8]) -> Result<Record, RecordError> {
        let (header, frame) = header::split(record)?;
        let mut commits = Vec::new();
        if !header.is_barrier() {
            self.inflate(frame)?;
            commits = self.commits(&header)?;
        }
        Ok(Record { header, commits })
    }

    fn inflate(&mut self, frame: &[u8]) -> Result<(), RecordError> {
        self.frame.clear();
        self.frame.reserve_exact(FRAME_BYTES_MAX);
        let inflated = self.zstd.decompress_to_buffer(frame, &mut self.frame);
        inflated
            .map(drop)
            .map_err(|_| RecordError::Damaged("its commits cannot be decompressed"))
    }

    /// The commits of the frame. Each must follow the one before it.
    fn commits(&self, header: &RecordHeader) -> Result<Vec<Sequenced>, RecordError> {
        let mut commits = Vec::new();
        let (mut left, mut next, mut chain) = (self.frame.as_slice(), header.first, header.before);
        for _ in 0..header.count {
            let first = first_commit(left);
            let (commit, bytes) =
                first.ok_or(RecordError::Damaged("a commit in it is not whole"))?;
            let position = commit.position();
            let links = chain.link(position, commit.at(), commit.body());
            if position != next || commit.chain() != links {
                return Err(RecordError::Damaged(
                    "a commit in it does not follow the one before",
                ));
            }
            let skimmed = commit.skim();
            skimmed.map_err(|source| RecordError::Commit { position, source })?;
            (next, chain) = (position.next(), links);
            left = left.get(bytes..).unwrap_or_default();
            commits.push(commit);
        }
        if left.is_empty() {
            Ok(commits)
        } else {
            Err(RecordError::Damaged("it has more commits than it says"))
        }
    }
}

impl fmt::Debug for RecordReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordReader").finish_non_exhaustive()
    }
}

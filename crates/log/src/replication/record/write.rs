//! Writing records: a group of commits is cut into parts that each fill one record.

use std::fmt;
use std::io;

use super::{FILL_BYTES, FRAME_BYTES_MAX, LENGTH_BYTES, RECORD_BYTES_MAX, RecordHeader, header};
use crate::replication::{NodeId, Term};
use crate::{Chain, Incarnation, LogId, Position, Sequenced};

/// The default of zstd: a higher level takes much longer and saves little.
const LEVEL: i32 = 3;

/// Why no record was made of commits.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// There are none, or so many that they do not fit into one record.
    #[error("the commits do not fit into one record: {count} commits of {bytes} bytes")]
    Size {
        /// How many there are.
        count: usize,
        /// Their size in bytes, with their lengths.
        bytes: usize,
    },
    /// They could not be compressed.
    #[error("the commits cannot be compressed")]
    Io(#[from] io::Error),
}

/// Writes the records of one term, with the memory of one.
pub struct RecordWriter {
    log: LogId,
    incarnation: Incarnation,
    term: Term,
    node: NodeId,
    zstd: zstd::bulk::Compressor<'static>,
    /// The commits of the record that is being written.
    frame: Vec<u8>,
    compressed: Vec<u8>,
}

impl RecordWriter {
    /// A writer for the records that a node sends in a term.
    ///
    /// # Errors
    ///
    /// The error of zstd, if there is no memory for it.
    pub fn new(
        (log, incarnation): (LogId, Incarnation),
        (term, node): (Term, NodeId),
    ) -> io::Result<Self> {
        Ok(Self {
            log,
            incarnation,
            term,
            node,
            zstd: zstd::bulk::Compressor::new(LEVEL)?,
            frame: Vec::new(),
            compressed: Vec::new(),
        })
    }

    /// The record that begins the term after the commit before `first`, which has the chain `before`.
    pub fn barrier(&self, first: Position, before: Chain) -> Vec<u8> {
        header::join(&self.header(first, 0, before), &[])
    }

    /// The record of these commits, which follow the chain `before` and fill a record at most: [`FILL_BYTES`], or a single commit.
    ///
    /// # Errors
    ///
    /// [`NotRecorded`]. Nothing is changed.
    pub fn commits(
        &mut self,
        before: Chain,
        commits: &[Sequenced],
    ) -> Result<Vec<u8>, NotRecorded> {
        let bytes = commits.iter().map(size).sum();
        let count = commits.len();
        let size = NotRecorded::Size { count, bytes };
        let (Some(first), Ok(count)) = (commits.first(), u32::try_from(count)) else {
            return Err(size);
        };
        if bytes > FRAME_BYTES_MAX {
            return Err(size);
        }
        self.frame.clear();
        for commit in commits {
            let length = u32::try_from(commit.stored().len()).unwrap_or(u32::MAX);
            self.frame.extend_from_slice(&length.to_be_bytes());
            self.frame.extend_from_slice(commit.stored());
        }
        self.compressed.clear();
        self.compressed.reserve(RECORD_BYTES_MAX);
        self.zstd
            .compress_to_buffer(&self.frame, &mut self.compressed)?;
        let header = self.header(first.position(), count, before);
        Ok(header::join(&header, &self.compressed))
    }

    fn header(&self, first: Position, count: u32, before: Chain) -> RecordHeader {
        RecordHeader {
            log: self.log,
            incarnation: self.incarnation,
            term: self.term,
            node: self.node,
            first,
            count,
            before,
        }
    }
}

impl fmt::Debug for RecordWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordWriter")
            .field("term", &self.term)
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

/// The commits of a group that go into its first record: as many as fill it, and one at least.
pub(in crate::replication) fn first_part(group: &[Sequenced]) -> &[Sequenced] {
    let mut bytes = 0;
    let fitting = group.iter().take_while(|commit| {
        bytes += size(commit);
        bytes <= FILL_BYTES
    });
    let count = fitting.count().max(1).min(group.len());
    group.get(..count).unwrap_or_default()
}

fn size(commit: &Sequenced) -> usize {
    LENGTH_BYTES + commit.stored().len()
}

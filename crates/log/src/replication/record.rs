//! Records: what one message of the stream says. A record has the commits of a part of a group, or begins a term.
//!
//! The layout is frozen; numbers are big-endian:
//!
//! ```text
//! magic 8 · format u8 = 1 · kind u8 (1 commits, 2 barrier) · log 16 · incarnation u32 · term u64 · node 16
//! first u64 · count u32 · chain before 32 · crc u32 of the fields before and of the frame
//! frame:  of commits only: one zstd frame, of { length u32 · stored commit }*, as in a block of an archive
//! ```
//!
//! The bytes may come from anybody: a reader allocates no more than the largest record needs, whatever they say.

mod error;
mod header;
mod read;
mod write;

use crate::{COMMIT_BYTES_MAX, Chain, Incarnation, LogId, Position, Sequenced};

use super::{NodeId, Term};

pub use error::RecordError;
pub use read::RecordReader;
pub(super) use write::first_part;
pub use write::{NotRecorded, RecordWriter};

/// Commits are put into one record up to this size, in bytes before compression. A larger commit goes alone.
pub const FILL_BYTES: usize = 256 * 1024;
/// The largest frame before compression: the largest commit with its length.
const FRAME_BYTES_MAX: usize = COMMIT_BYTES_MAX + LENGTH_BYTES;
const LENGTH_BYTES: usize = 4;
/// The largest record, in bytes: in the worst case zstd makes a frame larger by 1 in 256.
pub const RECORD_BYTES_MAX: usize = header::HEADER_BYTES + FRAME_BYTES_MAX + FRAME_BYTES_MAX / 128;

const _: () = assert!(FILL_BYTES <= FRAME_BYTES_MAX);

/// What a record says besides its commits. All of it can be read without decompressing any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// The log.
    pub log: LogId,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// The term in which it was sent.
    pub term: Term,
    /// Who sent it.
    pub node: NodeId,
    /// The position of its first commit; of a barrier, the one of the term's first commit.
    pub first: Position,
    /// How many commits it has; a barrier has none.
    pub count: u32,
    /// The chain before its first commit.
    pub before: Chain,
}

impl RecordHeader {
    /// Whether the record begins a term.
    pub const fn is_barrier(&self) -> bool {
        self.count == 0
    }

    /// The position of the last commit before the record and in it.
    pub fn last(&self) -> Position {
        let before = self.first.get().saturating_sub(1);
        Position::new(before.saturating_add(u64::from(self.count)))
    }

    /// Reads the header of a record, and checks that nothing of the record was changed.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if the bytes are no record of this format.
    pub fn decode(record: &[u8]) -> Result<Self, RecordError> {
        header::split(record).map(|(header, _)| header)
    }
}

/// One record. Its commits follow one another, the first one follows the chain before it, and each names a stream and a
/// command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it says besides its commits.
    pub header: RecordHeader,
    /// Its commits.
    pub commits: Vec<Sequenced>,
}

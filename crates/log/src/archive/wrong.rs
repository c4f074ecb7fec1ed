//! What can be wrong with an archive, and what to do about each. It refuses to repair.

use std::io;

use crate::{DecodeError, Position};

/// Why an archive is not read further.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Something else.
    #[error("this is no backup of a log; give the file that a backup wrote")]
    NotOne,
    /// A later version wrote it.
    #[error(
        "the backup has format {format}, which this program does not know; use the version that wrote it"
    )]
    Newer {
        /// Its format.
        format: u32,
    },
    /// The end is missing.
    #[error(
        "the backup is cut off after {bytes} bytes: it was not written or not copied to its end; copy it again, or use another backup"
    )]
    CutOff {
        /// So many there are.
        bytes: u64,
    },
    /// Bytes are not what was written.
    #[error(
        "the backup is damaged at byte {at}: {what}; use another copy of it, or another backup"
    )]
    Damaged {
        /// Where the part begins that is damaged.
        at: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A commit that is whole, but not to be understood.
    #[error("the commit {position} in the backup cannot be read: {source}")]
    Commit {
        /// Which.
        position: Position,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The bytes could not be had.
    #[error("the backup cannot be read on from byte {at}")]
    Io {
        /// Where.
        at: u64,
        /// What was said.
        #[source]
        source: io::Error,
    },
}

/// Why a commit was not written to an archive.
#[derive(Debug, thiserror::Error)]
pub enum NotArchived {
    /// It is not the next one.
    #[error("the backup ends at {tip}, and the commit {given} does not follow it")]
    OutOfOrder {
        /// The last that was written.
        tip: Position,
        /// The one that was given.
        given: Position,
    },
    /// The bytes were not taken.
    #[error("the backup cannot be written")]
    Io(#[from] io::Error),
}

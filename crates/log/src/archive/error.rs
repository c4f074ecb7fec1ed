//! Errors of archives, and what to do about each.

use std::io;

use crate::{DecodeError, Position};

/// Why an archive is not read further.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The bytes are no archive.
    #[error("this file is not a backup of a log; give a file that `plansync backup` wrote")]
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
        "the backup is truncated after {bytes} bytes, because writing or copying it was not completed; copy it again, or use another backup"
    )]
    CutOff {
        /// The bytes that are there.
        bytes: u64,
    },
    /// Bytes are not what was written.
    #[error(
        "the backup is damaged at byte {at}: {what}; use another copy of it, or another backup"
    )]
    Damaged {
        /// Where the damaged part begins, in bytes.
        at: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A commit is what was written, but cannot be decoded.
    #[error("the commit {position} in the backup cannot be decoded: {source}")]
    Commit {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The bytes could not be read.
    #[error("the backup cannot be read from byte {at} on; check the disk, and try again")]
    Io {
        /// Where, in bytes.
        at: u64,
        /// The error of the input.
        #[source]
        source: io::Error,
    },
}

/// Why a commit was not written to an archive.
#[derive(Debug, thiserror::Error)]
pub enum NotArchived {
    /// The commit does not follow the last one.
    #[error("the backup ends at {tip}, and the commit {given} does not follow it")]
    OutOfOrder {
        /// The last position that was written.
        tip: Position,
        /// The position of the commit.
        given: Position,
    },
    /// The bytes could not be written.
    #[error("the backup cannot be written")]
    Io(#[from] io::Error),
}

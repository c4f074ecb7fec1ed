//! What a restore is asked for and gives: up to where, the result, and why there is no log.

use std::io;
use std::path::PathBuf;

use super::{Finding, OpenError, StepError};
use crate::archive::ArchiveError;
use crate::environment::advice;
use crate::{AppendError, Incarnation, IncarnationError, Position, Tip};

/// Up to where a log is restored, and as what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestorePoint {
    /// The last position to restore; `None` restores every commit of the archive.
    pub to: Option<Position>,
    /// The incarnation that begins; `None` begins the one after the archive's.
    pub incarnation: Option<Incarnation>,
}

/// A log that was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The last commit in it, and its incarnation.
    pub tip: Tip,
    /// The last commit in the archive, and the incarnation of the log that was backed up.
    pub archive: Tip,
    /// The size of the archive in bytes.
    pub bytes: u64,
}

/// Why a log was not restored. Nothing is left at its place then.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The place of the log is not empty.
    #[error("{} is not empty, and a restore overwrites nothing; choose another folder, or move this one away", dir.display())]
    NotEmpty {
        /// The folder, or the file.
        dir: PathBuf,
    },
    /// The path does not end with a name.
    #[error("{} is not the name of a folder; give the name of the folder to restore into", dir.display())]
    NoName {
        /// The path.
        dir: PathBuf,
    },
    /// A file system is mounted on the folder, so it cannot be replaced.
    #[error("{} is a mount point and cannot be replaced as a whole; restore into a folder inside it", dir.display())]
    MountPoint {
        /// The folder.
        dir: PathBuf,
    },
    /// Something that no restore made is where the log would be built.
    #[error("{} is needed for the restore, but was not created by a restore; nothing was changed: move it away", dir.display())]
    InTheWay {
        /// The folder, or the file.
        dir: PathBuf,
    },
    /// Another restore to the same place is running.
    #[error("another restore is running in {}; wait until it ends", dir.display())]
    Busy {
        /// Where it builds the log.
        dir: PathBuf,
    },
    /// The position is not in the backup.
    #[error(
        "the backup ends at position {last}, so the log cannot be restored up to position {to}; choose a position up to {last}"
    )]
    Beyond {
        /// The position that was asked for.
        to: Position,
        /// The last one there is.
        last: Position,
    },
    /// A commit in the backup cannot be decoded.
    #[error(
        "the commit {position} is intact in the backup, but cannot be decoded ({problem}); restore with the version that wrote it, or restore only up to {}, or restore an earlier backup", before(*position)
    )]
    Unreadable {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        problem: String,
    },
    /// No incarnation can begin with the requested number.
    #[error(transparent)]
    Incarnation(#[from] IncarnationError),
    /// The backup cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The log did not take a commit.
    #[error("{}", append(source))]
    Append {
        /// The error.
        source: AppendError,
    },
    /// A step of the background work failed.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The log cannot be begun.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log that was written is not what was read.
    #[error(
        "the restored log is damaged and was not put in place ({finding}); the backup is unchanged: check the disk, and restore again"
    )]
    NotWhole {
        /// The first thing that is wrong.
        finding: Box<Finding>,
    },
    /// The log that was written could not be checked; nothing is known to be wrong with it.
    #[error(
        "what was restored could not be checked, so nothing was put in place: {finding}; then \
         restore again"
    )]
    NotChecked {
        /// The first thing that could not be checked.
        finding: Box<Finding>,
    },
    /// The file system reported an error.
    #[error("cannot {doing} {}: {}", path.display(), advice(source))]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error.
        #[source]
        source: io::Error,
    },
}

/// The last position that can be kept.
const fn before(position: Position) -> u64 {
    position.get().saturating_sub(1)
}

fn append(source: &AppendError) -> String {
    match source {
        AppendError::Unavailable { what, .. } => format!("the log cannot be restored: {what}"),
        AppendError::OutOfOrder { .. } | AppendError::Fatal { .. } | AppendError::Poisoned => {
            source.to_string()
        }
    }
}

impl From<AppendError> for RestoreError {
    fn from(source: AppendError) -> Self {
        Self::Append { source }
    }
}

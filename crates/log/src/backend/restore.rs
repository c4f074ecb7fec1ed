//! What a restore is asked for and gives: up to where, the result, and why there is no log.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use super::{Backend, Finding, OpenError, StepError};
use crate::archive::ArchiveError;
use crate::environment::advice;
use crate::sealing::{KeyTree, TreeId};
use crate::{AppendError, Incarnation, IncarnationError, LogId, Position, Tip};

/// Up to where a log is restored, and as what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestorePoint {
    /// The last position to restore; `None` restores every commit of the archive.
    pub to: Option<Position>,
    /// The incarnation that begins; `None` begins the one after the archive's.
    pub incarnation: Option<Incarnation>,
}

/// Which keys of texts about persons a restored log gets. An archive has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreKeys {
    /// New ones, which is refused if the archive has a text that was sealed with others.
    New,
    /// These, a copy of those of the log that was backed up.
    Given {
        /// The log that they belong to.
        log: LogId,
        /// The keys.
        tree: KeyTree,
    },
    /// New ones. The others are lost, so that every text that was sealed with them reads as erased for ever.
    Lost,
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

/// What is done to a restored log before it gets its place.
pub type Prepare<'a> = dyn FnMut(&dyn Backend) -> Result<(), Box<dyn Error + Send + Sync>> + 'a;

/// Prepares nothing.
pub fn unprepared(_log: &dyn Backend) -> Result<(), Box<dyn Error + Send + Sync>> {
    Ok(())
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
    /// Whoever watched it ended it.
    #[error("interrupted; no log was restored")]
    Interrupted,
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
    /// Texts about persons are sealed, and no keys were given.
    #[error(
        "the commit {position} has encrypted text about a person, and its key is not in a backup; give a copy of the file KEYS of the log by `--keys FILE`, or restore `--without-keys`: then all such text reads as erased"
    )]
    NoKeys {
        /// The first commit with such a text.
        position: Position,
    },
    /// Texts about persons are sealed with other keys than those that were given.
    #[error(
        "the text about a person in commit {position} was encrypted with the keys {tree}, and the keys {given} were given; give the latest copy of the file KEYS of this log"
    )]
    OtherKeys {
        /// The first commit with such a text.
        position: Position,
        /// The keys that sealed it.
        tree: TreeId,
        /// The keys that were given.
        given: TreeId,
    },
    /// The log could not be prepared for its place.
    #[error("the restored log could not be prepared, so nothing was restored: {0}")]
    NotPrepared(#[source] Box<dyn Error + Send + Sync>),
    /// The keys that were given belong to another log.
    #[error(
        "the keys that were given belong to the log {found}, but the backup is of the log {expected}; give a copy of the file KEYS of that log"
    )]
    ForeignKeys {
        /// The log of the keys.
        found: LogId,
        /// The log of the archive.
        expected: LogId,
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
        AppendError::OutOfOrder { .. }
        | AppendError::Fatal { .. }
        | AppendError::Poisoned
        | AppendError::Deposed { .. }
        | AppendError::Halted(_) => source.to_string(),
    }
}

impl From<AppendError> for RestoreError {
    fn from(source: AppendError) -> Self {
        Self::Append { source }
    }
}

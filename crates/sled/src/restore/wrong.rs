//! What can be wrong with a restore, and what to do about each. It refuses to restore.

use std::io;
use std::path::PathBuf;

use plansync_log::archive::ArchiveError;
use plansync_log::{AppendError, IncarnationError, Position};

use crate::damage::{OpenError, SealError, advice};
use crate::verify::Finding;

/// Why a log was not restored. Nothing is left behind then.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is something where the log should be.
    #[error("{} is not empty, and a restore writes over nothing; name another folder, or move this one away", dir.display())]
    NotEmpty {
        /// The folder, or the file.
        dir: PathBuf,
    },
    /// The path ends with no name.
    #[error("{} has no name of its own; name the folder that is to hold the log", dir.display())]
    NoName {
        /// The path.
        dir: PathBuf,
    },
    /// The folder cannot be replaced.
    #[error("something is mounted on {}, so it cannot be replaced as a whole; restore into a folder within it", dir.display())]
    MountPoint {
        /// The folder.
        dir: PathBuf,
    },
    /// Something stands where the log is built.
    #[error("{} stands in the way, and no restore made it; move it away", dir.display())]
    InTheWay {
        /// The folder, or the file.
        dir: PathBuf,
    },
    /// Somebody restores to the same place.
    #[error("another restore is at work in {}; wait for it", dir.display())]
    Busy {
        /// Where it builds the log.
        dir: PathBuf,
    },
    /// The position is not in the backup.
    #[error(
        "the backup ends at {last}, so no log can be restored up to {to}; name a position up to {last}"
    )]
    Beyond {
        /// The position that was asked for.
        to: Position,
        /// The last one there is.
        last: Position,
    },
    /// A commit in the backup cannot be understood.
    #[error(
        "the commit {position} is in the backup as it was written, but cannot be understood ({problem}); restore with the version that wrote it, or up to {} only, or an earlier backup", before(*position)
    )]
    Unreadable {
        /// Where in the log.
        position: Position,
        /// What is wrong with it.
        problem: String,
    },
    /// No incarnation can begin with this number.
    #[error(transparent)]
    Incarnation(#[from] IncarnationError),
    /// The backup cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The log takes no more commits.
    #[error("{}", append(source))]
    Append {
        /// What it said.
        source: AppendError,
    },
    /// A volume of the log cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The log cannot be begun.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was written is not what was read.
    #[error(
        "the log was not restored as it should be: {finding}; check the disk, and restore again"
    )]
    NotWhole {
        /// The first thing that is wrong.
        finding: Box<Finding>,
    },
    /// What was written could not be checked; nothing is known to be wrong with it.
    #[error(
        "what was restored could not be checked, so nothing was put in place: {finding}; then \
         restore again"
    )]
    NotChecked {
        /// The first thing that was refused.
        finding: Box<Finding>,
    },
    /// The file system refused.
    #[error("cannot {doing} {}: {}", path.display(), advice(source))]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// The last position that can be kept.
const fn before(position: Position) -> u64 {
    position.get().saturating_sub(1)
}

impl RestoreError {
    pub(crate) fn unreadable((position, problem): (Position, String)) -> Self {
        Self::Unreadable { position, problem }
    }
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

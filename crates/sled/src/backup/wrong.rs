//! What can be wrong with a backup, and what to do about each. It refuses to write one.

use std::io;
use std::path::PathBuf;

use plansync_log::Position;
use plansync_log::archive::ArchiveError;

use crate::damage::{OpenError, advice};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file.
    #[error("{} is there already; name another file, or say that it may be replaced", file.display())]
    Exists {
        /// It.
        file: PathBuf,
    },
    /// The file would stand in the data folder.
    #[error("{} is within the data folder, and would be lost with it; name a file elsewhere", file.display())]
    Within {
        /// It.
        file: PathBuf,
    },
    /// Somebody writes the same backup.
    #[error("another backup is being written to {}; wait for it, or name another file", file.display())]
    Busy {
        /// The unfinished file.
        file: PathBuf,
    },
    /// `HEAD` stands still.
    #[error(
        "the process that has the log open wrote commits up to {reached}, but says only of those up to {head} that they are durable; stop it, and back up then"
    )]
    Behind {
        /// The last commit in the folder.
        reached: Position,
        /// What `HEAD` says.
        head: Position,
    },
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The backup cannot be written.
    #[error("cannot {doing} {}: {}", path.display(), remedy(source))]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// What was backed up cannot be understood.
    #[error(
        "the commit {position} was backed up as it stands, but cannot be understood ({problem}), so this would be no log to go on with: nothing was put in place, and the folder is as it was; use the version that wrote it, or restore an earlier backup up to the position before it"
    )]
    Unreadable {
        /// Where in the log.
        position: Position,
        /// What is wrong with it.
        problem: String,
    },
    /// The backup is not what was written.
    #[error("what was written to {} cannot be read back: {source}; check the disk, and back up again", file.display())]
    NotReadBack {
        /// The unfinished file.
        file: PathBuf,
        /// What is wrong with it.
        source: ArchiveError,
    },
}

fn remedy(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::NotFound {
        return "there is no such folder; make it first";
    }
    advice(source)
}

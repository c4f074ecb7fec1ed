//! What a backup is asked for and gives: what happens to an existing file, the result, and why there is no
//! backup.

use std::io;
use std::path::PathBuf;

use super::OpenError;
use crate::archive::ArchiveError;
use crate::environment::advice;
use crate::{Position, Tip};

/// What to do with a file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Keep it, and write no backup.
    Keep,
    /// Replace it with the backup, once that is whole.
    Replace,
}

/// A backup that was written and read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The last commit in it.
    pub tip: Tip,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// The size of the commits in it, in bytes.
    pub commit_bytes: u64,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file exists.
    #[error("{} already exists; choose another file, or permit that it is replaced", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The file would be in the data folder.
    #[error("{} is inside the data folder, so the backup would be lost together with the log; choose a file elsewhere", file.display())]
    Within {
        /// The file.
        file: PathBuf,
    },
    /// Another process writes the same backup.
    #[error("another backup is being written to {}; wait until it ends, or choose another file", file.display())]
    Busy {
        /// The unfinished file.
        file: PathBuf,
    },
    /// The process that has the log open does not say of its last commits that they are durable.
    #[error(
        "the engine that uses this log wrote commits up to {reached}, but confirmed only those up to {head} as durable; stop the engine, and then back up again"
    )]
    Behind {
        /// The last commit that was written.
        reached: Position,
        /// The last commit that is known to be durable.
        head: Position,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// The backup cannot be written.
    #[error("cannot {doing} {}: {}", path.display(), remedy(source))]
    Io {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        #[source]
        source: io::Error,
    },
    /// A commit cannot be decoded.
    #[error(
        "the commit {position} cannot be decoded ({problem}), so a log restored from this backup could not be used; no backup was written and the data folder is unchanged: use the version that wrote it, or restore an earlier backup up to the position before it"
    )]
    Unreadable {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        problem: String,
    },
    /// Whoever watched it ended it.
    #[error("interrupted; no backup was written, and the log is unchanged")]
    Interrupted,
    /// The file that was written cannot be read back.
    #[error("the backup in {} cannot be read back ({source}) and was not completed; the log is unchanged: check the disk, and back up again", file.display())]
    NotReadBack {
        /// The unfinished file.
        file: PathBuf,
        /// What is wrong with it.
        source: ArchiveError,
    },
}

fn remedy(source: &io::Error) -> &'static str {
    if source.kind() == io::ErrorKind::NotFound {
        return "the folder does not exist; create it first";
    }
    advice(source)
}

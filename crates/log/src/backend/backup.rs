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
    #[error("{} is there already; name another file, or say that it may be replaced", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The file would be in the data folder.
    #[error("{} is within the data folder, and would be lost with it; name a file elsewhere", file.display())]
    Within {
        /// The file.
        file: PathBuf,
    },
    /// Another process writes the same backup.
    #[error("another backup is being written to {}; wait for it, or name another file", file.display())]
    Busy {
        /// The unfinished file.
        file: PathBuf,
    },
    /// The process that has the log open does not say of its last commits that they are durable.
    #[error(
        "the process that has the log open wrote commits up to {reached}, but says only of those up to {head} that they are durable; stop it, and back up then"
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
        "the commit {position} was backed up as it stands, but cannot be understood ({problem}), so this would be no log to go on with: nothing was put in place, and the folder is as it was; use the version that wrote it, or restore an earlier backup up to the position before it"
    )]
    Unreadable {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        problem: String,
    },
    /// The file that was written cannot be read back.
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

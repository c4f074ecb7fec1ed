//! What can be wrong with a log on disk, and what to do about each. It refuses to repair.

use std::io;
use std::path::{Path, PathBuf};

use plansync_log::{LogId, Position, ReadError};

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody has it open.
    #[error("the log in {} is open in another process; stop that one first", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// A later version wrote it.
    #[error("{} has format {format}, which this program does not know; use the version that wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The log ends before a place that it is known to have reached.
    #[error(
        "the log ends at {tip}, but it is known to have reached {head}: commits that were acknowledged are missing; restore the log from a backup"
    )]
    Behind {
        /// What `HEAD` says.
        head: Position,
        /// Where the log ends.
        tip: Position,
    },
    /// A file of another log.
    #[error("{} belongs to the log {found}, but this is the log {expected}; put back the file of this log, or restore it from a backup", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Which log wrote it.
        found: LogId,
        /// Which log this is.
        expected: LogId,
    },
    /// Something that must be there is missing or damaged.
    #[error("{} is damaged: {what}; {remedy}", path.display())]
    Corrupt {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The file system refused.
    #[error("cannot {doing} {}", path.display())]
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

/// Why a step of the background work did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no room. The log stands as it was and the step can be taken again.
    #[error("cannot {doing} {} at the moment; make room on the disk", path.display())]
    Unavailable {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// What is to be sealed is not what was appended.
    #[error("{} is damaged: {what}; stop, and restore the log from a backup", path.display())]
    Corrupt {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Writing or syncing failed. The process must end; the next opening takes it up again.
    #[error("cannot {doing} {}; stop, check the disk, and start again", path.display())]
    Fatal {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
}

/// What to do about commits that are gone or changed.
pub(crate) const RESTORE: &str =
    "stop, keep a copy of the folder, and restore the log from a backup";

/// Whether the disk is full, which passes, unlike other failures.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// A failure of the file system with its place, before it is known what it means for the caller.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) doing: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// Adds what was being done, and where, to a failure of the file system.
pub(crate) trait While<T> {
    fn while_doing(self, doing: &'static str, path: &Path) -> Result<T, Failed>;
}

impl<T> While<T> for io::Result<T> {
    fn while_doing(self, doing: &'static str, path: &Path) -> Result<T, Failed> {
        self.map_err(|source| Failed {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}

impl From<Failed> for OpenError {
    fn from(
        Failed {
            doing,
            path,
            source,
        }: Failed,
    ) -> Self {
        Self::Io {
            doing,
            path,
            source,
        }
    }
}

impl From<Failed> for SealError {
    fn from(
        Failed {
            doing,
            path,
            source,
        }: Failed,
    ) -> Self {
        if is_full(&source) {
            Self::Unavailable {
                doing,
                path,
                source,
            }
        } else {
            Self::Fatal {
                doing,
                path,
                source,
            }
        }
    }
}

impl From<Failed> for ReadError {
    fn from(
        Failed {
            doing,
            path,
            source,
        }: Failed,
    ) -> Self {
        Self::Unavailable {
            what: format!("cannot {doing} {}", path.display()),
            source,
        }
    }
}

/// Bytes that are not what was written, found by whoever read them.
#[derive(Debug)]
pub(crate) struct Damage {
    pub(crate) path: PathBuf,
    pub(crate) what: String,
}

impl Damage {
    pub(crate) fn new(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}

impl From<Damage> for OpenError {
    fn from(Damage { path, what }: Damage) -> Self {
        Self::Corrupt {
            path,
            what,
            remedy: RESTORE,
        }
    }
}

impl From<Damage> for SealError {
    fn from(Damage { path, what }: Damage) -> Self {
        Self::Corrupt { path, what }
    }
}

impl From<Damage> for ReadError {
    fn from(Damage { path, what }: Damage) -> Self {
        Self::Corrupt {
            what: format!("{}: {what}", path.display()),
            remedy: RESTORE.to_owned(),
        }
    }
}

/// Either of the two ways in which reading a file goes wrong.
#[derive(Debug)]
pub(crate) enum Fault {
    Failed(Failed),
    Damage(Damage),
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<Damage> for Fault {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

macro_rules! from_fault {
    ($($error:ty),*) => {$(
        impl From<Fault> for $error {
            fn from(fault: Fault) -> Self {
                match fault {
                    Fault::Failed(failed) => failed.into(),
                    Fault::Damage(damage) => damage.into(),
                }
            }
        }
    )*};
}

from_fault!(OpenError, SealError, ReadError);

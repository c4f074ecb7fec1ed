//! What can be wrong with a log on disk, and what to do about each. It refuses to repair.

use std::io;
use std::path::{Path, PathBuf};

use plansync_log::{LogId, Position, ReadError};

use crate::environment::{self, InTemporary as _};
use crate::manifest;

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
    /// There is a file where the folder should be.
    #[error("{} is not a folder; name the data folder of a log", path.display())]
    NotAFolder {
        /// What there is.
        path: PathBuf,
    },
    /// Something stands where a log would begin.
    #[error("{} is in the way, and no log made it; name a folder of the log's own, or move it away", path.display())]
    InTheWay {
        /// What there is.
        path: PathBuf,
    },
    /// The folder holds no log, or there is no such folder.
    #[error("there is no log in {}; {}", dir.display(), where_a_log_is(dir))]
    NoLog {
        /// The folder.
        dir: PathBuf,
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

impl OpenError {
    /// Whether the machine refused something, so that nothing is known to be wrong with the log.
    pub fn is_of_the_machine(&self) -> bool {
        match self {
            Self::Io { source, .. } => environment::remedy(source).is_some(),
            Self::Locked { .. }
            | Self::Newer { .. }
            | Self::Behind { .. }
            | Self::Foreign { .. }
            | Self::Corrupt { .. }
            | Self::NotAFolder { .. }
            | Self::InTheWay { .. }
            | Self::NoLog { .. } => false,
        }
    }
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

/// The log within a folder that is none itself: one that `plansync dev` was given has it in a folder of
/// its own, beside the nats-server's store.
pub(crate) fn log_within(dir: &Path) -> Option<PathBuf> {
    let within = dir.join("log");
    within.join(manifest::NAME).is_file().then_some(within)
}

fn where_a_log_is(dir: &Path) -> String {
    log_within(dir).map_or_else(
        || "name the data folder of a log".to_owned(),
        |log| format!("did you mean {}", log.display()),
    )
}

/// What to do about commits that are gone or changed.
pub(crate) const RESTORE: &str =
    "stop, keep a copy of the folder, and restore the log from a backup";

/// What to do about rows that are not what the commits say.
pub(crate) const REINDEX: &str = "make them again with reindex, or let the next question do it";
/// What to do about kept state that is damaged.
pub(crate) const KEPT: &str = "the next start makes it again from the log; reindex removes it";
/// What to do about files that nobody made.
pub(crate) const MOVE_AWAY: &str = "stop, and move it out of the folder";
/// What to do about what a later version wrote.
pub(crate) const UNREADABLE: &str = "use the version that wrote it; if there is none, restore a backup up to the position before it";
pub(crate) const NEWER: &str = "use the version that wrote it";

/// What is known of a refusal of the file system, and what to do about it.
pub(crate) fn advice(source: &io::Error) -> &'static str {
    if let Some(remedy) = environment::remedy(source) {
        return remedy;
    }
    if source.kind() == io::ErrorKind::NotFound {
        return "it is not there; put it back, or restore the log from a backup";
    }
    "the file system refuses; check the disk, and try again"
}

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

/// Errors that tell a failure of the file system as it is.
macro_rules! io_from_failed {
    ($($error:ty),*) => {$(
        impl From<Failed> for $error {
            fn from(failed: Failed) -> Self {
                let Failed { doing, path, source } = failed;
                Self::Io { doing, path, source }
            }
        }
    )*};
}

io_from_failed!(OpenError, crate::BackupError, crate::RestoreError);

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
    pub(crate) remedy: &'static str,
}

impl Damage {
    pub(crate) fn new(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            what: what.into(),
            remedy: RESTORE,
        }
    }

    /// A file of a later version.
    pub(crate) fn newer(path: &Path, format: u32) -> Self {
        Self {
            remedy: NEWER,
            ..Self::new(
                path,
                format!("it has format {format}, which this program does not know"),
            )
        }
    }
}

impl From<Damage> for OpenError {
    fn from(Damage { path, what, remedy }: Damage) -> Self {
        Self::Corrupt { path, what, remedy }
    }
}

impl From<Damage> for SealError {
    fn from(Damage { path, what, .. }: Damage) -> Self {
        Self::Corrupt { path, what }
    }
}

impl From<Damage> for ReadError {
    fn from(Damage { path, what, remedy }: Damage) -> Self {
        Self::Corrupt {
            what: format!("{}: {what}", path.display()),
            remedy: remedy.to_owned(),
        }
    }
}

/// Either of the two ways in which reading a file goes wrong.
#[derive(Debug)]
pub(crate) enum Fault {
    Failed(Failed),
    Damage(Damage),
}

impl Fault {
    /// The same fault, of a copy of something in a temporary folder, at the place of the original.
    pub(crate) fn at(self, copy: &Path, original: &Path) -> Self {
        let moved = |path: PathBuf| match path.strip_prefix(copy) {
            Ok(inside) if inside.as_os_str().is_empty() => original.to_owned(),
            Ok(inside) => original.join(inside),
            Err(_) => path,
        };
        match self {
            Self::Failed(failed) => Self::Failed(Failed {
                path: moved(failed.path),
                source: failed.source.in_temporary(),
                ..failed
            }),
            Self::Damage(damage) => Self::Damage(Damage {
                path: moved(damage.path),
                ..damage
            }),
        }
    }
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

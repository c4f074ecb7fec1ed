//! Errors that do not yet say what they mean for the caller: an error of the file system, or bytes that
//! are not those that were written. Each operation turns them into its own error.

use std::io;
use std::path::{Path, PathBuf};

use plansync_log::ReadError;
use plansync_log::backend::{BackupError, OpenError, RestoreError, StepError};
use plansync_log::environment::InTemporary as _;
use plansync_log::sealing::KeyStoreError;

use crate::manifest;

/// The log in a subfolder of a folder that is no log itself: the folder of `plansync dev` has the log in
/// such a subfolder, beside the store of the nats-server.
fn log_within(dir: &Path) -> Option<PathBuf> {
    let within = dir.join("log");
    within.join(manifest::NAME).is_file().then_some(within)
}

/// The error for a folder that holds no log, or does not exist.
pub(crate) fn no_log(dir: &Path) -> OpenError {
    OpenError::NoLog {
        dir: dir.to_owned(),
        within: log_within(dir),
    }
}

/// What to do about lost or changed commits.
pub(crate) const RESTORE: &str =
    "stop, keep a copy of the folder, and restore the log from a backup";

/// What to do about rows that are not what the commits say.
pub(crate) const REINDEX: &str =
    "rebuild them with `plansync audit reindex`; otherwise the next query rebuilds them";
/// What to do about damaged stored state.
pub(crate) const KEPT: &str =
    "the next start rebuilds it from the log; `plansync audit reindex` removes it";
/// What to do about files that are not ours.
pub(crate) const MOVE_AWAY: &str = "stop, and move it out of the folder";
/// What to do about what a later version wrote.
pub(crate) const UNREADABLE: &str = "use the version that wrote it; if there is none, restore a backup up to the position before it";
pub(crate) const NEWER: &str = "use the version that wrote it";

/// Whether the disk is full: the only error of a write after which it is tried again.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// An error of the file system, with what was being done and where.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) doing: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// Adds what was being done, and where, to an error of the file system.
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

/// Errors with a variant for an error of the file system.
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

io_from_failed!(OpenError, BackupError, RestoreError, KeyStoreError);

impl From<Failed> for StepError {
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

impl From<Damage> for StepError {
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

/// The two ways in which reading a file fails.
#[derive(Debug)]
pub(crate) enum Fault {
    Failed(Failed),
    Damage(Damage),
}

impl Fault {
    /// The same fault of a copy in a temporary folder, reported at the place of the original.
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

from_fault!(OpenError, StepError, ReadError);

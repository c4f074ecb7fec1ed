//! Errors of the environment that a process runs in: a full disk, a missing permission, too many open
//! files, no locks, no folder for temporary files. They are separate from errors of a log: they say
//! nothing about the log, and restoring a backup would not help.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Too many files are open in the process or in the system: the same numbers on all systems.
const OPEN_FILES: [i32; 2] = [24, 23];
/// The file system has no locks.
const NO_LOCKS: i32 = if cfg!(target_os = "linux") { 37 } else { 77 };

const FILES: &str = "too many files are open; increase the limit of open files (ulimit -n)";
const LOCKS: &str =
    "the file system does not support locks; use one that does, or mount it with locks";
const TEMPORARY: &str = "the folder for temporary files cannot be used; free up space there, or set TMPDIR to another folder";

/// The folder for temporary files. An empty `TMPDIR` counts as one that is not set.
pub fn temporary_folder() -> PathBuf {
    let folder = std::env::temp_dir();
    if folder.as_os_str().is_empty() {
        PathBuf::from("/tmp")
    } else {
        folder
    }
}

/// What to do about an error of the environment; `None` if it may be an error of the log.
///
/// ```
/// use plansync_log::environment::remedy;
///
/// let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
/// assert_eq!(remedy(&full), Some("the disk is full; free up space on it"));
/// let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(remedy(&missing), None);
/// ```
pub fn remedy(source: &io::Error) -> Option<&'static str> {
    let temporary = source
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Temporary>());
    match (temporary, temporary.map_or(source, |inner| &inner.0)) {
        (_, source) if is_one_of(source, &OPEN_FILES) => Some(FILES),
        (Some(_), _) => Some(TEMPORARY),
        (None, source) if is_one_of(source, &[NO_LOCKS]) => Some(LOCKS),
        (None, source) => of_kind(source.kind()),
    }
}

/// What to do about an error of the file system, whatever is at fault.
pub fn advice(source: &io::Error) -> &'static str {
    if let Some(remedy) = remedy(source) {
        return remedy;
    }
    if source.kind() == io::ErrorKind::NotFound {
        return "it is missing; put it back, or restore the log from a backup";
    }
    "the file system reported an error; check the disk, and try again"
}

fn is_one_of(source: &io::Error, numbers: &[i32]) -> bool {
    source
        .raw_os_error()
        .is_some_and(|number| numbers.contains(&number))
}

fn of_kind(kind: io::ErrorKind) -> Option<&'static str> {
    let known = [
        (
            io::ErrorKind::PermissionDenied,
            "permission is denied; grant access to the user who runs this program",
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "the file system is read-only; mount it writable",
        ),
        (
            io::ErrorKind::StorageFull,
            "the disk is full; free up space on it",
        ),
        (
            io::ErrorKind::QuotaExceeded,
            "the disk quota is exhausted; free up space",
        ),
        (
            io::ErrorKind::OutOfMemory,
            "the process has run out of memory; allow it more",
        ),
        (
            io::ErrorKind::InvalidFilename,
            "the name is too long; choose a shorter one",
        ),
    ];
    let found = known.iter().find(|(of, _)| *of == kind);
    found.map(|(_, remedy)| *remedy)
}

/// An error in the folder for temporary files, which holds no log.
#[derive(Debug)]
struct Temporary(io::Error);

impl fmt::Display for Temporary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Temporary {}

/// Marks an error as one in the folder for temporary files, so that [`remedy`] knows it.
pub trait InTemporary {
    /// The same error or result, marked.
    #[must_use]
    fn in_temporary(self) -> Self;
}

impl InTemporary for io::Error {
    fn in_temporary(self) -> Self {
        Self::new(self.kind(), Temporary(self))
    }
}

impl<T> InTemporary for io::Result<T> {
    fn in_temporary(self) -> Self {
        self.map_err(InTemporary::in_temporary)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{FILES, InTemporary as _, LOCKS, NO_LOCKS, TEMPORARY, remedy};

    #[test]
    fn errors_of_the_environment_are_told_from_those_of_a_log() {
        let raw = io::Error::from_raw_os_error;
        assert_eq!(remedy(&raw(24)), Some(FILES));
        assert_eq!(remedy(&raw(NO_LOCKS)), Some(LOCKS));
        let full = remedy(&io::ErrorKind::StorageFull.into());
        assert_eq!(full, Some("the disk is full; free up space on it"));
        for of_the_log in [io::ErrorKind::NotFound, io::ErrorKind::InvalidData] {
            assert_eq!(remedy(&of_the_log.into()), None);
        }
        assert_eq!(remedy(&raw(5)), None);
    }

    #[test]
    fn nothing_of_a_log_is_in_the_folder_for_temporary_files() {
        for kind in [io::ErrorKind::NotFound, io::ErrorKind::StorageFull] {
            let error = io::Error::from(kind).in_temporary();
            assert_eq!((remedy(&error), error.kind()), (Some(TEMPORARY), kind));
        }
        let error = io::Error::from_raw_os_error(23).in_temporary();
        assert_eq!(remedy(&error), Some(FILES));
    }
}

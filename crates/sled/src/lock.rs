//! Locks on files: one process has a log open, and one process writes a backup or a restore.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use plansync_log::backend::OpenError;

use crate::damage::{Failed, While};

pub(crate) const NAME: &str = "LOCK";
/// A process that only asks whether the log is open holds the lock for a moment, so it is tried again.
const TRIES: u32 = 5;
const TRY_PAUSE: Duration = Duration::from_millis(10);

/// The lock of the log. The system releases it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(NAME);
        for _ in 0..TRIES {
            if let Some(held) = claim(&path)? {
                return Ok(Self { _held: held });
            }
            thread::sleep(TRY_PAUSE);
        }
        Err(OpenError::Locked {
            dir: dir.to_owned(),
        })
    }
}

/// Opens or makes a file and locks it; `None` if another process holds it.
pub(crate) fn claim(path: &Path) -> Result<Option<File>, Failed> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    hold(file.while_doing("open", path)?, path)
}

/// Locks a file that was opened under this name; `None` if it was renamed or removed meanwhile, so that
/// the name means another file.
fn hold(file: File, path: &Path) -> Result<Option<File>, Failed> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(source)) => return Err(source).while_doing("lock", path),
    }
    let held = file.metadata().while_doing("look at", path)?;
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        named => {
            let named = named.while_doing("look at", path)?;
            let is_it = (named.dev(), named.ino()) == (held.dev(), held.ino());
            Ok(is_it.then_some(file))
        }
    }
}

/// Whether a process has the log in this folder open. If that cannot be found out, one may have.
pub(crate) fn is_held(dir: &Path) -> bool {
    match File::open(dir.join(NAME)) {
        // The lock is released at once, with the file.
        Ok(file) => file.try_lock_shared().is_err(),
        // The path is a file and no folder.
        Err(error) => !matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_a_log_open_where_none_can_be() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "no folder").unwrap();
        assert!(!is_held(dir.path()));
        assert!(!is_held(&file));
        assert!(!is_held(&dir.path().join("missing")));
    }

    #[test]
    fn a_file_is_held_by_one_and_only_under_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (dir.path().join("b.partial"), dir.path().join("b"));
        let first = claim(&path).unwrap().expect("nobody holds it");
        assert!(claim(&path).unwrap().is_none());
        // Somebody opens it just before it is finished, and locks it just after.
        let late = File::open(&path).unwrap();
        fs::rename(&path, &elsewhere).unwrap();
        drop(first);
        assert!(hold(late.try_clone().unwrap(), &path).unwrap().is_none());
        fs::write(&path, "another").unwrap();
        assert!(hold(late, &path).unwrap().is_none());
        assert!(claim(&path).unwrap().is_some());
    }
}

//! One process has a log open. It refuses to know why.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::damage::{OpenError, While};

pub(crate) const NAME: &str = "LOCK";
/// Somebody who only asks holds the lock for a moment, so it is tried again a few times.
const TRIES: u32 = 5;
const TRY_PAUSE: Duration = Duration::from_millis(10);

/// The log is this process's while it lives; the system lets go of it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(NAME);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = file.while_doing("open", &path)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _held: file }),
                Err(TryLockError::WouldBlock) => thread::sleep(TRY_PAUSE),
                Err(TryLockError::Error(source)) => Err(source).while_doing("lock", &path)?,
            }
        }
        Err(OpenError::Locked {
            dir: dir.to_owned(),
        })
    }
}

/// Whether a process has the log in this folder open. Where that cannot be asked, one may have.
pub(crate) fn is_held(dir: &Path) -> bool {
    match File::open(dir.join(NAME)) {
        // The lock is let go of at once, with the file.
        Ok(file) => file.try_lock_shared().is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

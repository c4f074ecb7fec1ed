//! One process has a log open. It refuses to know why.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::damage::{OpenError, While};

/// The log is this process's while it lives; the system lets go of it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join("LOCK");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path);
        let file = file.while_doing("open", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _held: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(source).while_doing("lock", &path)?,
        }
    }
}

//! Owns one disk between the thread that serves the kernel and the thread that waits for the
//! accident. Knows nothing of FUSE.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::disk::Disk;

/// A disk that several threads hold.
#[derive(Debug, Clone, Default)]
pub struct SharedDisk {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    disk: Mutex<Disk>,
    /// Told when the trigger of the disk fires.
    fired: Condvar,
}

impl SharedDisk {
    /// Takes a disk over.
    pub fn new(disk: Disk) -> Self {
        Self {
            inner: Arc::new(Inner {
                disk: Mutex::new(disk),
                fired: Condvar::new(),
            }),
        }
    }

    /// The disk, for as long as the guard lives. A thread that panicked while it held the disk
    /// has already failed the run, so its poison says nothing new.
    pub fn lock(&self) -> MutexGuard<'_, Disk> {
        self.inner
            .disk
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the disk, and wakes the waiting thread if that was the accident.
    pub(super) fn operate<T>(&self, operation: impl FnOnce(&mut Disk) -> T) -> T {
        let mut disk = self.lock();
        let fired_before = disk.accident();
        let done = operation(&mut disk);
        if disk.accident() != fired_before {
            self.inner.fired.notify_all();
        }
        done
    }

    /// Waits until the trigger has fired; false if that took longer than `timeout`.
    pub fn wait_fired(&self, timeout: Duration) -> bool {
        let end = Instant::now() + timeout;
        let mut disk = self.lock();
        while disk.accident().is_none() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.inner.fired.wait_timeout(disk, left);
            disk = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

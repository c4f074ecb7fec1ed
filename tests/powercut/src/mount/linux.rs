//! Owns the mount itself: made with FUSE, gone with the value or with the process.

use std::path::Path;
use std::time::Duration;

use fuser::{BackgroundSession, Config, MountOption};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount, umount};
use nix::sched::{CloneFlags, unshare};

use super::filesystem::ForgetfulFilesystem;
use super::{MountError, SharedDisk};

const DEVICE: &str = "/dev/fuse";

/// A killed program's last descriptors close a moment after it is reaped; a mount that is still
/// busy after this many tries is a fault.
const UNMOUNT_TRIES_MAX: u32 = 500;
const UNMOUNT_PAUSE: Duration = Duration::from_millis(10);

/// A disk that programs can open.
#[derive(Debug)]
pub struct Mounted {
    session: BackgroundSession,
    at: std::path::PathBuf,
}

/// Gives this process, and those it starts, a view of the mounts of its own, so that even a
/// killed campaign leaves no dead mount behind. Needs root; without, mounts are made in the
/// ordinary view and taken away at the end.
///
/// Call it before any thread is started: it changes only the calling thread's view.
pub fn isolate() {
    if unshare(CloneFlags::CLONE_NEWNS).is_ok() {
        // If this fails the mounts are merely seen from outside as well.
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        let _seen_outside = mount(None::<&str>, "/", None::<&str>, private, None::<&str>);
    }
}

impl Mounted {
    /// Mounts a disk on an existing folder.
    pub fn mount(disk: SharedDisk, at: &Path) -> Result<Self, MountError> {
        if !Path::new(DEVICE).exists() {
            return Err(MountError::NoDevice);
        }
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("powercut".into()), MountOption::NoAtime];
        let session = fuser::spawn_mount(ForgetfulFilesystem::new(disk), at, &config)
            .map_err(MountError::Refused)?;
        Ok(Self {
            session,
            at: at.to_owned(),
        })
    }

    /// Takes the mount away; whoever used it must have ended.
    pub fn unmount(self) -> Result<(), MountError> {
        let mut tries_left = UNMOUNT_TRIES_MAX;
        while let Err(busy) = umount(&self.at) {
            if busy != Errno::EBUSY || tries_left == 0 {
                return Err(MountError::Busy(busy.into()));
            }
            tries_left -= 1;
            std::thread::sleep(UNMOUNT_PAUSE);
        }
        match self.session.join() {
            // What the serving thread may be told when its mount goes, instead of a quiet end.
            Err(error) if error.raw_os_error() == Some(Errno::ECONNABORTED as i32) => Ok(()),
            joined => joined.map_err(MountError::Busy),
        }
    }
}

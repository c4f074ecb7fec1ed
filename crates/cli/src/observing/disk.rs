//! The disk with a folder: how much of it is free, and when that is told of.

use std::path::Path;

/// Free bytes below which a disk is told of: several volumes and a checkpoint need as much.
const FREE_BYTES_MIN: u64 = 1 << 30;
/// The part of a disk, in percent, that is free when it is told of.
const FREE_PERCENT_MIN: u64 = 5;

/// The disk with a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disk {
    /// What this process may still use.
    pub(crate) free_bytes: u64,
    pub(crate) bytes: u64,
}

impl Disk {
    /// The disk with this folder; `None` if this machine does not tell.
    #[cfg(target_os = "linux")]
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let found = nix::sys::statvfs::statvfs(folder).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(found.fragment_size());
        Some(Self {
            free_bytes: bytes(found.blocks_available()),
            bytes: bytes(found.blocks()),
        })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of(_folder: &Path) -> Option<Self> {
        None
    }

    /// What to say of the disk with the data folder if little is free.
    pub(crate) fn nearly_full(self) -> Option<String> {
        let percent = percent(self.free_bytes, self.bytes);
        (self.free_bytes < FREE_BYTES_MIN || percent < FREE_PERCENT_MIN).then(|| {
            let free_mib = self.free_bytes >> 20;
            format!(
                "the disk with the data folder has {free_mib} MiB free ({percent} %); without space, commands are \
                 refused: free up space, or move the folder to a larger disk"
            )
        })
    }
}

pub(super) fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100) / whole.max(1)
}

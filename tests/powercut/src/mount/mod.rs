//! Owns bringing a disk under a path that any program can open, and taking it away again. Knows
//! nothing of who uses it or why.

#[cfg(target_os = "linux")]
mod filesystem;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod linux;
mod shared;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

pub use linux::{Mounted, isolate};
pub use shared::SharedDisk;

/// Mounts an empty disk and takes it away again, to know whether this machine lets us.
pub fn try_mount() -> Result<(), MountError> {
    let folder = tempfile::tempdir().map_err(MountError::Refused)?;
    Mounted::mount(SharedDisk::default(), folder.path())?.unmount()
}

/// Why a disk could not be mounted.
#[derive(Debug, thiserror::Error)]
pub enum MountError {
    /// The machine offers no FUSE at all.
    #[error("no /dev/fuse here: load the fuse module, or run where the device is passed in")]
    NoDevice,
    /// FUSE is there and refused.
    #[error("cannot mount a FUSE filesystem: run as root, or install fusermount3")]
    Refused(#[source] std::io::Error),
    /// The mount could not be taken away; a program still uses it.
    #[error("cannot unmount: a program still has a file open there")]
    Busy(#[source] std::io::Error),
}

//! Owns the answer of systems without Linux's FUSE: there is nothing to mount with.

use std::path::Path;

use super::{MountError, SharedDisk};

/// Never made here.
#[derive(Debug)]
pub enum Mounted {}

/// Does nothing: there is no mount to keep to ourselves.
pub fn isolate() {}

impl Mounted {
    /// Always refused.
    pub fn mount(_disk: SharedDisk, _at: &Path) -> Result<Self, MountError> {
        Err(MountError::NoDevice)
    }

    /// Never called.
    pub fn unmount(self) -> Result<(), MountError> {
        match self {}
    }
}

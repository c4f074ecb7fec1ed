//! The medium that journals are written through: the two calls on which durability depends. They are a
//! port of their own, so that tests can make them fail, lie or be slow.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Writes and syncs journals.
pub trait Medium: fmt::Debug + Send + Sync {
    /// Writes all bytes at this offset.
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns when everything that was written to the file survives a loss of power. An error is final:
    /// the call is never repeated, because the kernel may have dropped what it could not write.
    fn sync_data(&self, file: &File) -> io::Result<()>;
}

/// The file system.
#[derive(Debug, Clone, Copy)]
pub struct RealMedium;

impl Medium for RealMedium {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

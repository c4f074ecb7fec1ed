//! What the journal is written through: the two calls on which every guarantee of durability rests.
//! A port of its own, so that tests can make them fail, lie or be slow.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Writes and syncs journals.
pub trait Medium: fmt::Debug + Send + Sync {
    /// Writes all bytes at this offset.
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns once everything written to the file survives a loss of power. An error is final:
    /// it is never tried again, because the kernel may have forgotten what it could not write.
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

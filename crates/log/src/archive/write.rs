//! Writing an archive: commits are collected into a block, and each full block is compressed and
//! written. A commit that does not follow the one before it is refused, so that an archive is never
//! written that cannot be read.

use std::fmt;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::error::NotArchived;
use super::frame::{self, BLOCK_BYTES_MAX, COMPRESSED_BYTES_MAX, Mark};
use crate::{Incarnations, LogId, Sequenced, Tip};

/// The default of zstd: a higher level takes much longer and saves little.
const LEVEL: i32 = 3;

/// Writes the commits of one log, from the first on. An archive is valid only after
/// [`finish`](Self::finish).
pub struct ArchiveWriter<W> {
    out: W,
    hash: Sha256,
    written: u64,
    tip: Tip,
    block: Vec<u8>,
    compressed: Vec<u8>,
    zstd: zstd::bulk::Compressor<'static>,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins the archive of a log with these incarnations.
    pub fn new(out: W, log: LogId, incarnations: &Incarnations) -> io::Result<Self> {
        let mut writer = Self {
            out,
            hash: Sha256::new(),
            written: 0,
            tip: Tip::empty(log, incarnations.current()),
            block: Vec::with_capacity(BLOCK_BYTES_MAX),
            compressed: Vec::with_capacity(COMPRESSED_BYTES_MAX),
            zstd: zstd::bulk::Compressor::new(LEVEL)?,
        };
        writer.put(&frame::begin(log, incarnations))?;
        Ok(writer)
    }

    /// Adds the next commit.
    ///
    /// # Errors
    ///
    /// [`NotArchived::OutOfOrder`] changes nothing. After [`NotArchived::Io`] the archive cannot be
    /// finished any more.
    pub fn push(&mut self, commit: &Sequenced) -> Result<(), NotArchived> {
        if !self.tip.precedes(commit) {
            return Err(NotArchived::OutOfOrder {
                tip: self.tip.position,
                given: commit.position(),
            });
        }
        let stored = commit.stored();
        let length = u32::try_from(stored.len()).map_err(|_| io::ErrorKind::FileTooLarge);
        let length = length.map_err(io::Error::from)?.to_be_bytes();
        if self.block.len() + length.len() + stored.len() > BLOCK_BYTES_MAX {
            self.end_block()?;
        }
        self.block.extend_from_slice(&length);
        self.block.extend_from_slice(stored);
        self.tip = self.tip.after(commit);
        Ok(())
    }

    /// The last commit that was added.
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// The bytes that were written so far, without the block that is being collected.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Writes the end and returns what the archive was written to. The caller makes it durable.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_block()?;
        self.put(&frame::end(&self.tip))?;
        let hash = self.hash.finalize();
        self.out.write_all(&hash)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn end_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let mut compressed = std::mem::take(&mut self.compressed);
        self.zstd.compress_to_buffer(&self.block, &mut compressed)?;
        let mark = Mark {
            bytes: self.block.len(),
            compressed_bytes: compressed.len(),
            crc: crc32fast::hash(&compressed),
        };
        self.put(&mark.encode())?;
        self.put(&compressed)?;
        self.compressed = compressed;
        self.block.clear();
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.written = self.written.saturating_add(bytes);
        Ok(())
    }
}

impl<W> fmt::Debug for ArchiveWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveWriter")
            .field("tip", &self.tip)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

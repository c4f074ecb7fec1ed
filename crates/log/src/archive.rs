//! An archive: a whole log, from its first commit on, as one portable stream of bytes. Compressed,
//! written and read in blocks of bounded size, and checked in every byte. It refuses to know where
//! the bytes go.
//!
//! The layout is frozen; numbers are big-endian:
//!
//! ```text
//! head:    magic 8 · format u32 · bytes of the origin u32 · crc u32 of the 16 bytes before
//! origin:  log 16 · incarnations (as in the manifest) · crc u32 of it
//! block:   1 u8 · bytes u32 · compressed bytes u32 · crc u32 of these · crc u32 of the 13 bytes before
//!          · one zstd frame, of: { length u32 · stored commit }*
//! end:     2 u8 · position u64 · chain 32 · at i64 · SHA-256 of every byte before
//! ```
//!
//! Every length stands under a crc of its own, so that bytes which are missing at the end are told
//! from bytes that changed.

mod frame;
mod read;
mod write;
mod wrong;

pub use read::ArchiveReader;
pub use write::ArchiveWriter;
pub use wrong::{ArchiveError, NotArchived};

//! Archives: a whole log, from its first commit on, as one portable stream of bytes. Backups are
//! archives. The stream is compressed, has blocks of bounded size, and every byte of it is covered by a
//! checksum, so that a backup can be checked without the log and read with bounded memory. Where the
//! bytes are stored is up to the caller.
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
//! Every length has a checksum of its own, so that a truncated archive can be told from a changed one.
//!
//! ```
//! use plansync_log::archive::{ArchiveReader, ArchiveWriter};
//! use plansync_log::{Incarnations, LogId, Position};
//! # use plansync_log::contract::Author;
//! # use uuid::Uuid;
//!
//! # let log = LogId::new(Uuid::from_u128(1));
//! # let commit = Author::new(log).write(Author::plan(1), 100);
//! let mut writer = ArchiveWriter::new(Vec::new(), log, &Incarnations::first(log))?;
//! writer.push(&commit)?;
//! let bytes = writer.finish()?;
//!
//! let mut reader = ArchiveReader::new(&*bytes)?;
//! for read in reader.by_ref() {
//!     assert_eq!(read?, commit);
//! }
//! // Only now the archive is known to be whole.
//! assert_eq!(reader.finish()?.position, Position::FIRST);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod error;
mod frame;
mod read;
mod verify;
mod write;

pub(crate) use block::first_commit;
pub use block::read_block;
pub use error::{ArchiveError, NotArchived};
pub use read::ArchiveReader;
pub use verify::verify_archive;
pub use write::ArchiveWriter;

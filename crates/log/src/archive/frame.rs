//! The bytes around the commits of an archive: its head, the marks of its blocks, and its end.

use uuid::Uuid;

use crate::bytes::Cursor;
use crate::{Chain, INCARNATIONS_MAX, Incarnations, LogId, Position, Recorded, Tip};

pub(super) const MAGIC: [u8; 8] = *b"plansynA";
pub(super) const FORMAT: u32 = 1;
pub(super) const HEAD_BYTES: usize = 8 + 4 + 4 + 4;
pub(super) const CRC_BYTES: usize = 4;
pub(super) const MARK_BYTES: usize = 1 + 4 + 4 + 4 + 4;
/// The end without its hash.
pub(super) const END_BYTES: usize = 1 + 8 + 32 + 8;
pub(super) const HASH_BYTES: usize = 32;

pub(super) const BLOCK: u8 = 1;
pub(super) const END: u8 = 2;

/// A block has at most so many bytes of commits, and the largest commit fits into one.
pub(super) const BLOCK_BYTES_MAX: usize = 1 << 20;
/// The largest size of a compressed block: in the worst case zstd makes a block larger by 1 in 256.
pub(super) const COMPRESSED_BYTES_MAX: usize = BLOCK_BYTES_MAX + BLOCK_BYTES_MAX / 128;

const ORIGIN_BYTES_MAX: usize = 16 + 4 + INCARNATIONS_MAX * 44;
const _: () = assert!(crate::COMMIT_BYTES_MAX + 4 <= BLOCK_BYTES_MAX);

/// Head and origin of an archive of this log.
pub(super) fn begin(log: LogId, incarnations: &Incarnations) -> Vec<u8> {
    let mut origin = log.get().as_bytes().to_vec();
    incarnations.encode(&mut origin);
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_be_bytes());
    out.extend_from_slice(&number(origin.len()));
    seal(&mut out);
    seal(&mut origin);
    out.extend_from_slice(&origin);
    out
}

/// Appends the checksum of everything before.
fn seal(out: &mut Vec<u8>) {
    let crc = crc32fast::hash(out);
    out.extend_from_slice(&crc.to_be_bytes());
}

/// What the checksum at the end covers; `None` if the checksum is wrong.
fn sealed(bytes: &[u8]) -> Option<&[u8]> {
    let (covered, crc) = bytes.split_last_chunk::<CRC_BYTES>()?;
    (crc32fast::hash(covered).to_be_bytes() == *crc).then_some(covered)
}

fn number(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

/// The contents of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) format: u32,
    /// The size of the origin with its checksum.
    pub(super) origin_bytes: usize,
}

impl Head {
    /// Reads a head that begins with the magic; `None` if it is damaged.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(sealed(bytes)?);
        cursor.take(MAGIC.len())?;
        let format = cursor.u32()?;
        let origin_bytes = usize::try_from(cursor.u32()?).ok()?;
        (format != FORMAT || origin_bytes <= ORIGIN_BYTES_MAX).then_some(Self {
            format,
            origin_bytes: origin_bytes.saturating_add(CRC_BYTES),
        })
    }
}

/// Reads an origin with its crc.
pub(super) fn origin(bytes: &[u8]) -> Option<(LogId, Incarnations)> {
    let mut cursor = Cursor::new(sealed(bytes)?);
    let log = LogId::new(Uuid::from_bytes(cursor.array()?));
    let incarnations = Incarnations::decode(log, &mut cursor)?;
    cursor.is_empty().then_some((log, incarnations))
}

/// What precedes the compressed bytes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) bytes: usize,
    pub(super) compressed_bytes: usize,
    pub(super) crc: u32,
}

impl Mark {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut out = vec![BLOCK];
        out.extend_from_slice(&number(self.bytes));
        out.extend_from_slice(&number(self.compressed_bytes));
        out.extend_from_slice(&self.crc.to_be_bytes());
        seal(&mut out);
        out
    }

    /// Reads the mark of a block; `None` if it is damaged or of a block that is too large.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(sealed(bytes)?);
        cursor.u8()?;
        let mark = Self {
            bytes: usize::try_from(cursor.u32()?).ok()?,
            compressed_bytes: usize::try_from(cursor.u32()?).ok()?,
            crc: cursor.u32()?,
        };
        let is_bounded = (1..=BLOCK_BYTES_MAX).contains(&mark.bytes)
            && mark.compressed_bytes <= COMPRESSED_BYTES_MAX;
        is_bounded.then_some(mark)
    }
}

/// The end of an archive that ends at this tip, without its hash.
pub(super) fn end(tip: &Tip) -> Vec<u8> {
    let mut out = vec![END];
    out.extend_from_slice(&tip.position.get().to_be_bytes());
    out.extend_from_slice(&tip.chain.get());
    out.extend_from_slice(&tip.at.get().to_be_bytes());
    out
}

/// Whether an end, without its hash, is the one of an archive that ends at this tip.
pub(super) fn ends_at(bytes: &[u8], tip: &Tip) -> bool {
    let mut cursor = Cursor::new(bytes);
    let is_end = cursor.u8() == Some(END);
    is_end
        && cursor.u64().map(Position::new) == Some(tip.position)
        && cursor.array().map(Chain::new) == Some(tip.chain)
        && cursor.i64().map(Recorded::new) == Some(tip.at)
}

//! One block of an archive: its mark, its compressed bytes, and the commits in them.

use std::io::Read;
use std::sync::Arc;

use super::error::ArchiveError;
use super::frame::{BLOCK, BLOCK_BYTES_MAX, MARK_BYTES, Mark};
use crate::bytes::Cursor;
use crate::{COMMIT_BYTES_MAX, Sequenced};

/// What is wrong with a block.
pub(super) const NO_BLOCK: &str = "no block begins there";
pub(super) const CHANGED: &str = "the block is not what was written";
pub(super) const NOT_INFLATED: &str = "the block cannot be decompressed";
pub(super) const NOT_WHOLE: &str = "a commit in it is not whole";

/// Reads the commits of the block that begins at the byte `at` of an archive. `input` is there. What the
/// block has is not compared with the blocks before it: an [`ArchiveReader`](super::ArchiveReader) has done
/// that before, and told where the block begins.
///
/// # Errors
///
/// [`ArchiveError`] if the bytes cannot be read or are no block.
pub fn read_block(mut input: impl Read, at: u64) -> Result<Vec<Sequenced>, ArchiveError> {
    let damaged = |what| ArchiveError::Damaged { at, what };
    let failed = |source| ArchiveError::Io { at, source };
    let mut mark = [0; MARK_BYTES];
    input.read_exact(&mut mark).map_err(failed)?;
    let is_block = mark.first() == Some(&BLOCK);
    let mark = Mark::decode(&mark).filter(|_| is_block);
    let mark = mark.ok_or_else(|| damaged(NO_BLOCK))?;
    let mut compressed = vec![0; mark.compressed_bytes];
    input.read_exact(&mut compressed).map_err(failed)?;
    let mut zstd = zstd::bulk::Decompressor::new().map_err(failed)?;
    let mut bytes = Vec::new();
    inflate(mark, &compressed, &mut zstd, &mut bytes).map_err(damaged)?;
    let mut commits = Vec::new();
    let mut given = 0;
    while let Some(left) = bytes.get(given..).filter(|left| !left.is_empty()) {
        let (commit, length) = first_commit(left).ok_or_else(|| damaged(NOT_WHOLE))?;
        given += length;
        commits.push(commit);
    }
    Ok(commits)
}

/// Decompresses a block into `bytes`, which is cleared first.
pub(super) fn inflate(
    mark: Mark,
    compressed: &[u8],
    zstd: &mut zstd::bulk::Decompressor<'_>,
    bytes: &mut Vec<u8>,
) -> Result<(), &'static str> {
    bytes.clear();
    if crc32fast::hash(compressed) != mark.crc {
        return Err(CHANGED);
    }
    bytes.reserve_exact(BLOCK_BYTES_MAX);
    match zstd.decompress_to_buffer(compressed, bytes) {
        Ok(inflated) if inflated == mark.bytes => Ok(()),
        _ => {
            bytes.clear();
            Err(NOT_INFLATED)
        }
    }
}

/// The first commit in the bytes of a block, and how many bytes it takes there.
pub(crate) fn first_commit(bytes: &[u8]) -> Option<(Sequenced, usize)> {
    let mut cursor = Cursor::new(bytes);
    let length = usize::try_from(cursor.u32()?).ok()?;
    let stored = cursor
        .take(length)
        .filter(|stored| stored.len() <= COMMIT_BYTES_MAX)?;
    let commit = Sequenced::from_stored(Arc::from(stored)).ok()?;
    Some((commit, bytes.len() - cursor.rest().len()))
}

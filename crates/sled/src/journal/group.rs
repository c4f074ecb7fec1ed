//! The encoding of one group, which is written and synced at once.

use std::sync::Arc;

use plansync_log::bytes::Cursor;
use plansync_log::{DecodeError, Position, Sequenced};

pub(crate) const HEADER_BYTES: usize = 32;
/// Groups begin at multiples of this size in bytes, which makes a search for groups fast.
pub(crate) const ALIGNMENT: usize = 16;
const MAGIC: u32 = 0x5053_4752;
const COVERED_HEADER_BYTES: usize = 28;

/// A group with a valid checksum, borrowed from the bytes of a journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalGroup<'a> {
    pub(crate) first: Position,
    /// The checksum of the group before it in its journal, 0 if it is the first.
    pub(crate) previous: u32,
    pub(crate) crc: u32,
    /// With header and padding.
    pub(crate) bytes: usize,
    count: u32,
    payload: &'a [u8],
}

impl<'a> JournalGroup<'a> {
    /// Reads the group at the beginning of `bytes`.
    pub(crate) fn parse(bytes: &'a [u8], salt: [u8; 8]) -> Option<Self> {
        let (header, behind) = bytes.split_at_checked(HEADER_BYTES)?;
        let mut cursor = Cursor::new(header);
        if cursor.u32()? != MAGIC {
            return None;
        }
        let payload = behind.get(..usize::try_from(cursor.u32()?).ok()?)?;
        let first = Position::new(cursor.u64()?);
        let count = cursor.u32()?;
        let previous = cursor.u32()?;
        cursor.u32()?;
        let crc = cursor.u32()?;
        if checksum(salt, header.get(..COVERED_HEADER_BYTES)?, payload) != crc {
            return None;
        }
        let bytes = (HEADER_BYTES + payload.len()).next_multiple_of(ALIGNMENT);
        Some(Self {
            first,
            previous,
            crc,
            bytes,
            count,
            payload,
        })
    }

    /// Whether anything is behind the payload that nobody wrote, given the bytes from the group on.
    pub(crate) fn has_stray_padding(&self, bytes: Option<&[u8]>) -> bool {
        let padding =
            bytes.and_then(|bytes| bytes.get(HEADER_BYTES + self.payload.len()..self.bytes));
        padding.is_some_and(|padding| padding.iter().any(|byte| *byte != 0))
    }

    /// The size of a group in bytes according to its header; `None` if this is no header.
    pub(crate) fn claimed_bytes(header: &[u8]) -> Option<usize> {
        let mut cursor = Cursor::new(header);
        let is_header = cursor.u32()? == MAGIC;
        let payload = usize::try_from(cursor.u32()?).ok()?;
        is_header
            .then(|| payload.checked_add(HEADER_BYTES))
            .flatten()
    }

    /// The commits in it from this position on. That they are whole is known from the crc; an error means that
    /// they were written so.
    pub(crate) fn commits(
        &self,
        from: Position,
    ) -> impl Iterator<Item = Result<Sequenced, DecodeError>> + 'a {
        let mut cursor = Cursor::new(self.payload);
        let skipped = from.get().saturating_sub(self.first.get());
        (0..u64::from(self.count)).filter_map(move |index| {
            let length = cursor.u32().and_then(|length| usize::try_from(length).ok());
            match length.and_then(|length| cursor.take(length)) {
                Some(_) if index < skipped => None,
                Some(stored) => Some(Sequenced::from_stored(Arc::from(stored))),
                None => Some(Err(DecodeError::Damaged("length"))),
            }
        })
    }
}

/// The size of a group in a journal in bytes, with header and padding.
pub(crate) fn encoded_bytes(commits: &[Sequenced]) -> usize {
    let payload: usize = commits.iter().map(|commit| commit.stored().len() + 4).sum();
    (HEADER_BYTES + payload).next_multiple_of(ALIGNMENT)
}

/// Writes a group into `out`, which is cleared, and returns its crc. `None` if the group has 4 GiB.
pub(crate) fn encode(
    out: &mut Vec<u8>,
    commits: &[Sequenced],
    salt: [u8; 8],
    previous: u32,
) -> Option<u32> {
    out.clear();
    out.resize(HEADER_BYTES, 0);
    for commit in commits {
        out.extend_from_slice(&u32::try_from(commit.stored().len()).ok()?.to_be_bytes());
        out.extend_from_slice(commit.stored());
    }
    let first = commits.first()?.position();
    let header = [
        MAGIC.to_be_bytes().as_slice(),
        u32::try_from(out.len() - HEADER_BYTES)
            .ok()?
            .to_be_bytes()
            .as_slice(),
        first.get().to_be_bytes().as_slice(),
        u32::try_from(commits.len()).ok()?.to_be_bytes().as_slice(),
        previous.to_be_bytes().as_slice(),
        0_u32.to_be_bytes().as_slice(),
    ]
    .concat();
    let crc = checksum(salt, &header, out.get(HEADER_BYTES..)?);
    let header = [header.as_slice(), crc.to_be_bytes().as_slice()].concat();
    out.get_mut(..HEADER_BYTES)?.copy_from_slice(&header);
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
    Some(crc)
}

fn checksum(salt: [u8; 8], header: &[u8], payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&salt);
    crc.update(header);
    crc.update(payload);
    crc.finalize()
}

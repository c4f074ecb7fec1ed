//! The fields of a record before its frame.

use uuid::Uuid;

use super::{RECORD_BYTES_MAX, RecordError, RecordHeader};
use crate::bytes::Cursor;
use crate::replication::{NodeId, Term};
use crate::{Chain, Incarnation, LogId, Position};

const MAGIC: [u8; 8] = *b"plansynR";
const FORMAT: u8 = 1;
const COMMITS: u8 = 1;
const BARRIER: u8 = 2;
const CRC_BYTES: usize = 4;
/// The fields that the checksum covers.
const FIELDS_BYTES: usize = 8 + 1 + 1 + 16 + 4 + 8 + 16 + 8 + 4 + 32;
pub(super) const HEADER_BYTES: usize = FIELDS_BYTES + CRC_BYTES;

/// A record of this header and frame.
pub(super) fn join(header: &RecordHeader, frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES + frame.len());
    out.extend_from_slice(&MAGIC);
    out.push(FORMAT);
    out.push(if header.is_barrier() {
        BARRIER
    } else {
        COMMITS
    });
    out.extend_from_slice(header.log.get().as_bytes());
    out.extend_from_slice(&header.incarnation.get().to_be_bytes());
    out.extend_from_slice(&header.term.get().to_be_bytes());
    out.extend_from_slice(header.node.get().as_bytes());
    out.extend_from_slice(&header.first.get().to_be_bytes());
    out.extend_from_slice(&header.count.to_be_bytes());
    out.extend_from_slice(&header.before.get());
    let crc = checksum(&out, frame);
    out.extend_from_slice(&crc.to_be_bytes());
    out.extend_from_slice(frame);
    out
}

/// The header and the frame of a record of which nothing was changed.
pub(super) fn split(record: &[u8]) -> Result<(RecordHeader, &[u8]), RecordError> {
    let mut cursor = Cursor::new(record);
    if cursor.array() != Some(MAGIC) {
        return Err(RecordError::NotOne);
    }
    let cut_off = RecordError::Damaged("it is cut off");
    match cursor.u8() {
        Some(FORMAT) => {}
        Some(format) => return Err(RecordError::Newer { format }),
        None => return Err(cut_off),
    }
    if record.len() > RECORD_BYTES_MAX {
        return Err(RecordError::Damaged("it is larger than any record"));
    }
    let (fields, rest) = record.split_at_checked(FIELDS_BYTES).ok_or(cut_off)?;
    let (crc, frame) = rest.split_first_chunk::<CRC_BYTES>().ok_or(cut_off)?;
    if checksum(fields, frame).to_be_bytes() != *crc {
        return Err(RecordError::Damaged("its checksum does not match"));
    }
    let (kind, header) = fields_of(cursor).ok_or(cut_off)?;
    let is_one = match kind {
        COMMITS => !header.is_barrier(),
        BARRIER => header.is_barrier() && frame.is_empty(),
        _unknown => false,
    };
    // The position after the last commit must be one, too.
    let ends = header.first.get().checked_add(u64::from(header.count));
    if is_one && header.first > Position::ZERO && ends.is_some() {
        Ok((header, frame))
    } else {
        Err(RecordError::Damaged("its fields contradict each other"))
    }
}

fn fields_of(mut cursor: Cursor<'_>) -> Option<(u8, RecordHeader)> {
    let kind = cursor.u8()?;
    let header = RecordHeader {
        log: LogId::new(Uuid::from_bytes(cursor.array()?)),
        incarnation: Incarnation::new(cursor.u32()?),
        term: Term::new(cursor.u64()?),
        node: NodeId::new(Uuid::from_bytes(cursor.array()?)),
        first: Position::new(cursor.u64()?),
        count: cursor.u32()?,
        before: Chain::new(cursor.array()?),
    };
    Some((kind, header))
}

fn checksum(fields: &[u8], frame: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(fields);
    crc.update(frame);
    crc.finalize()
}

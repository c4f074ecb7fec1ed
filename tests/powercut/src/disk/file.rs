//! Owns one file's bytes twice, as read back and as durable, and the changes between the two.
//! Knows nothing of names: a file may have none.

use super::{Fate, Loss, Lost, Refusal, Sequence};

/// What a disk writes whole or not at all.
pub const SECTOR_BYTES: usize = 512;

/// Larger than any file of a campaign; a runaway offset must not take the memory of the machine.
const FILE_BYTES_MAX: usize = 1 << 30;

/// One file.
#[derive(Debug, Default)]
pub struct File {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    sequence: Sequence,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { bytes_count: usize },
}

impl File {
    /// Checks that `count` bytes at `offset` are within the largest file.
    pub(super) fn bounded(offset: u64, count: usize) -> Result<usize, Refusal> {
        let offset = usize::try_from(offset).map_err(|_| Refusal::TooLarge)?;
        match offset.checked_add(count) {
            Some(end) if end <= FILE_BYTES_MAX => Ok(offset),
            Some(_) | None => Err(Refusal::TooLarge),
        }
    }

    /// The length as a program sees it now, in bytes.
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Whether a program sees no byte.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// The bytes as a program sees them now.
    pub fn bytes(&self) -> &[u8] {
        &self.live
    }

    pub(super) fn read(&self, offset: u64, count: usize) -> &[u8] {
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.live.len());
        let end = start.saturating_add(count).min(self.live.len());
        &self.live[start..end]
    }

    pub(super) fn write(&mut self, sequence: Sequence, offset: usize, bytes: &[u8]) {
        put(&mut self.live, offset, bytes);
        let change = Change::Write {
            offset,
            bytes: bytes.to_vec(),
        };
        self.pending.push(Pending { sequence, change });
    }

    pub(super) fn resize(&mut self, sequence: Sequence, bytes_count: usize) {
        self.live.resize(bytes_count, 0);
        let change = Change::Resize { bytes_count };
        self.pending.push(Pending { sequence, change });
    }

    pub(super) fn oldest_unsynced(&self) -> Option<Sequence> {
        self.pending.first().map(|pending| pending.sequence)
    }

    pub(super) fn sync(&mut self) {
        for pending in self.pending.drain(..) {
            match pending.change {
                Change::Write { offset, bytes } => put(&mut self.durable, offset, &bytes),
                Change::Resize { bytes_count } => self.durable.resize(bytes_count, 0),
            }
        }
    }

    pub(super) fn lose(&mut self, loss: &mut Loss, tally: &mut Lost) {
        for pending in std::mem::take(&mut self.pending) {
            let fate = loss.fate_of_write(pending.sequence);
            tally.count(fate);
            match pending.change {
                Change::Write { offset, bytes } => {
                    land_write(&mut self.durable, loss, fate, offset, &bytes);
                }
                Change::Resize { bytes_count } if fate != Fate::Gone => {
                    self.durable.resize(bytes_count, 0);
                }
                Change::Resize { .. } => {}
            }
        }
        self.live.clone_from(&self.durable);
    }
}

/// Lets a write land as its fate has it.
fn land_write(durable: &mut Vec<u8>, loss: &mut Loss, fate: Fate, offset: usize, bytes: &[u8]) {
    match fate {
        Fate::Whole => put(durable, offset, bytes),
        Fate::Gone => {}
        Fate::LengthOnly => {
            let end = offset + bytes.len();
            durable.resize(durable.len().max(end), 0);
        }
        Fate::Torn => {
            for (start, end) in sectors(offset, bytes.len()) {
                if loss.sector_lands() {
                    put(durable, start, &bytes[start - offset..end - offset]);
                }
            }
        }
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, written: &[u8]) {
    let end = offset + written.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(written);
}

/// The pieces of a write that lie in one sector each, as offsets of the file.
fn sectors(offset: usize, count: usize) -> impl Iterator<Item = (usize, usize)> {
    let end = offset + count;
    let first = offset - offset % SECTOR_BYTES;
    (first..end)
        .step_by(SECTOR_BYTES)
        .map(move |start| (start.max(offset), (start + SECTOR_BYTES).min(end)))
}

//! `HEAD`: a lower bound of what the log must hold, by which a tail that was cut off is noticed. It has
//! two checksummed slots, written in turn, so that a power cut damages one at most. It is written a few
//! milliseconds after the acknowledgements: an exact `HEAD` would cost a second sync for every group.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use plansync_log::backend::{OpenError, StepError};
use plansync_log::bytes::Cursor;
use plansync_log::{Chain, Incarnation, LogId, Position, Sequenced, Tip};
use uuid::Uuid;

use crate::damage::{Failed, RESTORE, While};
use crate::disk;
use crate::sealer::Stepped;
use crate::shared::Shared;

pub(crate) const NAME: &str = "HEAD";
const FILE_BYTES: u64 = 4096;
const SLOT_BYTES: usize = 76;
const SLOTS: [u64; 2] = [0, 2048];
const MAGIC: [u8; 8] = *b"plansynH";
const FORMAT: u32 = 1;

/// The content of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) log: LogId,
    pub(crate) incarnation: Incarnation,
    pub(crate) position: Position,
    pub(crate) chain: Chain,
}

impl Head {
    pub(crate) fn of(tip: &Tip) -> Self {
        let Tip {
            log,
            incarnation,
            position,
            chain,
            ..
        } = *tip;
        Self {
            log,
            incarnation,
            position,
            chain,
        }
    }

    /// Whether this commit has the position of the head and another chain.
    pub(crate) fn denies(&self, commit: &Sequenced) -> bool {
        commit.position() == self.position && commit.chain() != self.chain
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(SLOT_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_be_bytes());
        out.extend_from_slice(self.log.get().as_bytes());
        out.extend_from_slice(&self.incarnation.get().to_be_bytes());
        out.extend_from_slice(&self.position.get().to_be_bytes());
        out.extend_from_slice(&self.chain.get());
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    fn decode(slot: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(checked(slot)?);
        cursor.take(MAGIC.len() + 4)?;
        Some(Self {
            log: LogId::new(Uuid::from_bytes(cursor.array()?)),
            incarnation: Incarnation::new(cursor.u32()?),
            position: Position::new(cursor.u64()?),
            chain: Chain::new(cursor.array()?),
        })
    }
}

/// The open file and its content.
#[derive(Debug)]
pub(crate) struct HeadFile {
    file: File,
    path: PathBuf,
    pub(crate) held: Head,
    /// The slot that the next head goes to: not the one with the last.
    next_slot: usize,
    /// A write or sync failed. What the file holds is not known since then, and it is not written again.
    is_lost: bool,
}

impl HeadFile {
    /// Makes the file of a new log.
    pub(crate) fn create(dir: &Path, head: Head) -> Result<(), Failed> {
        let path = dir.join(NAME);
        disk::create_zeroed(&path, &head.encode(), FILE_BYTES)?;
        disk::sync_dir(dir)
    }

    /// Opens the file, which must exist and have at least one valid slot.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let slots = Slots::read(dir)?;
        let path = dir.join(NAME);
        let file = OpenOptions::new()
            .write(true)
            .open(&path)
            .while_doing("open", &path)?;
        Ok(Self {
            file,
            path,
            held: slots.held,
            next_slot: 1 - slots.last,
            is_lost: false,
        })
    }

    /// Writes a later head and syncs it.
    pub(crate) fn write(&mut self, head: Head) -> Result<(), Failed> {
        let at = SLOTS[self.next_slot];
        self.is_lost = true;
        self.file
            .write_all_at(&head.encode(), at)
            .while_doing("write", &self.path)?;
        self.file.sync_data().while_doing("sync", &self.path)?;
        self.is_lost = false;
        self.held = head;
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }
}

/// What was read from the file.
#[derive(Debug)]
pub(crate) struct Slots {
    pub(crate) held: Head,
    /// The slot with the last head.
    last: usize,
    /// Whether a slot or the space between the slots is not what was written.
    pub(crate) is_spoiled: bool,
}

impl Slots {
    /// Reads the file, which must exist and have at least one valid slot.
    pub(crate) fn read(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(NAME);
        let damaged = |what: &str| OpenError::Corrupt {
            path: path.clone(),
            what: what.to_owned(),
            remedy: RESTORE,
        };
        let bytes = disk::read(&path)?.ok_or_else(|| damaged("it is missing"))?;
        let slots = SLOTS.map(|at| slot(&bytes, at));
        if let Some(format) = slots.iter().flatten().find_map(|slot| newer(slot)) {
            return Err(OpenError::Newer { path, format });
        }
        let heads = slots.map(|slot| slot.and_then(Head::decode));
        let (last, held) = match heads {
            [Some(one), Some(two)] if two.position > one.position => (1, two),
            [Some(one), _] => (0, one),
            [None, Some(two)] => (1, two),
            [None, None] => return Err(damaged("it is not what was written")),
        };
        Ok(Self {
            held,
            last,
            is_spoiled: is_spoiled(&bytes, heads),
        })
    }
}

/// Whether a log wrote these bytes, or began to: a cut leaves zeros where it had not written yet.
pub(crate) fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || bytes.iter().all(|byte| *byte == 0)
}

/// A slot that was never written is zeros, and so is everything between and behind the slots.
fn is_spoiled(bytes: &[u8], heads: [Option<Head>; 2]) -> bool {
    let mut rest = bytes.to_vec();
    for (at, head) in SLOTS.into_iter().zip(heads) {
        let at = usize::try_from(at).unwrap_or_default();
        if let (Some(slot), Some(_)) = (rest.get_mut(at..at + SLOT_BYTES), head) {
            slot.fill(0);
        }
    }
    u64::try_from(rest.len()) != Ok(FILE_BYTES) || rest.iter().any(|byte| *byte != 0)
}

fn slot(bytes: &[u8], at: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(at).ok()?..)?.get(..SLOT_BYTES)
}

/// The format of a slot that a later version wrote. Every version keeps the bytes and the crc of a
/// slot, so that damage does not pass for another version.
fn newer(slot: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(checked(slot)?);
    let (magic, format) = (cursor.array::<8>()?, cursor.u32()?);
    (magic == MAGIC && format > FORMAT).then_some(format)
}

/// What the checksum of a slot covers; `None` if the checksum is wrong.
fn checked(slot: &[u8]) -> Option<&[u8]> {
    let (covered, crc) = slot.split_last_chunk::<4>()?;
    (crc32fast::hash(covered).to_be_bytes() == *crc).then_some(covered)
}

/// Writes `HEAD` after the acknowledgements. A thread of the caller owns it and calls
/// [`step`](Self::step) and [`wait`](Self::wait) in turn, at least every 5 ms while commits are appended.
#[derive(Debug)]
pub struct HeadWriter {
    shared: Arc<Shared>,
}

impl HeadWriter {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Writes and syncs `HEAD` if the log is ahead of it.
    ///
    /// # Errors
    ///
    /// [`StepError::Fatal`] if it could not be synced: nothing is appended after that, and the
    /// process must end.
    pub fn step(&mut self) -> Result<Stepped, StepError> {
        self.shared.write_head()
    }

    /// Blocks until the log is ahead of `HEAD`, but not longer than `timeout`.
    pub fn wait(&self, timeout: Duration) {
        self.shared
            .appended
            .wait(timeout, || !self.shared.head_is_behind());
    }
}

impl Shared {
    fn head_is_behind(&self) -> bool {
        let head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        !head.is_lost && head.held.position < self.tip().position
    }

    /// Brings `HEAD` up to the tip.
    pub(crate) fn write_head(&self) -> Result<Stepped, StepError> {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Head::of(&self.tip());
        if head.is_lost || now.position <= head.held.position {
            return Ok(Stepped::Idle);
        }
        head.write(now).map_err(
            |Failed {
                 doing,
                 path,
                 source,
             }| {
                self.poison();
                StepError::Fatal {
                    doing,
                    path,
                    source,
                }
            },
        )?;
        Ok(Stepped::HeadWritten)
    }
}

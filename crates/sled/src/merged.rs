//! The filter of a group of sealed volumes, in a file of its own. It is made once from the rows of its
//! volumes, and has the same bytes whenever it is made again. It is made in parts, because a whole one
//! may be larger than the memory that it may take.
//!
//! ```text
//! page 0: magic 8 · format u32 · of u8 · log 16 · first volume u64 · last volume u64 · chain 32 · blocks { page u32 · count u32 }
//! blocks: { block 64 }
//! ```
//!
//! The rows of each volume are sorted by key, and blocks follow the order of keys. So the file is made
//! part by part, each from the next keys of every volume.

mod check;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use check::{damaged, remake};

use plansync_log::bytes::Cursor;
use plansync_log::{Chain, LogId};

use crate::damage::{Damage, Failed, Fault, While};
use crate::derived::{Derived, Of};
use crate::disk;
use crate::filter::{self, BLOCK_BYTES, Block};
use crate::index::Key;
use crate::manifest::VolumeNumber;
use crate::pages::{self, CONTENT_BYTES, Pages, Section};
use crate::sealed::Sealed;

const MAGIC: [u8; 8] = *b"plansynB";
const FORMAT: u32 = 1;
const BLOCKS_PER_PAGE: u32 = 63;
const _: () = assert!(63 * BLOCK_BYTES <= CONTENT_BYTES && 64 * BLOCK_BYTES > CONTENT_BYTES);
/// The blocks of one part: 4 MiB, for two million keys.
const PART_BLOCKS: u32 = 1024 * BLOCKS_PER_PAGE;

/// The part of a log that the filter belongs to. A filter of another part counts as missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whose {
    of: Of,
    log: LogId,
    first: VolumeNumber,
    last: VolumeNumber,
    /// The chain at the end of the last volume, which identifies everything before it.
    chain: Chain,
}

impl Whose {
    /// The filter of these volumes, which follow one another; `None` if there are none.
    pub(crate) fn new<S: Borrow<Sealed>>(of: Of, volumes: &[S]) -> Option<Self> {
        let owner = |volume: Option<&S>| Some(volume?.borrow().owner);
        let (first, last) = (owner(volumes.first())?, owner(volumes.last())?);
        Some(Self {
            of,
            log: last.log,
            first: first.volume,
            last: last.volume,
            chain: last.chain,
        })
    }

    fn header(&self) -> Vec<u8> {
        let of = match self.of {
            Of::Commands => 1,
            Of::Streams => 2,
        };
        [
            MAGIC.as_slice(),
            &FORMAT.to_be_bytes(),
            &[of],
            self.log.get().as_bytes(),
            &self.first.get().to_be_bytes(),
            &self.last.get().to_be_bytes(),
            &self.chain.get(),
        ]
        .concat()
    }
}

/// The layout of the filter of a group, from a header that was checked.
#[derive(Debug)]
pub(crate) struct Merged {
    path: PathBuf,
    last: VolumeNumber,
    blocks: Section,
}

impl Merged {
    /// Reads the header, and refuses a filter of other volumes.
    pub(crate) fn open(path: &Path, whose: &Whose) -> Result<Self, Fault> {
        let content = Pages::open(path, whose.last)?.page(0)?;
        let rest = content.strip_prefix(whose.header().as_slice());
        let blocks = rest.and_then(|rest| {
            let mut cursor = Cursor::new(rest);
            Some(Section {
                first_page: cursor.u32()?,
                count: cursor.u32()?,
            })
        });
        Ok(Self {
            path: path.to_owned(),
            last: whose.last,
            blocks: blocks.ok_or_else(|| Damage::new(path, "it belongs to other volumes"))?,
        })
    }

    /// The memory that it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        filter::bytes(self.blocks.count)
    }

    /// The whole filter.
    pub(crate) fn load(&self) -> Result<Vec<Block>, Fault> {
        Pages::open(&self.path, self.last)?.entries(self.blocks, 0, self.blocks.count)
    }

    /// Whether the filter on the disk may contain the key. One page is read.
    pub(crate) fn may_hold(&self, key: Key) -> Result<bool, Fault> {
        let place = filter::block_of(key, self.blocks.count);
        let pages = Pages::open(&self.path, self.last)?;
        let block = pages.entries::<BLOCK_BYTES>(self.blocks, place, 1)?;
        Ok(block
            .first()
            .is_some_and(|block| filter::may_hold(block, key)))
    }
}

/// The filter of a group as it is made from the rows of its volumes, part by part.
#[derive(Debug)]
pub(crate) struct Making {
    whose: Whose,
    /// The rows of every volume, and the row that comes next in each.
    sources: Vec<(Arc<Derived>, u32)>,
    count: u32,
    done: u32,
    part_blocks: u32,
}

impl Making {
    pub(crate) fn new(whose: Whose, sources: Vec<Arc<Derived>>) -> Self {
        let keys = sources
            .iter()
            .map(|rows| u64::from(rows.key_count(whose.of)));
        Self {
            whose,
            count: filter::block_count(keys.sum()),
            sources: sources.into_iter().map(|rows| (rows, 0)).collect(),
            done: 0,
            part_blocks: PART_BLOCKS,
        }
    }

    /// The first page.
    pub(crate) fn header(&self) -> Vec<u8> {
        let mut content = self.whose.header();
        content.extend_from_slice(&1_u32.to_be_bytes());
        content.extend_from_slice(&self.count.to_be_bytes());
        pages::page(self.whose.last, 0, content)
    }

    /// The next pages; `None` after the last.
    pub(crate) fn part(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        if self.done == self.count {
            return Ok(None);
        }
        let (from, count) = (self.done, self.count);
        let until = from.saturating_add(self.part_blocks).min(count);
        let mut blocks: Vec<Block> = vec![[0; BLOCK_BYTES]; filter::index(until - from)];
        for (rows, next) in &mut self.sources {
            *next = rows.visit_keys(self.whose.of, *next, &mut |key| {
                let place = filter::block_of(key, count);
                let block = blocks.get_mut(filter::index(place.saturating_sub(from)));
                if let Some(block) = block {
                    filter::add(block, key);
                }
                place < until
            })?;
        }
        self.done = until;
        let first_page = 1 + from / BLOCKS_PER_PAGE;
        let contents = blocks.chunks(filter::index(BLOCKS_PER_PAGE));
        let numbered = contents.zip(first_page..);
        let pages = numbered
            .flat_map(|(blocks, number)| pages::page(self.whose.last, number, blocks.concat()));
        Ok(Some(pages.collect()))
    }
}

/// A filter that is being made, in a file that gets its name when it is whole.
#[derive(Debug)]
pub(crate) struct Writing {
    making: Making,
    path: PathBuf,
    file: File,
}

impl Writing {
    pub(crate) fn begin(path: &Path, making: Making) -> Result<Self, Failed> {
        let new = disk::unfinished(path);
        let mut file = File::create(&new).while_doing("create", &new)?;
        file.write_all(&making.header())
            .while_doing("write", &new)?;
        Ok(Self {
            making,
            path: path.to_owned(),
            file,
        })
    }

    /// Writes one part. Returns whether the filter is whole and durable now.
    pub(crate) fn step(&mut self) -> Result<bool, Fault> {
        let new = disk::unfinished(&self.path);
        if let Some(part) = self.making.part()? {
            self.file.write_all(&part).while_doing("write", &new)?;
            return Ok(false);
        }
        self.file.sync_all().while_doing("sync", &new)?;
        fs::rename(&new, &self.path).while_doing("rename", &new)?;
        disk::sync_parent(&self.path)?;
        Ok(true)
    }

    /// Removes what was written.
    pub(crate) fn give_up(self) {
        if let Err(failed) = disk::remove_file(&disk::unfinished(&self.path)) {
            tracing::debug!(
                ?failed,
                "an unfinished filter was not removed; the next opening removes it"
            );
        }
    }
}

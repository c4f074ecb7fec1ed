//! The rows of a sealed volume: an index of its streams and commands. They are written once with the
//! volume, and made again from its commits if they are damaged.
//!
//! ```text
//! page 0: magic 8 · format u32 · log 16 · first u64 · last u64 · chain 32 · 5 sections { page u32 · count u32 }
//! commands: { key 16 · place u32 }, sorted · streams: { key 16 · first version u64 · from u32 · count u32 }, sorted
//! places: { place u32 }, by stream · filters of commands and of streams: { block 64 }
//! ```
//!
//! A place is a position relative to the first of the volume.

use std::path::{Path, PathBuf};

use plansync_log::bytes::Cursor;
use plansync_log::{Chain, LogId, Position, Version};
use uuid::Uuid;

use crate::damage::{Damage, Fault};
use crate::filter::{self, BLOCK_BYTES, Block};
use crate::index::{Index, Key, Run};
use crate::manifest::VolumeNumber;
use crate::pages::{PageWriter, Pages, Section};

pub(crate) const NAME: &str = "derived";
const MAGIC: [u8; 8] = *b"plansynD";
const FORMAT: u32 = 1;
const COMMAND_BYTES: usize = 20;
const STREAM_BYTES: usize = 32;
const PLACE_BYTES: usize = 4;

/// The part of a log that the rows belong to. Rows of another part count as missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) log: LogId,
    pub(crate) volume: VolumeNumber,
    pub(crate) first: Position,
    pub(crate) last: Position,
    pub(crate) chain: Chain,
}

/// The kind of keys in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    Commands,
    Streams,
}

impl Of {
    pub(crate) const ALL: [Self; 2] = [Self::Commands, Self::Streams];
}

/// Where the rows are in the file.
#[derive(Debug, Clone, Copy)]
struct Sections {
    commands: Section,
    streams: Section,
    places: Section,
    command_filter: Section,
    stream_filter: Section,
}

/// The content of the file for a volume with this index.
pub(crate) fn encode(owner: &Owner, index: &Index) -> Vec<u8> {
    let (commands, streams) = (index.commands(), index.streams());
    let command_keys: Vec<Key> = commands.iter().map(|(key, _)| *key).collect();
    let stream_keys: Vec<Key> = streams.iter().map(|(key, ..)| *key).collect();
    let mut pages = PageWriter::new(owner.volume);
    let sections = Sections {
        commands: pages.section(commands.iter().map(command_row)),
        streams: pages.section(stream_rows(&streams)),
        places: pages.section(places(&streams).map(u32::to_be_bytes)),
        command_filter: pages.section(filter::build(&command_keys)),
        stream_filter: pages.section(filter::build(&stream_keys)),
    };
    pages.finish(&header(owner, &sections))
}

fn command_row((key, place): &(Key, u32)) -> [u8; COMMAND_BYTES] {
    let mut row = [0; COMMAND_BYTES];
    let (left, right) = row.split_at_mut(16);
    left.copy_from_slice(&key.to_be_bytes());
    right.copy_from_slice(&place.to_be_bytes());
    row
}

fn stream_rows<'a>(
    streams: &'a [(Key, Version, &[u32])],
) -> impl Iterator<Item = [u8; STREAM_BYTES]> + 'a {
    streams.iter().scan(0_u32, |from, (key, version, places)| {
        let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let row = [
            key.to_be_bytes().as_slice(),
            version.get().to_be_bytes().as_slice(),
            from.to_be_bytes().as_slice(),
            count.to_be_bytes().as_slice(),
        ]
        .concat();
        *from = from.saturating_add(count);
        row.first_chunk().copied()
    })
}

fn places<'a>(streams: &'a [(Key, Version, &[u32])]) -> impl Iterator<Item = u32> + 'a {
    streams
        .iter()
        .flat_map(|(.., places)| places.iter().copied())
}

fn header(owner: &Owner, sections: &Sections) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_be_bytes());
    out.extend_from_slice(owner.log.get().as_bytes());
    out.extend_from_slice(&owner.first.get().to_be_bytes());
    out.extend_from_slice(&owner.last.get().to_be_bytes());
    out.extend_from_slice(&owner.chain.get());
    let Sections {
        commands,
        streams,
        places,
        command_filter,
        stream_filter,
    } = sections;
    for section in [commands, streams, places, command_filter, stream_filter] {
        out.extend_from_slice(&section.first_page.to_be_bytes());
        out.extend_from_slice(&section.count.to_be_bytes());
    }
    out
}

/// The layout of the rows of one volume, from a header that was checked.
#[derive(Debug)]
pub(crate) struct Derived {
    owner: Owner,
    path: PathBuf,
    sections: Sections,
}

impl Derived {
    /// Reads the header, and refuses rows of another volume.
    pub(crate) fn open(dir: &Path, owner: &Owner) -> Result<Self, Fault> {
        let path = dir.join(NAME);
        let content = Pages::open(&path, owner.volume)?.page(0)?;
        let sections = parse(&content, owner);
        let sections =
            sections.ok_or_else(|| Damage::new(&path, "it belongs to another volume"))?;
        Ok(Self {
            owner: *owner,
            path,
            sections,
        })
    }

    /// The index of the volume in the list of sealed volumes.
    pub(crate) fn place(&self) -> usize {
        let number = usize::try_from(self.owner.volume.get()).unwrap_or(usize::MAX);
        number.saturating_sub(1)
    }

    /// The file is opened for each search, so that many volumes need no open files.
    fn pages(&self) -> Result<Pages, Fault> {
        Pages::open(&self.path, self.owner.volume)
    }

    pub(crate) fn command(&self, key: Key) -> Result<Option<Position>, Fault> {
        self.command_in(&self.pages()?, key)
    }

    fn command_in(&self, pages: &Pages, key: Key) -> Result<Option<Position>, Fault> {
        let row = pages.find::<COMMAND_BYTES>(self.sections.commands, key)?;
        Ok(row
            .and_then(|row| row.last_chunk().copied())
            .map(|place| self.position(place)))
    }

    pub(crate) fn stream(&self, key: Key) -> Result<Option<Run>, Fault> {
        self.stream_in(&self.pages()?, key)
    }

    fn stream_in(&self, pages: &Pages, key: Key) -> Result<Option<Run>, Fault> {
        let Some(row) = pages.find::<STREAM_BYTES>(self.sections.streams, key)? else {
            return Ok(None);
        };
        let mut cursor = Cursor::new(row.get(16..).unwrap_or_default());
        let version = Version::new(cursor.u64().unwrap_or_default());
        let (from, count) = (
            cursor.u32().unwrap_or_default(),
            cursor.u32().unwrap_or_default(),
        );
        let places = pages.entries::<PLACE_BYTES>(self.sections.places, from, count)?;
        let positions = places
            .into_iter()
            .map(|place| self.position(place))
            .collect();
        Ok(Some(Run {
            first_version: version,
            positions,
        }))
    }

    /// The positions of many commands, in the order of the keys, which are sorted: each page is read once.
    pub(crate) fn commands(&self, keys: &[Key]) -> Result<Vec<Option<Position>>, Fault> {
        self.search(Of::Commands, keys, |pages, key| self.command_in(pages, key))
    }

    /// The runs of many streams, in the order of the keys, which are sorted: each page is read once.
    pub(crate) fn streams(&self, keys: &[Key]) -> Result<Vec<Option<Run>>, Fault> {
        self.search(Of::Streams, keys, |pages, key| self.stream_in(pages, key))
    }

    fn search<T>(
        &self,
        of: Of,
        keys: &[Key],
        look: impl Fn(&Pages, Key) -> Result<Option<T>, Fault>,
    ) -> Result<Vec<Option<T>>, Fault> {
        let (filter, pages) = (self.load_filter(of)?, self.pages()?);
        let found = keys.iter().map(|key| {
            if filter::among(&filter, *key) {
                look(&pages, *key)
            } else {
                Ok(None)
            }
        });
        found.collect()
    }

    fn position(&self, place: [u8; 4]) -> Position {
        let place = u64::from(u32::from_be_bytes(place));
        Position::new(self.owner.first.get().saturating_add(place))
    }

    fn filter(&self, of: Of) -> Section {
        match of {
            Of::Commands => self.sections.command_filter,
            Of::Streams => self.sections.stream_filter,
        }
    }

    /// The memory that a filter takes, in bytes.
    pub(crate) fn filter_bytes(&self, of: Of) -> usize {
        filter::bytes(self.filter(of).count)
    }

    /// How many keys there are.
    pub(crate) fn key_count(&self, of: Of) -> u32 {
        match of {
            Of::Commands => self.sections.commands.count,
            Of::Streams => self.sections.streams.count,
        }
    }

    /// Gives the keys in order, from this row on, until `each` stops. Returns the row at which it
    /// stopped.
    pub(crate) fn visit_keys(
        &self,
        of: Of,
        from: u32,
        each: &mut dyn FnMut(Key) -> bool,
    ) -> Result<u32, Fault> {
        let pages = self.pages()?;
        match of {
            Of::Commands => pages.visit::<COMMAND_BYTES>(self.sections.commands, from, each),
            Of::Streams => pages.visit::<STREAM_BYTES>(self.sections.streams, from, each),
        }
    }

    /// A whole filter.
    pub(crate) fn load_filter(&self, of: Of) -> Result<Vec<Block>, Fault> {
        let section = self.filter(of);
        self.pages()?.entries(section, 0, section.count)
    }

    /// Whether a filter on the disk may contain the key.
    pub(crate) fn may_hold(&self, of: Of, key: Key) -> Result<bool, Fault> {
        let section = self.filter(of);
        let place = filter::block_of(key, section.count);
        let block = self.pages()?.entries::<BLOCK_BYTES>(section, place, 1)?;
        Ok(block
            .first()
            .is_some_and(|block| filter::may_hold(block, key)))
    }
}

fn parse(content: &[u8], owner: &Owner) -> Option<Sections> {
    let mut cursor = Cursor::new(content);
    let is_mine = cursor.array()? == MAGIC
        && cursor.u32()? == FORMAT
        && LogId::new(Uuid::from_bytes(cursor.array()?)) == owner.log
        && Position::new(cursor.u64()?) == owner.first
        && Position::new(cursor.u64()?) == owner.last
        && Chain::new(cursor.array()?) == owner.chain;
    let mut section = || {
        Some(Section {
            first_page: cursor.u32()?,
            count: cursor.u32()?,
        })
    };
    let sections = Sections {
        commands: section()?,
        streams: section()?,
        places: section()?,
        command_filter: section()?,
        stream_filter: section()?,
    };
    is_mine.then_some(sections)
}

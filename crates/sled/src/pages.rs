//! A file of pages with checksums: sections of entries of one size, written once and read one page at a
//! time.
//!
//! Every page has 4,096 bytes: content, then a crc that covers the content, the number of the page
//! and the volume, so that no page passes for another.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::damage::{Damage, Fault, While};
use crate::manifest::VolumeNumber;

pub(crate) const PAGE_BYTES: usize = 4096;
/// What a page has room for.
pub(crate) const CONTENT_BYTES: usize = PAGE_BYTES - 4;

/// The place of entries of one width in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) first_page: u32,
    pub(crate) count: u32,
}

/// Writes pages one after another. The first is reserved for a header.
#[derive(Debug)]
pub(crate) struct PageWriter {
    volume: VolumeNumber,
    out: Vec<u8>,
    pages: u32,
}

impl PageWriter {
    pub(crate) fn new(volume: VolumeNumber) -> Self {
        Self {
            volume,
            out: vec![0; PAGE_BYTES],
            pages: 1,
        }
    }

    /// Adds entries that all have the same width, as many to a page as it has room for.
    pub(crate) fn section<const WIDTH: usize>(
        &mut self,
        entries: impl IntoIterator<Item = [u8; WIDTH]>,
    ) -> Section {
        let first_page = self.pages;
        let mut count = 0_u32;
        let mut content = Vec::with_capacity(CONTENT_BYTES);
        for entry in entries {
            content.extend_from_slice(&entry);
            count = count.saturating_add(1);
            if content.len() + WIDTH > CONTENT_BYTES {
                self.page(&mut content);
            }
        }
        if !content.is_empty() {
            self.page(&mut content);
        }
        Section { first_page, count }
    }

    fn page(&mut self, content: &mut Vec<u8>) {
        let content = std::mem::take(content);
        self.out.append(&mut page(self.volume, self.pages, content));
        self.pages = self.pages.saturating_add(1);
    }

    /// The whole file, with this as the content of its first page.
    pub(crate) fn finish(mut self, header: &[u8]) -> Vec<u8> {
        let first = page(self.volume, 0, header.to_vec());
        self.out.splice(..PAGE_BYTES, first);
        self.out
    }
}

/// The page with this content.
pub(crate) fn page(volume: VolumeNumber, number: u32, mut content: Vec<u8>) -> Vec<u8> {
    content.resize(CONTENT_BYTES, 0);
    let crc = checksum(volume, number, &content);
    content.extend_from_slice(&crc.to_be_bytes());
    content
}

#[cfg(test)]
thread_local! {
    /// The pages that this thread has read.
    pub(crate) static READS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Pages that are kept: one of the rows that are searched in order, and one that these refer to.
const KEPT_COUNT: usize = 2;

/// Reads pages and checks each. The last ones are kept, for searches that go on from there.
#[derive(Debug)]
pub(crate) struct Pages {
    volume: VolumeNumber,
    path: PathBuf,
    file: File,
    /// The last pages and their numbers, the newest first.
    kept: RefCell<VecDeque<(u32, Rc<[u8]>)>>,
}

impl Pages {
    pub(crate) fn open(path: &Path, volume: VolumeNumber) -> Result<Self, Fault> {
        let file = File::open(path).while_doing("open", path)?;
        Ok(Self {
            volume,
            path: path.to_owned(),
            file,
            kept: RefCell::default(),
        })
    }

    /// The content of a page.
    pub(crate) fn page(&self, number: u32) -> Result<Rc<[u8]>, Fault> {
        let mut kept = self.kept.borrow_mut();
        if let Some((_, content)) = kept.iter().find(|(other, _)| *other == number) {
            return Ok(Rc::clone(content));
        }
        let content: Rc<[u8]> = self.read(number)?.into();
        kept.truncate(KEPT_COUNT - 1);
        kept.push_front((number, Rc::clone(&content)));
        Ok(content)
    }

    /// Reads a page from the file.
    fn read(&self, number: u32) -> Result<Vec<u8>, Fault> {
        #[cfg(test)]
        READS.set(READS.get() + 1);
        let mut content = vec![0; PAGE_BYTES];
        let offset = u64::from(number) * PAGE_BYTES as u64;
        match self.file.read_exact_at(&mut content, offset) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(Damage::new(&self.path, "it is cut off").into());
            }
            read => read.while_doing("read", &self.path)?,
        }
        let crc = content.split_off(CONTENT_BYTES);
        if checksum(self.volume, number, &content).to_be_bytes() != *crc {
            let what = format!("page {number} is not what was written");
            return Err(Damage::new(&self.path, what).into());
        }
        Ok(content)
    }

    /// The next entries of a section, from this one on; fewer if the section ends.
    pub(crate) fn entries<const WIDTH: usize>(
        &self,
        section: Section,
        from: u32,
        count: u32,
    ) -> Result<Vec<[u8; WIDTH]>, Fault> {
        let until = from.saturating_add(count).min(section.count);
        let per_page = per_page::<WIDTH>();
        let mut entries = Vec::with_capacity(index(until.saturating_sub(from)));
        let mut at = from;
        while at < until {
            let page = self.page(section.first_page + at / per_page)?;
            let (all, _) = page.as_chunks::<WIDTH>();
            let within = index(at % per_page);
            let wanted = index(until - at).min(index(per_page) - within);
            entries.extend(all.iter().skip(within).take(wanted));
            at = at.saturating_add(u32::try_from(wanted).unwrap_or(u32::MAX));
        }
        Ok(entries)
    }

    /// Gives the first 16 bytes of every entry in turn, from this one on, until `each` stops. Returns the
    /// entry at which it stopped.
    pub(crate) fn visit<const WIDTH: usize>(
        &self,
        section: Section,
        from: u32,
        each: &mut dyn FnMut(u128) -> bool,
    ) -> Result<u32, Fault> {
        let per_page = per_page::<WIDTH>();
        let mut at = from;
        while at < section.count {
            let entries = self.entries::<WIDTH>(section, at, per_page - at % per_page)?;
            for entry in &entries {
                if !each(leading(entry)) {
                    return Ok(at);
                }
                at = at.saturating_add(1);
            }
        }
        Ok(at)
    }

    /// The entry that begins with these 16 bytes, in a section that is sorted by them. They are hashes and
    /// therefore evenly distributed: the first page that is read is nearly always the right one or close to it, so
    /// the search goes on from there in steps of 1, 2, 4… pages, but never further than the middle of what is left.
    pub(crate) fn find<const WIDTH: usize>(
        &self,
        section: Section,
        key: u128,
    ) -> Result<Option<[u8; WIDTH]>, Fault> {
        let per_page = per_page::<WIDTH>();
        let (mut low, mut high) = (0, section.count.div_ceil(per_page));
        let (mut look, mut step) = (spread(key, high), 1_u32);
        while low < high {
            look = look.clamp(low, high - 1);
            let page = self.page(section.first_page + look)?;
            let count = per_page.min(section.count - look * per_page);
            let (entries, _) = page.as_chunks::<WIDTH>();
            let entries = entries.get(..index(count)).unwrap_or(entries);
            match entries.binary_search_by_key(&key, leading) {
                Ok(found) => return Ok(entries.get(found).copied()),
                Err(0) => {
                    high = look;
                    look = look.saturating_sub(step).max(low + (high - low) / 2);
                }
                Err(behind) if behind == entries.len() => {
                    low = look + 1;
                    look = look.saturating_add(step).min(low + (high - low) / 2);
                }
                Err(_) => return Ok(None),
            }
            step = step.saturating_mul(2);
        }
        Ok(None)
    }
}

fn leading<const WIDTH: usize>(entry: &[u8; WIDTH]) -> u128 {
    entry.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

/// The place of a hash among `count` places.
pub(crate) fn spread(key: u128, count: u32) -> u32 {
    let high = key >> 96;
    u32::try_from((high * u128::from(count)) >> 32).unwrap_or_default()
}

const fn per_page<const WIDTH: usize>() -> u32 {
    let mut count = 0;
    let mut bytes = WIDTH;
    while bytes <= CONTENT_BYTES {
        count += 1;
        bytes += WIDTH;
    }
    count
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn checksum(volume: VolumeNumber, page: u32, content: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&volume.get().to_be_bytes());
    crc.update(&page.to_be_bytes());
    crc.update(content);
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sha2::{Digest, Sha256};

    use super::*;

    /// Entries without content behind their keys.
    const WIDTH: usize = 16;
    const COUNT: u32 = 100_000;

    fn key(number: u32) -> u128 {
        let hash: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        hash.first_chunk().copied().map_or(0, u128::from_be_bytes)
    }

    #[test]
    fn a_search_reads_few_pages_of_many() {
        let mut keys: Vec<u128> = (0..COUNT).map(key).collect();
        keys.sort_unstable();
        let mut writer = PageWriter::new(VolumeNumber::new(1));
        let section = writer.section::<WIDTH>(keys.iter().map(|key| key.to_be_bytes()));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pages");
        fs::write(&path, writer.finish(&[])).unwrap();
        let reads = |key: u128, is_there: bool| {
            let pages = Pages::open(&path, VolumeNumber::new(1)).unwrap();
            let before = READS.get();
            let found = pages.find::<WIDTH>(section, key).unwrap();
            assert_eq!(found.is_some(), is_there);
            READS.get() - before
        };
        for is_there in [true, false] {
            let begin = if is_there { 0 } else { COUNT };
            let reads: Vec<u64> = (begin..begin + 1_000)
                .map(|number| reads(key(number), is_there))
                .collect();
            let (all, most) = (reads.iter().sum::<u64>(), reads.iter().max().unwrap());
            assert!(all <= 2_500 && *most <= 6, "{all} pages, at most {most}");
        }
        // What lies before and behind all entries is found to be missing.
        assert!(reads(0, false) <= 12 && reads(u128::MAX, false) <= 12);
    }
}

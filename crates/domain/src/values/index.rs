//! From a value to its id, for a whole family of copies at once.
//!
//! It gives candidates only. An id of one copy may be another value in the next, or none: whoever asks
//! looks whether it is the value that was meant, so that nobody sees more than what is its own. That is
//! why one table can be shared by all of them, and none has to be copied because another is written to.
//!
//! In parts, so that none takes long to grow, and nobody waits for long. Knows no values.

use std::sync::{PoisonError, RwLock};

use hashbrown::HashTable;

use super::ValueId;

/// A power of two. Of four million values, a part has some 65,000.
const PARTS: usize = 64;

/// The ids of values, by their hashes.
#[derive(Debug)]
pub(super) struct Index {
    parts: Box<[RwLock<HashTable<IndexEntry>>]>,
}

/// As much of the hash as the table needs to grow without asking for values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct IndexEntry {
    hash: u32,
    id: ValueId,
}

impl Default for Index {
    fn default() -> Self {
        let parts = std::iter::repeat_with(RwLock::default);
        Self {
            parts: parts.take(PARTS).collect(),
        }
    }
}

impl Index {
    /// The id of which `is` holds, among those that were entered under this hash.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(ValueId) -> bool) -> Option<ValueId> {
        let hash = halved(hash);
        let part = self
            .part(hash)
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let is_it = |entry: &IndexEntry| entry.hash == hash && is(entry.id);
        part.find(spread(hash), is_it).map(|entry| entry.id)
    }

    /// Enters an id under the hash of its value.
    pub(super) fn insert(&self, hash: u64, id: ValueId) {
        let hash = halved(hash);
        let entry = IndexEntry { hash, id };
        let mut part = self
            .part(hash)
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        part.entry(
            spread(hash),
            |known| *known == entry,
            |known| spread(known.hash),
        )
        .or_insert(entry);
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        let parts = self.parts.iter();
        parts.map(|part| part.read().unwrap().len()).sum()
    }

    /// The highest bits of the hash choose the part.
    fn part(&self, hash: u32) -> &RwLock<HashTable<IndexEntry>> {
        &self.parts[usize::try_from(hash >> (u32::BITS - PARTS.ilog2())).unwrap_or(0)]
    }
}

fn halved(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// The table looks at the highest seven bits and the lowest: other bits than those that chose the part.
fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 38
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A finaliser of `MurmurHash3`.
    fn hash(number: u32) -> u64 {
        let mixed = (u64::from(number) + 1).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 33)
    }

    #[test]
    fn every_id_is_found_however_often_the_parts_grew() {
        let index = Index::default();
        for number in 0..50_000 {
            index.insert(hash(number), ValueId(number));
        }
        for number in 0..50_000 {
            let found = index.find(hash(number), |id| id == ValueId(number));
            assert_eq!(found, Some(ValueId(number)));
        }
        assert_eq!(index.find(hash(50_000), |_| true), None);
    }

    #[test]
    fn equal_hashes_are_told_apart_by_whoever_asks() {
        let index = Index::default();
        for number in 0..100 {
            index.insert(7 << 32, ValueId(number));
        }
        for number in 0..100 {
            let found = index.find(7 << 32, |id| id == ValueId(number));
            assert_eq!(found, Some(ValueId(number)));
        }
    }

    #[test]
    fn what_is_entered_twice_is_there_once() {
        let index = Index::default();
        for _ in 0..100 {
            index.insert(hash(1), ValueId(1));
        }
        let mut asked = 0;
        let _ = index.find(hash(1), |_| {
            asked += 1;
            false
        });
        assert_eq!(asked, 1);
    }
}

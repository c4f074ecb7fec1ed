//! The index from values to ids, shared by all copies of a table.
//!
//! It returns only candidates: an id of one copy may be another value in the next copy, or none, so
//! the caller compares the value. This is why one index can be shared by all copies, and none has
//! to be copied when another one is changed.
//!
//! The index is divided into parts, so that growing one takes little time and blocks few readers.

use std::sync::{PoisonError, RwLock};

use hashbrown::HashTable;

use super::ValueId;

/// A power of two. With four million values, a part has about 65,000.
const PARTS: usize = 64;

/// The ids of values, by their hashes.
#[derive(Debug)]
pub(super) struct Index {
    parts: Box<[RwLock<HashTable<IndexEntry>>]>,
}

/// The part of the hash that the table needs in order to grow without the values.
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
    /// The id for which `is` returns true, among those that were added with this hash.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(ValueId) -> bool) -> Option<ValueId> {
        let hash = halved(hash);
        let part = self
            .part(hash)
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let is_it = |entry: &IndexEntry| entry.hash == hash && is(entry.id);
        part.find(spread(hash), is_it).map(|entry| entry.id)
    }

    /// Adds an id with the hash of its value.
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

    /// The highest bits of the hash select the part.
    fn part(&self, hash: u32) -> &RwLock<HashTable<IndexEntry>> {
        &self.parts[usize::try_from(hash >> (u32::BITS - PARTS.ilog2())).unwrap_or(0)]
    }
}

fn halved(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// The hash table uses the highest seven bits and the lowest bits: not those that selected the
/// part.
fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 38
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finaliser of `MurmurHash3`.
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

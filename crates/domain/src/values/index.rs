//! From a value to its id: a persistent hash table that grows by one bucket at a time, so that no
//! insertion waits for a rebuild, and takes few bytes a value, since it holds ids alone.
//!
//! Linear hashing: of n buckets, those behind the largest power of two have been split off from the
//! ones before it. Knows no values; whoever asks compares them.

use smallvec::SmallVec;

use super::ValueId;

/// Values a bucket, on average. So many ids have room in a bucket without memory of its own.
const LOAD: usize = 3;

type Bucket = SmallVec<[ValueId; 4]>;

/// The ids of values, by their hashes.
#[derive(Debug, Clone)]
pub(super) struct Index {
    buckets: imbl::Vector<Bucket>,
    count: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Self {
            buckets: imbl::Vector::unit(Bucket::new()),
            count: 0,
        }
    }

    /// The id whose value has this hash, and of which that holds.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(ValueId) -> bool) -> Option<ValueId> {
        let bucket = self.buckets.get(place(hash, self.buckets.len()))?;
        bucket.iter().copied().find(|id| is(*id))
    }

    /// Enters an id that is not there yet; `hash_of` gives the hash of any value that is.
    pub(super) fn insert(&mut self, hash: u64, id: ValueId, hash_of: impl Fn(ValueId) -> u64) {
        let place = place(hash, self.buckets.len());
        if let Some(bucket) = self.buckets.get_mut(place) {
            bucket.push(id);
        }
        self.count += 1;
        if self.count > self.buckets.len() * LOAD {
            self.split(hash_of);
        }
    }

    /// Adds a bucket, and gives it what belongs there of the one that had it so far.
    fn split(&mut self, hash_of: impl Fn(ValueId) -> u64) {
        let new = self.buckets.len();
        let earlier = new - (1 << new.ilog2());
        let (mut goes, mut stays) = (Bucket::new(), Bucket::new());
        if let Some(bucket) = self.buckets.get_mut(earlier) {
            for id in bucket.drain(..) {
                if place(hash_of(id), new + 1) == new {
                    goes.push(id);
                } else {
                    stays.push(id);
                }
            }
            *bucket = stays;
        }
        self.buckets.push_back(goes);
    }
}

/// The bucket of a hash among so many, of which there is at least one.
fn place(hash: u64, count: usize) -> usize {
    let all = count.next_power_of_two();
    let hash = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0);
    let place = hash & (all - 1);
    if place < count {
        place
    } else {
        place & (all / 2 - 1)
    }
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
    fn every_id_is_found_however_often_buckets_were_split() {
        let mut index = Index::new();
        for number in 0..5_000 {
            index.insert(hash(number), ValueId(number), |id| hash(id.0));
        }
        for number in 0..5_000 {
            let found = index.find(hash(number), |id| id == ValueId(number));
            assert_eq!(found, Some(ValueId(number)));
        }
        assert_eq!(index.find(hash(5_000), |id| id == ValueId(5_000)), None);
        let largest = index.buckets.iter().map(SmallVec::len).max();
        assert!(largest < Some(20), "ids are spread: {largest:?}");
    }

    #[test]
    fn equal_hashes_are_told_apart_by_their_values() {
        let mut index = Index::new();
        for number in 0..10 {
            index.insert(7, ValueId(number), |_| 7);
        }
        assert_eq!(index.find(7, |id| id == ValueId(4)), Some(ValueId(4)));
    }

    #[test]
    fn a_bucket_takes_its_part_of_the_one_it_was_split_from() {
        for count in 1..200_usize {
            for hash in 0..1_000 {
                let (before, after) = (place(hash, count), place(hash, count + 1));
                let earlier = count - (1 << count.ilog2());
                assert!(after == before || (after == count && before == earlier));
            }
        }
    }
}

//! The ciphers of leaves that were used last, so that a leaf's key is not derived for every text.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cipher::Cipher;
use super::leaf::Leaf;

/// Leaves are divided, so that threads seldom wait for each other.
const SHARDS: usize = 16;
/// A half holds so many ciphers of about 800 bytes: 16,384 in all shards, which take 13 MB.
const HALF_COUNT: usize = 512;

/// Ciphers by leaf. What was not used while half of the room was filled anew is dropped.
#[derive(Debug, Default)]
pub(super) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Leaf, Arc<Cipher>>,
    old: HashMap<Leaf, Arc<Cipher>>,
}

impl Cache {
    pub(super) fn get(&self, leaf: &Leaf) -> Option<Arc<Cipher>> {
        self.shard(leaf)?.get(leaf)
    }

    pub(super) fn put(&self, leaf: Leaf, cipher: &Arc<Cipher>) {
        if let Some(mut shard) = self.shard(&leaf) {
            shard.put(leaf, Arc::clone(cipher));
        }
    }

    pub(super) fn remove(&self, leaf: &Leaf) {
        if let Some(mut shard) = self.shard(leaf) {
            shard.young.remove(leaf);
            shard.old.remove(leaf);
        }
    }

    fn shard(&self, leaf: &Leaf) -> Option<MutexGuard<'_, Shard>> {
        let [first, ..] = *leaf.bytes();
        let shard = self.shards.get(usize::from(first) % SHARDS)?;
        // Nothing under the lock panics, so no change is half done.
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    fn get(&mut self, leaf: &Leaf) -> Option<Arc<Cipher>> {
        if let Some(young) = self.young.get(leaf) {
            return Some(Arc::clone(young));
        }
        let old = self.old.remove(leaf)?;
        self.put(*leaf, Arc::clone(&old));
        Some(old)
    }

    fn put(&mut self, leaf: Leaf, cipher: Arc<Cipher>) {
        if self.young.len() >= HALF_COUNT {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(leaf, cipher);
    }
}

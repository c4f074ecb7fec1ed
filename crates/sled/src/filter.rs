//! A Bloom filter of 16 bits a key: it excludes nearly every key that a volume does not have. Its
//! blocks may be in memory or in a file.

use crate::index::Key;
use crate::pages::spread;

/// All bits of a key are in one block, so that a search reads one page of a file.
pub(crate) const BLOCK_BYTES: usize = 64;
const BITS_PER_KEY: usize = 16;
const PROBES: u32 = 7;

/// One block.
pub(crate) type Block = [u8; BLOCK_BYTES];

/// The blocks for these keys. About one other key in a thousand is not excluded.
pub(crate) fn build(keys: &[Key]) -> Vec<Block> {
    let count = block_count(u64::try_from(keys.len()).unwrap_or(u64::MAX));
    let mut blocks = vec![[0; BLOCK_BYTES]; index(count)];
    for key in keys {
        if let Some(block) = blocks.get_mut(index(block_of(*key, count))) {
            add(block, *key);
        }
    }
    blocks
}

/// The number of blocks for this number of keys.
pub(crate) fn block_count(keys: u64) -> u32 {
    let keys_per_block = u64::try_from(BLOCK_BYTES * 8 / BITS_PER_KEY).unwrap_or(1);
    // More blocks than that would be a filter of 256 GiB.
    u32::try_from(keys.div_ceil(keys_per_block).max(1)).unwrap_or(u32::MAX)
}

/// The size of these blocks in bytes.
pub(crate) fn bytes(blocks: u32) -> usize {
    index(blocks).saturating_mul(BLOCK_BYTES)
}

pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Enters a key into its block.
pub(crate) fn add(block: &mut Block, key: Key) {
    bits(key).for_each(|(byte, bit)| block[byte] |= bit);
}

/// The block of a key among `count` blocks.
pub(crate) fn block_of(key: Key, count: u32) -> u32 {
    spread(key, count)
}

/// Whether the key may be among those that the block was built from.
pub(crate) fn may_hold(block: &Block, key: Key) -> bool {
    bits(key).all(|(byte, bit)| block[byte] & bit != 0)
}

/// Whether the key may be among those that the blocks were built from.
pub(crate) fn among(blocks: &[Block], key: Key) -> bool {
    let count = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    blocks
        .get(index(block_of(key, count)))
        .is_some_and(|block| may_hold(block, key))
}

/// Nine bits of the key for each probe, from its low half: the high half chose the block.
fn bits(key: Key) -> impl Iterator<Item = (usize, u8)> {
    (0..PROBES).map(move |probe| {
        let place = (key >> (probe * 9)) & 0x1ff;
        (
            usize::try_from(place / 8).unwrap_or_default(),
            1 << (place % 8),
        )
    })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn key(number: u32) -> Key {
        let hash: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        u128::from_be_bytes(*hash.first_chunk().unwrap())
    }

    #[test]
    fn no_key_is_denied_and_few_strangers_are_let_in() {
        let keys: Vec<Key> = (0..20_000).map(key).collect();
        let blocks = build(&keys);
        let passes = |key: &Key| among(&blocks, *key);
        assert!(keys.iter().all(passes));
        let strangers = (20_000..120_000).map(key).filter(passes).count();
        assert!(strangers < 300, "{strangers} of 100,000 strangers pass");
    }
}

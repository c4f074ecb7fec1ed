//! `tree`: the hashes of the Merkle tree that a sealed volume keeps, one for each 256 commits, so that roots
//! and proofs need not read the log. It is derived data: written with the volume, made again from its commits
//! if it is missing or damaged, and never used by `verify`.
//!
//! ```text
//! magic 8 · format u32 · log 16 · volume u64 · first u64 · last u64 · chain 32 · count u32 · { hash 32 }*
//! crc u32
//! ```
//!
//! The hashes are those of the largest nodes below which all leaves are commits of the volume, up to nodes of
//! 256 leaves, from left to right. Where they begin follows from the first and last position.

use std::path::Path;

use plansync_log::merkle::{CompactRange, Hash};
use plansync_log::{Position, Sequenced};

use crate::damage::{Damage, Fault};
use crate::derived::Owner;
use crate::disk;

pub(crate) const NAME: &str = "tree";
const MAGIC: [u8; 8] = *b"plansynT";
const FORMAT: u32 = 1;
const HEAD_BYTES: usize = 8 + 4 + 16 + 8 + 8 + 8 + 32 + 4;
/// The highest level of nodes that are kept: one hash for 256 commits.
const LEVEL: u8 = 8;

/// The tree of no commits yet, before the commit at this position.
pub(crate) fn before(first: Position) -> CompactRange {
    CompactRange::capped(first.get().saturating_sub(1), LEVEL)
}

/// Adds the next commit.
pub(crate) fn push(tree: &mut CompactRange, commit: &Sequenced) {
    tree.push_leaf(Hash::of_leaf(commit.stored()));
}

/// The content of the file for a volume with this tree.
pub(crate) fn encode(owner: &Owner, tree: &CompactRange) -> Vec<u8> {
    let mut out = head(owner);
    let count = u32::try_from(tree.nodes().count()).unwrap_or(u32::MAX);
    out.extend_from_slice(&count.to_be_bytes());
    for (_, node) in tree.nodes() {
        out.extend_from_slice(&node.hash.get());
    }
    let crc = crc32fast::hash(&out);
    out.extend_from_slice(&crc.to_be_bytes());
    out
}

fn head(owner: &Owner) -> Vec<u8> {
    [
        MAGIC.as_slice(),
        &FORMAT.to_be_bytes(),
        owner.log.get().as_bytes(),
        &owner.volume.get().to_be_bytes(),
        &owner.first.get().to_be_bytes(),
        &owner.last.get().to_be_bytes(),
        &owner.chain.get(),
    ]
    .concat()
}

/// Reads the tree of a volume; `None` if there is no file, as in a folder of an earlier version.
pub(crate) fn read(dir: &Path, owner: &Owner) -> Result<Option<CompactRange>, Fault> {
    let path = dir.join(NAME);
    let Some(bytes) = disk::read(&path)? else {
        return Ok(None);
    };
    let decoded = decode(&bytes, owner);
    let damaged = || Damage::new(&path, "it is not what was written for this volume");
    Ok(Some(decoded.ok_or_else(damaged)?))
}

fn decode(bytes: &[u8], owner: &Owner) -> Option<CompactRange> {
    let (covered, crc) = bytes.split_last_chunk::<4>()?;
    let (known, hashes) = covered.split_at_checked(HEAD_BYTES)?;
    let is_mine = crc32fast::hash(covered).to_be_bytes() == *crc && known.starts_with(&head(owner));
    let (hashes, rest) = hashes.as_chunks::<32>();
    let hashes: Vec<Hash> = hashes.iter().copied().map(Hash::new).collect();
    let from = owner.first.get().checked_sub(1)?;
    let tree = CompactRange::of_hashes(from, owner.last.get(), LEVEL, &hashes)?;
    (is_mine && rest.is_empty()).then_some(tree)
}

#[cfg(test)]
mod tests {
    use plansync_log::contract::Author;
    use plansync_log::{Chain, LogId};
    use uuid::Uuid;

    use super::*;
    use crate::manifest::VolumeNumber;

    fn written() -> (Owner, CompactRange) {
        let log = LogId::new(Uuid::from_u128(1));
        let mut author = Author::new(log);
        let commits = author.group(1_000);
        let (first, last) = (Position::new(200), Position::new(900));
        let mut tree = before(first);
        for commit in &commits[199..900] {
            push(&mut tree, commit);
        }
        let owner = Owner {
            log,
            volume: VolumeNumber::new(3),
            first,
            last,
            chain: Chain::new([5; 32]),
        };
        (owner, tree)
    }

    #[test]
    fn it_has_one_hash_for_256_commits_and_a_few_for_its_ends() {
        let (owner, tree) = written();
        let bytes = encode(&owner, &tree);
        assert_eq!(decode(&bytes, &owner), Some(tree.clone()));
        // 199..900 has the whole nodes at 256 and 512.
        assert!(tree.nodes().count() <= 2 + 2 * usize::from(LEVEL));
        let levels: Vec<u8> = tree.nodes().map(|(_, node)| node.level).collect();
        assert_eq!(levels, [0, 3, 4, 5, 8, 8, 7, 2]);
    }

    #[test]
    fn any_changed_byte_and_any_other_volume_is_noticed() {
        let (owner, tree) = written();
        let bytes = encode(&owner, &tree);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(decode(&changed, &owner), None, "byte {at}");
            assert_eq!(decode(&bytes[..at], &owner), None, "cut at {at}");
        }
        let other = Owner {
            volume: VolumeNumber::new(4),
            ..owner
        };
        assert_eq!(decode(&bytes, &other), None);
    }
}

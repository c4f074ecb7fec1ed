//! Inclusion and consistency proofs: of which ranges they consist, and their verification.

use super::{Hash, TreeHead};

/// The most hashes of a proof.
pub const HASHES_MAX: usize = 65;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree does not have what is to be proven.
    #[error("the tree has {size} leaves, so it cannot contain {what}")]
    Beyond {
        /// The size of the tree.
        size: u64,
        /// What it should have.
        what: &'static str,
    },
    /// The number of hashes is not that of such a proof.
    #[error("the proof has too few or too many hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the hashes of the proof do not lead to the root of the tree")]
    Root,
}

/// The leaves below each hash of the inclusion proof of a leaf, in the order of the proof; each pair is the
/// first leaf and the one after the last. `None` if the tree does not have the leaf.
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<(u64, u64)>> {
    let (mut from, mut to) = (0, size);
    let mut ranges = Vec::new();
    if index >= size {
        return None;
    }
    while to - from > 1 {
        let split = from + split(to - from);
        if index < split {
            ranges.push((split, to));
            to = split;
        } else {
            ranges.push((from, split));
            from = split;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The same for the proof that a tree is the beginning of another one. `None` if it is larger.
pub fn consistency_ranges(old: u64, new: u64) -> Option<Vec<(u64, u64)>> {
    let (mut from, mut to) = (0, new);
    let mut ranges = Vec::new();
    if old > new {
        return None;
    }
    if old == 0 {
        return Some(ranges);
    }
    while to != old {
        let split = from + split(to - from);
        if old <= split {
            ranges.push((split, to));
            to = split;
        } else {
            ranges.push((from, split));
            from = split;
        }
    }
    // The whole old tree is known to whoever checks the proof.
    if from > 0 {
        ranges.push((from, to));
    }
    ranges.reverse();
    Some(ranges)
}

/// The largest power of two that is smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Checks that a leaf is in a tree (RFC 9162, section 2.1.3.2).
pub fn check_inclusion(
    leaf: Hash,
    index: u64,
    head: &TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let what = "that leaf";
    let size = head.size;
    if index >= size {
        return Err(ProofError::Beyond { size, what });
    }
    let mut path = Path::new(index, size - 1);
    let mut hash = leaf;
    for other in proof {
        hash = match path.step()? {
            Side::Left => Hash::of_node(*other, hash),
            Side::Right => Hash::of_node(hash, *other),
        };
    }
    path.has_ended()?;
    same(hash, head.root)
}

/// Checks that a tree is the beginning of another one (RFC 9162, section 2.1.4.2).
pub fn check_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size > new.size {
        let (size, what) = (new.size, "the other tree");
        return Err(ProofError::Beyond { size, what });
    }
    if old.size == 0 || old.size == new.size {
        let known = if old.size == 0 {
            Hash::of_nothing()
        } else {
            new.root
        };
        return if proof.is_empty() {
            same(old.root, known)
        } else {
            Err(ProofError::Length)
        };
    }
    let mut path = Path::new(old.size - 1, new.size - 1);
    path.skip_right();
    let (first, rest) = if old.size.is_power_of_two() {
        (old.root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::Length)?;
        (*first, rest)
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for other in rest {
        match path.step()? {
            Side::Left => {
                old_hash = Hash::of_node(*other, old_hash);
                new_hash = Hash::of_node(*other, new_hash);
            }
            Side::Right => new_hash = Hash::of_node(new_hash, *other),
        }
    }
    path.has_ended()?;
    same(old_hash, old.root)?;
    same(new_hash, new.root)
}

fn same(computed: Hash, expected: Hash) -> Result<(), ProofError> {
    if computed == expected {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// On which side of the path the next hash of a proof is.
enum Side {
    Left,
    Right,
}

/// A way from a node to the root, beside the way from the last leaf.
struct Path {
    node: u64,
    last: u64,
}

impl Path {
    fn new(node: u64, last: u64) -> Self {
        Self { node, last }
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    /// Goes up while the node is a right one.
    fn skip_right(&mut self) {
        while self.node % 2 == 1 {
            self.up();
        }
    }

    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let side = if self.node % 2 == 1 || self.node == self.last {
            // The last node of a level may be the only one below its next nodes.
            while self.node.is_multiple_of(2) && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Ok(side)
    }

    fn has_ended(&self) -> Result<(), ProofError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(ProofError::Length)
        }
    }
}

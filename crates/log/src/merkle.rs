//! The Merkle tree over the commits of a log, as RFC 6962 and RFC 9162 (section 2.1) define it. Its root
//! commits to every byte of every commit before it, and short proofs show that a commit is in a tree, or that
//! one tree is the beginning of another.
//!
//! The leaf of a commit is the hash of its [stored bytes](crate::Sequenced::stored), and its index is its
//! position less one:
//!
//! ```text
//! leaf = SHA-256(0x00 ‖ stored bytes) · node = SHA-256(0x01 ‖ left ‖ right) · empty tree = SHA-256()
//! ```
//!
//! [`CompactRange`] keeps what is needed of some consecutive leaves; [`Read::tree_range`] gives one for
//! any commits of a log. Roots and proofs are made of ranges, so nothing here reads a log:
//!
//! ```
//! use plansync_log::merkle::{self, CompactRange, Hash, TreeHead};
//!
//! let leaves: Vec<Hash> = (0..7_u8).map(|byte| Hash::of_leaf(&[byte])).collect();
//! let range = |from: u64, to: u64| {
//!     let mut range = CompactRange::new(from);
//!     let within = leaves.iter().zip(0..).filter(|(_, at)| (from..to).contains(at));
//!     within.for_each(|(leaf, _)| range.push_leaf(*leaf));
//!     range.root().unwrap_or_else(Hash::of_nothing)
//! };
//! let head = TreeHead { size: 7, root: range(0, 7) };
//! let ranges = merkle::inclusion_ranges(4, head.size).unwrap_or_default();
//! let proof: Vec<Hash> = ranges.into_iter().map(|(from, to)| range(from, to)).collect();
//! merkle::check_inclusion(leaves[4], 4, &head, &proof)?;
//! # Ok::<(), merkle::ProofError>(())
//! ```
//!
//! [`Read::tree_range`]: crate::Read::tree_range

mod hash;
mod proof;
mod range;
mod roots;
#[cfg(test)]
mod tests;

pub use hash::{Hash, TreeHead};
pub use proof::{
    HASHES_MAX, ProofError, check_consistency, check_inclusion, consistency_ranges,
    inclusion_ranges,
};
pub use range::{CompactRange, LEVEL_MAX, Node, Piece};
pub use roots::Roots;

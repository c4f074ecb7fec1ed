//! The roots that a tree had at some sizes, computed while its leaves go by.

use std::collections::BTreeMap;

use super::{CompactRange, Hash, TreeHead};
use crate::Position;

/// Computes the roots of a log's tree at given sizes from its commits, which are passed in order and once.
///
/// If a commit is missing, no root is known of any size from there on. Memory is bounded by the number of
/// sizes.
///
/// ```
/// use plansync_log::Position;
/// use plansync_log::merkle::{Hash, Roots};
///
/// let mut roots = Roots::at([1, 2]);
/// roots.push(Position::FIRST, Hash::of_leaf(b"the first commit"));
/// assert!(roots.of(1).is_some());
/// assert_eq!(roots.of(2), None);
/// assert_eq!(roots.head().size, 1);
/// ```
#[derive(Debug, Clone)]
pub struct Roots {
    wanted: BTreeMap<u64, Option<Hash>>,
    range: CompactRange,
}

impl Roots {
    /// Nothing has gone by. The roots at these sizes are wanted.
    pub fn at(sizes: impl IntoIterator<Item = u64>) -> Self {
        let empty = |size: u64| (size == 0).then(Hash::of_nothing);
        Self {
            wanted: sizes.into_iter().map(|size| (size, empty(size))).collect(),
            range: CompactRange::new(0),
        }
    }

    /// Takes the leaf of the next commit.
    pub fn push(&mut self, position: Position, leaf: Hash) {
        if position != Position::new(self.range.to()).next() {
            return;
        }
        self.range.push_leaf(leaf);
        if let Some(root) = self.wanted.get_mut(&self.range.to()) {
            *root = self.range.root();
        }
    }

    /// The root at a size, if it was wanted and every commit before it has gone by.
    pub fn of(&self, size: u64) -> Option<Hash> {
        self.wanted.get(&size).copied().flatten()
    }

    /// The tree of the commits that have gone by without a gap.
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.range.to(),
            root: self.range.root().unwrap_or_else(Hash::of_nothing),
        }
    }
}

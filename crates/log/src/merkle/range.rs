//! What is kept of consecutive leaves, so that ranges can be joined to larger ones without the leaves.

use super::Hash;

/// A level that no tree reaches.
pub const LEVEL_MAX: u8 = 63;

/// A node with all leaves below it: `2^level` leaves, of which the first has an index that is a multiple of
/// their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// How far it is above the leaves.
    pub level: u8,
    /// Its hash.
    pub hash: Hash,
}

impl Node {
    /// The number of leaves below it.
    pub fn leaves(self) -> u64 {
        1_u64.checked_shl(u32::from(self.level)).unwrap_or(u64::MAX)
    }
}

/// A part of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A whole node.
    Node(Node),
    /// Some leaves below a node, from this index up to, but without, another one.
    Leaves(u64, u64),
}

/// The largest nodes whose leaves are all in a range of consecutive leaves, from left to right. A million
/// leaves need at most 38 nodes.
///
/// [`capped`](Self::capped) ranges have no node above a level, so that parts of them can be told apart.
///
/// ```
/// use plansync_log::merkle::{CompactRange, Hash};
///
/// let mut left = CompactRange::new(0);
/// left.push_leaf(Hash::of_leaf(b"a"));
/// let mut right = CompactRange::new(1);
/// right.push_leaf(Hash::of_leaf(b"b"));
/// assert!(left.append(&right));
/// let root = Hash::of_node(Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
/// assert_eq!((left.to(), left.root()), (2, Some(root)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactRange {
    from: u64,
    to: u64,
    level_max: u8,
    nodes: Vec<Node>,
}

impl CompactRange {
    /// No leaves yet, before the leaf with this index.
    pub const fn new(from: u64) -> Self {
        Self::capped(from, LEVEL_MAX)
    }

    /// The same, without nodes above a level.
    pub const fn capped(from: u64, level_max: u8) -> Self {
        Self {
            from,
            to: from,
            level_max,
            nodes: Vec::new(),
        }
    }

    /// A capped range of this kind with these hashes, from left to right; `None` if their number is not the
    /// number of its nodes.
    pub fn of_hashes(from: u64, to: u64, level_max: u8, hashes: &[Hash]) -> Option<Self> {
        let mut range = Self::capped(from, level_max);
        for hash in hashes {
            let level = level_at(range.to, to, level_max)?;
            range.to = range.to.checked_add(1 << level)?;
            range.nodes.push(Node { level, hash: *hash });
        }
        (range.to == to).then_some(range)
    }

    /// The index of the first leaf.
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// The index after that of the last leaf.
    pub const fn to(&self) -> u64 {
        self.to
    }

    /// Whether it has no leaves.
    pub const fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// The nodes from left to right, each with the index of its first leaf.
    pub fn nodes(&self) -> impl Iterator<Item = (u64, Node)> + '_ {
        self.nodes.iter().scan(self.from, |at, node| {
            let first = *at;
            *at = at.saturating_add(node.leaves());
            Some((first, *node))
        })
    }

    /// The part of it in `from..to`, from left to right: its nodes, and the leaves of nodes that are only
    /// partly in there.
    pub fn cut(&self, from: u64, to: u64) -> impl Iterator<Item = Piece> + '_ {
        self.nodes().filter_map(move |(first, node)| {
            let end = first.saturating_add(node.leaves());
            let (first_within, end_within) = (first.max(from), end.min(to));
            if (first_within, end_within) == (first, end) {
                return Some(Piece::Node(node));
            }
            (first_within < end_within).then_some(Piece::Leaves(first_within, end_within))
        })
    }

    /// Adds the next leaf.
    pub fn push_leaf(&mut self, hash: Hash) {
        self.push(Node { level: 0, hash });
    }

    /// Adds the leaves of another range, which must begin where this one ends. Returns whether it does;
    /// nothing is added otherwise.
    #[must_use]
    pub fn append(&mut self, next: &Self) -> bool {
        let follows = next.from == self.to;
        if follows {
            next.nodes.iter().for_each(|node| self.push(*node));
        }
        follows
    }

    /// Adds a node whose first leaf is the next one.
    pub fn push(&mut self, mut node: Node) {
        let mut first = self.to;
        self.to = self.to.saturating_add(node.leaves());
        while node.level < self.level_max {
            // It is the right one of two below a common node if its number in its level is odd.
            let is_right = first / node.leaves() % 2 == 1;
            let Some(left) = self
                .nodes
                .pop_if(|left| is_right && left.level == node.level)
            else {
                break;
            };
            first -= node.leaves();
            node = Node {
                level: node.level + 1,
                hash: Hash::of_node(left.hash, node.hash),
            };
        }
        self.nodes.push(node);
    }

    /// The root of the subtree with these leaves. `None` if they are not all leaves of one subtree: then
    /// no tree has a node of exactly them.
    pub fn root(&self) -> Option<Hash> {
        let leaves = self.to - self.from;
        let is_subtree = leaves == 0
            || leaves
                .checked_next_power_of_two()
                .is_some_and(|wide| self.from.is_multiple_of(wide));
        let mut nodes = self.nodes.iter().rev().map(|node| node.hash);
        let last = nodes.next().unwrap_or_else(Hash::of_nothing);
        let level_sorted = || {
            self.nodes
                .is_sorted_by(|left, right| left.level > right.level)
        };
        if !is_subtree {
            return None;
        }
        if level_sorted() {
            return Some(nodes.fold(last, |right, left| Hash::of_node(left, right)));
        }
        // A capped range has several nodes of its highest level.
        let mut whole = Self::new(self.from);
        self.nodes.iter().for_each(|node| whole.push(*node));
        whole.root()
    }
}

/// The level of the node that begins at `at` in the range that ends at `to`.
fn level_at(at: u64, to: u64, level_max: u8) -> Option<u8> {
    let room = to.checked_sub(at)?.checked_ilog2()?;
    let aligned = at.trailing_zeros();
    u8::try_from(room.min(aligned))
        .ok()
        .map(|level| level.min(level_max))
}

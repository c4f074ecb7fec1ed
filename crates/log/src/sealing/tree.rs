//! The tree of keys, without those that were destroyed.
//!
//! A leaf has an index of 64 bits, and the tree a level for each bit. The nodes that are kept cover no
//! destroyed leaf, and each other leaf once. The index is an HMAC under a key of the tree, so that nobody
//! without the keys can choose an id that has the index of another.

use std::collections::BTreeMap;
use std::fmt;

use ring::hmac;

use super::leaf::Leaf;
use super::secret::{Secret, Seed};

/// The number of bits of an index.
pub(super) const LEVELS: u8 = 64;
/// The most trees whose texts a tree knows to be lost.
pub const LOST_TREES_MAX: usize = 1_000;

/// The id of a tree, which is in every text that was sealed with its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeId([u8; 8]);

impl TreeId {
    /// Wraps the id.
    pub const fn new(id: [u8; 8]) -> Self {
        Self(id)
    }

    /// The id itself.
    pub const fn get(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for TreeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A node that is kept: all leaves whose indexes begin with its first `depth` bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) depth: u8,
    pub(super) key: Secret,
}

/// The keys of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTree {
    pub(super) id: TreeId,
    pub(super) generation: u64,
    /// A secret that is never destroyed.
    pub(super) lasting: Secret,
    /// The nodes by the first index that each of them covers.
    pub(super) nodes: BTreeMap<u64, Node>,
    pub(super) lost: Vec<TreeId>,
}

impl KeyTree {
    /// The whole tree that begins with this seed. What was sealed with the keys of a tree in `lost` reads
    /// as erased; of more than [`LOST_TREES_MAX`], the first are kept.
    pub fn begin(seed: &Seed, mut lost: Vec<TreeId>) -> Self {
        let seed = seed.secret();
        let root = Node {
            depth: 0,
            key: seed.derive("plansync root"),
        };
        lost.sort_unstable();
        lost.dedup();
        lost.truncate(LOST_TREES_MAX);
        Self {
            id: TreeId::new(seed.derive_id("plansync tree")),
            generation: 1,
            lasting: seed.derive("plansync lasting"),
            nodes: BTreeMap::from([(0, root)]),
            lost,
        }
    }

    /// The id of the tree.
    pub const fn id(&self) -> TreeId {
        self.id
    }

    /// How often the tree was changed, counted from 1.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The trees of this log whose keys are gone as a whole.
    pub fn lost(&self) -> &[TreeId] {
        &self.lost
    }

    /// How many nodes are kept: 1 before anything was destroyed, and at most 64 more for each destroyed
    /// leaf.
    pub fn node_count(&self) -> u64 {
        u64::try_from(self.nodes.len()).unwrap_or(u64::MAX)
    }

    /// Whether the key of this leaf was destroyed.
    pub fn is_destroyed(&self, leaf: &Leaf) -> bool {
        self.covering(self.index(leaf)).is_none()
    }

    /// Destroys the key of a leaf. Returns whether there was one.
    pub fn destroy(&mut self, leaf: &Leaf) -> bool {
        let index = self.index(leaf);
        let covering = self.covering(index).map(|(first, _)| first);
        let Some(node) = covering.and_then(|first| self.nodes.remove(&first)) else {
            return false;
        };
        let mut key = node.key;
        for depth in node.depth..LEVELS {
            let is_right = bit(index, depth);
            let sibling = Node {
                depth: depth + 1,
                key: child(&key, !is_right),
            };
            let first = (index ^ (1 << (63 - depth))) & prefix_mask(depth + 1);
            self.nodes.insert(first, sibling);
            key = child(&key, is_right);
        }
        self.generation = self.generation.saturating_add(1);
        true
    }

    /// The secret of a leaf; `None` if it was destroyed.
    pub(super) fn leaf_secret(&self, leaf: &Leaf) -> Option<Secret> {
        let index = self.index(leaf);
        let (_, node) = self.covering(index)?;
        let mut key = node.key.clone();
        for depth in node.depth..LEVELS {
            key = child(&key, bit(index, depth));
        }
        Some(key)
    }

    /// The key of digests with this label.
    pub(super) fn digest_key(&self) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA256,
            self.lasting.derive("plansync digest").bytes(),
        )
    }

    fn index(&self, leaf: &Leaf) -> u64 {
        let key = self.lasting.derive("plansync index");
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.bytes());
        let tag = hmac::sign(&key, leaf.bytes());
        let first = tag.as_ref().first_chunk::<8>();
        first.copied().map_or(0, u64::from_be_bytes)
    }

    fn covering(&self, index: u64) -> Option<(u64, &Node)> {
        let (first, node) = self.nodes.range(..=index).next_back()?;
        covers(*first, node, index).then_some((*first, node))
    }
}

/// The bits of an index that the first `depth` levels decide on.
pub(super) const fn prefix_mask(depth: u8) -> u64 {
    match depth {
        0 => 0,
        1..=63 => u64::MAX << (64 - depth),
        64..=u8::MAX => u64::MAX,
    }
}

fn covers(first: u64, node: &Node, index: u64) -> bool {
    index & prefix_mask(node.depth) == first
}

/// Whether the way to a leaf goes to the right at this depth.
const fn bit(index: u64, depth: u8) -> bool {
    index & (1 << (63 - depth)) != 0
}

fn child(key: &Secret, is_right: bool) -> Secret {
    key.derive(if is_right { "plansync 1" } else { "plansync 0" })
}

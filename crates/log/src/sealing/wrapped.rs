//! The keys of a log as a file. The format is frozen: another layout gets another number.
//!
//! ```text
//! magic 8 · format u32 · log 16 · tree 8 · generation u64 · wrapped by u8 · id of the wrapping key 8
//! · bytes u32 · { nonce 12 · ciphertext · tag 16 } · crc u32
//! ```
//!
//! Everything before the ciphertext is authenticated with it. Its text is:
//!
//! ```text
//! lasting secret 32 · lost trees: count u32 · { tree 8 }* · nodes: count u32 · { depth u8 · first u64 · key 32 }*
//! ```
//!
//! Lost trees and nodes are in ascending order.

use std::collections::BTreeMap;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::error::{CipherRefused, WrappedError};
use super::secret::Secret;
use super::tree::{KeyTree, LEVELS, LOST_TREES_MAX, Node, TreeId, prefix_mask};
use super::wrapping::WrappingKey;
use crate::LogId;
use crate::bytes::Cursor;

const MAGIC: [u8; 8] = *b"plansynK";
const FORMAT: u32 = 1;
const HEAD_BYTES: usize = 53;
const NODE_BYTES: usize = 41;

/// Whose key wraps the keys of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrappedBy {
    /// A key that was made with the file and lies beside it; each destruction makes another.
    Generated,
    /// A key that the operator keeps elsewhere.
    Operator,
}

/// The keys of a log in the form of their file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKeys {
    /// The log.
    pub log: LogId,
    /// The tree.
    pub tree: TreeId,
    /// How often the tree was changed, counted from 1.
    pub generation: u64,
    /// Whose key wraps it.
    pub by: WrappedBy,
    key_id: [u8; 8],
    body: Vec<u8>,
}

impl WrappedKeys {
    /// Wraps the keys of a log with this key. The same keys wrapped with the same key are the same bytes.
    pub fn wrap(
        tree: &KeyTree,
        log: LogId,
        by: WrappedBy,
        key: &WrappingKey,
    ) -> Result<Self, CipherRefused> {
        let mut wrapped = Self {
            log,
            tree: tree.id,
            generation: tree.generation,
            by,
            key_id: key.id(),
            body: Vec::new(),
        };
        let text = Zeroizing::new(encode(tree));
        let mut body = Vec::with_capacity(text.len() + 28);
        key.cipher()?.seal_into(&mut body, &wrapped.head(), &text)?;
        u32::try_from(body.len()).map_err(|_| CipherRefused)?;
        wrapped.body = body;
        Ok(wrapped)
    }

    /// Whether this is the key with which it was wrapped.
    pub fn is_by(&self, key: &WrappingKey) -> bool {
        self.key_id == key.id()
    }

    /// The keys.
    pub fn unwrap(&self, key: &WrappingKey) -> Result<KeyTree, WrappedError> {
        if !self.is_by(key) {
            return Err(WrappedError::OtherKey);
        }
        let cipher = key.cipher()?;
        let opened = cipher.open(&self.head(), &self.body);
        let text = Zeroizing::new(opened.ok_or(WrappedError::NotAuthentic)?);
        decode(&text, self.tree, self.generation).ok_or(WrappedError::Damaged)
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.head();
        let bytes = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&bytes.to_be_bytes());
        out.extend_from_slice(&self.body);
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    /// Reads the bytes of a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, WrappedError> {
        let mut cursor = Cursor::new(bytes);
        if cursor.array() != Some(MAGIC) {
            return Err(WrappedError::NotKeys);
        }
        let format = cursor.u32().ok_or(WrappedError::Damaged)?;
        if format > FORMAT {
            return Err(WrappedError::Newer { format });
        }
        bytes
            .split_last_chunk::<4>()
            .filter(|(covered, crc)| crc32fast::hash(covered).to_be_bytes() == **crc)
            .and_then(|(covered, _)| Self::decode(covered))
            .ok_or(WrappedError::Damaged)
    }

    fn decode(covered: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(covered);
        cursor.take(MAGIC.len())?;
        if cursor.u32()? != FORMAT {
            return None;
        }
        let log = LogId::new(Uuid::from_bytes(cursor.array()?));
        let tree = TreeId::new(cursor.array()?);
        let generation = cursor.u64()?;
        let by = match cursor.u8()? {
            0 => WrappedBy::Generated,
            1 => WrappedBy::Operator,
            _ => return None,
        };
        let key_id = cursor.array()?;
        let bytes = usize::try_from(cursor.u32()?).ok()?;
        let body = cursor.take(bytes)?.to_vec();
        cursor.is_empty().then_some(Self {
            log,
            tree,
            generation,
            by,
            key_id,
            body,
        })
    }

    fn head(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD_BYTES + self.body.len() + 8);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_be_bytes());
        out.extend_from_slice(self.log.get().as_bytes());
        out.extend_from_slice(&self.tree.get());
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.push(match self.by {
            WrappedBy::Generated => 0,
            WrappedBy::Operator => 1,
        });
        out.extend_from_slice(&self.key_id);
        out
    }
}

fn encode(tree: &KeyTree) -> Vec<u8> {
    let mut out = Vec::with_capacity(40 + tree.lost.len() * 8 + tree.nodes.len() * NODE_BYTES);
    out.extend_from_slice(tree.lasting.bytes());
    out.extend_from_slice(&count(tree.lost.len()));
    for lost in &tree.lost {
        out.extend_from_slice(&lost.get());
    }
    out.extend_from_slice(&count(tree.nodes.len()));
    for (first, node) in &tree.nodes {
        out.push(node.depth);
        out.extend_from_slice(&first.to_be_bytes());
        out.extend_from_slice(node.key.bytes());
    }
    out
}

fn count(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes()
}

fn decode(text: &[u8], id: TreeId, generation: u64) -> Option<KeyTree> {
    let mut cursor = Cursor::new(text);
    let lasting = Secret::new(cursor.array()?);
    let lost_count = usize::try_from(cursor.u32()?).ok()?;
    if lost_count > LOST_TREES_MAX {
        return None;
    }
    let lost: Vec<TreeId> = (0..lost_count)
        .map(|_| cursor.array().map(TreeId::new))
        .collect::<Option<_>>()?;
    let node_count = cursor.u32()?;
    let mut nodes = BTreeMap::new();
    let mut free_from = Some(0);
    for _ in 0..node_count {
        let (first, node, after) = node(&mut cursor, free_from?)?;
        nodes.insert(first, node);
        free_from = after;
    }
    let is_sorted = lost.is_sorted_by(|before, after| before < after);
    (cursor.is_empty() && is_sorted).then_some(KeyTree {
        id,
        generation,
        lasting,
        nodes,
        lost,
    })
}

/// The next node, which covers no leaf before `free_from`; and the first leaf after it, if there is one.
fn node(cursor: &mut Cursor<'_>, free_from: u64) -> Option<(u64, Node, Option<u64>)> {
    let depth = cursor.u8()?;
    let first = cursor.u64()?;
    let key = Secret::new(cursor.array()?);
    let is_valid = depth <= LEVELS && first & !prefix_mask(depth) == 0 && first >= free_from;
    let after = (first | !prefix_mask(depth)).checked_add(1);
    is_valid.then_some((first, Node { depth, key }, after))
}

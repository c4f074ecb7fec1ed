//! The keys of a log at work: sealing and opening texts, destroying leaves, digests under a key.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use ring::hmac;

use super::cache::Cache;
use super::cipher::{Cipher, mac};
use super::error::{CipherRefused, DestroyError, KeyStoreError, SealError, UnsealError};
use super::leaf::Leaf;
use super::text::{self, Opened};
use super::tree::{KeyTree, TreeId};

/// Where the keys of a log are kept.
pub trait KeyStore: Send + Sync {
    /// Makes these keys durable instead of those that were there, and makes those unreadable as far as the
    /// storage allows. After an error, either of them may be there, but never parts of both.
    fn replace(&self, tree: &KeyTree) -> Result<(), KeyStoreError>;
}

/// The keys of a log. Sealing and opening take about a microsecond and may be called from any thread; the
/// first use of a leaf costs some microseconds more.
pub struct Keys {
    held: RwLock<Option<Held>>,
    cache: Cache,
    /// `None` if the log is only read. One change is made at a time.
    store: Option<Mutex<Box<dyn KeyStore>>>,
}

struct Held {
    tree: KeyTree,
    digests: hmac::Key,
}

impl Held {
    fn new(tree: KeyTree) -> Self {
        let digests = tree.digest_key();
        Self { tree, digests }
    }
}

impl Keys {
    /// The keys of a log that is open.
    pub fn new(tree: KeyTree, store: Box<dyn KeyStore>) -> Self {
        Self {
            store: Some(Mutex::new(store)),
            ..Self::only_read(Some(tree))
        }
    }

    /// The keys of a log that is only read; `None` if it has none, or if they are not at hand.
    pub fn only_read(tree: Option<KeyTree>) -> Self {
        Self {
            held: RwLock::new(tree.map(Held::new)),
            cache: Cache::default(),
            store: None,
        }
    }

    /// Keys that are kept nowhere, for tests.
    pub fn in_memory(tree: KeyTree) -> Self {
        Self::new(tree, Box::new(Nowhere))
    }

    /// The id of the tree; `None` if there are no keys. Then nothing can be sealed.
    pub fn tree(&self) -> Option<TreeId> {
        self.held().as_ref().map(|held| held.tree.id())
    }

    /// The keys as they are now.
    pub fn copy(&self) -> Option<KeyTree> {
        self.held().as_ref().map(|held| held.tree.clone())
    }

    /// How often keys were destroyed, counted from 1; 0 if there are no keys.
    pub fn generation(&self) -> u64 {
        self.held()
            .as_ref()
            .map_or(0, |held| held.tree.generation())
    }

    /// How many nodes the tree has; see [`KeyTree::node_count`].
    pub fn node_count(&self) -> u64 {
        self.held()
            .as_ref()
            .map_or(0, |held| held.tree.node_count())
    }

    /// Seals a text: the same leaf, associated data and text give the same bytes,
    /// [`SEALED_BYTES_MORE`](super::SEALED_BYTES_MORE) more than the text has. Empty text can be sealed, too.
    pub fn seal(&self, leaf: &Leaf, associated: &[u8], text: &[u8]) -> Result<Vec<u8>, SealError> {
        let tree = self.tree().ok_or(SealError::NoKeys)?;
        let cipher = self.cipher(leaf)?.ok_or(SealError::Destroyed)?;
        Ok(text::seal(&cipher, tree, associated, text)?)
    }

    /// Opens a sealed text, with the leaf and the associated data with which it was sealed.
    pub fn open(
        &self,
        leaf: &Leaf,
        associated: &[u8],
        sealed: &[u8],
    ) -> Result<Opened, UnsealError> {
        let (tree, body) = text::split(sealed)?;
        if let Some(elsewhere) = self.elsewhere(tree) {
            return Ok(elsewhere);
        }
        let Some(cipher) = self.cipher(leaf)? else {
            return Ok(Opened::Erased);
        };
        text::open(&cipher, tree, associated, body).map(Opened::Text)
    }

    /// Whether the key of this leaf was destroyed. Without keys, none was.
    pub fn is_destroyed(&self, leaf: &Leaf) -> bool {
        let held = self.held();
        held.as_ref()
            .is_some_and(|held| held.tree.is_destroyed(leaf))
    }

    /// Destroys the keys of these leaves, durably before it returns. Returns how many were there; if none
    /// was, nothing is written. Whoever still seals a text of these leaves in another thread may succeed
    /// until it returns.
    pub fn destroy(&self, leaves: &[Leaf]) -> Result<u64, DestroyError> {
        let store = self.store.as_ref().ok_or(DestroyError::OnlyRead)?;
        // Nothing under the lock panics, so no change is half done.
        let store = store.lock().unwrap_or_else(PoisonError::into_inner);
        let tree = self.held().as_ref().map(|held| held.tree.clone());
        let mut tree = tree.ok_or(DestroyError::NoKeys)?;
        let destroyed = leaves.iter().filter(|leaf| tree.destroy(leaf)).count();
        if destroyed > 0 {
            store.replace(&tree)?;
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            *held = Some(Held::new(tree));
            for leaf in leaves {
                self.cache.remove(leaf);
            }
        }
        Ok(u64::try_from(destroyed).unwrap_or(u64::MAX))
    }

    /// Lets go of the keys of these leaves, only here: whatever keeps the keys still has them.
    pub fn let_go(&self, leaves: &[Leaf]) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Held { tree, .. }) = held.as_mut() {
            for leaf in leaves {
                tree.destroy(leaf);
                self.cache.remove(leaf);
            }
        }
    }

    /// The HMAC-SHA-256 of `bytes` under a key of the log that is never destroyed, and a label that tells
    /// what it is for: whoever has the log and not its keys cannot find out what the bytes were by trying.
    /// `None` if there are no keys.
    pub fn digest(&self, label: &str, bytes: &[u8]) -> Option<[u8; 32]> {
        let held = self.held();
        Some(mac(&held.as_ref()?.digests, label.as_bytes(), bytes))
    }

    /// The same under the key of a leaf; `None` if there are no keys, or if it was destroyed. A label is the
    /// associated data of no text.
    pub fn digest_of(&self, leaf: &Leaf, label: &str, bytes: &[u8]) -> Option<[u8; 32]> {
        let cipher = self.cipher(leaf).ok().flatten()?;
        Some(cipher.digest(label, bytes))
    }

    fn held(&self) -> RwLockReadGuard<'_, Option<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a text of this tree is if it is not the one that is here.
    fn elsewhere(&self, tree: TreeId) -> Option<Opened> {
        let held = self.held();
        match held.as_ref() {
            Some(held) if held.tree.id() == tree => None,
            Some(held) if held.tree.lost().contains(&tree) => Some(Opened::Erased),
            Some(_) | None => Some(Opened::NotHere(tree)),
        }
    }

    /// The cipher of a leaf; `None` if it was destroyed.
    fn cipher(&self, leaf: &Leaf) -> Result<Option<Arc<Cipher>>, CipherRefused> {
        if let Some(cipher) = self.cache.get(leaf) {
            return Ok(Some(cipher));
        }
        let held = self.held();
        let Some(secret) = held.as_ref().and_then(|held| held.tree.leaf_secret(leaf)) else {
            return Ok(None);
        };
        let cipher = Arc::new(Cipher::new(&secret)?);
        // The lock is still held: a destruction comes before all of this or removes it again.
        self.cache.put(*leaf, &cipher);
        Ok(Some(cipher))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("tree", &self.tree())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

struct Nowhere;

impl KeyStore for Nowhere {
    fn replace(&self, _tree: &KeyTree) -> Result<(), KeyStoreError> {
        Ok(())
    }
}

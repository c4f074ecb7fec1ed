//! The keys of a log in memory. They begin with a seed that follows from the log, so that a test can be
//! repeated: they are no secret.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::Tip;
use crate::sealing::{KeyStore, KeyStoreError, KeyTree, Keys, Seed};

/// The keys of one place. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct StoredKeys {
    held: Arc<Mutex<Option<KeyTree>>>,
}

impl StoredKeys {
    /// The keys of the log that is opened, which begin if it has none.
    pub(super) fn open(&self, tip: Tip) -> Keys {
        let begin = || KeyTree::begin(&Self::seed(tip), Vec::new());
        let tree = self.held().get_or_insert_with(begin).clone();
        Keys::new(tree, Box::new(self.clone()))
    }

    /// The keys as they are now, for reading only.
    pub(super) fn only_read(&self) -> Keys {
        Keys::only_read(self.held().clone())
    }

    /// Replaces the keys; `None` if the log gets new ones when it is opened.
    pub(super) fn put(&self, tree: Option<KeyTree>) {
        *self.held() = tree;
    }

    /// The seed of the keys that begin with this incarnation.
    pub(super) fn seed(tip: Tip) -> Seed {
        let mut hash = Sha256::new();
        hash.update(b"plansync keys in memory");
        hash.update(tip.log.get().as_bytes());
        hash.update(tip.incarnation.get().to_be_bytes());
        Seed::new(hash.finalize().into())
    }

    fn held(&self) -> MutexGuard<'_, Option<KeyTree>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyStore for StoredKeys {
    fn replace(&self, tree: &KeyTree) -> Result<(), KeyStoreError> {
        self.put(Some(tree.clone()));
        Ok(())
    }
}

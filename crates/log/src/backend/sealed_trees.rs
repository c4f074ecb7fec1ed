//! Which keys a restored log gets: what its commits are sealed with is compared with what was given.

use std::collections::BTreeSet;

use super::{RestoreError, RestoreKeys};
use crate::sealing::{KeyTree, Seed, TreeId};
use crate::{Bodies, LogId, Sequenced};

/// The trees of keys that seal the texts of a log that is being restored.
#[derive(Debug)]
pub struct SealedTrees {
    keys: RestoreKeys,
    seen: BTreeSet<TreeId>,
}

impl SealedTrees {
    /// Restores a log under these keys.
    ///
    /// # Errors
    ///
    /// [`RestoreError::ForeignKeys`] if they belong to another log.
    pub fn under(keys: RestoreKeys, expected: LogId) -> Result<Self, RestoreError> {
        match &keys {
            RestoreKeys::Given { log: found, .. } if *found != expected => {
                let found = *found;
                Err(RestoreError::ForeignKeys { found, expected })
            }
            RestoreKeys::New | RestoreKeys::Given { .. } | RestoreKeys::Lost => Ok(Self {
                keys,
                seen: BTreeSet::new(),
            }),
        }
    }

    /// Takes a commit that is restored.
    ///
    /// # Errors
    ///
    /// [`RestoreError::NoKeys`] or [`RestoreError::OtherKeys`] if it has text that could not be read.
    pub fn take(&mut self, commit: &Sequenced, bodies: &dyn Bodies) -> Result<(), RestoreError> {
        let position = commit.position();
        for tree in commit.trees_with(bodies) {
            match &self.keys {
                RestoreKeys::New => return Err(RestoreError::NoKeys { position }),
                RestoreKeys::Given { tree: given, .. } => {
                    let given_id = given.id();
                    if tree != given_id && !given.lost().contains(&tree) {
                        return Err(RestoreError::OtherKeys {
                            position,
                            tree,
                            given: given_id,
                        });
                    }
                }
                RestoreKeys::Lost => {
                    self.seen.insert(tree);
                }
            }
        }
        Ok(())
    }

    /// The keys of the restored log, new ones from this seed if others are lost; `None` if it gets new ones
    /// as every log that begins.
    pub fn keys(self, seed: &Seed) -> Option<KeyTree> {
        match self.keys {
            RestoreKeys::New => None,
            RestoreKeys::Given { tree, .. } => Some(tree),
            RestoreKeys::Lost => Some(KeyTree::begin(seed, self.seen.into_iter().collect())),
        }
    }
}

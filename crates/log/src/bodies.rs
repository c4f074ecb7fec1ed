//! The port that decodes events. A log stores the bodies of events as bytes; checks, backups and
//! restores use this port to find out whether they can still be decoded.

use crate::Commit;
use crate::sealing::TreeId;

/// Decodes the bodies of events.
pub trait Bodies: Sync {
    /// Decodes every event of a commit. Returns remarks about values that can be decoded but are unusual.
    ///
    /// # Errors
    ///
    /// What is wrong with a body that cannot be decoded, as the end of a sentence.
    fn read(&self, commit: &Commit) -> Result<Vec<String>, String>;

    /// The trees of keys with which texts of a commit are sealed. Bodies that cannot be decoded have none.
    fn trees(&self, _commit: &Commit) -> Vec<TreeId> {
        Vec::new()
    }
}

/// Accepts every body, for logs whose events are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opaque;

impl Bodies for Opaque {
    fn read(&self, _commit: &Commit) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}

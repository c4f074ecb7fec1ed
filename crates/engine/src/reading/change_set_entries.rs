//! `sync.changes`: the change set of a sync, as it was fixed when the sync was accepted (T6).

use plansync_domain::access::sync::readable;
use plansync_domain::ids::SyncId;
use plansync_domain::ids::digest::Digest;
use plansync_domain::sync::change_set::Entry;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::window::{Listed, Window};

/// A part of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSetEntries {
    /// The digest of the request and the whole change set.
    pub digest: Digest,
    /// The entries in the order of component ids.
    pub entries: Listed<Entry>,
}

impl Reading<'_> {
    /// `sync.changes`, for whoever may read the sync: `sync_not_found`.
    pub fn sync_changes(&self, sync: SyncId, window: Window) -> Result<ChangeSetEntries, Refusal> {
        let sync = readable(self.tenant(), self.actor, sync)?;
        let change_set = self.change_set(sync)?;
        let entries = window.of(change_set.entries().iter().collect());
        Ok(ChangeSetEntries {
            digest: sync.facts().digest,
            entries: entries.map(Entry::clone),
        })
    }
}

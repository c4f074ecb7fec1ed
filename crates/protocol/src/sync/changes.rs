//! The changes that a synchronisation replays, as they were fixed when it was accepted (T6).

use plansync_primitives::ids::{ComponentId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{page_body, page_reply};
use crate::scalar::Digest;
use crate::strict::present;
use crate::words::Replay;

page_body! {
    /// Body of `sync.changes`.
    pub struct ListSyncChanges {
        /// The id of the synchronisation.
        pub sync: SyncId,
    }
}

page_reply! {
    /// Reply of `sync.changes`, by id of the component.
    pub struct SyncChangesPage {
        /// The digest of the request and of the whole change set; the same as in the preview.
        pub digest: Digest,
    } items of ChangeSetItem
}

/// The changes of one component that are replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FrozenChange")]
pub struct ChangeSetItem {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name at the source; if it was deleted there, its last name.
    pub name: String,
    /// How it is replayed; null if there is nothing to replay.
    pub change: Option<Replay>,
    /// The values that are replayed.
    pub attributes: Vec<ChangeSetAttribute>,
}

/// A value that is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FrozenAttribute")]
pub struct ChangeSetAttribute {
    /// The name of the attribute.
    pub attribute: AttributeName,
    /// The value at the source when the record was opened, if a recent change is replayed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub before: Option<AttributeValue>,
    /// The value that the target gets.
    pub after: AttributeValue,
    /// The elements to add, if the attribute is replayed element by element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Vec<String>>,
    /// The elements to remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
}

//! What a sync replays: the change set as it was frozen when the sync was accepted (T6).

use plansync_domain::ids::{ComponentId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{PageNumber, PageSize};
use crate::scalar::Digest;
use crate::strict::present;
use crate::words::Replay;

/// Body of `sync.changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncChanges {
    /// Which sync.
    pub sync: SyncId,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
}

/// Reply of `sync.changes`, by component id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncChangesPage {
    /// How many components there are on all pages.
    pub total: u64,
    /// Over the request and the whole change set: the one that the preview showed.
    pub digest: Digest,
    /// Those of this page.
    pub items: Vec<ChangeSetItem>,
}

/// What is replayed of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FrozenChange")]
pub struct ChangeSetItem {
    /// Which.
    pub component: ComponentId,
    /// Its name on the source, or its last one there.
    pub name: String,
    /// In what way; null where there is nothing to replay.
    pub change: Option<Replay>,
    /// The values that are replayed.
    pub attributes: Vec<ChangeSetAttribute>,
}

/// A value that is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FrozenAttribute")]
pub struct ChangeSetAttribute {
    /// Which attribute.
    pub attribute: AttributeName,
    /// The source's value at the marker, where a recent change is replayed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub before: Option<AttributeValue>,
    /// The value that the target is to have.
    pub after: AttributeValue,
    /// The elements to add, where the attribute is replayed element by element (C3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Vec<String>>,
    /// The elements to remove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
}

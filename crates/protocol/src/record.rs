//! Record sessions: an administrator has a learner's record open.
//!
//! Owns the bodies and replies. What counts as a recent change is decided elsewhere.

use plansync_domain::ids::{CommandId, ComponentId, LearnerId, ProgrammeId, SessionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{PageNumber, PageSize};
use crate::plan::LastUpdated;
use crate::scalar::{Position, Time, Version};
use crate::words::Change;

/// Body of `record.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRecord {
    /// Whose record.
    pub learner: LearnerId,
    /// The id of the session; the engine gives one if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Whether to go on with the session that one has open on this learner, if there is one, whatever
    /// `session` says; otherwise that one is closed, and a new one opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<bool>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// A programme that the learner is enrolled on and that is known (S2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeChoice {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Whether it is the one to start with.
    pub preselected: bool,
}

/// Reply of `record.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordOpened {
    /// The session.
    pub session: SessionId,
    /// The plan's version, from which changes count as recent.
    pub marker: Version,
    /// Whether the administrator may synchronise (P6).
    pub can_sync: bool,
    /// The programmes to choose from.
    pub programmes: Vec<ProgrammeChoice>,
    /// Whether it was open already, and goes on.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub resumed: bool,
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

/// Body of `record.close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRecord {
    /// Which session.
    pub session: SessionId,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Reply of `record.close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordClosed {
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

/// Body of `record.list`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecords {
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// An open record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The session.
    pub session: SessionId,
    /// Whose record.
    pub learner: LearnerId,
    /// The plan's version, from which changes count as recent.
    pub marker: Version,
    /// When it was opened.
    pub opened_at: Time,
    /// The programmes to choose from, as they are now.
    #[serde(default)]
    pub programmes: Vec<ProgrammeChoice>,
}

/// Reply of `record.list`: one's own open records, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<Record>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Body of `record.changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecordChanges {
    /// Which session.
    pub session: SessionId,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `record.changes`, in plan order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordChangesPage {
    /// How many components have recent changes, on all pages.
    pub total: u64,
    /// Those of this page.
    pub changes: Vec<RecentChange>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// What changed recently on one component (C1 to C4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecentChange {
    /// Which.
    pub component: ComponentId,
    /// Its name; the last one of a deleted component.
    pub name: String,
    /// In what way.
    pub change: Change,
    /// Whether it is chosen to start with (C7).
    pub preselected: bool,
    /// What differs.
    pub attributes: Vec<AttributeChange>,
    /// What last changed it.
    pub last_updated: LastUpdated,
}

/// An attribute before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeChange {
    /// Which.
    pub attribute: AttributeName,
    /// Its value at the marker.
    pub before: AttributeValue,
    /// Its value now.
    pub after: AttributeValue,
    /// The elements that were added, where the attribute is replayed element by element (C3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Vec<String>>,
    /// The elements that were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
}

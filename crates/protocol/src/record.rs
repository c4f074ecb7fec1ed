//! Records: an administrator has the record of a learner open in a session.

use plansync_primitives::ids::{CommandId, ComponentId, LearnerId, ProgrammeId, SessionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::canonical::Canonical;
use crate::page::{held_page_body, held_page_reply};
use crate::plan::LastUpdated;
use crate::scalar::{Time, Version};
use crate::strict::optional_flag;
use crate::words::Change;

/// Body of `record.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRecord {
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The id of the session; if none is given, the engine makes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Whether to continue the session that the actor has open for this learner, if there is one;
    /// `session` is then ignored. Otherwise that session is closed and a new one is opened.
    #[serde(
        default,
        deserialize_with = "optional_flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub resume: Option<bool>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// A programme that exists and on which the learner is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeChoice {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Whether it is the preselected one.
    pub preselected: bool,
}

/// Reply of `record.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordOpened {
    /// The id of the session.
    pub session: SessionId,
    /// The version of the plan after which changes are recent changes.
    pub marker: Version,
    /// Whether the administrator may synchronise.
    pub can_sync: bool,
    /// The programmes that can be chosen.
    pub programmes: Vec<ProgrammeChoice>,
    /// Whether the session had been open before and continues.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub resumed: bool,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

/// Body of `record.close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRecord {
    /// The id of the session.
    pub session: SessionId,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

impl Canonical for CloseRecord {}

/// Reply of `record.close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordClosed {
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

held_page_body! {
    /// Body of `record.list`.
    #[derive(Default)]
    pub struct ListRecords {}
}

/// An open record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The id of the session.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The version of the plan after which changes are recent changes.
    pub marker: Version,
    /// The time at which it was opened.
    pub opened_at: Time,
    /// The programmes to choose from, as they are now.
    #[serde(default)]
    pub programmes: Vec<ProgrammeChoice>,
}

held_page_reply! {
    /// Reply of `record.list`: the records that the actor has open, oldest first.
    pub struct RecordPage {} items of Record
}

held_page_body! {
    /// Body of `record.changes`.
    pub struct ListRecordChanges {
        /// The id of the session.
        pub session: SessionId,
    }
}

held_page_reply! {
    /// Reply of `record.changes`, in plan order.
    pub struct RecordChangesPage {} changes of RecentChange
}

/// The recent change of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecentChange {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was deleted, its last name.
    pub name: String,
    /// Whether it was created, updated or deleted.
    pub change: Change,
    /// Whether it is preselected.
    pub preselected: bool,
    /// The attributes that differ.
    pub attributes: Vec<AttributeChange>,
    /// The commit that last changed it.
    pub last_updated: LastUpdated,
}

/// An attribute before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeChange {
    /// The name of the attribute.
    pub attribute: AttributeName,
    /// Its value before; null if the component did not exist.
    pub before: AttributeValue,
    /// Its value after; null if the component no longer exists.
    pub after: AttributeValue,
    /// The elements that were added, if the attribute is replayed element by element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Vec<String>>,
    /// The elements that were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
}

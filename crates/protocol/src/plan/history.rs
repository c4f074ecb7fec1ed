//! The history of a plan, commit by commit.

use plansync_primitives::ids::{Actor, CommandId, ComponentId, LearnerId, ProgrammeId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{page_body, page_reply};
use crate::plan::ReviewStatus;
use crate::scalar::{Position, Time, Version};
use crate::words::{Change, Status};

page_body! {
    /// Body of `plan.history`.
    pub struct GetPlanHistory {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// The first version to return; 1 if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from_version: Option<Version>,
    }
}

page_reply! {
    /// Reply of `plan.history`, oldest first.
    pub struct PlanHistoryPage {} items of PlanCommit
}

/// One commit in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanCommit {
    /// The version that it gave to the plan.
    pub version: Version,
    /// The position of the commit in the log.
    pub position: Position,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The synchronisation that made the commit; null if it was made by hand.
    pub sync: Option<SyncId>,
    /// The id of the command that caused it.
    pub command_id: CommandId,
    /// What it changed.
    pub changes: Vec<PlanChange>,
}

/// One change that a commit made in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlanChange {
    /// To one component, by an edit.
    Component(ComponentChange),
    /// To several components, from a template.
    #[schemars(title = "InstantiatedChange")]
    Instantiated {
        /// The programme and the number of components.
        instantiated: Instantiated,
    },
    /// To several components, by a synchronisation.
    #[schemars(title = "SynchronisedChange")]
    Synchronised {
        /// The numbers of components by outcome.
        synchronised: Synchronised,
    },
}

/// What an edit changed in one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentChange {
    /// The id of the component.
    pub component: ComponentId,
    /// Whether it was created, updated or deleted.
    pub change: Change,
    /// The attributes that were set.
    pub attributes: Vec<AttributeAfter>,
    /// The version of the template from which a component was added again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_version: Option<Version>,
    /// The status that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How often evidence had been submitted after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u64>,
    /// The review status that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_status: Option<ReviewStatus>,
    /// The reason for a changed date; empty if it was erased. Published events have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An attribute and its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeAfter {
    /// The name of the attribute.
    pub attribute: AttributeName,
    /// Its new value.
    pub after: AttributeValue,
}

/// What an instantiation added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instantiated {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The version of the template.
    pub template_version: Version,
    /// The number of components that were added.
    pub added: u64,
}

/// The outcomes of a synchronisation in this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Synchronised {
    /// The number of components to which changes were applied.
    pub applied: u64,
    /// The number of components that already had these values.
    pub unchanged: u64,
    /// The number of components that were skipped.
    pub skipped: u64,
    /// How many of the applied components were created; `plan.change` returns which, and what differs.
    #[serde(default)]
    pub created: u64,
    /// How many were updated.
    #[serde(default)]
    pub updated: u64,
    /// How many were deleted.
    #[serde(default)]
    pub deleted: u64,
}

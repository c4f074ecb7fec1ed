//! What happened to a plan, commit by commit.

use plansync_domain::ids::{Actor, CommandId, ComponentId, LearnerId, ProgrammeId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{PageNumber, PageSize};
use crate::plan::ReviewStatus;
use crate::scalar::{Position, Time, Version};
use crate::words::{Change, Status};

/// Body of `plan.history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPlanHistory {
    /// Whose plan.
    pub learner: LearnerId,
    /// The first version to show; 1 if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_version: Option<Version>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
}

/// Reply of `plan.history`, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanHistoryPage {
    /// How many commits there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<PlanCommit>,
}

/// One commit on a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanCommit {
    /// The version that it gave the plan.
    pub version: Version,
    /// Where it stands in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Time,
    /// Who asked for it.
    pub by: Actor,
    /// The sync that did it; none if it was done by hand.
    pub sync: Option<SyncId>,
    /// The command that asked for it.
    pub command_id: CommandId,
    /// What it did.
    pub changes: Vec<PlanChange>,
}

/// One thing that a commit did to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlanChange {
    /// To one component, by hand.
    Component(ComponentChange),
    /// To many at once, from the programme's template.
    Instantiated {
        /// From which, and how many.
        instantiated: Instantiated,
    },
    /// To many at once, by a sync.
    Synchronised {
        /// How many pairs came out how.
        synchronised: Synchronised,
    },
}

/// What an edit did to one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentChange {
    /// Which.
    pub component: ComponentId,
    /// In what way.
    pub change: Change,
    /// The attributes that were set.
    pub attributes: Vec<AttributeAfter>,
    /// The version of the template that a re-added component was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_version: Option<Version>,
    /// The status that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How often evidence was submitted by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<u64>,
    /// The review status that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_status: Option<ReviewStatus>,
    /// Why a date was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An attribute and the value it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeAfter {
    /// Which.
    pub attribute: AttributeName,
    /// Its value from then on.
    pub after: AttributeValue,
}

/// What an instantiation added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instantiated {
    /// From whose template.
    pub programme: ProgrammeId,
    /// In which version.
    pub template_version: Version,
    /// How many components.
    pub added: u64,
}

/// How the components of a sync came out on this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Synchronised {
    /// How many were replayed.
    pub applied: u64,
    /// How many were as they should be already.
    pub unchanged: u64,
    /// How many were left alone.
    pub skipped: u64,
    /// How many of those replayed were created; `plan.change` shows which, and what differs.
    #[serde(default)]
    pub created: u64,
    /// How many were updated.
    #[serde(default)]
    pub updated: u64,
    /// How many were deleted.
    #[serde(default)]
    pub deleted: u64,
}

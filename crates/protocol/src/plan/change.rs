//! What one commit did to a plan, attribute by attribute, before and after.

use plansync_domain::ids::{Actor, CommandId, ComponentId, LearnerId, ReviewId, SyncId, TaskId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::{PageNumber, PageSize};
use crate::plan::ReviewStatus;
use crate::record::AttributeChange;
use crate::scalar::{Position, Time, Version};
use crate::words::{Change, Status};

/// Body of `plan.change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPlanChange {
    /// Whose plan.
    pub learner: LearnerId,
    /// The version that the commit gave the plan: 1 or more.
    pub version: Version,
    /// Which page of the components.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many components a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
}

/// Reply of `plan.change`: what is there in plan order, then what is gone. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChangePage {
    /// The version that the commit gave the plan.
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
    /// The reason that was given, where it is the same for all that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many components it touched, on all pages.
    pub total: u64,
    /// Those of this page.
    pub changes: Vec<ComponentDifference>,
}

/// What a commit did to one component, all in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentDifference {
    /// Which.
    pub component: ComponentId,
    /// Its name, or its last one.
    pub name: String,
    /// In what way.
    pub change: Change,
    /// The attributes that differ: all that its type has, of one that was created (null before) or
    /// deleted (null after).
    pub attributes: Vec<AttributeChange>,
    /// Its status, if it differs; null where the component was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusDifference>,
    /// How often evidence was submitted, if that differs; 0 where the component was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDifference>,
    /// Its review, if it differs; null where it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewDifference>,
    /// Its calendar tasks.
    pub tasks: TaskChanges,
    /// Why a date was changed; of a due date that a sync replayed, the reason given for the source's edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A status before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusDifference {
    /// Before the commit.
    pub before: Option<Status>,
    /// After it.
    pub after: Option<Status>,
}

/// How often evidence was submitted, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceDifference {
    /// Before the commit.
    pub before: u64,
    /// After it.
    pub after: u64,
}

/// A review before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewDifference {
    /// Before the commit.
    pub before: Option<ReviewSide>,
    /// After it.
    pub after: Option<ReviewSide>,
}

/// A review on one side of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewSide {
    /// Its id.
    pub review: ReviewId,
    /// How far it had come.
    pub status: ReviewStatus,
    /// When its meeting was.
    pub review_at: Option<Time>,
}

/// Calendar tasks that were made, and open ones that were cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TaskMoves")]
pub struct TaskChanges {
    /// Those that were made.
    pub made: Vec<TaskId>,
    /// Those that were open and are so no more.
    pub cancelled: Vec<TaskId>,
}

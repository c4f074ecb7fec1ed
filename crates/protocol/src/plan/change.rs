//! What one commit changed in a plan, attribute by attribute, before and after.

use plansync_primitives::ids::{
    Actor, CommandId, ComponentId, LearnerId, ReviewId, SyncId, TaskId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::page_body;
use crate::plan::ReviewStatus;
use crate::record::AttributeChange;
use crate::scalar::{Position, Time, Version};
use crate::words::{Change, Status};

page_body! {
    /// Body of `plan.change`.
    pub struct GetPlanChange {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// The version that the commit gave to the plan, from 1.
        pub version: Version,
    }
}

/// Reply of `plan.change`: the components in plan order, then the deleted ones. The same request always
/// has the same reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChangePage {
    /// The version that the commit gave to the plan.
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
    /// The reason that was given, if it is the same for all components that have one; empty if it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of changed components on all pages.
    pub total: u64,
    /// The components of this page.
    pub changes: Vec<ComponentDifference>,
}

/// What a commit changed in one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentDifference {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was deleted, its last name.
    pub name: String,
    /// Whether it was created, updated or deleted.
    pub change: Change,
    /// The attributes that differ. For a component that was created (null before) or deleted (null
    /// after): all attributes of its type.
    pub attributes: Vec<AttributeChange>,
    /// Its status, if it differs; null on the side on which the component does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusDifference>,
    /// How often evidence was submitted, if that differs; 0 on the side on which the component does not
    /// exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDifference>,
    /// Its review, if it differs; null on the side on which it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewDifference>,
    /// Its calendar tasks.
    pub tasks: TaskChanges,
    /// The reason for a changed date. For a due date that was synchronised: the reason given for the
    /// edit at the source. Empty if it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A status before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusDifference {
    /// Before the commit.
    pub before: Option<Status>,
    /// After the commit.
    pub after: Option<Status>,
}

/// How often evidence was submitted, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceDifference {
    /// Before the commit.
    pub before: u64,
    /// After the commit.
    pub after: u64,
}

/// A review before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewDifference {
    /// Before the commit.
    pub before: Option<ReviewSide>,
    /// After the commit.
    pub after: Option<ReviewSide>,
}

/// A review on one side of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewSide {
    /// Its id.
    pub review: ReviewId,
    /// Its state.
    pub status: ReviewStatus,
    /// The time of its meeting.
    pub review_at: Option<Time>,
}

/// Calendar tasks that were created, and open ones that were cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TaskMoves")]
pub struct TaskChanges {
    /// The tasks that were created.
    pub made: Vec<TaskId>,
    /// The open tasks that were cancelled.
    pub cancelled: Vec<TaskId>,
}

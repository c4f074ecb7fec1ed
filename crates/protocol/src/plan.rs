//! Plans: instantiating, editing, reading, and their history.
//!
//! Owns the bodies and replies. What an edit does is decided elsewhere.

mod change;
mod component;
mod edit;
mod history;

use plansync_domain::ids::{CommandId, ComponentId, LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{
    ComponentDifference, EvidenceDifference, GetPlanChange, PlanChangePage, ReviewDifference,
    ReviewSide, StatusDifference, TaskChanges,
};
pub use component::{
    Assignee, Component, GetPlan, LastUpdated, PlanPage, Review, ReviewStatus, Task, TaskStatus,
};
pub use edit::{Edit, EditForm};
pub use history::{
    AttributeAfter, ComponentChange, GetPlanHistory, Instantiated, PlanChange, PlanCommit,
    PlanHistoryPage, Synchronised,
};

use crate::bounded::List;
use crate::scalar::{Position, Version};
use crate::strict::maps;

/// Body of `plan.instantiate`: adds the template's components that the plan lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstantiatePlan {
    /// Whose plan.
    pub learner: LearnerId,
    /// Whose template; the learner must be enrolled on it.
    pub programme: ProgrammeId,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Reply of `plan.instantiate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanInstantiated {
    /// The plan's version now.
    pub version: Version,
    /// Where it stands in the log.
    pub position: Position,
    /// How many components were added.
    pub added: u64,
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

/// Body of `plan.edit`: all of the edits or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPlan {
    /// Whose plan.
    pub learner: LearnerId,
    /// Refuses the edits if the plan has another version by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<Version>,
    /// The edits, each seeing those before it. Together they are refused if what they do takes
    /// more than 1,000,000 bytes of JSON to tell, since it is told in one event.
    #[serde(deserialize_with = "maps")]
    pub edits: List<Edit, 1_000>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Reply of `plan.edit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanEdited {
    /// The plan's version now.
    pub version: Version,
    /// Where it stands in the log.
    pub position: Position,
    /// Whether anything differs.
    pub changed: bool,
    /// The components that were added, in the order of the edits.
    pub added: Vec<ComponentId>,
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

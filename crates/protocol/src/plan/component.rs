//! The components of a plan as they are read.

use std::borrow::Cow;

use plansync_domain::ids::{
    Actor, AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId, ReviewId, TaskId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::attributes::Attributes;
use crate::page::{PageNumber, PageSize};
use crate::scalar::{Position, Time, Version};
use crate::strict::Plain;
use crate::words::{Status, words};

/// Body of `plan.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetPlan {
    /// Whose plan.
    pub learner: LearnerId,
    /// The plan as it was at this version; as it is now, if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_version: Option<Version>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
}

/// Reply of `plan.get`, in plan order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanPage {
    /// Whose plan.
    pub learner: LearnerId,
    /// The version that is shown.
    pub version: Version,
    /// How many components there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub components: Vec<Component>,
}

/// One component of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Component {
    /// Its id, the same on every plan that has it.
    pub component: ComponentId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// What kind of component it is.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Whether it came from the programme's template.
    pub from_template: bool,
    /// Its progress.
    pub status: Status,
    /// How often evidence was submitted.
    pub evidence_submitted: u64,
    /// All attributes that its type has.
    pub attributes: Attributes,
    /// Its review; null for a component of another type.
    pub review: Option<Review>,
    /// What last changed it.
    pub last_updated: LastUpdated,
}

/// The commit that last changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastUpdated {
    /// Where it stands in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Time,
    /// Who asked for it.
    pub by: Actor,
}

words! {
    /// How far a review has come.
    ReviewStatus {
        NotScheduled = "not_scheduled",
        Scheduled = "scheduled",
        InProgress = "in_progress",
        Completed = "completed",
    }
}

words! {
    /// How far a calendar task has come.
    TaskStatus {
        Open = "open",
        Done = "done",
        Cancelled = "cancelled",
    }
}

/// The review of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// Its id.
    pub review: ReviewId,
    /// How far it has come.
    pub status: ReviewStatus,
    /// When its meeting is, or was.
    pub review_at: Option<Time>,
    /// Its calendar tasks, oldest first.
    pub tasks: Vec<Task>,
}

/// A calendar task of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Its id.
    pub task: TaskId,
    /// Whose it is.
    pub assignee: Assignee,
    /// When it is due.
    pub at: Time,
    /// How far it has come.
    pub status: TaskStatus,
}

/// Whose calendar a task is in: `learner`, which no administrator is called, or an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// The learner's whose plan it is.
    Learner,
    /// This administrator's.
    Administrator(AdministratorId),
}

/// How the learner's own calendar is spelled.
const LEARNER: &str = "learner";

impl Serialize for Assignee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Learner => serializer.serialize_str(LEARNER),
            Self::Administrator(administrator) => administrator.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Assignee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Plain(name) = Plain::deserialize(deserializer)?;
        if name == LEARNER {
            return Ok(Self::Learner);
        }
        name.parse()
            .map(Self::Administrator)
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Assignee {
    fn schema_name() -> Cow<'static, str> {
        "Assignee".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let administrator = generator.subschema_for::<AdministratorId>();
        json_schema!({ "anyOf": [{ "const": LEARNER }, administrator] })
    }
}

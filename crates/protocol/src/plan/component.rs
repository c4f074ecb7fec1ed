//! The components of a plan, as they are returned.

use std::borrow::Cow;

use plansync_primitives::ids::{
    Actor, AdministratorId, ComponentId, ComponentType, LearnerId, ProgrammeId, ReviewId, TaskId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::attributes::Attributes;
use crate::page::page_body;
use crate::scalar::{Position, Time, Version};
use crate::strict::Plain;
use crate::words::{Status, words};

page_body! {
    /// Body of `plan.get`.
    pub struct GetPlan {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// The version of the plan to return; the current one if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at_version: Option<Version>,
    }
}

/// Reply of `plan.get`, in plan order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanPage {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version that is returned.
    pub version: Version,
    /// The number of components on all pages.
    pub total: u64,
    /// The components of this page.
    pub components: Vec<Component>,
}

/// One component of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Component {
    /// Its id; the same on every plan that has it.
    pub component: ComponentId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Whether it comes from the template of the programme.
    pub from_template: bool,
    /// Its status.
    pub status: Status,
    /// How often evidence was submitted.
    pub evidence_submitted: u64,
    /// All attributes of its type.
    pub attributes: Attributes,
    /// Its review; null if its type has none.
    pub review: Option<Review>,
    /// The commit that last changed it.
    pub last_updated: LastUpdated,
}

/// The commit that last changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastUpdated {
    /// The position of the commit in the log.
    pub position: Position,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
}

words! {
    /// The status of a review.
    ReviewStatus {
        /// It has no date.
        NotScheduled = "not_scheduled",
        /// It has a date, and calendar tasks for the learner and for an administrator.
        Scheduled = "scheduled",
        /// It has begun.
        InProgress = "in_progress",
        /// It is finished, and its calendar tasks are done.
        Completed = "completed",
    }
}

words! {
    /// The status of a calendar task.
    TaskStatus {
        /// It has to be done.
        Open = "open",
        /// It is done.
        Done = "done",
        /// It was cancelled, because its review was moved, replaced or removed.
        Cancelled = "cancelled",
    }
}

/// The review of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// Its id.
    pub review: ReviewId,
    /// Its status.
    pub status: ReviewStatus,
    /// The time of its meeting.
    pub review_at: Option<Time>,
    /// Its calendar tasks, oldest first.
    pub tasks: Vec<Task>,
}

/// A calendar task of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Its id.
    pub task: TaskId,
    /// The person whose task it is.
    pub assignee: Assignee,
    /// The time at which it is due.
    pub at: Time,
    /// Its status.
    pub status: TaskStatus,
}

/// The person whose task it is: `learner`, or the id of an administrator. No administrator has the id
/// `learner`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// The learner whose plan it is.
    Learner,
    /// This administrator.
    Administrator(AdministratorId),
}

/// How the learner is spelled.
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
        json_schema!({
            "description": "The person whose task it is: the learner, or an administrator by id.",
            "anyOf": [{ "title": "LearnerAssignee", "type": "string", "const": LEARNER }, administrator],
        })
    }
}

//! What differs between a plan at two points.

use plansync_primitives::ids::{ComponentId, ComponentType, LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::point::{PlanPoint, PointReached};
use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{PageSize, body};
use crate::plan::{ReviewSide, TaskChanges};
use crate::scalar::{Position, Version};
use crate::strict::{count, map, optional_map};
use crate::words::{Change, Status};

body! {
    /// Body of `audit.diff`.
    pub struct GetAuditDiff {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// The first point.
        #[serde(deserialize_with = "map")]
        pub from: PlanPoint,
        /// The second point; the present if none is given. It may be before the first one: the difference then
        /// leads back.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub to: Option<PlanPoint>,
        /// The value `next` of the reply before, to continue after it.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub after: Option<DiffCursor>,
        /// The most components to return. 50 if none is given. There are fewer if they would be too large for one
        /// message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

body! {
    /// A place in a list of differences.
    #[derive(Copy)]
    pub struct DiffCursor {
        /// The version of the plan at the first point.
        pub from: Version,
        /// The version of the plan at the second point.
        pub to: Version,
        /// The number of items before the place.
        #[serde(deserialize_with = "count")]
        pub skip: u32,
    }
}

/// Reply of `audit.diff`: the net difference. What was changed and changed back in between is none. The items are
/// in the order of the plan at the second point; then the deleted ones, in the order that they had.
///
/// The items applied to the plan at the first point give the plan at the second one: delete the deleted components
/// and take out those that have a `place`; change the attributes of the others; then insert the components that have
/// a `place` there, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditDiffPage {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The first point.
    pub from: PointReached,
    /// The second point.
    pub to: PointReached,
    /// The components of this page.
    pub items: Vec<AuditDifference>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<DiffCursor>,
    /// The last position of the log that was visible.
    pub position: Position,
}

/// What differs of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditDifference {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was deleted, its last name.
    pub name: String,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type. If it is another one than before, attributes that only this type has are null unless they are
    /// listed, and those that it does not have are gone.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Whether it comes from the template of the programme.
    pub from_template: bool,
    /// Whether it was created, updated or deleted.
    pub change: Change,
    /// Its place in the plan at the second point, from 0, if it was created, or stands elsewhere among the components
    /// that both have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// The attributes that differ. For a component that was created (null before) or deleted (null after): all
    /// attributes of its type.
    pub attributes: Vec<AttributeOrigin>,
    /// Its status, if it differs; null on the side on which the component does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusOrigin>,
    /// How often evidence was submitted, if that differs; 0 on the side on which the component does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceOrigin>,
    /// Its review, if it differs; null on the side on which it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewOrigin>,
    /// Calendar tasks that only the second point has, and open ones that it does not have any more.
    pub tasks: TaskChanges,
    /// The commit that added or removed the component last, or else the last one that changed it. Empty if only
    /// calendar tasks differ, because the case owner does.
    pub origins: Vec<Origin>,
}

/// An attribute at both points, and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeOrigin {
    /// The name of the attribute.
    pub attribute: AttributeName,
    /// Its value at the first point; null if the component did not exist.
    pub before: AttributeValue,
    /// Its value at the second point; null if the component does not exist.
    pub after: AttributeValue,
    /// The elements that were added, for criteria and documents of a component that exists at both points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Vec<String>>,
    /// The elements that were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<String>>,
    /// The last commit between the points that set it. Empty if the component does not exist at the later point.
    pub origins: Vec<Origin>,
}

/// A status at both points, and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusOrigin {
    /// At the first point.
    pub before: Option<Status>,
    /// At the second point.
    pub after: Option<Status>,
    /// The last commit between the points that set it; empty if it came or went with the component.
    pub origins: Vec<Origin>,
}

/// How often evidence was submitted at both points, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceOrigin {
    /// At the first point.
    pub before: u64,
    /// At the second point.
    pub after: u64,
    /// The last commit between the points that submitted some; empty if it came or went with the component.
    pub origins: Vec<Origin>,
}

/// A review at both points, and who changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewOrigin {
    /// At the first point.
    pub before: Option<ReviewSide>,
    /// At the second point.
    pub after: Option<ReviewSide>,
    /// The last commit between the points that changed it; empty if the component does not exist at the later one.
    pub origins: Vec<Origin>,
}

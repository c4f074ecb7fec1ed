//! A plan as it was at a point.

use plansync_primitives::ids::LearnerId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::point::{PlanCursor, PlanPoint, PointReached};
use crate::page::{PageSize, body};
use crate::plan::Component;
use crate::scalar::Position;
use crate::strict::optional_map;

body! {
    /// Body of `audit.plan`.
    pub struct GetAuditPlan {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// The point to return; the present if none is given.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub at: Option<PlanPoint>,
        /// The value `next` of the reply before, to continue after it.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub after: Option<PlanCursor>,
        /// The most components to return. 50 if none is given. There are fewer if they would be too large for one
        /// message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

/// Reply of `audit.plan`, in plan order. At a version, it is what `plan.get` returns for that version. At a position
/// or a time, open calendar tasks belong to whoever was the case owner then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditPlanPage {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The point.
    pub point: PointReached,
    /// The components of this page.
    pub components: Vec<Component>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<PlanCursor>,
    /// The last position of the log that was visible.
    pub position: Position,
}

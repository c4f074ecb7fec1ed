//! What changed in the plans in a period.

use plansync_primitives::ids::{Actor, ComponentId, ComponentType, LearnerId, ProgrammeId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::origin::Origin;
use crate::attributes::{AttributeName, AttributeValue};
use crate::page::{PageSize, body};
use crate::plan::{EvidenceDifference, ReviewDifference, StatusDifference};
use crate::record::AttributeChange;
use crate::scalar::{Position, Time, Version};
use crate::strict::{count, optional_map, present};
use crate::words::words;

body! {
    /// Body of `audit.changes`. A change must pass every filter that is given.
    pub struct ListAuditChanges {
        /// Only changes that were recorded at this time or later.
        pub from_time: Time,
        /// Only changes that were recorded before this time.
        pub to_time: Time,
        /// Only changes of this learner's plan.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub learner: Option<LearnerId>,
        /// Only changes of components of this programme.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub programme: Option<ProgrammeId>,
        /// Only changes of this component.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
        /// Whether each change has its values before and after the commit. Changes of progress are then listed, too.
        #[serde(
            default,
            deserialize_with = "crate::strict::optional_flag",
            skip_serializing_if = "Option::is_none"
        )]
        pub values: Option<bool>,
        /// The value `next` of the reply before, to continue there.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub after: Option<ChangesCursor>,
        /// The most changes to return. 50 if none is given. A request reads a bounded part of the log, so there may be
        /// fewer, or none, although more follow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

body! {
    /// A place in a list of changes.
    #[derive(Copy)]
    pub struct ChangesCursor {
        /// The learner whose plan is read next.
        pub learner: LearnerId,
        /// The version of the plan that is read next.
        pub version: Version,
        /// The number of its changes that were returned already.
        #[serde(deserialize_with = "count")]
        pub skip: u32,
    }
}

words! {
    /// What happened to a component.
    ContentChange {
        /// It was added.
        Added = "added",
        /// It was removed.
        Removed = "removed",
        /// Its due date was moved.
        DueDateMoved = "due_date_moved",
        /// Other attributes were changed.
        Updated = "updated",
        /// Only its progress was changed: status, evidence or review. Listed with `values` only.
        Progress = "progress",
    }
}

/// Reply of `audit.changes`, by id of the learner and position. Progress is left out unless `values` is given. Changes
/// that are recorded while the list is read are missing if their learner was passed already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditChangesPage {
    /// The changes.
    pub items: Vec<PlanContentChange>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ChangesCursor>,
    /// The last position of the log that was visible.
    pub position: Position,
}

/// What one commit did to a component of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanContentChange {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The position of the commit in the log.
    pub position: Position,
    /// The version that the commit gave to the plan.
    pub version: Version,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The synchronisation that made it; null if it was made by hand.
    pub sync: Option<SyncId>,
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was removed, its last name.
    pub name: String,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Its type.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// What happened. A commit that moves a due date and changes more is `due_date_moved`.
    pub change: ContentChange,
    /// The attributes that changed, if it was neither added nor removed.
    pub attributes: Vec<AttributeName>,
    /// The due date before, if it differs.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub due_date_before: Option<AttributeValue>,
    /// The due date after, if it differs.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub due_date_after: Option<AttributeValue>,
    /// The reason that was given for the due date; if it was synchronised, the reason given at the
    /// source. Empty if it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The commit at the source for which the reason was given, if the due date was synchronised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_from: Option<Origin>,
    /// What it was before and after the commit, if `values` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<ChangedValues>,
}

/// A component before and after a commit: what differs. Of one that was added or removed, all attributes; they are
/// null on the side where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedValues {
    /// The attributes.
    pub attributes: Vec<AttributeChange>,
    /// The progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusDifference>,
    /// The number of pieces of evidence that were submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDifference>,
    /// The review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewDifference>,
}

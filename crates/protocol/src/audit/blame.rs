//! Who set each attribute of a plan last.

use plansync_primitives::ids::{ComponentId, LearnerId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::point::{PlanCursor, PlanPoint, PointReached};
use crate::attributes::AttributeValue;
use crate::page::{PageSize, body};
use crate::plan::ReviewSide;
use crate::scalar::Position;
use crate::strict::{optional_map, present};
use crate::words::words;

words! {
    /// What somebody set: the component itself, an attribute, its progress or its review.
    BlamedAttribute {
        /// The component itself: who added it.
        Component = "component",
        /// The name.
        Name = "name",
        /// The due date.
        DueDate = "due_date",
        /// Who completes the component.
        CompletionMode = "completion_mode",
        /// The criteria.
        Criteria = "criteria",
        /// The instructions.
        Instructions = "instructions",
        /// Whether evidence is required.
        EvidenceRequired = "evidence_required",
        /// How often evidence has to be submitted at least.
        MinEvidence = "min_evidence",
        /// The documents.
        Documents = "documents",
        /// Whether the organisation delivers the component.
        DeliveryViaOrganisation = "delivery_via_organisation",
        /// Whether the employer delivers the component.
        DeliveryViaEmployer = "delivery_via_employer",
        /// The Marking Aid exercise.
        MarkingAidExercise = "marking_aid_exercise",
        /// Whether the component is planned for quality assurance.
        PlannedForQa = "planned_for_qa",
        /// The type of the review.
        ReviewType = "review_type",
        /// The time of the review.
        ReviewAt = "review_at",
        /// The administrator who is responsible for the component.
        Owner = "owner",
        /// The progress.
        Status = "status",
        /// The number of pieces of evidence that were submitted.
        EvidenceSubmitted = "evidence_submitted",
        /// The progress of the review.
        Review = "review",
    }
}

body! {
    /// Body of `audit.blame`.
    pub struct GetAuditBlame {
        /// The learner whose plan it is.
        pub learner: LearnerId,
        /// Only this component, which may have been removed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
        /// Only this attribute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub attribute: Option<BlamedAttribute>,
        /// The point; the present if none is given.
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
        /// The most items to return. 50 if none is given. There are fewer if they would be too large for one message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

/// Reply of `audit.blame`: the components in plan order, and for each the component itself, its attributes, and its
/// progress and review. Progress that nobody recorded since the component was added is left out. Of a component that
/// was removed, there is only `component`, with the value false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditBlamePage {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The point.
    pub point: PointReached,
    /// The items of this page.
    pub items: Vec<BlamedField>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<PlanCursor>,
    /// The last position of the log that was visible.
    pub position: Position,
}

/// Who set one attribute last: the last commit after which its value was another than before. If a change was
/// reversed, that is the reversal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlamedField {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was removed, its last name.
    pub name: String,
    /// What was set.
    pub attribute: BlamedAttribute,
    /// Its value. For `component`: whether it is in the plan. For `review`: its status.
    pub value: AttributeValue,
    /// Its value before it was set; left out if it came with the component.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub before: Option<AttributeValue>,
    /// For `review`: the review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewSide>,
    /// For `review`: the review before it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_before: Option<ReviewSide>,
    /// The commit that set it, and where a synchronisation got it from.
    pub origins: Vec<Origin>,
}

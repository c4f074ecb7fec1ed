//! What commits by hand do to the reviews of a plan.
//!
//! It is total, like every fold. Replays of a sync are in `replay`.

use crate::event::ReviewStatusSet;
use crate::ids::AdministratorId;
use crate::ids::version::Version;
use crate::plan::draft::PlanDraft;
use crate::plan::shape::Row;
use crate::review::{Meeting, Origin, Review};
use crate::values::attribute::Attribute;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// The meeting that the component in a row describes now.
pub(crate) fn meeting(draft: &PlanDraft, row: Row, case_owner: ValueId) -> Meeting {
    let owner = draft.value(row, Attribute::Owner);
    Meeting {
        at: draft.value(row, Attribute::ReviewAt),
        administrator: if owner == ValueId::NULL {
            case_owner
        } else {
            owner
        },
    }
}

/// A component was added. If it has a review, the review is created according to V1.
pub(crate) fn added(
    draft: &mut PlanDraft,
    row: Row,
    version: Version,
    case_owner: Option<&AdministratorId>,
    values: &mut Values,
) {
    if draft.entry(row).component_type.is_review() {
        let meeting = meeting(draft, row, id(case_owner, values));
        draft.set_review(row, Review::created(Origin::Hand(version), meeting));
    }
}

/// The date of a component changed.
pub(crate) fn rescheduled(
    draft: &mut PlanDraft,
    row: Row,
    case_owner: Option<&AdministratorId>,
    values: &mut Values,
) {
    if let Some(mut review) = draft.review(row) {
        review.reschedule(meeting(draft, row, id(case_owner, values)));
        draft.set_review(row, review);
    }
}

/// The progress of a review was recorded.
pub(crate) fn status_set(
    draft: &mut PlanDraft,
    row: Row,
    event: &ReviewStatusSet,
    values: &mut Values,
) {
    if let Some(mut review) = draft.review(row) {
        let case_owner = id(event.case_owner.as_ref(), values);
        let meeting = meeting(draft, row, case_owner);
        if event.tasks_follow {
            review.settle(meeting.administrator);
        }
        review.set_status(event.status, meeting);
        draft.set_review(row, review);
    }
}

fn id(administrator: Option<&AdministratorId>, values: &mut Values) -> ValueId {
    administrator.map_or(ValueId::NULL, |administrator| {
        values.intern(&Value::Administrator(administrator.clone()))
    })
}

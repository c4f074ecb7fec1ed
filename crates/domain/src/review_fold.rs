//! What commits by hand do to the reviews of a plan.
//!
//! Total, like every fold. Knows nothing of who may do it, nor of syncs.

use crate::attribute::Attribute;
use crate::event::ReviewStatusSet;
use crate::ids::AdministratorId;
use crate::plan_draft::PlanDraft;
use crate::review::{Meeting, Origin, Review};
use crate::shape::Row;
use crate::value::Value;
use crate::values::{ValueId, Values};
use crate::version::Version;

/// The meeting that a row's component speaks of now.
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

/// A component was added: its review, if it has one, is created as V1 says.
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

/// A component's date changed.
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

/// Progress was recorded.
pub(crate) fn status_set(
    draft: &mut PlanDraft,
    row: Row,
    event: &ReviewStatusSet,
    values: &mut Values,
) {
    if let Some(mut review) = draft.review(row) {
        let case_owner = id(event.case_owner.as_ref(), values);
        review.set_status(event.status, meeting(draft, row, case_owner));
        draft.set_review(row, review);
    }
}

fn id(administrator: Option<&AdministratorId>, values: &mut Values) -> ValueId {
    administrator.map_or(ValueId::NULL, |administrator| {
        values.intern(&Value::Administrator(administrator.clone()))
    })
}

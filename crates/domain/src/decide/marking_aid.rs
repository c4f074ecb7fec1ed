//! Marking Aid: without it, `marking_aid_exercise` can neither be set nor selected.
//!
//! Only refusals of commands are decided here. Whether a replay withholds an exercise is decided
//! when the target is judged.

use crate::command::rejection::Rejection;
use crate::state::tenant::Tenant;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

const REFUSED: Rejection = Rejection::AttributeNotAllowed {
    attribute: Attribute::MarkingAidExercise.name(),
    problem: "Marking Aid is turned off for the tenant; omit the attribute",
};

/// Checks whether a new component may get these attributes.
pub(crate) fn check_given(tenant: &Tenant, given: &AttributeMap) -> Result<(), Rejection> {
    check_change(tenant, given, &Value::Null)
}

/// Checks whether these attributes may be set on a component whose exercise is `current`. Setting
/// no exercise on a component that has none is not a change.
pub(crate) fn check_change(
    tenant: &Tenant,
    set: &AttributeMap,
    current: &Value,
) -> Result<(), Rejection> {
    let Some(exercise) = set.get(Attribute::MarkingAidExercise) else {
        return Ok(());
    };
    let changes_nothing = *exercise == Value::Null && *current == Value::Null;
    if tenant.marking_aid() || changes_nothing {
        Ok(())
    } else {
        Err(REFUSED)
    }
}

//! The Marking Aid gate: without it, no exercise can be set or synchronised.
//!
//! Owns when naming `marking_aid_exercise` is refused. Knows nothing of what is withheld from a
//! replay: that is judged with the replay.

use crate::command::rejection::Rejection;
use crate::state::tenant::Tenant;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

const REFUSED: Rejection = Rejection::AttributeNotAllowed {
    attribute: Attribute::MarkingAidExercise.name(),
    problem: "the tenant has Marking Aid off; leave the attribute out",
};

/// Whether a new component may be given these attributes.
pub(crate) fn check_given(tenant: &Tenant, given: &AttributeMap) -> Result<(), Rejection> {
    check_change(tenant, given, &Value::Null)
}

/// Whether these attributes may be set on a component that has `current` for its exercise: naming
/// none is no change where it has none.
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

//! The name of a component on its plan.

use crate::plan::ComponentView;
use crate::text::personal::Personal;
use crate::values::attribute::Attribute;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// The name of a component on its plan.
pub fn name(view: ComponentView<'_>, values: &Values) -> Personal {
    text(values, view.value(Attribute::Name))
}

pub(crate) fn text(values: &Values, id: ValueId) -> Personal {
    if let Value::Text(text) = values.get(id) {
        text.clone()
    } else {
        Personal::from("")
    }
}

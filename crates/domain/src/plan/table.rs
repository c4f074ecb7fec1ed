//! A shape with a column for every attribute: what plans and templates have in common.

use std::sync::Arc;

use crate::plan::column::Column;
use crate::plan::shape::{Row, Shape};
use crate::values::ValueId;
use crate::values::attribute::{ATTRIBUTE_COUNT, Attribute};
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

/// The attribute values of one component, in the fixed order of attributes.
pub type Cells = [ValueId; ATTRIBUTE_COUNT];

/// Components and their attributes.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) shape: Arc<Shape>,
    pub(crate) columns: [Column<ValueId>; ATTRIBUTE_COUNT],
}

impl Default for Table {
    fn default() -> Self {
        Self {
            shape: Arc::default(),
            columns: std::array::from_fn(|_| Column::Same(ValueId::NULL)),
        }
    }
}

impl Table {
    /// The components, in order.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// An attribute of a row.
    pub fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.columns[attribute.index()].get(row)
    }

    /// All attributes of a row.
    pub fn cells(&self, row: Row) -> Cells {
        std::array::from_fn(|index| self.columns[index].get(row))
    }
}

/// The cells of a component to which these attributes were given; the others have their defaults.
pub fn cells_of(attributes: &AttributeMap, mut id: impl FnMut(&Value) -> ValueId) -> Cells {
    Attribute::ALL.map(|attribute| match attributes.get(attribute) {
        Some(value) => id(value),
        None => id(&attribute.default().unwrap_or(Value::Null)),
    })
}

//! Programme templates: what a programme's plans start from, every version of it.
//!
//! The current version is a table; older ones are rebuilt from what changed, since only looking
//! far back asks for them. Knows nothing of plans.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::attributes::AttributeMap;
use crate::ids::{ComponentId, ComponentType};
use crate::shape::{Row, Shape};
use crate::table::Table;
use crate::values::ValueId;
use crate::version::TemplateVersion;

/// One component of a template, as `system` put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateComponent {
    /// Its id on every plan.
    pub component: ComponentId,
    /// Its type, which never changes.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// What it is configured with; defaults elsewhere.
    pub attributes: AttributeMap,
}

/// A programme's template at one version.
#[derive(Debug, Clone, Default)]
pub struct TemplateContent {
    pub(crate) version: TemplateVersion,
    pub(crate) table: Table,
}

impl TemplateContent {
    /// Which version this is.
    pub fn version(&self) -> TemplateVersion {
        self.version
    }

    /// Its components, in the order of adding.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.table.shape
    }

    /// How many components it has.
    pub fn len(&self) -> usize {
        self.table.shape.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.table.shape.is_empty()
    }

    /// Where a component is, if the template has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.table.shape.row(component)
    }

    /// One attribute of one component.
    pub fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.table.value(row, attribute)
    }
}

/// A programme's template through time.
#[derive(Debug, Clone, Default)]
pub struct Template {
    current: Arc<TemplateContent>,
}

impl Template {
    /// The template as it is now.
    pub fn current(&self) -> &Arc<TemplateContent> {
        &self.current
    }

    /// The template as it was at a version; none if it never had that version.
    pub fn at(&self, version: TemplateVersion) -> Option<Arc<TemplateContent>> {
        (self.current.version == version).then(|| Arc::clone(&self.current))
    }
}

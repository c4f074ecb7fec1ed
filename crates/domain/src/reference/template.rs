//! Templates of programmes, at every version.
//!
//! The present version is a table. Earlier versions are rebuilt from the changes, because they are
//! needed only to read far back.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::version::TemplateVersion;
use crate::ids::{ComponentId, ComponentType, ProgrammeId};
use crate::plan::shape::{Row, Shape, ShapeEntry, Shapes};
use crate::plan::table::{Cells, Table, cells_of};
use crate::plan::table_draft::TableDraft;
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;
use crate::values::{ValueId, Values};

/// A component of a template, as `system` put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateComponent {
    /// Its id on every plan.
    pub component: ComponentId,
    /// Its type, which never changes.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Its attributes. Those that are missing have their defaults.
    pub attributes: AttributeMap,
}

/// A programme's template at one version.
#[derive(Debug, Clone, Default)]
pub struct TemplateContent {
    version: TemplateVersion,
    table: Table,
}

impl TemplateContent {
    /// The version.
    pub fn version(&self) -> TemplateVersion {
        self.version
    }

    /// Its components, in the order in which they were added.
    pub fn shape(&self) -> &Arc<Shape> {
        self.table.shape()
    }

    /// The number of its components.
    pub fn len(&self) -> usize {
        self.shape().len()
    }

    /// Whether it has no components.
    pub fn is_empty(&self) -> bool {
        self.shape().is_empty()
    }

    /// The row of a component, if the template has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.shape().row(component)
    }

    /// An attribute of a component.
    pub fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.table.value(row, attribute)
    }

    /// All attributes of a component.
    pub fn cells(&self, row: Row) -> Cells {
        self.table.cells(row)
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }
}

/// What the id of a template's component stands for once it was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateIdentity {
    pub(crate) programme: ProgrammeId,
    pub(crate) component_type: ComponentType,
}

/// A change that one commit made to a template.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum TemplateChange {
    Put(Vec<TemplateComponent>),
    Removed(Vec<ComponentId>),
}

/// A programme's template over time.
#[derive(Debug, Clone, Default)]
pub struct Template {
    current: Arc<TemplateContent>,
    /// The changes that made each version, from the first.
    changes: imbl::Vector<Arc<TemplateChange>>,
}

impl Template {
    /// The values of the tenant have new ids.
    pub(crate) fn rename(&mut self, to: impl FnOnce(&Table) -> Table) {
        self.current = Arc::new(TemplateContent {
            version: self.current.version,
            table: to(&self.current.table),
        });
    }

    /// Every change since the first, in order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Arc<TemplateChange>> {
        self.changes.iter()
    }

    /// The present template.
    pub fn current(&self) -> &Arc<TemplateContent> {
        &self.current
    }

    /// The template at a version; none if it never had that version. An earlier version is rebuilt
    /// from all changes before it.
    pub(crate) fn at(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
        values: &mut Values,
        shapes: &mut Shapes,
    ) -> Option<Arc<TemplateContent>> {
        if version == self.current.version {
            return Some(Arc::clone(&self.current));
        }
        let count = usize::try_from(version.get()).ok()?;
        if version > self.current.version {
            return None;
        }
        let mut draft = TableDraft::new(&Table::default());
        for change in self.changes.iter().take(count) {
            apply(&mut draft, programme, change, |value| values.intern(value));
        }
        let table = draft.finish(shapes).table;
        Some(Arc::new(TemplateContent { version, table }))
    }

    /// The components that the template had at a version, in their rows; those of the last version if it never
    /// had that one.
    pub(crate) fn components_at(&self, version: TemplateVersion) -> Vec<ComponentId> {
        let count = usize::try_from(version.get()).unwrap_or(usize::MAX);
        let mut components: Vec<ComponentId> = Vec::new();
        let mut known = BTreeSet::new();
        for change in self.changes.iter().take(count) {
            match &**change {
                TemplateChange::Put(put) => {
                    for one in put {
                        if known.insert(one.component) {
                            components.push(one.component);
                        }
                    }
                }
                TemplateChange::Removed(removed) => {
                    for component in removed {
                        known.remove(component);
                    }
                    components.retain(|component| known.contains(component));
                }
            }
        }
        components
    }

    /// A commit changed the template.
    pub(crate) fn change(
        &mut self,
        programme: ProgrammeId,
        change: TemplateChange,
        values: &mut Values,
        shapes: &mut Shapes,
    ) {
        let mut draft = TableDraft::new(&self.current.table);
        apply(&mut draft, programme, &change, |value| values.intern(value));
        self.changes.push_back(Arc::new(change));
        self.current = Arc::new(TemplateContent {
            version: self.current.version.next(),
            table: draft.finish(shapes).table,
        });
    }
}

/// A component that is replaced keeps its place; new ones follow in the order given.
fn apply(
    draft: &mut TableDraft,
    programme: ProgrammeId,
    change: &TemplateChange,
    mut id: impl FnMut(&Value) -> ValueId,
) {
    match change {
        TemplateChange::Put(components) => {
            for put in components {
                let cells = cells_of(&put.attributes, &mut id);
                put_one(draft, programme, put, cells);
            }
        }
        TemplateChange::Removed(components) => {
            for component in components {
                if let Some(row) = draft.row(*component) {
                    draft.remove(row);
                }
            }
        }
    }
}

fn put_one(draft: &mut TableDraft, programme: ProgrammeId, put: &TemplateComponent, cells: Cells) {
    let Some(row) = draft.row(put.component) else {
        let entry = ShapeEntry {
            component: put.component,
            programme,
            component_type: put.component_type.clone(),
        };
        draft.add(entry, cells);
        return;
    };
    for (attribute, cell) in Attribute::ALL.into_iter().zip(cells) {
        draft.set(row, attribute, cell);
    }
}

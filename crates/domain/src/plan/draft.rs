//! A mutable copy of a plan, which edits, instantiations and replays change step by step.
//!
//! Only folds, and decisions that compute intermediate plans, use it. No rule is checked here.

use std::sync::Arc;

use crate::ids::ComponentId;
use crate::ids::version::Version;
use crate::plan::column::Column;
use crate::plan::column_draft::ColumnDraft;
use crate::plan::shape::{Row, ShapeEntry, Shapes};
use crate::plan::status::Status;
use crate::plan::table::{Cells, Table};
use crate::plan::table_draft::TableDraft;
use crate::plan::{Plan, undated};
use crate::review::Review;
use crate::values::ValueId;
use crate::values::attribute::Attribute;

/// A plan and the changes to it. Rows keep their numbers until the draft is finished.
#[derive(Debug, Clone)]
pub struct PlanDraft {
    table: TableDraft,
    status: ColumnDraft<Status>,
    from_template: ColumnDraft<bool>,
    last_changed: ColumnDraft<Version>,
    evidence: imbl::OrdMap<ComponentId, u32>,
    filled: Version,
    reviews: imbl::OrdMap<ComponentId, Arc<Review>>,
    gone: imbl::OrdMap<ComponentId, Version>,
}

impl PlanDraft {
    /// A draft without changes.
    pub fn new(plan: &Plan) -> Self {
        let count = plan.len();
        Self {
            table: TableDraft::new(&plan.table),
            status: ColumnDraft::new(&plan.status, count),
            from_template: ColumnDraft::new(&plan.from_template, count),
            last_changed: ColumnDraft::new(&plan.last_changed, count),
            evidence: plan.evidence.clone(),
            filled: plan.filled,
            reviews: plan.reviews.clone(),
            gone: plan.gone.clone(),
        }
    }

    /// Fills an empty plan with exactly the components of a template, sharing all of its columns.
    pub(crate) fn fill(&mut self, table: &Table, version: Version) {
        let mut gone = std::mem::take(&mut self.gone);
        for entry in table.shape.entries() {
            gone.remove(&entry.component);
        }
        *self = Self::new(&Plan {
            version,
            table: table.clone(),
            from_template: Column::Same(true),
            last_changed: Column::Same(version),
            filled: version,
            gone,
            ..Plan::default()
        });
    }

    /// The number of its components.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether it has no components.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row of a component, if the draft has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.table.row(component)
    }

    /// The fixed properties of the component in a row.
    pub fn entry(&self, row: Row) -> &ShapeEntry {
        self.table.entry(row)
    }

    /// An attribute of a row.
    pub fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.table.value(row, attribute)
    }

    /// The status of a row.
    pub fn status(&self, row: Row) -> Status {
        self.status.get(row)
    }

    /// The number of pieces of evidence that were submitted for a row.
    pub fn evidence(&self, row: Row) -> u32 {
        let component = self.entry(row).component;
        self.evidence.get(&component).copied().unwrap_or(0)
    }

    /// Appends a component that is not in the draft: not started, without evidence.
    pub fn add(
        &mut self,
        entry: ShapeEntry,
        cells: Cells,
        from_template: bool,
        version: Version,
    ) -> Row {
        self.status.push(Status::NotStarted);
        self.from_template.push(from_template);
        self.last_changed.push(version);
        self.gone.remove(&entry.component);
        self.table.add(entry, cells)
    }

    /// Removes a component with its evidence and its review.
    pub fn remove(&mut self, row: Row, version: Version) {
        let component = self.entry(row).component;
        self.evidence.remove(&component);
        self.reviews.remove(&component);
        self.gone.insert(component, version);
        self.table.remove(row);
    }

    /// The review of a row, if components of its type have one.
    pub fn review(&self, row: Row) -> Option<Review> {
        let entry = self.entry(row);
        entry.component_type.is_review().then(|| {
            let known = self.reviews.get(&entry.component);
            known.map_or_else(|| undated(self.filled), |review| (**review).clone())
        })
    }

    /// Writes the review of a row.
    pub fn set_review(&mut self, row: Row, review: Review) {
        let component = self.entry(row).component;
        if review == undated(self.filled) {
            self.reviews.remove(&component);
        } else {
            self.reviews.insert(component, Arc::new(review));
        }
    }

    /// Writes an attribute of a row.
    pub fn set(&mut self, row: Row, attribute: Attribute, value: ValueId) {
        self.table.set(row, attribute, value);
    }

    /// Writes the status of a row.
    pub fn set_status(&mut self, row: Row, status: Status) {
        self.status.set(row, status);
    }

    /// Writes the number of pieces of evidence that were submitted for a row.
    pub fn set_evidence(&mut self, row: Row, count: u32) {
        let component = self.entry(row).component;
        self.evidence.insert(component, count);
    }

    /// Records the version that last changed a row.
    pub fn touch(&mut self, row: Row, version: Version) {
        self.last_changed.set(row, version);
    }

    /// The resulting plan, with this version.
    pub fn finish(self, version: Version, shapes: &mut Shapes) -> Plan {
        let finished = self.table.finish(shapes);
        let kept = finished.kept.as_deref();
        Plan {
            version,
            table: finished.table,
            status: self.status.finish(kept),
            from_template: self.from_template.finish(kept),
            last_changed: self.last_changed.finish(kept),
            evidence: self.evidence,
            filled: self.filled,
            reviews: self.reviews,
            gone: self.gone,
        }
    }
}

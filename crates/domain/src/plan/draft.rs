//! A plan being written: what edits, instantiation and replays do to it, many at once.
//!
//! Only folds and the decisions that look ahead use it. Checks no rule.

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

/// A plan and what was written over it. Rows keep their numbers until it is finished.
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
    /// A draft that is as the plan.
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

    /// Where nothing is: exactly a template's components, sharing every column of it.
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

    /// How many components it has.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a component is, if the draft has it.
    pub fn row(&self, component: ComponentId) -> Option<Row> {
        self.table.row(component)
    }

    /// What never changes about the component of a row.
    pub fn entry(&self, row: Row) -> &ShapeEntry {
        self.table.entry(row)
    }

    /// One attribute of one row.
    pub fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.table.value(row, attribute)
    }

    /// The progress of a row.
    pub fn status(&self, row: Row) -> Status {
        self.status.get(row)
    }

    /// How many pieces of evidence were submitted for a row.
    pub fn evidence(&self, row: Row) -> u32 {
        let component = self.entry(row).component;
        self.evidence.get(&component).copied().unwrap_or(0)
    }

    /// Appends a component that is not here: not started, without evidence.
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

    /// Takes a component out, its evidence and its review with it.
    pub fn remove(&mut self, row: Row, version: Version) {
        let component = self.entry(row).component;
        self.evidence.remove(&component);
        self.reviews.remove(&component);
        self.gone.insert(component, version);
        self.table.remove(row);
    }

    /// The review of a row, if its component is of the type that has one.
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

    /// Writes one attribute of one row.
    pub fn set(&mut self, row: Row, attribute: Attribute, value: ValueId) {
        self.table.set(row, attribute, value);
    }

    /// Writes the progress of a row.
    pub fn set_status(&mut self, row: Row, status: Status) {
        self.status.set(row, status);
    }

    /// Writes how many pieces of evidence were submitted for a row.
    pub fn set_evidence(&mut self, row: Row, count: u32) {
        let component = self.entry(row).component;
        self.evidence.insert(component, count);
    }

    /// Notes the version that last changed anything about a row.
    pub fn touch(&mut self, row: Row, version: Version) {
        self.last_changed.set(row, version);
    }

    /// The plan that it has become, at this version.
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

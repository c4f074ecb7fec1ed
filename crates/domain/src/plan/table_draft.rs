//! A draft of a table. Rows keep their numbers until it is finished, and many changes need one copy
//! of each column that they change.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::ids::ComponentId;
use crate::plan::column_draft::ColumnDraft;
use crate::plan::shape::{Row, Shape, ShapeEntry, Shapes};
use crate::plan::table::{Cells, Table};
use crate::values::ValueId;
use crate::values::attribute::{ATTRIBUTE_COUNT, Attribute};

/// A table and the changes to it.
#[derive(Debug, Clone)]
pub(crate) struct TableDraft {
    shape: Arc<Shape>,
    added: Vec<ShapeEntry>,
    added_rows: HashMap<ComponentId, Row>,
    gone: BTreeSet<Row>,
    /// The row after the last one that was looked up: components that are edited together are
    /// mostly in plan order.
    next: Cell<usize>,
    columns: [ColumnDraft<ValueId>; ATTRIBUTE_COUNT],
}

/// A finished draft.
pub(crate) struct Finished {
    pub(crate) table: Table,
    /// The rows of the draft that were kept, in order; none if all were.
    pub(crate) kept: Option<Vec<Row>>,
}

impl TableDraft {
    pub(crate) fn new(table: &Table) -> Self {
        let count = table.shape.len();
        Self {
            shape: Arc::clone(&table.shape),
            added: Vec::new(),
            added_rows: HashMap::new(),
            gone: BTreeSet::new(),
            next: Cell::new(0),
            columns: std::array::from_fn(|index| ColumnDraft::new(&table.columns[index], count)),
        }
    }

    /// The number of its components.
    pub(crate) fn len(&self) -> usize {
        self.shape.len() + self.added.len() - self.gone.len()
    }

    /// The row of a component, if the draft has it.
    pub(crate) fn row(&self, component: ComponentId) -> Option<Row> {
        if let Some(row) = self.added_rows.get(&component) {
            return Some(*row);
        }
        let row = self.shape.row_near(component, self.next.get())?;
        self.next.set(row.index() + 1);
        Some(row).filter(|row| !self.gone.contains(row))
    }

    /// The component in a row.
    pub(crate) fn entry(&self, row: Row) -> &ShapeEntry {
        match row.index().checked_sub(self.shape.len()) {
            Some(index) => &self.added[index],
            None => self.shape.entry(row),
        }
    }

    /// An attribute of a row.
    pub(crate) fn value(&self, row: Row, attribute: Attribute) -> ValueId {
        self.columns[attribute.index()].get(row)
    }

    /// Appends a component that is not in the draft.
    pub(crate) fn add(&mut self, entry: ShapeEntry, cells: Cells) -> Row {
        let row = Row::new(self.shape.len() + self.added.len());
        self.added_rows.insert(entry.component, row);
        self.added.push(entry);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        row
    }

    /// Removes a component. Its row remains until the end, so that the others keep theirs.
    pub(crate) fn remove(&mut self, row: Row) {
        let component = self.entry(row).component;
        self.added_rows.remove(&component);
        self.gone.insert(row);
    }

    /// Writes an attribute of a row.
    pub(crate) fn set(&mut self, row: Row, attribute: Attribute, value: ValueId) {
        self.columns[attribute.index()].set(row, value);
    }

    /// The resulting table.
    pub(crate) fn finish(self, shapes: &mut Shapes) -> Finished {
        let kept = self.kept();
        let shape = match &kept {
            None if self.added.is_empty() => Arc::clone(&self.shape),
            None => shapes.intern(self.all().cloned().collect()),
            Some(rows) => shapes.intern(rows.iter().map(|row| self.entry(*row).clone()).collect()),
        };
        let columns = self.columns.map(|column| column.finish(kept.as_deref()));
        Finished {
            table: Table { shape, columns },
            kept,
        }
    }

    fn all(&self) -> impl Iterator<Item = &ShapeEntry> {
        self.shape.entries().iter().chain(&self.added)
    }

    fn kept(&self) -> Option<Vec<Row>> {
        let count = self.shape.len() + self.added.len();
        (!self.gone.is_empty()).then(|| {
            (0..count)
                .map(Row::new)
                .filter(|row| !self.gone.contains(row))
                .collect()
        })
    }
}

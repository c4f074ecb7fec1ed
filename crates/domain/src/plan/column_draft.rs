//! A draft of a column: it is copied at most once, and only if a cell changes.

use crate::plan::column::Column;
use crate::plan::shape::Row;

/// A column and the changes to it.
#[derive(Debug, Clone)]
pub(crate) struct ColumnDraft<T> {
    column: Column<T>,
    /// The copy, once one was needed.
    cells: Option<Vec<T>>,
    count: usize,
}

impl<T: Copy + PartialEq> ColumnDraft<T> {
    /// A draft of a column with this number of rows.
    pub(crate) fn new(column: &Column<T>, count: usize) -> Self {
        Self {
            column: column.clone(),
            cells: None,
            count,
        }
    }

    /// The cell of a row of the draft.
    pub(crate) fn get(&self, row: Row) -> T {
        match &self.cells {
            Some(cells) => cells[row.index()],
            None => self.column.get(row),
        }
    }

    /// Writes one cell.
    pub(crate) fn set(&mut self, row: Row, cell: T) {
        if self.get(row) != cell {
            self.open()[row.index()] = cell;
        }
    }

    /// Appends a row.
    pub(crate) fn push(&mut self, cell: T) {
        if self.cells.is_none() && self.count == 0 {
            self.column = Column::Same(cell);
        }
        let stays_same =
            self.cells.is_none() && matches!(&self.column, Column::Same(same) if *same == cell);
        if !stays_same {
            self.open().push(cell);
        }
        self.count += 1;
    }

    fn open(&mut self) -> &mut Vec<T> {
        self.cells
            .get_or_insert_with(|| self.column.to_vec(self.count))
    }

    /// The column of the rows that are kept.
    pub(crate) fn finish(self, kept: Option<&[Row]>) -> Column<T> {
        match (self.cells, kept) {
            (None, None) => self.column,
            (Some(cells), None) => Column::of(cells).unwrap_or(self.column),
            (cells, Some(rows)) => {
                let draft = Self { cells, ..self };
                let cells = rows.iter().map(|row| draft.get(*row)).collect();
                Column::of(cells).unwrap_or(draft.column)
            }
        }
    }
}

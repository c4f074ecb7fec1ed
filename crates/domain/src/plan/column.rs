//! One field of every row of a table. Columns are copy-on-write, and have a single cell if all rows
//! are equal.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::plan::shape::Row;

/// The cells of one field, one for each row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column<T> {
    /// Every row has this value.
    Same(T),
    /// Each row has its own value. The list is shared by the tables that have not changed it.
    Each(Arc<[T]>),
}

impl<T: Copy + PartialEq> Column<T> {
    /// The cell of a row of the shape that the column belongs to.
    pub fn get(&self, row: Row) -> T {
        match self {
            Self::Same(cell) => *cell,
            Self::Each(cells) => cells[row.index()],
        }
    }

    /// The column with these cells.
    pub fn of(cells: Vec<T>) -> Option<Self> {
        let first = *cells.first()?;
        if cells.iter().all(|cell| *cell == first) {
            Some(Self::Same(first))
        } else {
            Some(Self::Each(cells.into()))
        }
    }

    /// The bytes of its cells, whether they are shared or not.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Each(cells) => size_of_val(&**cells),
        }
    }

    /// Whether it has a cell for each of `count` rows. A column whose last row was removed keeps
    /// its old cells, which are never read.
    pub(crate) fn fits(&self, count: usize) -> bool {
        match self {
            Self::Same(_) => true,
            Self::Each(cells) => count == 0 || cells.len() == count,
        }
    }

    /// Whether a condition holds for every cell.
    pub(crate) fn all(&self, mut holds: impl FnMut(T) -> bool) -> bool {
        match self {
            Self::Same(cell) => holds(*cell),
            Self::Each(cells) => cells.iter().all(|cell| holds(*cell)),
        }
    }

    /// The column with each cell replaced by the result of a function.
    pub(crate) fn map<U>(&self, mut to: impl FnMut(T) -> U) -> Column<U> {
        match self {
            Self::Same(cell) => Column::Same(to(*cell)),
            Self::Each(cells) => Column::Each(cells.iter().map(|cell| to(*cell)).collect()),
        }
    }

    /// The cells of the first `count` rows.
    pub fn to_vec(&self, count: usize) -> Vec<T> {
        match self {
            Self::Same(cell) => vec![*cell; count],
            Self::Each(cells) => cells.to_vec(),
        }
    }

    /// Whether neither column needs memory of its own beside the other.
    #[cfg(test)]
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Each(one), Self::Each(two)) => Arc::ptr_eq(one, two),
            (Self::Same(_), Self::Same(_)) => true,
            (Self::Same(_), Self::Each(_)) | (Self::Each(_), Self::Same(_)) => false,
        }
    }

    /// Whether two columns with `count` rows have equal cells.
    pub fn same_as(&self, other: &Self, count: usize) -> bool {
        // A column whose last row was removed keeps its old cells, which are never read.
        if count == 0 {
            return true;
        }
        match (self, other) {
            (Self::Same(one), Self::Same(two)) => one == two,
            (Self::Each(one), Self::Each(two)) => Arc::ptr_eq(one, two) || one == two,
            (Self::Same(cell), Self::Each(cells)) | (Self::Each(cells), Self::Same(cell)) => {
                cells.iter().all(|other| other == cell)
            }
        }
    }
}

//! One field of every row of a table: copy-on-write, and one cell where all rows agree.
//!
//! Knows nothing of what its cells mean.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::plan::shape::Row;

/// The cells of one field, a row each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column<T> {
    /// Every row has this.
    Same(T),
    /// Each row has its own; shared between the tables that never changed it.
    Each(Arc<[T]>),
}

impl<T: Copy + PartialEq> Column<T> {
    /// The cell of a row. Rows come from the shape the column belongs to.
    pub fn get(&self, row: Row) -> T {
        match self {
            Self::Same(cell) => *cell,
            Self::Each(cells) => cells[row.index()],
        }
    }

    /// A column of these cells.
    pub fn of(cells: Vec<T>) -> Option<Self> {
        let first = *cells.first()?;
        if cells.iter().all(|cell| *cell == first) {
            Some(Self::Same(first))
        } else {
            Some(Self::Each(cells.into()))
        }
    }

    /// Bytes that its cells take, whoever shares them.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Each(cells) => size_of_val(&**cells),
        }
    }

    /// Whether it has a cell for each of so many rows. One whose last row went keeps its old cells,
    /// and nobody can see them.
    pub(crate) fn fits(&self, count: usize) -> bool {
        match self {
            Self::Same(_) => true,
            Self::Each(cells) => count == 0 || cells.len() == count,
        }
    }

    /// Whether this holds of every cell.
    pub(crate) fn all(&self, mut holds: impl FnMut(T) -> bool) -> bool {
        match self {
            Self::Same(cell) => holds(*cell),
            Self::Each(cells) => cells.iter().all(|cell| holds(*cell)),
        }
    }

    /// The column of what each cell becomes.
    pub(crate) fn map<U>(&self, mut to: impl FnMut(T) -> U) -> Column<U> {
        match self {
            Self::Same(cell) => Column::Same(to(*cell)),
            Self::Each(cells) => Column::Each(cells.iter().map(|cell| to(*cell)).collect()),
        }
    }

    /// The cells of so many rows.
    pub fn to_vec(&self, count: usize) -> Vec<T> {
        match self {
            Self::Same(cell) => vec![*cell; count],
            Self::Each(cells) => cells.to_vec(),
        }
    }

    /// Whether neither column costs memory that the other does not.
    #[cfg(test)]
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Each(one), Self::Each(two)) => Arc::ptr_eq(one, two),
            (Self::Same(_), Self::Same(_)) => true,
            (Self::Same(_), Self::Each(_)) | (Self::Each(_), Self::Same(_)) => false,
        }
    }

    /// Whether two columns of equally many rows hold the same.
    pub fn same_as(&self, other: &Self, count: usize) -> bool {
        // A column whose last row went keeps its old cells; nobody can see them.
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

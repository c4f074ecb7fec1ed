//! Writes the tables of an export as files: CSV or JSON lines, one file for each table.

mod csv;
mod jsonl;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use rusqlite::types::ValueRef;

use crate::error::ExportError;
use crate::model::{Column, Table};
use crate::tables;
use crate::workspace::Workspace;

/// Rows between two looks at whether somebody asked for the end.
const ROWS_BETWEEN_LOOKS: u64 = 4_096;

/// A format with one file for each table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, for spreadsheets, too.
    Csv,
    /// JSON, one object in each line.
    JsonLines,
}

impl Format {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The name of the file of a table.
    pub fn file(self, table: &Table) -> String {
        format!("{}.{}", table.name, self.ending())
    }
}

/// Writes every table into a folder that is empty, in the order of keys, and makes the files durable.
///
/// # Errors
/// If a file cannot be written.
pub fn write(workspace: &Workspace, folder: &Path, format: Format) -> Result<(), ExportError> {
    for table in tables::all() {
        let mut file = BufWriter::new(File::create_new(folder.join(format.file(table)))?);
        match format {
            Format::Csv => csv::begin(&mut file, &table.columns)?,
            Format::JsonLines => {}
        }
        each_row(workspace, table, |values| match format {
            Format::Csv => csv::row(&mut file, &table.columns, values),
            Format::JsonLines => jsonl::row(&mut file, &table.columns, values),
        })?;
        file.flush()?;
        file.get_ref().sync_all()?;
    }
    Ok(())
}

/// Hands over every row of a table, in the order of its key.
pub(crate) fn each_row(
    workspace: &Workspace,
    table: &Table,
    mut take: impl FnMut(&[CellRef<'_>]) -> io::Result<()>,
) -> Result<(), ExportError> {
    let (columns, key, name) = (table.column_list(), table.key_list(), table.name);
    let sql = format!("SELECT {columns} FROM \"{name}\" ORDER BY {key}");
    let mut statement = workspace.connection().prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut count = 0_u64;
    while let Some(row) = rows.next()? {
        let values: Vec<CellRef<'_>> = (0..table.columns.len())
            .map(|place| Ok(cell_ref(row.get_ref(place)?)))
            .collect::<rusqlite::Result<_>>()?;
        take(&values)?;
        count += 1;
        if count.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            workspace.check_stop()?;
        }
    }
    Ok(())
}

/// What a row that is read says in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellRef<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
}

/// Tables have numbers and text in UTF-8 only.
fn cell_ref(value: ValueRef<'_>) -> CellRef<'_> {
    match value {
        ValueRef::Integer(number) => CellRef::Integer(number),
        ValueRef::Text(text) => std::str::from_utf8(text).map_or(CellRef::Null, CellRef::Text),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => CellRef::Null,
    }
}

/// The columns with their values.
pub(crate) fn pairs<'a>(
    columns: &'a [Column],
    values: &'a [CellRef<'a>],
) -> impl Iterator<Item = (&'a Column, CellRef<'a>)> {
    columns.iter().zip(values.iter().copied())
}

//! The tables and views of an export in SQL.

use rusqlite::Connection;

use crate::error::ExportError;
use crate::model::{Kind, Table, listed};
use crate::tables;
use crate::views::VIEWS;

/// Defines every table and view.
pub(crate) fn define(connection: &Connection) -> Result<(), ExportError> {
    define_tables(connection)?;
    define_views(connection)
}

pub(super) fn define_tables(connection: &Connection) -> Result<(), ExportError> {
    for table in tables::all() {
        connection.execute_batch(&definition(table))?;
    }
    Ok(())
}

pub(super) fn define_views(connection: &Connection) -> Result<(), ExportError> {
    for view in VIEWS {
        connection.execute_batch(&view.definition())?;
    }
    Ok(())
}

/// The definition of a table in SQL, with comments.
fn definition(table: &Table) -> String {
    let mut lines = Vec::new();
    for column in &table.columns {
        let null = if column.is_optional { "" } else { " NOT NULL" };
        let refers = column.refers_to.and_then(tables::named);
        let refers = refers.map(|to| format!(" REFERENCES \"{}\" ({})", to.name, to.key_list()));
        let check = if column.kind == Kind::Boolean {
            format!(" CHECK (\"{}\" IN (0, 1))", column.name)
        } else {
            String::new()
        };
        let text = format!(
            "\"{}\" {}{null}{}{check}",
            column.name,
            column.kind.sqlite(),
            refers.unwrap_or_default(),
        );
        lines.push((text, format!(" -- {}", column.about)));
    }
    lines.push((format!("PRIMARY KEY ({})", table.key_list()), String::new()));
    for reference in table.references {
        let columns = listed(reference.columns.iter().copied());
        let to = reference.table;
        let text = format!("FOREIGN KEY ({columns}) REFERENCES \"{to}\" ({columns})");
        lines.push((text, String::new()));
    }
    let last = lines.len() - 1;
    let lines: Vec<_> = lines
        .into_iter()
        .enumerate()
        .map(|(place, (text, comment))| {
            let comma = if place == last { "" } else { "," };
            format!("  {text}{comma}{comment}\n")
        })
        .collect();
    let (name, lines) = (table.name, lines.concat());
    format!("CREATE TABLE \"{name}\" (\n{lines}) STRICT")
}

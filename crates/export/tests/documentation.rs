//! `docs/export.md` lists the tables that an export has, and SQLite has the tables that the list says.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use plansync_export::{Stop, Workspace, document, tables};
use rusqlite::Connection;

/// What stands before the generated part.
const MARK: &str = "--test documentation -->\n";

#[test]
fn the_documentation_lists_every_table_column_and_view() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/export.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (written, listed) = text.split_once(MARK).unwrap();
    let made = format!("\n{}", document::markdown());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, format!("{written}{MARK}{made}")).unwrap();
    } else {
        assert_eq!(listed, made, "run the command in docs/export.md");
    }
}

fn finished() -> (tempfile::NamedTempFile, Connection) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut workspace = Workspace::create(file.path(), Stop::never()).unwrap();
    workspace.finish(false).unwrap();
    drop(workspace);
    let connection = Connection::open(file.path()).unwrap();
    (file, connection)
}

/// A column: name, type, whether it may be null, and whether it is part of the key.
type Column = (String, String, bool, bool);

#[test]
fn sqlite_has_the_tables_that_are_listed() {
    let (_file, connection) = finished();
    for table in tables::all() {
        let sql = format!("PRAGMA table_info({})", table.name);
        let mut statement = connection.prepare(&sql).unwrap();
        let column = |row: &rusqlite::Row<'_>| {
            let (not_null, key): (bool, i64) = (row.get(3)?, row.get(5)?);
            Ok((row.get(1)?, row.get(2)?, !not_null, key > 0))
        };
        let there = statement.query_map([], column).unwrap();
        let there: Vec<Column> = there.map(Result::unwrap).collect();
        let listed = table.columns.iter().map(|column| {
            let is_key = table.key.contains(&column.name);
            (
                column.name.to_owned(),
                column.kind.sqlite().to_owned(),
                column.is_optional,
                is_key,
            )
        });
        assert_eq!(there, listed.collect::<Vec<_>>(), "{}", table.name);
    }
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let there = statement.query_map([], |row| row.get(0)).unwrap();
    let there: Vec<String> = there.map(Result::unwrap).collect();
    let mut listed: Vec<_> = tables::all().iter().map(|table| table.name).collect();
    listed.sort_unstable();
    assert_eq!(there, listed);
}

#[test]
fn the_dictionary_has_every_column_and_every_comment() {
    let (_file, connection) = finished();
    let columns: usize = tables::all().iter().map(|table| table.columns.len()).sum();
    let count = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(
        count("SELECT count(*) FROM dictionary"),
        i64::try_from(columns).unwrap()
    );
    assert_eq!(
        count("SELECT count(*) FROM dictionary WHERE length(about) < 8"),
        0
    );
    assert_eq!(
        count("SELECT count(*) FROM codes WHERE list = 'reason' AND code = 'cancelled'"),
        1
    );
    let sql = "SELECT sql FROM sqlite_schema WHERE name = 'commits'";
    let definition: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(
        definition.contains("-- Its position in the log"),
        "{definition}"
    );
}

#[test]
fn every_reference_is_to_a_table_with_one_key() {
    for table in tables::all() {
        for column in &table.columns {
            let Some(to) = column.refers_to else { continue };
            let to = tables::named(to).unwrap_or_else(|| panic!("there is no table {to}"));
            assert_eq!(
                to.key.len(),
                1,
                "{}.{} refers to {}",
                table.name,
                column.name,
                to.name
            );
        }
        for reference in table.references {
            assert_eq!(
                tables::named(reference.table).unwrap().key,
                reference.columns
            );
        }
    }
}

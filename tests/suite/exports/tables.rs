//! The tables of an export, read by programs that are not plansync, in one form whatever their format.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plansync_export::model::{Kind, Table};
use plansync_export::tables;
use plansync_tests::program::{Ended, run_in};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};

/// A row by columns.
pub(super) type Row = Map<String, Value>;

/// The rows of every table, in the order of the export.
pub(super) type Tables = BTreeMap<&'static str, Vec<Row>>;

/// Runs `plansync audit export` without a NATS server, which must succeed.
pub(super) fn exported(to: &Path, more: &[&str]) -> Ended {
    let to = to.to_str().unwrap();
    let words = ["audit", "export", "--output", "json", "--to", to];
    let ended = run_in(
        &[("NATS_URL", "nats://127.0.0.1:1")],
        &[&words[..], more].concat(),
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.err, "");
    ended
}

/// Reads a SQLite file, and checks its references.
pub(super) fn of_sqlite(file: &Path) -> Tables {
    let connection = Connection::open(file).unwrap();
    let mut check = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(
        check.query([]).unwrap().next().unwrap().is_none(),
        "a reference to nothing"
    );
    let check = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0));
    assert_eq!(check, Ok("ok".to_owned()));
    let read = |table: &&'static Table| {
        let sql = format!("SELECT * FROM {} ORDER BY {}", table.name, table.key_list());
        let mut statement = connection.prepare(&sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |(place, column): (usize, &plansync_export::model::Column)| {
                let value = match (row.get_ref(place).unwrap(), column.kind) {
                    (ValueRef::Null, _) => Value::Null,
                    (ValueRef::Integer(number), Kind::Boolean) => json!(number == 1),
                    (ValueRef::Integer(number), _) => json!(number),
                    (ValueRef::Text(text), kind) => {
                        of_text(std::str::from_utf8(text).unwrap(), kind)
                    }
                    (other, _) => panic!("{other:?}"),
                };
                (column.name.to_owned(), value)
            };
            Ok(table.columns.iter().enumerate().map(value).collect())
        };
        let rows = statement.query_map([], row).unwrap();
        (table.name, rows.map(Result::unwrap).collect())
    };
    tables::all().iter().map(read).collect()
}

fn of_text(text: &str, kind: Kind) -> Value {
    if kind == Kind::Json {
        serde_json::from_str(text).unwrap()
    } else {
        json!(text)
    }
}

/// Reads a folder of CSV files.
pub(super) fn of_csv(folder: &Path) -> Tables {
    let read = |table: &&'static Table| {
        let bytes = fs::read(folder.join(format!("{}.csv", table.name))).unwrap();
        let text = std::str::from_utf8(&bytes)
            .unwrap()
            .strip_prefix('\u{feff}')
            .unwrap();
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), names);
        let row = |record: csv::StringRecord| -> Row {
            let value = |(column, text): (&plansync_export::model::Column, &str)| {
                (
                    column.name.to_owned(),
                    of_field(text, column.kind, column.is_optional),
                )
            };
            table.columns.iter().zip(record.iter()).map(value).collect()
        };
        let rows = reader.records().map(|record| row(record.unwrap()));
        (table.name, rows.collect())
    };
    tables::all().iter().map(read).collect()
}

/// An empty field is null or an empty text; this reader cannot tell them apart.
fn of_field(field: &str, kind: Kind, is_optional: bool) -> Value {
    let beginning = field.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\u{3000}']);
    assert!(
        !beginning.starts_with(['=', '+', '@', '\t', '\r', '\n']),
        "a formula: {field}"
    );
    if field.is_empty() && is_optional {
        Value::Null
    } else if kind == Kind::Integer {
        json!(field.parse::<i64>().unwrap())
    } else if kind == Kind::Boolean {
        json!(field.parse::<bool>().unwrap())
    } else if kind == Kind::Json {
        serde_json::from_str(field).unwrap()
    } else {
        json!(field.strip_prefix('\'').unwrap_or(field))
    }
}

/// Reads a folder of JSON lines.
pub(super) fn of_json_lines(folder: &Path) -> Tables {
    let read = |table: &&'static Table| {
        let text = fs::read_to_string(folder.join(format!("{}.jsonl", table.name))).unwrap();
        let row = |line: &str| -> Row { serde_json::from_str(line).unwrap() };
        (table.name, text.lines().map(row).collect())
    };
    tables::all().iter().map(read).collect()
}

/// The same without the difference between null and an empty text, for comparison with CSV.
pub(super) fn without_empty(tables: &Tables) -> Tables {
    let row = |row: &Row| -> Row {
        row.iter()
            .map(|(name, value)| {
                let value = if value == "" {
                    Value::Null
                } else {
                    value.clone()
                };
                (name.clone(), value)
            })
            .collect()
    };
    tables
        .iter()
        .map(|(name, rows)| (*name, rows.iter().map(row).collect()))
        .collect()
}

/// The rows of a table that have these values.
pub(super) fn having<'a>(tables: &'a Tables, table: &str, values: &Value) -> Vec<&'a Row> {
    let values = values.as_object().unwrap();
    tables[table]
        .iter()
        .filter(|row| values.iter().all(|(name, value)| row[name] == *value))
        .collect()
}

/// The values that a table has in a column, each once.
pub(super) fn distinct(tables: &Tables, table: &str, column: &str) -> Vec<Value> {
    let mut values: Vec<String> = tables[table]
        .iter()
        .map(|row| row[column].to_string())
        .collect();
    values.sort();
    values.dedup();
    values
        .iter()
        .map(|value| serde_json::from_str(value).unwrap())
        .collect()
}

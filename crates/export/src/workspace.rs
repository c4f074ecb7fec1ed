//! The SQLite file into which an export is read. It becomes the export, or the other formats are written from it.
//!
//! While rows are added, nothing checks that they refer to each other: [`Workspace::finish`] does so at the end.

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use crate::document;
use crate::error::ExportError;
use crate::model::{Cell, Kind, Row, Table, listed};
use crate::stop::Stop;
use crate::tables::{self, Fact};
use crate::views::VIEWS;

/// Rows that are added in one transaction.
const BATCH_ROWS: u32 = 20_000;
/// Steps of SQLite's machine between two looks at whether somebody asked for the end.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;
/// What SQLite does while the file is nobody's yet: if anything fails, the file is removed.
const FILLING: &str = "\
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -65536;
PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1886614905;
PRAGMA user_version = 1;
BEGIN;";

/// The tables of which an export has all rows that others refer to, with the tables that are parts of them.
const REFERRED: [(&str, &[&str]); 3] = [
    ("learners", &["learner_groups", "tutors", "enrolments"]),
    ("programmes", &["templates"]),
    ("administrators", &["permissions", "administrator_groups"]),
];

/// An export that is being read.
pub struct Workspace {
    connection: Connection,
    stop: Stop,
    rows: u32,
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(ToSqlOutput::Owned(Value::Null)),
            Self::Integer(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

impl Workspace {
    /// A new one in an empty file, with every table.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(file: &Path, stop: Stop) -> Result<Self, ExportError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.set_prepared_statement_cache_capacity(128);
        let asked = stop.clone();
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || asked.is_asked()));
        connection.execute_batch(FILLING)?;
        define_tables(&connection)?;
        connection.execute_batch("CREATE TEMP TABLE kept (table_name TEXT, id TEXT)")?;
        Ok(Self {
            connection,
            stop,
            rows: 0,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`ExportError::Inconsistent`] if there is one with its key.
    pub fn insert<R: Row>(&mut self, row: R) -> Result<(), ExportError> {
        self.add("INSERT", row).map(|_| ())
    }

    /// Adds a row unless there is one with its key. Returns whether it was added.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn insert_new<R: Row>(&mut self, row: R) -> Result<bool, ExportError> {
        self.add("INSERT OR IGNORE", row)
    }

    /// Adds a row in place of one with its key.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn replace<R: Row>(&mut self, row: R) -> Result<(), ExportError> {
        self.add("INSERT OR REPLACE", row).map(|_| ())
    }

    fn add<R: Row>(&mut self, verb: &str, row: R) -> Result<bool, ExportError> {
        self.add_cells(verb, R::table(), row.cells())
    }

    /// Adds what a row of a table says.
    pub(crate) fn add_cells(
        &mut self,
        verb: &str,
        table: &Table,
        cells: Vec<Cell>,
    ) -> Result<bool, ExportError> {
        let places = vec!["?"; cells.len()].join(", ");
        let sql = format!("{verb} INTO \"{}\" VALUES ({places})", table.name);
        let changed = self.run(&sql, cells)?;
        Ok(changed > 0)
    }

    /// Runs a statement that writes. Returns the number of rows that changed.
    pub(crate) fn run(
        &mut self,
        sql: &str,
        parameters: impl IntoIterator<Item = Cell>,
    ) -> Result<usize, ExportError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let changed = statement.execute(params_from_iter(parameters))?;
        drop(statement);
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.rows = 0;
            self.check_stop()?;
            self.connection.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(changed)
    }

    /// The texts in the first column of what a query gives.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn texts(&self, sql: &str, parameters: &[&str]) -> Result<Vec<String>, ExportError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_map(params_from_iter(parameters), |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The number that a query gives; `None` if it gives no row, or null.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn number(&self, sql: &str, parameters: &[&str]) -> Result<Option<i64>, ExportError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        match rows.next()? {
            Some(row) => Ok(row.get(0)?),
            None => Ok(None),
        }
    }

    /// Whether the commit at a position was loaded.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn has_commit(&self, position: u64) -> Result<bool, ExportError> {
        let sql = "SELECT 1 FROM commits WHERE position = CAST(? AS INTEGER)";
        Ok(self.number(sql, &[&position.to_string()])?.is_some())
    }

    /// Whether somebody asked for the end.
    ///
    /// # Errors
    /// [`ExportError::Interrupted`] if so.
    pub fn check_stop(&self) -> Result<(), ExportError> {
        if self.stop.is_asked() {
            return Err(ExportError::Interrupted);
        }
        Ok(())
    }

    /// Says what the export is of.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn state(&mut self, name: &str, value: &impl ToString) -> Result<(), ExportError> {
        self.replace(Fact {
            name: name.to_owned(),
            value: value.to_string(),
        })
    }

    /// Keeps a learner, programme or administrator to which no row refers.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&mut self, table: &str, id: &str) -> Result<(), ExportError> {
        let cells = [table, id].map(|text| Cell::Text(text.to_owned()));
        self.run("INSERT INTO kept VALUES (?, ?)", cells)
            .map(|_| ())
    }

    /// Removes edits whose commit was not loaded.
    ///
    /// # Errors
    /// If they cannot be removed.
    pub fn drop_edits_of_others(&mut self) -> Result<(), ExportError> {
        for table in ["edit_values", "edits"] {
            let sql =
                format!("DELETE FROM {table} WHERE position NOT IN (SELECT position FROM commits)");
            self.connection.execute_batch(&sql)?;
        }
        Ok(())
    }

    /// Completes the export: adds learners, programmes and administrators that are only named; removes those to which
    /// nothing refers, if only a part of the log was read; adds documentation, indexes and views; and checks that the
    /// rows refer to each other.
    ///
    /// # Errors
    /// [`ExportError::Inconsistent`] if they do not.
    pub fn finish(&mut self, is_part: bool) -> Result<(), ExportError> {
        self.add_named_only()?;
        if is_part {
            self.remove_unnamed()?;
        }
        document::add(self)?;
        for table in tables::all() {
            for (number, columns) in table.indexes.iter().enumerate() {
                let columns = listed(columns.iter().copied());
                let name = table.name;
                let sql = format!("CREATE INDEX \"{name}_{number}\" ON \"{name}\" ({columns})");
                self.connection.execute_batch(&sql)?;
            }
        }
        define_views(&self.connection)?;
        self.check_references()?;
        // What was removed must not stay in free pages.
        self.connection.execute_batch("COMMIT; VACUUM")?;
        self.check_stop()
    }

    /// What is in it, for whoever writes it in another format.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn add_named_only(&mut self) -> Result<(), ExportError> {
        for (table, extra) in [
            ("learners", "is_known, learner) SELECT 0, "),
            ("programmes", "is_known, programme) SELECT 0, "),
            (
                "administrators",
                "standing, administrator) SELECT DISTINCT CASE \"{}\" WHEN 'system' THEN 'system' ELSE 'unknown' END, ",
            ),
        ] {
            for (from, column) in referring(table) {
                let extra = extra.replace("{}", column);
                self.connection.execute_batch(&format!(
                    "INSERT OR IGNORE INTO {table} ({extra} \"{column}\" FROM \"{}\" WHERE \"{column}\" IS NOT NULL",
                    from.name
                ))?;
            }
        }
        Ok(())
    }

    fn remove_unnamed(&mut self) -> Result<(), ExportError> {
        for (table, parts) in REFERRED {
            let Some(key) = tables::named(table).and_then(|table| table.key.first()) else {
                continue;
            };
            let mut named: Vec<String> =
                vec![format!("SELECT id FROM kept WHERE table_name = '{table}'")];
            for (from, column) in referring(table) {
                if !parts.contains(&from.name) && from.name != table {
                    let sql = format!(
                        "SELECT \"{column}\" FROM \"{}\" WHERE \"{column}\" IS NOT NULL",
                        from.name
                    );
                    named.push(sql);
                }
            }
            let named = named.join(" UNION ");
            // A programme keeps those of which it is a part.
            let named = if table == "programmes" {
                format!(
                    "WITH RECURSIVE named(id) AS ({named} UNION SELECT parent FROM programmes JOIN named ON \
                     programme = id WHERE parent IS NOT NULL) SELECT id FROM named"
                )
            } else {
                named
            };
            let sql = format!("DELETE FROM {table} WHERE {key} NOT IN ({named})");
            self.connection.execute_batch(&sql)?;
            for part in parts {
                let sql =
                    format!("DELETE FROM {part} WHERE {key} NOT IN (SELECT {key} FROM {table})");
                self.connection.execute_batch(&sql)?;
            }
        }
        Ok(())
    }

    fn check_references(&self) -> Result<(), ExportError> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        match rows.next()? {
            None => Ok(()),
            Some(row) => {
                let (from, to): (String, String) = (row.get(0)?, row.get(2)?);
                Err(ExportError::Inconsistent(format!(
                    "a row of `{from}` refers to one of `{to}` that is not there"
                )))
            }
        }
    }
}

/// Defines every table and view.
pub(crate) fn define(connection: &Connection) -> Result<(), ExportError> {
    define_tables(connection)?;
    define_views(connection)
}

fn define_tables(connection: &Connection) -> Result<(), ExportError> {
    for table in tables::all() {
        connection.execute_batch(&definition(table))?;
    }
    Ok(())
}

fn define_views(connection: &Connection) -> Result<(), ExportError> {
    for view in VIEWS {
        connection.execute_batch(&view.definition())?;
    }
    Ok(())
}

/// The columns that refer to a table.
fn referring(table: &str) -> impl Iterator<Item = (&'static Table, &'static str)> + use<'_> {
    let columns = tables::all()
        .iter()
        .flat_map(|from| from.columns.iter().map(move |column| (*from, column)));
    columns
        .filter(move |(_, column)| column.refers_to == Some(table))
        .map(|(from, column)| (from, column.name))
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

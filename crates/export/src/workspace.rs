//! The SQLite file into which an export is read. It becomes the export, or the other formats are written from it.
//!
//! While rows are added, nothing checks that they refer to each other: [`Workspace::finish`] does so at the end.

mod references;
mod schema;

use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

pub(crate) use self::schema::define;
use self::schema::{define_tables, define_views};
use crate::document;
use crate::error::ExportError;
use crate::model::{Cell, Insert, Row, Table, listed};
use crate::stop::Stop;
use crate::tables::{self, Fact};

/// Rows that are added in one transaction.
const BATCH_ROWS: u32 = 20_000;
/// In the head of the file, by which `file` and other programs tell an export from other SQLite files: `psuy` in ASCII.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"psuy");
/// The version of the form of exports, also in the head of the file. Added tables and columns do not change it.
pub const FORM: i32 = 1;
/// How SQLite works while the file is nobody's yet: if anything fails, the file is removed.
const WHILE_READ_INTO: &str = "\
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -65536;
PRAGMA foreign_keys = OFF;";

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
        stop.interrupts(&connection);
        connection.execute_batch(WHILE_READ_INTO)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", FORM)?;
        connection.execute_batch("BEGIN")?;
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
        self.add(Insert::Only, row).map(|_| ())
    }

    /// Adds a row unless there is one with its key. Returns whether it was added.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn insert_new<R: Row>(&mut self, row: R) -> Result<bool, ExportError> {
        self.add(Insert::OrIgnore, row)
    }

    /// Adds a row in place of one with its key.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn replace<R: Row>(&mut self, row: R) -> Result<(), ExportError> {
        self.add(Insert::OrReplace, row).map(|_| ())
    }

    fn add<R: Row>(&mut self, how: Insert, row: R) -> Result<bool, ExportError> {
        self.add_cells(how, R::table(), row.cells())
    }

    /// Adds what a row of a table says.
    pub(crate) fn add_cells(
        &mut self,
        how: Insert,
        table: &Table,
        cells: Vec<Cell>,
    ) -> Result<bool, ExportError> {
        let changed = self.run(table.insert(how), cells)?;
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

    /// Adds to what the export says of itself, or replaces it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put_fact(&mut self, name: &str, value: &impl ToString) -> Result<(), ExportError> {
        self.replace(Fact {
            name: name.to_owned(),
            value: value.to_string(),
        })
    }

    /// Lets [`finish`](Self::finish) keep a learner, programme or administrator even if no row refers to it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_unreferred(&mut self, table: &str, id: &str) -> Result<(), ExportError> {
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
}

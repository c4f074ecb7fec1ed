//! One `SELECT` on an export, and nothing else: SQLite opens the file for reading only, and its authorizer refuses
//! every action but reading tables and calling functions, before anything runs.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Statement};

use crate::error::ExportError;
use crate::stop::Stop;
use crate::tables;
use crate::views::VIEWS;
use crate::workspace::define;

/// Why a query gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It would do more than read.
    #[error(
        "the query was refused: {what} is not allowed; only one `SELECT` that reads the exported tables is"
    )]
    Refused {
        /// What it would do.
        what: String,
    },
    /// There is more than one statement.
    #[error("the query was refused: it has several statements; give one `SELECT`")]
    Several,
    /// There is no statement.
    #[error("the query is empty; give a `SELECT`")]
    Empty,
    /// SQLite does not understand it.
    #[error(
        "{message}\nTables: {}\nViews: {}\nThe table `dictionary` lists all columns.",
        tables_there(),
        views_there()
    )]
    Wrong {
        /// What SQLite says.
        message: String,
    },
    /// The export cannot be read, or somebody asked for the end.
    #[error(transparent)]
    Export(#[from] ExportError),
}

fn tables_there() -> String {
    let names: Vec<_> = tables::all().iter().map(|table| table.name).collect();
    names.join(", ")
}

fn views_there() -> String {
    let names: Vec<_> = VIEWS.iter().map(|view| view.name).collect();
    names.join(", ")
}

/// What a query gives in one column of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// Null.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes, which no table has, but functions can make.
    Bytes(Vec<u8>),
}

/// What a query gives, a part at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryOutput {
    /// The names of the columns, each once.
    Columns(Vec<String>),
    /// A row.
    Row(Vec<SqlValue>),
}

/// Checks a query on an export without rows: so one that is wrong is refused before a log is read.
///
/// # Errors
/// If the query does more than read, or is wrong.
pub fn check(sql: &str) -> Result<(), QueryError> {
    let connection = Connection::open_in_memory().map_err(ExportError::from)?;
    define(&connection)?;
    let guard = Guard::begin(&connection);
    guard.prepare(&connection, sql).map(|_| ())
}

/// Runs a query on an export. `take` gets the names of the columns, and then each row; where it returns false, the rest
/// is not read.
///
/// # Errors
/// If the query does more than read, or is wrong, or `take` fails.
pub fn query(
    file: &Path,
    sql: &str,
    stop: &Stop,
    mut take: impl FnMut(QueryOutput) -> Result<bool, ExportError>,
) -> Result<(), QueryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(ExportError::from)?;
    stop.interrupts(&connection);
    let guard = Guard::begin(&connection);
    let mut statement = guard.prepare(&connection, sql)?;
    let names = statement.column_names();
    let columns = distinct(names.into_iter().map(str::to_owned).collect());
    let count = columns.len();
    if !take(QueryOutput::Columns(columns))? {
        return Ok(());
    }
    let wrong = |error| guard.wrong(error);
    let mut rows = statement.query([]).map_err(wrong)?;
    while let Some(found) = rows.next().map_err(wrong)? {
        let values = (0..count).map(|place| found.get_ref(place).map(sql_value));
        let values = values.collect::<Result<_, _>>().map_err(wrong)?;
        if !take(QueryOutput::Row(values))? {
            break;
        }
    }
    Ok(())
}

/// Refuses every action but reading, and remembers the first that it refused.
struct Guard(Arc<Mutex<Option<String>>>);

impl Guard {
    fn begin(connection: &Connection) -> Self {
        let refused = Arc::<Mutex<Option<String>>>::default();
        let note = Arc::clone(&refused);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            let Some(what) = not_allowed(context.action) else {
                return Authorization::Allow;
            };
            let mut noted = note.lock().unwrap_or_else(PoisonError::into_inner);
            noted.get_or_insert(what);
            Authorization::Deny
        }));
        Self(refused)
    }

    fn prepare<'c>(
        &self,
        connection: &'c Connection,
        sql: &str,
    ) -> Result<Statement<'c>, QueryError> {
        let statement = connection.prepare(sql).map_err(|error| self.wrong(error))?;
        if statement.expanded_sql().is_none() {
            return Err(QueryError::Empty);
        }
        if statement.column_count() == 0 {
            // Such as `VACUUM INTO`, whose actions are only known when it runs.
            let what = "a statement that gives no rows".to_owned();
            return Err(QueryError::Refused { what });
        }
        Ok(statement)
    }

    fn wrong(&self, error: rusqlite::Error) -> QueryError {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match refused.take() {
            Some(what) => QueryError::Refused { what },
            None => of_sqlite(error),
        }
    }
}

/// Names of which each is there once: a repeated one gets a number.
fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    for name in &mut names {
        let whole = name.clone();
        for number in 2.. {
            if seen.insert(name.clone()) {
                break;
            }
            *name = format!("{whole}_{number}");
        }
    }
    names
}

fn sql_value(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Integer(number),
        ValueRef::Real(number) => SqlValue::Real(number),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => SqlValue::Text(text.to_owned()),
            Err(_) => SqlValue::Bytes(text.to_vec()),
        },
        ValueRef::Blob(bytes) => SqlValue::Bytes(bytes.to_vec()),
    }
}

fn of_sqlite(error: rusqlite::Error) -> QueryError {
    if matches!(error, rusqlite::Error::MultipleStatement) {
        return QueryError::Several;
    }
    if let rusqlite::Error::SqlInputError { msg, offset, .. } = &error {
        let place = usize::try_from(*offset).map_or(String::new(), |offset| {
            format!(" (at character {})", offset + 1)
        });
        let message = format!("{msg}{place}");
        return QueryError::Wrong { message };
    }
    let error = ExportError::from(error);
    if let ExportError::Sqlite(error) = &error {
        let message = error.to_string();
        return QueryError::Wrong { message };
    }
    error.into()
}

/// What an action is, unless it only reads. Reading the list of tables is allowed; loading code is not.
fn not_allowed(action: AuthAction<'_>) -> Option<String> {
    if let AuthAction::Function { function_name } = action {
        let loads = function_name.eq_ignore_ascii_case("load_extension");
        return loads.then(|| "`load_extension`".to_owned());
    }
    if matches!(
        action,
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive
    ) {
        return None;
    }
    Some(if let AuthAction::Attach { .. } = action {
        "`ATTACH`".to_owned()
    } else if let AuthAction::Detach { .. } = action {
        "`DETACH`".to_owned()
    } else if let AuthAction::Pragma { pragma_name, .. } = action {
        format!("`PRAGMA {pragma_name}`")
    } else if matches!(
        action,
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. }
    ) {
        "a transaction".to_owned()
    } else if let AuthAction::Insert { table_name }
    | AuthAction::Delete { table_name }
    | AuthAction::Update { table_name, .. } = action
    {
        format!("writing to `{table_name}`")
    } else {
        "changing what is in the export".to_owned()
    })
}

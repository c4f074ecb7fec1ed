//! Why an export cannot be made.

use std::io;

/// Why an export cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody asked for the end.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// SQLite refused something, as for want of room on the disk.
    #[error("the tables cannot be written: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// A file cannot be written.
    #[error("the export cannot be written: {0}")]
    Io(#[from] io::Error),
    /// Two rows have one key, or a row refers to one that is not there. The log or plansync is at fault.
    #[error(
        "the log does not fit together: {0}; run `plansync audit verify`, and report it if that finds nothing"
    )]
    Inconsistent(String),
    /// A dossier cannot be searched for everybody who must not be named in it.
    #[error(
        "too many people are recorded to look for all of them in a dossier, so it was not written: {0}"
    )]
    TooManyNames(String),
    /// A dossier would name somebody else. plansync is at fault.
    #[error("the dossier would name somebody else in {0}, so it was not written; report it")]
    Names(String),
}

impl From<rusqlite::Error> for ExportError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => Self::Interrupted,
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Inconsistent(error.to_string()),
            Some(_) | None => Self::Sqlite(error),
        }
    }
}

//! A query reads an export and can do nothing else; what is wrong with it is said in a way that helps.

// Helpers of tests stand outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used)]

use std::fs;

use plansync_export::query::{self, QueryError, QueryOutput, SqlValue};
use plansync_export::{ExportError, Stop, Workspace};
use tempfile::NamedTempFile;

fn export() -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let mut workspace = Workspace::create(file.path(), Stop::never()).unwrap();
    workspace
        .put_fact("tenant", &"=1+1 \u{202e}\u{1f600}")
        .unwrap();
    workspace.finish(false).unwrap();
    file
}

fn rows(sql: &str) -> Result<(Vec<String>, Vec<Vec<SqlValue>>), QueryError> {
    let file = export();
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    query::query(file.path(), sql, &Stop::never(), |part| {
        match part {
            QueryOutput::Columns(names) => columns = names,
            QueryOutput::Row(row) => rows.push(row),
        }
        Ok(true)
    })?;
    Ok((columns, rows))
}

#[test]
fn a_select_gives_columns_and_rows() {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
        SELECT i, value, NULL, 0.5 AS half, value, x'00ff' AS b FROM n, export WHERE name = 'tenant' -- all
        ";
    let (columns, rows) = rows(sql).unwrap();
    assert_eq!(columns, ["i", "value", "NULL", "half", "value_2", "b"]);
    let text = || SqlValue::Text("=1+1 \u{202e}\u{1f600}".to_owned());
    let bytes = SqlValue::Bytes(vec![0, 255]);
    assert_eq!(
        rows[2],
        [
            SqlValue::Integer(3),
            text(),
            SqlValue::Null,
            SqlValue::Real(0.5),
            text(),
            bytes
        ]
    );
    assert_eq!(rows.len(), 3);
}

#[test]
fn whatever_does_more_than_read_is_refused_and_changes_nothing() {
    let file = export();
    let before = fs::read(file.path()).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("other.db");
    let attach = format!("ATTACH '{}' AS other", other.display());
    let into = format!("VACUUM INTO '{}'", other.display());
    for (sql, what) in [
        ("DELETE FROM commits", "writing to `commits`"),
        (
            "INSERT INTO codes VALUES ('a', 'b', 'c')",
            "writing to `codes`",
        ),
        (
            "UPDATE learners SET name = 'x' RETURNING name",
            "writing to `learners`",
        ),
        (
            "WITH a AS (SELECT 1) DELETE FROM commits",
            "writing to `commits`",
        ),
        ("/* SELECT */ DROP TABLE commits", ""),
        ("CREATE TEMP TABLE t (a)", ""),
        ("CREATE TABLE t AS SELECT * FROM commits", ""),
        (&attach, "`ATTACH`"),
        (&into, "a statement that gives no rows"),
        ("DETACH main", "`DETACH`"),
        ("PRAGMA writable_schema = 1", "`PRAGMA writable_schema`"),
        ("PRAGMA journal_mode", "`PRAGMA journal_mode`"),
        ("BEGIN", "a transaction"),
        ("SAVEPOINT a", "a transaction"),
        ("REINDEX", ""),
        ("ANALYZE", ""),
        ("SELECT load_extension('/tmp/x')", ""),
    ] {
        for told in [
            query::check(sql).unwrap_err(),
            query::query(file.path(), sql, &Stop::never(), |_| Ok(true)).unwrap_err(),
        ] {
            let told = told.to_string();
            let is_refused = told.starts_with("the query was refused: ") && told.contains(what);
            assert!(
                is_refused || told.contains("load_extension"),
                "{sql}: {told}"
            );
        }
    }
    assert_eq!(fs::read(file.path()).unwrap(), before);
    assert!(!other.exists());
}

#[test]
fn several_statements_and_none_are_refused() {
    for sql in ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM commits"] {
        assert!(
            matches!(
                rows(sql),
                Err(QueryError::Several | QueryError::Refused { .. })
            ),
            "{sql}"
        );
    }
    for sql in ["", " ", "-- nothing", ";"] {
        assert!(matches!(rows(sql), Err(QueryError::Empty)), "{sql:?}");
        assert!(
            matches!(query::check(sql), Err(QueryError::Empty)),
            "{sql:?}"
        );
    }
    rows("SELECT 1; -- and a comment").unwrap();
}

#[test]
fn a_wrong_name_gives_the_message_of_sqlite_and_the_tables() {
    let told = query::check("SELECT nam FROM learners")
        .unwrap_err()
        .to_string();
    assert!(
        told.starts_with("no such column: nam (at character 8)\nTables: "),
        "{told}"
    );
    assert!(
        told.contains("edit_values") && told.contains("due_date_changes"),
        "{told}"
    );
    let told = query::check("SELEC").unwrap_err().to_string();
    assert!(told.contains("syntax error"), "{told}");
    query::check("SELECT * FROM due_date_changes JOIN last_set USING (learner)").unwrap();
}

#[test]
fn a_query_without_end_can_be_stopped() {
    let sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let file = export();
    let stop = Stop::when(|| true);
    let told = query::query(file.path(), sql, &stop, |_| Ok(true)).unwrap_err();
    assert!(
        matches!(told, QueryError::Export(ExportError::Interrupted)),
        "{told}"
    );
}

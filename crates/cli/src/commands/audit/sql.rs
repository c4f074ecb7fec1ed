//! `plansync audit sql`: exports the log into a temporary file and runs one query on it.

use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use plansync_export::ExportError;
use plansync_export::model::hexadecimal;
use plansync_export::query::{self, QueryOutput, SqlValue};
use plansync_log::environment::temporary_folder;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::export::{FilterArguments, HasWorkspace, Opened};
use crate::caller::LimitArguments;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::source::SourceArguments;
use crate::table::{Cell, Column, Table};
use crate::terminal;

/// Run a query on the log as related tables.
#[derive(Debug, Args)]
#[command(after_help = "\
The log is exported into a temporary file, which only you can read and which is
removed afterwards; TMPDIR needs room for it. For several queries, `plansync
audit export --to FILE.sqlite` once is faster. One `SELECT` is allowed, and
nothing that writes. Filters are those of `audit export`; docs/export.md lists
tables, columns and views.

Examples:
  plansync audit sql --data DIR 'SELECT * FROM dictionary' --limit all
  plansync audit sql --data DIR 'SELECT * FROM due_date_changes ORDER BY position'
  plansync audit sql --data DIR 'SELECT reason, count(*) FROM left_out GROUP BY 1'
  plansync audit sql --tenant northgate --as system --from 2026-05-01 \\
      --output json 'SELECT learner_name, count(*) AS edits FROM history GROUP BY 1'")]
pub(crate) struct Sql {
    /// Query, in the SQL of SQLite.
    query: String,
    #[command(flatten)]
    limit: LimitArguments,
    #[command(flatten)]
    filters: FilterArguments,
    #[command(flatten)]
    source: SourceArguments,
}

/// A file that is removed when it is no longer used.
struct Temporary(NamedTempFile);

impl HasWorkspace for Temporary {
    fn workspace(&self) -> &Path {
        self.0.path()
    }
}

impl Sql {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let within = temporary_folder();
        let file = tempfile::Builder::new()
            .prefix("plansync-sql-")
            .tempfile_in(&within)
            .with_context(|| {
                let within = within.display();
                format!("a file could not be created in {within}; set TMPDIR to another folder")
            })?;
        let file = Temporary(file);
        // A query that is refused is refused before the log is read.
        query::check(&self.query)?;
        let mut opened = Opened::open(&self.source, &self.filters, output).await?;
        let read = opened.read(&file, false, output).await?;
        drop(read.workspace);
        let mut rows = Rows::new(output, self.limit.limit(output).rows());
        let stop = opened.stop();
        let path = file.workspace();
        query::query(path, &self.query, &stop, |row| rows.take(row))?;
        rows.end()?;
        Ok(opened.caller.source().exit(output))
    }
}

/// Rows on their way to the output: for programs one by one, for people as one table in the end.
struct Rows {
    output: Output,
    limit: usize,
    columns: Vec<String>,
    shown: Vec<Vec<SqlValue>>,
    count: usize,
}

impl Rows {
    fn new(output: Output, limit: usize) -> Self {
        Self {
            output,
            limit,
            columns: Vec::new(),
            shown: Vec::new(),
            count: 0,
        }
    }

    /// Takes the names of the columns, or a row. Returns whether more are wanted.
    fn take(&mut self, part: QueryOutput) -> Result<bool, ExportError> {
        let row = match part {
            QueryOutput::Columns(columns) => {
                self.columns = columns;
                if !self.output.is_for_people() && !self.output.is_json() {
                    self.output
                        .row(self.columns.iter().map(String::as_str), true)?;
                }
                return Ok(true);
            }
            QueryOutput::Row(row) => row,
        };
        self.count += 1;
        if self.count > self.limit {
            return Ok(false);
        }
        if self.output.is_for_people() {
            self.shown.push(row);
        } else if self.output.is_json() {
            let fields = self.columns.iter().cloned();
            let object: Map<_, _> = fields.zip(row.iter().map(json_of)).collect();
            output::line(&Value::from(object).to_string())?;
        } else {
            let texts: Vec<_> = row.iter().map(text_of).collect();
            self.output.row(texts.iter().map(String::as_str), false)?;
        }
        Ok(!output::is_unread())
    }

    fn end(self) -> std::io::Result<()> {
        if !self.output.is_for_people() {
            return Ok(());
        }
        let is_number = |place: usize| {
            let mut values = self.shown.iter().map(|row| &row[place]);
            values.all(|one| {
                matches!(
                    one,
                    SqlValue::Integer(_) | SqlValue::Real(_) | SqlValue::Null
                )
            })
        };
        let columns = self.columns.iter().enumerate().map(|(place, name)| {
            let name = terminal::line(name).into_owned();
            let importance = u8::MAX - u8::try_from(place).unwrap_or(u8::MAX);
            if is_number(place) {
                Column::number(name.clone(), name, importance)
            } else {
                Column::text(name.clone(), name, importance)
            }
        });
        let cell = |value: &SqlValue| Cell::new(terminal::line(&text_of(value)));
        let rows = self.shown.iter().map(|row| row.iter().map(cell).collect());
        self.output.table(&Table::new(columns, rows))?;
        if self.count > self.limit {
            output::line("… and more rows; `--limit all` shows them")?;
        }
        Ok(())
    }
}

fn text_of(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => String::new(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Real(number) => number.to_string(),
        SqlValue::Text(text) => text.clone(),
        SqlValue::Bytes(bytes) => hexadecimal(bytes),
    }
}

fn json_of(value: &SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(number) => json!(number),
        SqlValue::Real(number) => json!(number),
        SqlValue::Text(_) | SqlValue::Bytes(_) => json!(text_of(value)),
    }
}

//! Reads lists of records up to a limit, and shows them as tables.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::ask_error::AskError;
use crate::caller::{Caller, LimitArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, more, number};
use crate::table::{Cell, Column, Table};
use crate::terminal;

/// What every list has.
#[derive(Debug, Clone, Args)]
pub(super) struct ListArguments {
    /// Part of the names to list; case and accents are ignored.
    #[arg(long, value_name = "TEXT")]
    pub(super) search: Option<String>,
    #[command(flatten)]
    pub(super) limit: LimitArguments,
}

impl ListArguments {
    /// The body that asks for them.
    pub(super) fn body(&self) -> Map<String, Value> {
        let search = self.search.as_ref();
        search
            .map(|search| ("search".to_owned(), json!(search)))
            .into_iter()
            .collect()
    }
}

/// How one list is shown.
pub(super) struct Listing<'a> {
    /// The field that holds the rows.
    pub(super) list: &'a str,
    /// What a row is.
    pub(super) what: &'a str,
    pub(super) columns: Vec<Column>,
    pub(super) row: &'a dyn Fn(&Value) -> Result<Vec<String>, AskError>,
}

impl Listing<'_> {
    /// Reads it and shows it.
    pub(super) async fn show(
        &self,
        caller: &Caller,
        output: Output,
        operation: &str,
        body: Map<String, Value>,
        limit: LimitArguments,
    ) -> anyhow::Result<Exit> {
        let body = Value::Object(body);
        let reply = caller
            .read(operation, &body, self.list, limit.limit(output))
            .await?;
        self.shown(output, &reply)?;
        Ok(Exit::Done)
    }

    /// The rows of a reply as a table, and how many are not shown.
    pub(super) fn shown(&self, output: Output, reply: &Value) -> anyhow::Result<()> {
        let rows = items(reply, self.list);
        if rows.is_empty() && output.is_for_people() {
            return Ok(output::line(&format!("No {}s.", self.what))?);
        }
        let told = |reply: &Value| match more(rows.len(), number(reply, "total"), self.what) {
            Some(more) => output::sentences(&more),
            None => Ok(()),
        };
        let table = self.table(output, rows)?;
        Ok(output.list(reply, |_| table, told)?)
    }

    fn table(&self, output: Output, rows: &[Value]) -> Result<Table, AskError> {
        let cells = rows.iter().map(|one| -> Result<Vec<Cell>, AskError> {
            let row = if output.is_for_people() {
                (self.row)(&terminal::value(one.clone()))?
            } else {
                (self.row)(one)?
            };
            Ok(row.into_iter().map(Cell::new).collect())
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        Ok(Table::new(self.columns.clone(), cells))
    }
}

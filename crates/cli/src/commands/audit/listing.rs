//! Lists of the audit: a part at a time, in every format.
//!
//! JSON is the reply of the operation; if it takes several requests, the items of all of them with the other fields
//! of the last. Lines of JSON, and rows of tables, are written while the list is read. If damage is met on the way,
//! what is before it is shown, and the command ends as `audit verify` does.

use clap::Args;
use serde_json::Value;

use crate::caller::{Caller, Limit};
use crate::commands::audit::paging::{Pages, joined};
use crate::exit::Exit;
use crate::failure;
use crate::output::{self, Output};
use crate::progress::ItemsBar;
use crate::reply::items;
use crate::table::{Cell, Column, Table};

/// Options for which part of a list is read.
#[derive(Debug, Clone, Args)]
pub(super) struct PartArguments {
    /// Maximum number of items to read, or `all`.
    #[arg(long, value_name = "ITEMS|all", default_value = "all")]
    limit: Limit,
    #[command(flatten)]
    after: AfterArguments,
}

/// The option for where a list continues.
#[derive(Debug, Clone, Args)]
pub(super) struct AfterArguments {
    /// Continue an earlier list: the value of `next` in its `--output json`.
    #[arg(long, value_name = "NEXT", value_parser = cursor)]
    after: Option<Value>,
}

/// A cursor is JSON; an id may stand without quotes.
#[allow(clippy::unnecessary_wraps)] // What is no cursor is found by whoever answers.
fn cursor(text: &str) -> Result<Value, std::convert::Infallible> {
    Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}

impl PartArguments {
    /// The list that an operation returns with this body.
    pub(super) fn of<'a>(
        &self,
        caller: &'a Caller,
        (operation, list): (&'static str, &'static str),
        body: Value,
    ) -> Pages<'a> {
        self.after.of(caller, (operation, list), body, self.limit)
    }

    /// Whether everything was asked for.
    pub(super) fn is_all(&self) -> bool {
        self.limit == Limit::All
    }
}

impl AfterArguments {
    /// The same with another limit.
    pub(super) fn of<'a>(
        &self,
        caller: &'a Caller,
        (operation, list): (&'static str, &'static str),
        mut body: Value,
        limit: Limit,
    ) -> Pages<'a> {
        if let Some(after) = &self.after {
            body["after"] = after.clone();
        }
        Pages::new(caller, (operation, list), body, limit)
    }
}

/// How a list is shown.
pub(super) trait Listing {
    /// The columns for programs.
    fn columns(&self) -> Vec<Column>;

    /// Looks up the names that a part of the list is shown with.
    async fn learn(&mut self, caller: &Caller, reply: &Value) -> anyhow::Result<()>;

    /// The rows of a part of the list, for programs.
    fn rows(&self, reply: &Value) -> anyhow::Result<Vec<Vec<Cell>>>;

    /// Shows the whole list to people.
    fn show(&self, output: Output, reply: &Value) -> anyhow::Result<()>;
}

/// Reads a list and shows it.
pub(super) async fn show(
    output: Output,
    mut pages: Pages<'_>,
    listing: &mut impl Listing,
) -> anyhow::Result<Exit> {
    let (caller, list) = (pages.caller, pages.list);
    let mut read: Option<Value> = None;
    let mut parts = 0_usize;
    let mut damage = None;
    let mut bar = ItemsBar::new();
    while !output::is_unread() {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(error) if error.is_of_damage() && parts > 0 => {
                damage = Some(error);
                break;
            }
            Err(error) => return Err(error.into()),
        };
        bar.at(output, &page, items(&page, list).len());
        if output.is_json_lines() {
            let lines = items(&page, list).iter();
            lines
                .map(Value::to_string)
                .try_for_each(|line| output::line(&line))?;
        } else if output.is_rows() {
            listing.learn(caller, &page).await?;
            let table = Table::new(listing.columns(), listing.rows(&page)?);
            if parts == 0 {
                output.rows(&table)?;
            } else {
                output.further_rows(&table)?;
            }
        } else {
            read = Some(joined(read, page, list));
        }
        parts += 1;
    }
    drop(bar);
    if let Some(whole) = read {
        if output.is_json() {
            output.value(&whole)?;
        } else {
            listing.learn(caller, &whole).await?;
            listing.show(output, &whole)?;
        }
    }
    let exit = caller.source().exit(output);
    Ok(damage.map_or(exit, |damage| failure::explain(output, &damage.into())))
}

/// A note that the list goes on, if it does.
pub(super) fn tell_more(reply: &Value) -> std::io::Result<()> {
    match reply.get("next") {
        Some(next) if !next.is_null() => output::sentences(&format!(
            "There is more: `--limit all` shows everything, `--after '{next}'` continues here."
        )),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cursor;

    #[test]
    fn a_cursor_is_json_or_an_id() {
        let id = "00000000-0000-0000-0000-000000000c01";
        assert_eq!(cursor("57"), Ok(json!(57)));
        assert_eq!(cursor(id), Ok(json!(id)));
        let of_plan = json!({ "version": 3, "skip": 50 });
        assert_eq!(cursor(&of_plan.to_string()), Ok(of_plan));
    }
}

//! `plansync record changes`: recent changes, attribute by attribute.

use clap::Args;
use serde_json::{Value, json};

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::before_and_after;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::records::RecordOf;
use crate::reply::{counted, items, more, number, text};
use crate::table::{Cell, Column, Table};

/// Show the recent changes of a record, attribute by attribute.
#[derive(Debug, Args)]
pub(super) struct Changes {
    #[command(flatten)]
    record: RecordOf,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Changes {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let record = self.record.arguments().find(&caller).await?;
        let body = json!({ "session": record.session });
        let limit = self.limit.limit(output);
        let reply = caller
            .read("record.changes", &body, "changes", limit)
            .await?;
        if output.is_for_people() && items(&reply, "changes").is_empty() {
            output::sentences(
                "No recent changes: the plan does not differ from its state when you opened the record.",
            )?;
            return Ok(Exit::Done);
        }
        output.list(&reply, table, told)?;
        Ok(Exit::Done)
    }
}

fn table(reply: &Value) -> Table {
    let columns = [
        Column::whole("", "preselected", 90),
        Column::text("Component", "name", 100).between(8, 20),
        // Never hidden, because a deletion must not look like an update.
        Column::text("Change", "change", 98)
            .between(3, 7)
            .brief("Ch."),
        Column::text("Attribute", "attribute", 95).between(9, 15),
        Column::text("Before", "before", 80).between(12, 16),
        Column::text("After", "after", 92).between(10, 16),
        Column::for_programs("component"),
    ];
    Table::new(columns, items(reply, "changes").iter().flat_map(rows))
}

fn told(reply: &Value) -> std::io::Result<()> {
    let components = items(reply, "changes");
    let total = number(reply, "total");
    if let Some(more) = more(components.len(), total, "component") {
        output::sentences(&more)?;
    }
    output::sentences(&format!(
        "\n{} with recent changes; those with ✓ are preselected (`--components recent`).",
        counted(total, "component"),
    ))
}

/// A row for each attribute; for people, only the first row of a component names it.
fn rows(one: &Value) -> Vec<Vec<Cell>> {
    let is_preselected = one["preselected"] == true;
    let shown = |is_first: bool, cell: Cell, exact: &str| {
        if is_first { cell } else { Cell::default() }.exact(exact)
    };
    let nothing = json!({});
    let attributes = match items(one, "attributes") {
        [] => std::slice::from_ref(&nothing),
        attributes => attributes,
    };
    let row = |(index, attribute): (usize, &Value)| {
        let is_first = index == 0;
        let mark = Cell::new(if is_preselected { "✓" } else { "" }).good();
        let (name, change) = (text(one, "name"), text(one, "change"));
        let [what, before, after] = before_and_after(attribute);
        vec![
            shown(is_first, mark, &is_preselected.to_string()),
            shown(is_first, Cell::new(name), name),
            shown(is_first, changed(change), change),
            Cell::new(what).exact(text(attribute, "attribute")),
            Cell::new(before).exact(exactly(&attribute["before"])),
            Cell::new(after).exact(exactly(&attribute["after"])),
            Cell::new(text(one, "component")),
        ]
    };
    attributes.iter().enumerate().map(row).collect()
}

/// A value for programs: text as it is, and everything else as JSON.
pub(crate) fn exactly(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

//! `plansync record changes`: recent changes, attribute by attribute.

use clap::Args;
use plansync_protocol::AttributeValue;
use plansync_protocol::record::{AttributeChange, RecentChange, RecordChangesPage};
use serde_json::{Value, json};

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::before_and_after;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::records::RecordOf;
use crate::reply::{counted, more, typed};
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
        let page: RecordChangesPage = typed(&reply)?;
        if output.is_for_people() && page.changes.is_empty() {
            output::sentences(
                "No recent changes: the plan does not differ from its state when you opened the record.",
            )?;
            return Ok(Exit::Done);
        }
        output.list(&reply, |_| table(&page), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

fn table(page: &RecordChangesPage) -> Table {
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
    Table::new(columns, page.changes.iter().flat_map(rows))
}

fn told(page: &RecordChangesPage) -> std::io::Result<()> {
    if let Some(more) = more(page.changes.len(), page.total, "component") {
        output::sentences(&more)?;
    }
    output::sentences(&format!(
        "\n{} with recent changes; those with ✓ are preselected (`--components recent`).",
        counted(page.total, "component"),
    ))
}

/// A row for each attribute; for people, only the first row of a component names it.
fn rows(one: &RecentChange) -> Vec<Vec<Cell>> {
    let shown = |is_first: bool, cell: Cell, exact: &str| {
        if is_first { cell } else { Cell::default() }.exact(exact)
    };
    let row = |(index, attribute): (usize, Option<&AttributeChange>)| {
        let is_first = index == 0;
        let mark = Cell::new(if one.preselected { "✓" } else { "" }).good();
        let [what, before, after] = attribute.map_or_else(Default::default, before_and_after);
        let exact = |side: fn(&AttributeChange) -> &AttributeValue| {
            attribute.map_or_else(String::new, |it| exactly(&json!(side(it))))
        };
        vec![
            shown(is_first, mark, &one.preselected.to_string()),
            shown(is_first, Cell::new(&one.name), &one.name),
            shown(is_first, changed(one.change.as_str()), one.change.as_str()),
            Cell::new(what).exact(attribute.map_or("", |it| it.attribute.as_str())),
            Cell::new(before).exact(exact(|it| &it.before)),
            Cell::new(after).exact(exact(|it| &it.after)),
            Cell::new(one.component),
        ]
    };
    if one.attributes.is_empty() {
        return vec![row((0, None))];
    }
    one.attributes
        .iter()
        .map(Some)
        .enumerate()
        .map(row)
        .collect()
}

/// A value for programs: text as it is, and everything else as JSON.
pub(crate) fn exactly(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

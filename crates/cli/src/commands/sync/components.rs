//! `plansync sync components`: the components that can be synchronised.

use clap::Args;
use plansync_protocol::Change;
use plansync_protocol::sync::{SyncComponent, SyncComponentPage};
use serde_json::json;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::labels::spaced;
use crate::commands::sync::source::SyncSourceArguments;
use crate::exit::Exit;
use crate::names::{self, Names};
use crate::output::{self, Output};
use crate::reply::{counted, minute, more, typed};
use crate::table::{Cell, Column, Table};

/// List the components that can be synchronised, in the order of the plan.
#[derive(Debug, Args)]
pub(super) struct ListComponents {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    source: SyncSourceArguments,
    /// Component types to list, such as `exam`; separate several with commas.
    #[arg(long = "type", value_delimiter = ',', value_name = "TYPE")]
    types: Vec<String>,
    /// Part of the names to list; case and accents are ignored.
    #[arg(long)]
    search: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListComponents {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let source = self.source.find(&caller).await?;
        let mut body = json!({ "session": source.session, "programme": source.programme });
        if !self.types.is_empty() {
            body["types"] = json!(self.types);
        }
        if let Some(search) = &self.search {
            body["search"] = json!(search);
        }
        let limit = self.limit.limit(output);
        let reply = caller
            .read("sync.components", &body, "items", limit)
            .await?;
        let page: SyncComponentPage = typed(&reply)?;
        let people = names::administrators(&caller, people(&page)).await?;
        output.list(&reply, |_| table(&page, &people), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

/// The administrators who last updated the components.
pub(super) fn people(page: &SyncComponentPage) -> Vec<String> {
    let by = page.items.iter().map(|one| one.last_updated.by.to_string());
    by.collect()
}

pub(super) fn table(page: &SyncComponentPage, people: &Names) -> Table {
    let columns = [
        Column::whole("", "preselected", 90),
        Column::text("Component", "name", 100).between(16, 20),
        Column::whole("Type", "type", 40),
        Column::whole("Status", "status", 60),
        Column::whole("Change", "change", 80),
        Column::whole("Last updated (UTC)", "last_updated_at", 30).brief("Updated (UTC)"),
        Column::text("By", "last_updated_by", 20),
        Column::id("Id", "component", 70),
    ];
    Table::new(columns, page.items.iter().map(|one| row(one, people)))
}

fn told(page: &SyncComponentPage) -> std::io::Result<()> {
    if let Some(more) = more(page.items.len(), page.total, "component") {
        output::sentences(&more)?;
    }
    output::sentences(&format!(
        "\n{}. Components with recent changes in this programme: {}. `--components recent` chooses those with ✓.",
        counted(page.total, "component"),
        page.recent,
    ))
}

fn row(one: &SyncComponent, people: &Names) -> Vec<Cell> {
    vec![
        Cell::new(if one.preselected { "✓" } else { "" })
            .good()
            .exact(one.preselected),
        Cell::new(&one.name),
        word(one.component_type.as_str()),
        word(one.status.as_str()),
        changed(one.change.map_or("", Change::as_str)),
        time(&one.last_updated.at.to_string()),
        people.cell(&one.last_updated.by.to_string()),
        Cell::new(one.component),
    ]
}

/// A word of the protocol.
pub(crate) fn word(word: &str) -> Cell {
    Cell::new(spaced(word)).exact(word)
}

/// A time to the minute; programs get the whole time.
pub(crate) fn time(time: &str) -> Cell {
    Cell::new(minute(time)).exact(time)
}

/// The kind of change of a component, in its colour.
pub(crate) fn changed(change: &str) -> Cell {
    let cell = word(change);
    match change {
        "created" | "create" => cell.good(),
        "deleted" | "delete" => cell.bad(),
        _ => cell,
    }
}

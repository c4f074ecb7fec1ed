//! `plansync sync changes`: the changes that a synchronisation applies, as they were when it was accepted.

use clap::Args;
use plansync_protocol::Replay;
use plansync_protocol::sync::{ChangeSetItem, SyncChangesPage};
use serde_json::json;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::change;
use crate::exit::Exit;
use crate::names::Lookup;
use crate::output::{self, Output};
use crate::reply::{more, typed};
use crate::table::{Cell, Column, Table};

/// Show the changes that a synchronisation applies.
#[derive(Debug, Args)]
pub(super) struct Changes {
    /// Synchronisation, by id or a unique prefix of it.
    #[arg(value_name = "ID")]
    sync: String,
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Changes {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let sync = Lookup::syncs(&caller).uuid(&self.sync).await?;
        let body = json!({ "sync": sync });
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.changes", &body, "items", limit).await?;
        let page: SyncChangesPage = typed(&reply)?;
        output.list(&reply, |_| table(&page), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

fn table(page: &SyncChangesPage) -> Table {
    let columns = [
        Column::text("Component", "name", 100).at_least(16),
        Column::whole("Change", "change", 80),
        Column::text("What", "attributes", 90).at_least(20),
        Column::for_programs("component"),
    ];
    Table::new(columns, page.items.iter().map(row))
}

fn told(page: &SyncChangesPage) -> std::io::Result<()> {
    match more(page.items.len(), page.total, "component") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

fn row(one: &ChangeSetItem) -> Vec<Cell> {
    let what: Vec<_> = one.attributes.iter().map(change).collect();
    vec![
        Cell::new(&one.name),
        changed(one.change.map_or("", Replay::as_str)),
        Cell::new(what.join("\n")).exact(json!(one.attributes)),
        Cell::new(one.component),
    ]
}

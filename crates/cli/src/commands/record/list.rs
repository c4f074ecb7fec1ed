//! `plansync record list`: the actor's open records.

use clap::Args;
use plansync_protocol::record::RecordPage;
use serde_json::json;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::components::time;
use crate::exit::Exit;
use crate::names::Names;
use crate::output::{self, Output};
use crate::records::names_of;
use crate::reply::{more, typed};
use crate::table::{Cell, Column, Table};

/// List your open records.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let limit = self.limit.limit(output);
        let reply = caller
            .read("record.list", &json!({}), "items", limit)
            .await?;
        if output.is_json() {
            output.json_list(&reply)?;
            return Ok(Exit::Done);
        }
        let page: RecordPage = typed(&reply)?;
        if page.items.is_empty() && output.is_for_people() {
            output::line("You have no open record.")?;
            return Ok(Exit::Done);
        }
        let names = names_of(&caller, page.items.iter().map(|record| record.learner)).await?;
        output.list(&reply, |_| table(&page, &names), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

fn table(page: &RecordPage, names: &Names) -> Table {
    let columns = [
        Column::text("Learner", "learner_name", 100),
        Column::whole("Opened (UTC)", "opened_at", 60),
        Column::number("Version", "marker", 40),
        Column::id("Session", "session", 80),
        Column::for_programs("learner"),
    ];
    let rows = page.items.iter().map(|record| {
        let learner = record.learner.to_string();
        vec![
            Cell::new(names.of(&learner)),
            time(&record.opened_at.to_string()),
            Cell::new(record.marker.0),
            Cell::new(record.session),
            Cell::new(&learner),
        ]
    });
    Table::new(columns, rows)
}

fn told(page: &RecordPage) -> std::io::Result<()> {
    match more(page.items.len(), page.total, "record") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

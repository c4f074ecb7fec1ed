//! `plansync record list`: the actor's open records.

use clap::Args;
use serde_json::{Value, json};

use crate::commands::sync::components::time;
use crate::desk::{DeskArguments, LimitArguments};
use crate::exit::Exit;
use crate::names::Names;
use crate::output::{self, Output};
use crate::records::names_of;
use crate::reply::{items, more, number, text};
use crate::table::{Cell, Column, Table};

/// List your open records.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let limit = self.limit.limit(output);
        let reply = desk.read("record.list", &json!({}), "items", limit).await?;
        if output.is_json() {
            output.value(&reply)?;
            return Ok(Exit::Done);
        }
        let records: Vec<_> = items(&reply, "items").iter().collect();
        if records.is_empty() && output.is_for_people() {
            output::line("You have no open record.")?;
            return Ok(Exit::Done);
        }
        let names = names_of(&desk, &records).await?;
        output.list(&reply, |reply| table(reply, &names), told)?;
        Ok(Exit::Done)
    }
}

fn table(reply: &Value, names: &Names) -> Table {
    let columns = [
        Column::text("Learner", "learner_name", 100),
        Column::whole("Opened (UTC)", "opened_at", 60),
        Column::number("Version", "marker", 40),
        Column::id("Session", "session", 80),
        Column::for_programs("learner"),
    ];
    let rows = items(reply, "items").iter().map(|record| {
        vec![
            Cell::new(names.of(text(record, "learner"))),
            time(text(record, "opened_at")),
            Cell::new(number(record, "marker")),
            Cell::new(text(record, "session")),
            Cell::new(text(record, "learner")),
        ]
    });
    Table::new(columns, rows)
}

fn told(reply: &Value) -> std::io::Result<()> {
    match more(
        items(reply, "items").len(),
        number(reply, "total"),
        "record",
    ) {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

//! `plansync sync list`: synchronisations, newest first.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};

use crate::commands::sync::components::{time, word};
use crate::desk::{Desk, DeskArguments, LimitArguments};
use crate::exit::Exit;
use crate::names::{self, Lookup, Names};
use crate::output::{self, Output};
use crate::reply::{items, more, number, text};
use crate::table::{Cell, Column, Table};

/// List the synchronisations that you may see, newest first.
#[derive(Debug, Args)]
pub(super) struct ListSyncs {
    #[command(flatten)]
    desk: DeskArguments,
    /// Learner whose changes were synchronised, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    learner: Option<String>,
    /// Administrator who started the synchronisation, by name or id (a unique part of the name is enough).
    #[arg(long, value_name = "NAME|ID")]
    by: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListSyncs {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let mut body = json!({});
        if let Some(learner) = &self.learner {
            body["learner"] = json!(Lookup::learners(&desk).one(learner).await?);
        }
        if let Some(by) = &self.by {
            let known = async || requesters(&desk).await;
            body["requested_by"] = json!(names::administrator(&desk, by, known).await?);
        }
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.list", &body, "items", limit).await?;
        if output.is_for_people() && items(&reply, "items").is_empty() {
            output::line("There are no synchronisations that you may see.")?;
            return Ok(Exit::Done);
        }
        let by = items(&reply, "items").iter();
        let by = by.map(|one| text(one, "requested_by"));
        let people = names::administrators(&desk, by).await?;
        output.list(&reply, |reply| table(reply, &people), told)?;
        Ok(Exit::Done)
    }
}

/// Whoever asked for those that the asker may see, also if removed since.
async fn requesters(desk: &Desk) -> anyhow::Result<BTreeSet<String>> {
    let all = Lookup::syncs(desk).all().await?;
    let by = all.iter().map(|one| text(one, "requested_by").to_owned());
    Ok(by.collect())
}

fn table(reply: &Value, people: &Names) -> Table {
    let columns = [
        Column::whole("Started (UTC)", "started_at", 80),
        Column::whole("State", "state", 100),
        Column::text("By", "requested_by", 60).at_least(8),
        Column::whole("Type", "type", 30),
        Column::number("Components", "components", 40).brief("Comp."),
        Column::number("Learners", "learners", 70).brief("Learn."),
        Column::for_programs("done"),
        Column::number("Applied", "applied", 65).brief("Appl."),
        Column::number("Unchanged", "unchanged", 25).brief("Unch."),
        Column::number("Skipped", "skipped", 50).brief("Skip."),
        Column::id("Id", "sync", 90),
    ];
    let syncs = items(reply, "items").iter();
    Table::new(columns, syncs.map(|one| row(one, people)))
}

fn told(reply: &Value) -> std::io::Result<()> {
    let shown = items(reply, "items").len();
    match more(shown, number(reply, "total"), "synchronisation") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// How many learners, and while it runs, how many of them are done.
fn learners(one: &Value) -> Cell {
    let (done, all) = (number(one, "done"), number(one, "learners"));
    if done == all {
        Cell::new(all)
    } else {
        Cell::new(format!("{done} of {all}")).exact(all)
    }
}

/// A state in its colour.
fn state(state: &str) -> Cell {
    let cell = Cell::new(state);
    match state {
        "completed" => cell.good(),
        "cancelled" => cell.bad(),
        _ => cell.notable(),
    }
}

fn row(one: &Value, people: &Names) -> Vec<Cell> {
    let pairs = &one["pairs"];
    vec![
        time(text(one, "started_at")),
        state(text(one, "state")),
        people.cell(text(one, "requested_by")),
        word(text(one, "type")),
        Cell::new(number(one, "components")),
        learners(one),
        Cell::new(number(one, "done")),
        Cell::new(number(pairs, "applied")),
        Cell::new(number(pairs, "unchanged")),
        Cell::new(number(pairs, "skipped")),
        Cell::new(text(one, "sync")),
    ]
}

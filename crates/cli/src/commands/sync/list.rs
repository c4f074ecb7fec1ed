//! `plansync sync list`: synchronisations, newest first.

use std::collections::BTreeSet;

use clap::Args;
use plansync_protocol::SyncState;
use plansync_protocol::sync::{SyncPage, SyncRecord};
use serde_json::json;

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::sync::components::{time, word};
use crate::exit::Exit;
use crate::names::{self, Lookup, Names};
use crate::output::{self, Output};
use crate::reply::{more, text, typed};
use crate::table::{Cell, Column, Table};

/// List the synchronisations that you may see, newest first.
#[derive(Debug, Args)]
pub(super) struct ListSyncs {
    #[command(flatten)]
    caller: CallerArguments,
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
        let caller = self.caller.open(output).await?;
        let mut body = json!({});
        if let Some(learner) = &self.learner {
            body["learner"] = json!(Lookup::learners(&caller).one(learner).await?);
        }
        if let Some(by) = &self.by {
            let known = async || requesters(&caller).await;
            body["requested_by"] = json!(names::administrator(&caller, by, known).await?);
        }
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.list", &body, "items", limit).await?;
        let page: SyncPage = typed(&reply)?;
        if output.is_for_people() && page.items.is_empty() {
            output::line("There are no synchronisations that you may see.")?;
            return Ok(Exit::Done);
        }
        let by = page.items.iter().map(|one| one.requested_by.to_string());
        let people = names::administrators(&caller, by).await?;
        output.list(&reply, |_| table(&page, &people), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

/// Whoever asked for those that the asker may see, also if removed since.
async fn requesters(caller: &Caller) -> anyhow::Result<BTreeSet<String>> {
    let all = Lookup::syncs(caller).all().await?;
    let by = all.iter().map(|one| text(one, "requested_by").to_owned());
    Ok(by.collect())
}

fn table(page: &SyncPage, people: &Names) -> Table {
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
    Table::new(columns, page.items.iter().map(|one| row(one, people)))
}

fn told(page: &SyncPage) -> std::io::Result<()> {
    match more(page.items.len(), page.total, "synchronisation") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// How many learners, and while it runs, how many of them are done.
fn learners(one: &SyncRecord) -> Cell {
    let (done, all) = (one.done, one.learners);
    if done == all {
        Cell::new(all)
    } else {
        Cell::new(format!("{done} of {all}")).exact(all)
    }
}

/// A state in its colour.
fn state(state: SyncState) -> Cell {
    let cell = Cell::new(state);
    match state {
        SyncState::Completed => cell.good(),
        SyncState::Cancelled => cell.bad(),
        SyncState::Running => cell.notable(),
    }
}

fn row(one: &SyncRecord, people: &Names) -> Vec<Cell> {
    vec![
        time(&one.started_at.to_string()),
        state(one.state),
        people.cell(&one.requested_by.to_string()),
        word(one.sync_type.as_str()),
        Cell::new(one.components),
        learners(one),
        Cell::new(one.done),
        Cell::new(one.pairs.applied),
        Cell::new(one.pairs.unchanged),
        Cell::new(one.pairs.skipped),
        Cell::new(one.sync),
    ]
}

//! `plansync sync list`: synchronisations, newest first.

use clap::Args;
use comfy_table::{Cell, Color};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::desk::{DeskArguments, LimitArguments};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::spelling::spaced;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, minute, number, text};

/// The synchronisations that you may see, newest first.
#[derive(Debug, Args)]
pub(super) struct ListSyncs {
    #[command(flatten)]
    desk: DeskArguments,
    /// Those of this learner's changes.
    #[arg(long)]
    learner: Option<Uuid>,
    /// Those that this administrator asked for.
    #[arg(long, value_name = "ADMINISTRATOR")]
    by: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListSyncs {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let mut body = json!({});
        if let Some(learner) = self.learner {
            body["learner"] = json!(learner);
        }
        if let Some(by) = &self.by {
            body["requested_by"] = json!(by);
        }
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.list", &body, "items", limit).await?;
        output.reply(&reply, show)?;
        Ok(Exit::Done)
    }
}

fn show(reply: &Value) -> std::io::Result<()> {
    let paint = Paint::of_stdout();
    let columns = [
        Column::Whole("Started (UTC)"),
        Column::Whole("State"),
        Column::Text("By"),
        Column::Text("Type"),
        Column::Number("Components"),
        Column::Number("Learners"),
        Column::Number("Applied"),
        Column::Number("Unchanged"),
        Column::Number("Skipped"),
        Column::Whole("Id"),
    ];
    let syncs = items(reply, "items");
    if syncs.is_empty() {
        return output::line("There is none that you may see.");
    }
    output::line(&table(
        paint,
        &columns,
        syncs.iter().map(|one| row(paint, one)),
    ))?;
    match more(syncs.len(), number(reply, "total"), "synchronisations") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// How many learners, and while it runs, how many of them are done.
fn learners(one: &Value) -> String {
    let (done, all) = (number(one, "done"), number(one, "learners"));
    if done == all {
        all.to_string()
    } else {
        format!("{done} of {all}")
    }
}

fn row(paint: Paint, one: &Value) -> Vec<Cell> {
    let pairs = &one["pairs"];
    let state = text(one, "state");
    vec![
        Cell::new(minute(text(one, "started_at"))),
        match state {
            "completed" => paint.cell(state, Color::Green),
            "cancelled" => paint.cell(state, Color::Red),
            _ => paint.cell(state, Color::Yellow),
        },
        Cell::new(text(one, "requested_by")),
        Cell::new(spaced(text(one, "type"))),
        Cell::new(number(one, "components")),
        Cell::new(learners(one)),
        Cell::new(number(pairs, "applied")),
        Cell::new(number(pairs, "unchanged")),
        Cell::new(number(pairs, "skipped")),
        Cell::new(text(one, "sync")),
    ]
}

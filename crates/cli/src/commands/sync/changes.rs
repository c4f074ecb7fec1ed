//! `plansync sync changes`: what a synchronisation replays, as it was fixed when it was accepted.

use clap::Args;
use comfy_table::Cell;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::sync::components::changed;
use crate::commands::sync::desk::{DeskArguments, LimitArguments};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::spelling::change;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, number, text};

/// What a synchronisation replays.
#[derive(Debug, Args)]
pub(super) struct Changes {
    /// Which.
    sync: Uuid,
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Changes {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let body = json!({ "sync": self.sync });
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.changes", &body, "items", limit).await?;
        output.reply(&reply, show)?;
        Ok(Exit::Done)
    }
}

fn show(reply: &Value) -> std::io::Result<()> {
    let paint = Paint::of_stdout();
    let columns = ["Component", "Change", "What"].map(Column::Text);
    let components = items(reply, "items");
    let rows = components.iter().map(|one| row(paint, one));
    output::line(&table(paint, &columns, rows))?;
    match more(components.len(), number(reply, "total"), "components") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

fn row(paint: Paint, one: &Value) -> Vec<Cell> {
    let what: Vec<_> = items(one, "attributes").iter().map(change).collect();
    vec![
        Cell::new(text(one, "name")),
        changed(paint, text(one, "change")),
        Cell::new(what.join("\n")),
    ]
}

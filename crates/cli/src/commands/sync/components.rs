//! `plansync sync components`: the first step of choosing.

use clap::Args;
use comfy_table::{Cell, Color};
use serde_json::{Value, json};

use crate::commands::sync::desk::{DeskArguments, LimitArguments};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::place::PlaceArguments;
use crate::commands::sync::spelling::spaced;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, minute, number, text};

/// The components that can be synchronised, in the order of the plan.
#[derive(Debug, Args)]
pub(super) struct ListComponents {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    place: PlaceArguments,
    /// Those of these types, such as `exam`.
    #[arg(long = "type", value_delimiter = ',', value_name = "TYPE")]
    types: Vec<String>,
    /// Those whose names have this as a part.
    #[arg(long)]
    search: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListComponents {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let place = self.place.find(&desk).await?;
        let mut body = json!({ "session": place.session, "programme": place.programme });
        if !self.types.is_empty() {
            body["types"] = json!(self.types);
        }
        if let Some(search) = &self.search {
            body["search"] = json!(search);
        }
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.components", &body, "items", limit).await?;
        output.reply(&reply, show)?;
        Ok(Exit::Done)
    }
}

fn show(reply: &Value) -> std::io::Result<()> {
    let paint = Paint::of_stdout();
    let columns = [
        Column::Whole(""),
        Column::Text("Component"),
        Column::Text("Type"),
        Column::Text("Status"),
        Column::Text("Change"),
        Column::Whole("Last updated (UTC)"),
        Column::Text("By"),
        Column::Whole("Id"),
    ];
    let components = items(reply, "items");
    output::line(&table(
        paint,
        &columns,
        components.iter().map(|one| row(paint, one)),
    ))?;
    if let Some(more) = more(components.len(), number(reply, "total"), "components") {
        output::line(&more)?;
    }
    output::line(&format!(
        "\n{} components, {} of the programme's with recent changes; ✓ are those that \
         `--components recent` takes.",
        number(reply, "total"),
        number(reply, "recent")
    ))
}

fn row(paint: Paint, one: &Value) -> Vec<Cell> {
    let preselected = one["preselected"] == true;
    vec![
        paint.cell(if preselected { "✓" } else { "" }, Color::Green),
        Cell::new(text(one, "name")),
        Cell::new(spaced(text(one, "type"))),
        Cell::new(spaced(text(one, "status"))),
        changed(paint, text(one, "change")),
        Cell::new(minute(text(&one["last_updated"], "at"))),
        Cell::new(text(&one["last_updated"], "by")),
        Cell::new(text(one, "component")),
    ]
}

/// What became of a component, in the colour of it.
pub(super) fn changed(paint: Paint, change: &str) -> Cell {
    match change {
        "created" | "create" => paint.cell(change, Color::Green),
        "deleted" | "delete" => paint.cell(change, Color::Red),
        _ => Cell::new(change),
    }
}

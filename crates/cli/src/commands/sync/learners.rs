//! `plansync sync learners`: the second step of choosing.

use clap::Args;
use comfy_table::Cell;
use serde_json::{Value, json};

use crate::commands::sync::choice::FilterArguments;
use crate::commands::sync::desk::{DeskArguments, LimitArguments};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::place::PlaceArguments;
use crate::commands::sync::spelling::spaced;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, number, text};

/// The learners who can be synchronised onto, by name.
#[derive(Debug, Args)]
pub(super) struct ListLearners {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    filter: FilterArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl ListLearners {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let place = self.place.find(&desk).await?;
        let mut body = self.filter.fields();
        body.insert("session".to_owned(), json!(place.session));
        body.insert("programme".to_owned(), json!(place.programme));
        let body = Value::Object(body);
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.learners", &body, "items", limit).await?;
        output.reply(&reply, show)?;
        Ok(Exit::Done)
    }
}

fn show(reply: &Value) -> std::io::Result<()> {
    let columns = [
        Column::Text("Learner"),
        Column::Text("Programme status"),
        Column::Text("Groups"),
        Column::Text("Tutors"),
        Column::Text("Case owner"),
        Column::Whole("Id"),
    ];
    let learners = items(reply, "items");
    output::line(&table(
        Paint::of_stdout(),
        &columns,
        learners.iter().map(row),
    ))?;
    if let Some(more) = more(learners.len(), number(reply, "total"), "learners") {
        output::line(&more)?;
    }
    output::line(&format!("\n{} learners.", number(reply, "total")))
}

fn row(one: &Value) -> Vec<Cell> {
    vec![
        Cell::new(text(one, "name")),
        Cell::new(spaced(text(one, "programme_status"))),
        Cell::new(list(one, "groups")),
        Cell::new(list(one, "tutors")),
        Cell::new(text(one, "case_owner")),
        Cell::new(text(one, "learner")),
    ]
}

fn list(one: &Value, field: &str) -> String {
    let all: Vec<_> = items(one, field).iter().filter_map(Value::as_str).collect();
    all.join(", ")
}

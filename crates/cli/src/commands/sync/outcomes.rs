//! `plansync sync outcomes`: what came of each pair, as it was recorded.

use clap::Args;
use comfy_table::Cell;
use plansync_protocol::{Outcome, Reason};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::asking::AskError;
use crate::commands::sync::choice::words;
use crate::commands::sync::components::changed;
use crate::commands::sync::desk::{Desk, DeskArguments, Limit, LimitArguments};
use crate::commands::sync::explain::{outcome, why};
use crate::commands::sync::names::{Named, Names};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, number, text};

/// What came of each component on each learner's plan.
#[derive(Debug, Args)]
pub(super) struct Outcomes {
    /// Which synchronisation.
    sync: Uuid,
    #[command(flatten)]
    desk: DeskArguments,
    /// Those of this learner.
    #[arg(long)]
    learner: Option<Uuid>,
    /// Those of this component.
    #[arg(long)]
    component: Option<Uuid>,
    /// Those that came out so.
    #[arg(long, value_parser = words::<Outcome>())]
    outcome: Option<String>,
    /// Those that were skipped for this reason.
    #[arg(long, value_parser = words::<Reason>())]
    reason: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Outcomes {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let filters = [
            ("learner", self.learner.map(|id| id.to_string())),
            ("component", self.component.map(|id| id.to_string())),
            ("outcome", self.outcome.clone()),
            ("reason", self.reason.clone()),
        ];
        let mut body = json!({ "sync": self.sync });
        for (name, value) in filters {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let limit = self.limit.limit(output);
        let reply = desk.read("sync.outcomes", &body, "items", limit).await?;
        if output.is_for_people() {
            let names = self.names(&desk).await?;
            show(&reply, &names)?;
        } else {
            output.value(&reply)?;
        }
        Ok(Exit::Done)
    }

    /// The names of components and learners, as far as they are the asker's to know.
    async fn names(&self, desk: &Desk) -> anyhow::Result<Names> {
        let mut names = Names::default();
        let sync = json!({ "sync": self.sync });
        let changes = desk
            .read("sync.changes", &sync, "items", Limit::All)
            .await?;
        names.learn(items(&changes, "items"), Named::Component);
        let record = desk.ask("sync.get", &sync).await?;
        let of_programme = json!({ "programme": record["programme"] });
        let mut of_session = of_programme.clone();
        of_session["session"] = record["source"]["session"].clone();
        let lists = [
            ("learner.list", of_programme),
            ("sync.learners", of_session),
        ];
        for (operation, body) in lists {
            match desk.read(operation, &body, "items", Limit::All).await {
                Ok(learners) => {
                    names.learn(items(&learners, "items"), Named::Learner);
                    break;
                }
                Err(error) if is_refused(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(names)
    }
}

fn is_refused(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(AskError::Refused { .. }))
}

fn show(reply: &Value, names: &Names) -> std::io::Result<()> {
    let paint = Paint::of_stdout();
    let columns = [
        "Learner",
        "Component",
        "Action",
        "Outcome",
        "Why, and what to know",
    ]
    .map(Column::Text);
    let pairs = items(reply, "items");
    let rows = pairs.iter().map(|pair| row(paint, names, pair));
    output::line(&table(paint, &columns, rows))?;
    match more(pairs.len(), number(reply, "total"), "pairs") {
        Some(more) => output::line(&more),
        None => output::line(&format!("\n{} pairs.", number(reply, "total"))),
    }
}

fn row(paint: Paint, names: &Names, pair: &Value) -> Vec<Cell> {
    let learner = names.of(text(pair, "learner"));
    let learner = if pair["source"] == true {
        format!("{learner} (the source)")
    } else {
        learner.to_owned()
    };
    vec![
        Cell::new(learner),
        Cell::new(names.of(text(pair, "component"))),
        changed(paint, text(pair, "action")),
        outcome(paint, text(pair, "outcome")),
        Cell::new(why(pair)),
    ]
}

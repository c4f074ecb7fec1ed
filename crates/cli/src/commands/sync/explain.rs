//! `plansync sync explain`: one row of a preview, learner by learner.

use clap::Args;
use clap::builder::PossibleValuesParser;
use comfy_table::{Cell, Color};
use plansync_protocol::{Side, Word as _};
use serde_json::{Value, json};

use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::components::changed;
use crate::commands::sync::desk::{Desk, DeskArguments, LimitArguments};
use crate::commands::sync::names::Named;
use crate::commands::sync::paint::Paint;
use crate::commands::sync::preview::counted;
use crate::commands::sync::programmes;
use crate::commands::sync::spelling::{changes, reason, spaced, warnings};
use crate::commands::sync::table::{Column, more, table};
use crate::exit::{Exit, NotUnderstood};
use crate::output::{self, Output};
use crate::reply::{items, number, text};

/// One component of a preview, learner by learner; say the same as to `preview`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    /// Which of the chosen components: its id or its name.
    #[arg(long, value_name = "ID|NAME")]
    component: String,
    /// Which learners: those that it is synchronised for, or those that it is not; without it, both,
    /// one after the other.
    #[arg(long, value_parser = PossibleValuesParser::new(Side::WORDS))]
    side: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Explain {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open().await?;
        let (place, mut body) = self.choice.request(&desk).await?;
        let component = Named::Component.find(&desk, place, &self.component).await?;
        let [component] = *component else {
            let message = "explain one component at a time: its id or its name";
            return Err(NotUnderstood(message.to_owned()).into());
        };
        let request = body.clone();
        body["component"] = json!(component);
        let mut programme = None;
        for side in Side::WORDS {
            if self.side.as_deref().is_some_and(|wanted| wanted != *side) {
                continue;
            }
            body["side"] = json!(side);
            let limit = self.limit.limit(output);
            let reply = desk.read("sync.explain", &body, "items", limit).await?;
            if !output.is_for_people() {
                output.value(&reply)?;
                continue;
            }
            if programme.is_none() {
                programme = Some(introduce(&desk, request.clone(), &body["component"]).await?);
            }
            show(side, programme.as_deref().unwrap_or_default(), &reply)?;
        }
        Ok(Exit::Done)
    }
}

/// Says which component it is, and gives the name of its programme.
async fn introduce(desk: &Desk, mut request: Value, component: &Value) -> anyhow::Result<String> {
    request["components"] = json!([component]);
    if let Some(fields) = request.as_object_mut() {
        // This request is another than the one that was confirmed.
        fields.remove("confirm");
    }
    let summary = desk.ask("sync.preview", &request).await?;
    let name = items(&summary, "rows")
        .first()
        .map_or("", |row| text(row, "name"));
    output::line(&format!("“{name}”, {}", text_or(component)))?;
    Ok(programmes::name_in(&summary).to_owned())
}

fn text_or(id: &Value) -> &str {
    id.as_str().unwrap_or_default()
}

fn show(side: &str, programme: &str, reply: &Value) -> std::io::Result<()> {
    let paint = Paint::of_stdout();
    let learners = items(reply, "items");
    let total = number(reply, "total");
    output::line(&format!(
        "\n{} for {}",
        paint.strong(&spaced(side)),
        counted(total, "learner")
    ))?;
    if learners.is_empty() {
        return Ok(());
    }
    output::line(&table_of(paint, programme, learners))?;
    match more(learners.len(), total, "learners") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// Learner by learner.
pub(crate) fn table_of(paint: Paint, programme: &str, learners: &[Value]) -> String {
    let columns = [
        Column::Text("Learner"),
        Column::Text("Programme"),
        Column::Text("Action"),
        Column::Text("Outcome"),
        Column::Text("Why, and what to know"),
        Column::Text("Changes"),
    ];
    let rows = learners.iter().map(|one| row(paint, programme, one));
    table(paint, &columns, rows)
}

fn row(paint: Paint, programme: &str, pair: &Value) -> Vec<Cell> {
    let name = match text(pair, "name") {
        "" => text(pair, "learner"),
        name => name,
    };
    let programme = if pair["programme"].is_null() {
        "–"
    } else {
        programme
    };
    vec![
        Cell::new(name),
        Cell::new(programme),
        changed(paint, text(pair, "action")),
        outcome(paint, text(pair, "outcome")),
        Cell::new(why(pair)),
        Cell::new(changes(pair)),
    ]
}

/// An outcome in its colour.
pub(super) fn outcome(paint: Paint, outcome: &str) -> Cell {
    match outcome {
        "applied" => paint.cell(outcome, Color::Green),
        "skipped" => paint.cell(outcome, Color::Yellow),
        _ => Cell::new(outcome),
    }
}

/// The reason and the warnings of a pair, in words.
pub(super) fn why(pair: &Value) -> String {
    let reason = match text(pair, "reason") {
        "" => None,
        word => Some(reason(word)),
    };
    let warnings = Some(warnings(pair)).filter(|warnings| !warnings.is_empty());
    let cause = Some(text(pair, "cause")).filter(|cause| !cause.is_empty());
    let all = [reason, warnings, cause.map(str::to_owned)];
    all.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

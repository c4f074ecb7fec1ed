//! `plansync sync explain`: one row of a preview, by learner.

use clap::Args;
use clap::builder::PossibleValuesParser;
use plansync_protocol::{Side, Word as _};
use serde_json::{Value, json};

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::{changes, reason, spaced, warnings};
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::programmes;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, items, more, number, text};
use crate::table::{Cell, Column, Table};

/// Show the effect of a preview on one component, with reasons, by learner; takes the options of `preview`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    /// One of the chosen components, by name or id (a unique part of the name or prefix of the id is enough).
    #[arg(long, value_name = "NAME|ID")]
    component: String,
    /// Learners to list: those for whom the component is synchronised, or those for whom it is not
    /// [default: both].
    #[arg(long, value_parser = PossibleValuesParser::new(Side::WORDS))]
    side: Option<String>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Explain {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let (source, mut body) = self.choice.request(&caller).await?;
        let component = source.components(&caller).uuid(&self.component).await?;
        let request = body.clone();
        body["component"] = json!(component);
        let mut programme = None;
        let mut rows = Vec::new();
        for side in Side::WORDS {
            if self.side.as_deref().is_some_and(|wanted| wanted != *side) {
                continue;
            }
            body["side"] = json!(side);
            let limit = self.limit.limit(output);
            let reply = caller.read("sync.explain", &body, "items", limit).await;
            let reply = match reply {
                Err(error) => return Err(explained(&caller, &request, error).await),
                Ok(reply) => reply,
            };
            if output.is_json() {
                output.value(&reply)?;
                continue;
            }
            if output.is_tsv() {
                let learners = items(&reply, "items").iter();
                rows.extend(learners.map(|one| row(side, None, one)));
                continue;
            }
            if programme.is_none() {
                programme = Some(introduce(&caller, request.clone(), &body["component"]).await?);
            }
            show(output, side, programme.as_deref(), &reply)?;
        }
        if output.is_tsv() {
            output::line(&Table::new(columns(), rows).tsv())?;
        }
        Ok(Exit::Done)
    }
}

/// Says which component it is, and gives the name of its programme.
async fn introduce(
    caller: &Caller,
    mut request: Value,
    component: &Value,
) -> anyhow::Result<String> {
    request["components"] = json!([component]);
    if let Some(fields) = request.as_object_mut() {
        // This request is another than the one that was confirmed.
        fields.remove("confirm");
    }
    let summary = caller.ask("sync.preview", &request).await?;
    let name = items(&summary, "rows")
        .first()
        .map_or("", |row| text(row, "name"));
    output::line(&format!("“{name}”, {}", text_or(component)))?;
    Ok(programmes::name_in(&summary).to_owned())
}

fn text_or(id: &Value) -> &str {
    id.as_str().unwrap_or_default()
}

fn show(output: Output, side: &str, programme: Option<&str>, reply: &Value) -> std::io::Result<()> {
    let learners = items(reply, "items");
    let total = number(reply, "total");
    output::line(&format!(
        "\n{} for {}",
        Paint::of_stdout().strong(&spaced(side)),
        counted(total, "learner")
    ))?;
    if learners.is_empty() {
        return Ok(());
    }
    let rows = learners.iter().map(|one| row(side, programme, one));
    output.table(&Table::new(columns(), rows))?;
    match more(learners.len(), total, "learner") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// Learner by learner.
pub(crate) fn table_of(programme: &str, learners: &[Value]) -> Table {
    let rows = learners.iter().map(|one| row("", Some(programme), one));
    Table::new(columns(), rows)
}

fn columns() -> [Column; 9] {
    [
        Column::text("Learner", "name", 100).at_least(14),
        Column::text("Programme", "programme", 20),
        Column::whole("Action", "action", 40),
        Column::whole("Outcome", "outcome", 80),
        Column::text("Reason and warnings", "reason", 90)
            .at_least(20)
            .brief("Reason"),
        Column::text("Changes", "changes", 85).at_least(20),
        Column::for_programs("warnings"),
        Column::for_programs("side"),
        Column::for_programs("learner"),
    ]
}

/// The programme is the one on which the learner is, by its name; programs have its id.
fn row(side: &str, programme: Option<&str>, pair: &Value) -> Vec<Cell> {
    let name = match text(pair, "name") {
        "" => text(pair, "learner"),
        name => name,
    };
    let programme = if pair["programme"].is_null() {
        "–"
    } else {
        programme.unwrap_or_default()
    };
    vec![
        Cell::new(name).exact(text(pair, "name")),
        Cell::new(programme).exact(text(pair, "programme")),
        changed(text(pair, "action")),
        outcome(text(pair, "outcome")),
        Cell::new(why(pair)).exact(text(pair, "reason")),
        Cell::new(changes(pair)).exact(Value::from(items(pair, "changes"))),
        listed(pair, "warnings"),
        Cell::new(side),
        Cell::new(text(pair, "learner")),
    ]
}

/// A list as JSON, which programs read.
pub(super) fn listed(pair: &Value, field: &str) -> Cell {
    Cell::new(Value::from(items(pair, field)))
}

/// An outcome in its colour.
pub(super) fn outcome(outcome: &str) -> Cell {
    let cell = Cell::new(outcome);
    match outcome {
        "applied" => cell.good(),
        "skipped" => cell.notable(),
        _ => cell,
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

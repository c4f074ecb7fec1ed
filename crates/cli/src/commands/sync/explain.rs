//! `plansync sync explain`: one row of a preview, by learner.

use clap::Args;
use clap::builder::PossibleValuesParser;
use plansync_protocol::sync::{ExplainedPair, SyncExplanation, SyncSummary, Warning};
use plansync_protocol::{Outcome, Reason, Side, Word as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, CallerArguments, LimitArguments};
use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::components::changed;
use crate::commands::sync::labels::{self, Whose, changes, spaced};
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::programmes;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, more, typed};
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
                output.json_list(&reply)?;
                continue;
            }
            let explanation: SyncExplanation = typed(&reply)?;
            if output.is_rows() {
                rows.extend(explanation.items.iter().map(|one| row(side, None, one)));
                continue;
            }
            if programme.is_none() {
                programme = Some(introduce(&caller, request.clone(), component).await?);
            }
            show(output, side, programme.as_deref(), &explanation)?;
        }
        if output.is_rows() {
            output.rows(&Table::new(columns(), rows))?;
        }
        Ok(Exit::Done)
    }
}

/// Prints the component, and returns the name of its programme.
async fn introduce(caller: &Caller, mut request: Value, component: Uuid) -> anyhow::Result<String> {
    request["components"] = json!([component]);
    if let Some(fields) = request.as_object_mut() {
        // This request differs from the one that was confirmed.
        fields.remove("confirm");
    }
    let summary: SyncSummary = typed(&caller.ask("sync.preview", &request).await?)?;
    let name = summary.rows.first().map_or("", |row| &row.name);
    output::line(&format!("“{name}”, {component}"))?;
    Ok(programmes::name_of(&summary.programme))
}

fn show(
    output: Output,
    side: &str,
    programme: Option<&str>,
    explanation: &SyncExplanation,
) -> std::io::Result<()> {
    let SyncExplanation { items, total, .. } = explanation;
    output::line(&format!(
        "\n{} for {}",
        Paint::of_stdout().strong(&spaced(side)),
        counted(*total, "learner")
    ))?;
    if items.is_empty() {
        return Ok(());
    }
    let rows = items.iter().map(|one| row(side, programme, one));
    output.table(&Table::new(columns(), rows))?;
    match more(items.len(), *total, "learner") {
        Some(more) => output::line(&more),
        None => Ok(()),
    }
}

/// Learner by learner.
pub(crate) fn table_of(programme: &str, learners: &[ExplainedPair]) -> Table {
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

/// The programme is the one on which the learner is, by its name; programs get its id.
fn row(side: &str, programme: Option<&str>, pair: &ExplainedPair) -> Vec<Cell> {
    let learner = pair.learner.to_string();
    let programme = match pair.programme {
        None => "–",
        Some(_) => programme.unwrap_or_default(),
    };
    let programme_id = pair.programme.map_or_else(String::new, |it| it.to_string());
    vec![
        Cell::new(pair.name.as_ref().unwrap_or(&learner))
            .exact(pair.name.as_deref().unwrap_or_default()),
        Cell::new(programme).exact(programme_id),
        changed(pair.action.as_str()),
        outcome(Some(pair.outcome)),
        Cell::new(why(Whose::Yours, pair.reason, &pair.warnings, None))
            .exact(pair.reason.map_or("", Reason::as_str)),
        Cell::new(changes(&pair.changes)).exact(json!(pair.changes)),
        Cell::new(json!(pair.warnings)),
        Cell::new(side),
        Cell::new(&learner),
    ]
}

/// An outcome in its colour; an empty cell if there is none.
pub(crate) fn outcome(outcome: Option<Outcome>) -> Cell {
    let cell = Cell::new(outcome.map_or("", Outcome::as_str));
    match outcome {
        Some(Outcome::Applied) => cell.good(),
        Some(Outcome::Skipped) => cell.notable(),
        Some(Outcome::Unchanged) | None => cell,
    }
}

/// The reason, the warnings and the cause of an outcome as text.
pub(crate) fn why(
    whose: Whose,
    reason: Option<Reason>,
    warnings: &[Warning],
    cause: Option<&str>,
) -> String {
    let warnings = Some(labels::warnings(warnings, whose)).filter(|warnings| !warnings.is_empty());
    let all = [
        reason.map(|reason| labels::reason(reason, whose)),
        warnings,
        cause.map(str::to_owned),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

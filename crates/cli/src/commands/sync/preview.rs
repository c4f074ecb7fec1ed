//! `plansync sync preview`: the summary, and how to confirm it.

use clap::Args;
use plansync_protocol::sync::{SourceOutcome, SummaryRow, SummaryWarningCount, SyncSummary};
use plansync_protocol::{Action, Condition, Outcome, SummaryWarning};
use serde_json::Value;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::{ChoiceArguments, typed};
use crate::commands::sync::components::{changed, time, word};
use crate::commands::sync::explain::outcome;
use crate::commands::sync::labels::{Whose, reason, spaced};
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::programmes;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{self, counted, more};
use crate::shell;
use crate::table::{Cell, Column, Table};

/// The maximum number of names in a sentence.
const NAMES_SHOWN: usize = 5;
/// What is counted.
const EACH: &str = "each to one component of one learner's plan";

/// Show what a synchronisation would do, without changing anything.
#[derive(Debug, Args)]
pub(super) struct Preview {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Preview {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let (_, request) = self.choice.request(&caller).await?;
        let limit = self.limit.limit(output);
        let summary = caller.read("sync.preview", &request, "rows", limit).await;
        let summary = match summary {
            Err(error) => return Err(explained(&caller, &request, error).await),
            Ok(summary) => summary,
        };
        let summary = &summary;
        let typed: SyncSummary = reply::typed(summary)?;
        if output.is_for_people() {
            output::sentences(&format!("{}\n", heading(&typed)))?;
        }
        output.list(
            summary,
            |_| grid(&typed.rows),
            |_| self.told(&request, &typed),
        )?;
        Ok(Exit::Done)
    }

    fn told(&self, request: &Value, summary: &SyncSummary) -> std::io::Result<()> {
        let paint = Paint::of_stdout();
        if let Some(more) = more(summary.rows.len(), summary.total, "row") {
            output::sentences(&more)?;
        }
        output::sentences("")?;
        for warning in &summary.warnings {
            output::sentences(&warning_line(paint, warning))?;
        }
        for line in source_lines(summary) {
            output::sentences(&line)?;
        }
        output::sentences(&totals(summary))?;
        output::sentences(&self.next(paint, request, summary))
    }

    /// What to type next.
    fn next(&self, paint: Paint, request: &Value, summary: &SyncSummary) -> String {
        let confirm = format!("{}:{}", summary.position.0, summary.digest);
        let Some(choice) = typed(request) else {
            return format!(
                "\nTo start exactly this, run the same command with `start` instead of `preview`, and add:\n  {}",
                paint.strong(&format!("--confirm {confirm}"))
            );
        };
        let printed = self.caller.printed();
        let explain = match component(summary) {
            Some(component) => format!(
                "\nTo see the effect on one component, learner by learner:\n  {}",
                printed.command("sync explain", &format!("{choice} {component}"))
            ),
            None => String::new(),
        };
        let affected = printed.command("sync affected", &choice);
        let start = printed.command("sync start", &format!("{choice} --confirm {confirm}"));
        format!(
            "\nTo see the effect on each learner:\n  {affected}{explain}\n\
             To start exactly what was shown:\n  {}",
            paint.strong(&start)
        )
    }
}

/// The option for the first component: by its id, since several may have the same name.
fn component(summary: &SyncSummary) -> Option<String> {
    let row = summary.rows.first()?;
    Some(shell::option("component", &row.component.to_string()))
}

/// The request in a sentence.
pub(super) fn heading(summary: &SyncSummary) -> String {
    let statuses = summary.statuses.iter().copied().map(Condition::as_str);
    let statuses: Vec<_> = statuses.map(spaced).collect();
    let statuses = if summary.all_statuses {
        "whatever the status of the component".to_owned()
    } else {
        format!("where the component is {}", statuses.join(" or "))
    };
    format!(
        "{} of “{}”: {} onto {}, {statuses}.",
        spaced(summary.sync_type.as_str()),
        programmes::name_of(&summary.programme),
        counted(summary.components, "component"),
        counted(summary.learners, "learner"),
    )
}

/// The grid of a summary.
pub(crate) fn grid(rows: &[SummaryRow]) -> Table {
    let columns = [
        Column::text("Component", "name", 100).between(16, 16),
        Column::whole("Type", "type", 40),
        // Never hidden, because a deletion must not look like an update.
        Column::text("Action", "action", 95).between(6, 11),
        Column::whole("Last updated (UTC)", "last_updated_at", 30).brief("Updated (UTC)"),
        Column::number("Synchronised", "synchronised", 90).brief("Sync."),
        Column::number("Of these unchanged", "unchanged", 50).brief("Unch."),
        Column::number("Not synchronised", "not_synchronised", 85).brief("Not"),
        Column::for_programs("component"),
        if rows.iter().any(|row| row.source.is_some()) {
            Column::whole("Source", "source", 60)
        } else {
            Column::for_programs("source")
        },
    ];
    Table::new(columns, rows.iter().map(row))
}

fn row(row: &SummaryRow) -> Vec<Cell> {
    let left = Cell::new(row.not_synchronised);
    let updated = row.last_updated.as_ref();
    vec![
        Cell::new(&row.name),
        word(row.component_type.as_str()),
        changed(row.action.as_str()),
        time(&updated.map_or_else(String::new, |updated| updated.at.to_string())),
        Cell::new(row.synchronised),
        Cell::new(row.unchanged),
        if row.not_synchronised > 0 {
            left.notable()
        } else {
            left
        },
        Cell::new(row.component),
        outcome(row.source.as_ref().map(|source| source.outcome)),
    ]
}

/// The outcomes of the components on the source's own plan (T3), a sentence for each outcome and reason.
pub(super) fn source_lines(summary: &SyncSummary) -> Vec<String> {
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    for row in &summary.rows {
        let Some(source) = &row.source else { continue };
        let said = of_source(source);
        match all.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(&row.name),
            None => all.push((said, vec![&row.name])),
        }
    }
    let line = |(said, names): &(String, Vec<&str>)| {
        format!("Source's own plan, {said}: {}.", some_of(names))
    };
    all.iter().map(line).collect()
}

fn of_source(source: &SourceOutcome) -> String {
    match (source.outcome, source.reason) {
        (Outcome::Applied, _) => "to be updated".to_owned(),
        (Outcome::Unchanged, _) => "already matching".to_owned(),
        (Outcome::Skipped, None) => "skipped".to_owned(),
        (Outcome::Skipped, Some(why)) => format!("skipped ({})", reason(why, Whose::Yours)),
    }
}

/// Names in quotation marks, of which only some are shown if there are many.
fn some_of(names: &[&str]) -> String {
    let shown = names.iter().take(NAMES_SHOWN);
    let shown: Vec<_> = shown.map(|name| format!("“{name}”")).collect();
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}

/// The components by name, with a note for those that would be created or deleted.
pub(super) fn components_line(summary: &SyncSummary) -> String {
    let actions = [
        (Action::Synchronise, "Components"),
        (Action::Create, "Components to create"),
        (Action::Delete, "Components to delete"),
    ];
    let lines = actions.iter().filter_map(|(action, said)| {
        let of_action = summary.rows.iter().filter(|row| row.action == *action);
        let names: Vec<_> = of_action.map(|row| row.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("{said}: {}.", some_of(&names)))
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// A warning about the whole synchronisation, with its counts.
pub(crate) fn warning_line(paint: Paint, warning: &SummaryWarningCount) -> String {
    paint.warning(&format!(
        "! {} ({}, {})",
        message(warning),
        counted(warning.learners, "learner"),
        counted(warning.components, "component"),
    ))
}

/// The text of a warning. The service counts the learners whose reviews are recreated, also if no task is
/// open.
pub(super) fn message(warning: &SummaryWarningCount) -> &str {
    if warning.code == SummaryWarning::ReviewRecreated {
        "Reviews will be recreated; their open calendar tasks will be cancelled"
    } else {
        &warning.message
    }
}

/// What would happen to components on plans, in a sentence.
pub(super) fn counted_actions(summary: &SyncSummary) -> String {
    let changed = |action: Action| {
        let of_action = summary.rows.iter().filter(|row| row.action == action);
        let changed = of_action.map(|row| row.synchronised.saturating_sub(row.unchanged));
        changed.sum::<u64>()
    };
    format!(
        "{} would be made, {EACH}: {} updated, {} created, {} deleted; {} already match, {} would be skipped.",
        counted(summary.pairs.applied, "change"),
        changed(Action::Synchronise),
        changed(Action::Create),
        changed(Action::Delete),
        summary.pairs.unchanged,
        summary.pairs.skipped,
    )
}

fn totals(summary: &SyncSummary) -> String {
    format!(
        "{} would be made, {EACH}; {} already match, {} would be skipped.",
        counted(summary.pairs.applied, "change"),
        summary.pairs.unchanged,
        summary.pairs.skipped,
    )
}

//! `plansync sync preview`: the summary, and how to confirm it.

use clap::Args;
use serde_json::Value;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::{ChoiceArguments, typed};
use crate::commands::sync::components::{changed, time, word};
use crate::commands::sync::explain::outcome;
use crate::commands::sync::labels::{reason, spaced};
use crate::commands::sync::no_changes::explained;
use crate::commands::sync::programmes;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, items, more, number, text};
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
        if output.is_for_people() {
            output::sentences(&format!("{}\n", heading(&summary)))?;
        }
        output.list(&summary, grid, |summary| self.told(&request, summary))?;
        Ok(Exit::Done)
    }

    fn told(&self, request: &Value, summary: &Value) -> std::io::Result<()> {
        let paint = Paint::of_stdout();
        let rows = items(summary, "rows").len();
        if let Some(more) = more(rows, number(summary, "total"), "row") {
            output::sentences(&more)?;
        }
        output::sentences("")?;
        for warning in items(summary, "warnings") {
            output::sentences(&warning_line(paint, warning))?;
        }
        for line in source_lines(summary) {
            output::sentences(&line)?;
        }
        output::sentences(&totals(summary))?;
        output::sentences(&self.next(paint, request, summary))
    }

    /// What to type next.
    fn next(&self, paint: Paint, request: &Value, summary: &Value) -> String {
        let confirm = format!(
            "{}:{}",
            number(summary, "position"),
            text(summary, "digest")
        );
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

/// The first component, as it can be typed: by its id, since several may have one name.
fn component(summary: &Value) -> Option<String> {
    let row = items(summary, "rows").first()?;
    Some(shell::option("component", text(row, "component")))
}

/// What is chosen, in a sentence.
pub(super) fn heading(summary: &Value) -> String {
    let statuses: Vec<_> = items(summary, "statuses")
        .iter()
        .filter_map(Value::as_str)
        .map(spaced)
        .collect();
    let statuses = if summary["all_statuses"] == true {
        "whatever the status of the component".to_owned()
    } else {
        format!("where the component is {}", statuses.join(" or "))
    };
    format!(
        "{} of “{}”: {} onto {}, {statuses}.",
        spaced(text(summary, "type")),
        programmes::name_in(summary),
        counted(number(summary, "components"), "component"),
        counted(number(summary, "learners"), "learner"),
    )
}

/// The grid of a summary.
pub(crate) fn grid(summary: &Value) -> Table {
    let columns = [
        Column::text("Component", "name", 100).between(16, 16),
        Column::whole("Type", "type", 40),
        // Never hidden, because a deletion must not look like an update.
        Column::text("Action", "action", 95).between(6, 11),
        Column::whole("Last updated (UTC)", "last_updated_at", 30).brief("Updated (UTC)"),
        Column::number("Synchronised", "synchronised", 90).brief("Sync."),
        Column::number("Unchanged", "unchanged", 50).brief("Unch."),
        Column::number("Not synchronised", "not_synchronised", 85).brief("Not"),
        Column::for_programs("component"),
        if has_source(summary) {
            Column::whole("Source", "source", 60)
        } else {
            Column::for_programs("source")
        },
    ];
    Table::new(columns, items(summary, "rows").iter().map(row))
}

fn row(row: &Value) -> Vec<Cell> {
    let left = Cell::new(number(row, "not_synchronised"));
    vec![
        Cell::new(text(row, "name")),
        word(text(row, "type")),
        changed(text(row, "action")),
        time(text(&row["last_updated"], "at")),
        Cell::new(number(row, "synchronised")),
        Cell::new(number(row, "unchanged")),
        if number(row, "not_synchronised") > 0 {
            left.notable()
        } else {
            left
        },
        Cell::new(text(row, "component")),
        outcome(text(&row["source"], "outcome")),
    ]
}

/// Whether the source's own plan is updated as well (T3).
fn has_source(summary: &Value) -> bool {
    let mut rows = items(summary, "rows").iter();
    rows.any(|row| row["source"].is_object())
}

/// What becomes of the components on the source's own plan, a sentence for each outcome and reason.
pub(super) fn source_lines(summary: &Value) -> Vec<String> {
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    let rows = items(summary, "rows").iter();
    for row in rows.filter(|row| row["source"].is_object()) {
        let said = of_source(&row["source"]);
        match all.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(text(row, "name")),
            None => all.push((said, vec![text(row, "name")])),
        }
    }
    let line = |(said, names): &(String, Vec<&str>)| {
        format!("Source's own plan, {said}: {}.", some_of(names))
    };
    all.iter().map(line).collect()
}

fn of_source(source: &Value) -> String {
    match (text(source, "outcome"), text(source, "reason")) {
        ("applied", _) => "to be updated".to_owned(),
        ("unchanged", _) => "already matching".to_owned(),
        (_, "") => "skipped".to_owned(),
        (_, why) => format!("skipped ({})", reason(why)),
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
pub(super) fn components_line(summary: &Value) -> String {
    let actions = [
        ("synchronise", "Components"),
        ("create", "Components to create"),
        ("delete", "Components to delete"),
    ];
    let lines = actions.iter().filter_map(|(action, said)| {
        let rows = items(summary, "rows").iter();
        let of_action = rows.filter(|row| text(row, "action") == *action);
        let names: Vec<_> = of_action.map(|row| text(row, "name")).collect();
        (!names.is_empty()).then(|| format!("{said}: {}.", some_of(&names)))
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// A warning of the whole, with what it is about.
pub(crate) fn warning_line(paint: Paint, warning: &Value) -> String {
    paint.warning(&format!(
        "! {} ({}, {})",
        message(warning),
        counted(number(warning, "learners"), "learner"),
        counted(number(warning, "components"), "component"),
    ))
}

/// The text of a warning. The service counts the learners whose reviews are recreated, also where no task is open.
pub(super) fn message(warning: &Value) -> &str {
    match text(warning, "code") {
        "review_recreated" => {
            "Reviews will be made anew; open calendar tasks that they have will be cancelled"
        }
        _ => text(warning, "message"),
    }
}

/// What would become of components on plans, in a sentence.
pub(super) fn counted_actions(summary: &Value) -> String {
    let changed = |action: &str| {
        let rows = items(summary, "rows").iter();
        let of_action = rows.filter(|row| text(row, "action") == action);
        let changed = of_action
            .map(|row| number(row, "synchronised").saturating_sub(number(row, "unchanged")));
        changed.sum::<u64>()
    };
    let pairs = &summary["pairs"];
    format!(
        "{} would be made, {EACH}: {} updated, {} created, {} deleted; {} already match, {} would be skipped.",
        counted(number(pairs, "applied"), "change"),
        changed("synchronise"),
        changed("create"),
        changed("delete"),
        number(pairs, "unchanged"),
        number(pairs, "skipped"),
    )
}

fn totals(summary: &Value) -> String {
    let pairs = &summary["pairs"];
    format!(
        "{} would be made, {EACH}; {} already match, {} would be skipped.",
        counted(number(pairs, "applied"), "change"),
        number(pairs, "unchanged"),
        number(pairs, "skipped"),
    )
}

//! `plansync sync preview`: the summary, and how to confirm it.

use clap::Args;
use serde_json::Value;

use crate::commands::sync::choice::{ChoiceArguments, typed};
use crate::commands::sync::components::{changed, time, word};
use crate::commands::sync::nothing::explained;
use crate::commands::sync::programmes;
use crate::commands::sync::spelling::spaced;
use crate::desk::{DeskArguments, LimitArguments};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::paint::Paint;
use crate::reply::{counted, items, more, number, text};
use crate::shell;
use crate::table::{Cell, Column, Table};

/// Show what a synchronisation would do, without changing anything.
#[derive(Debug, Args)]
pub(super) struct Preview {
    #[command(flatten)]
    desk: DeskArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Preview {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let desk = self.desk.open(output).await?;
        let (_, request) = self.choice.request(&desk).await?;
        let limit = self.limit.limit(output);
        let summary = desk.read("sync.preview", &request, "rows", limit).await;
        let summary = match summary {
            Err(error) => return Err(explained(&desk, &request, error).await),
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
        let typed = self.desk.typed();
        let explain = match component(summary) {
            Some(component) => format!(
                "\nTo see the effect on one component, learner by learner:\n  {}",
                typed.command("sync explain", &format!("{choice} {component}"))
            ),
            None => String::new(),
        };
        let affected = typed.command("sync affected", &choice);
        let start = typed.command("sync start", &format!("{choice} --confirm {confirm}"));
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
        "whatever their status".to_owned()
    } else {
        format!("where they are {}", statuses.join(" or "))
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
        Column::whole("Action", "action", 80),
        Column::whole("Last updated (UTC)", "last_updated_at", 30).brief("Updated (UTC)"),
        Column::number("Synchronised", "synchronised", 90).brief("Sync."),
        Column::number("Unchanged", "unchanged", 50).brief("Unch."),
        Column::number("Not synchronised", "not_synchronised", 85).brief("Not"),
        Column::for_programs("component"),
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
    ]
}

/// A warning of the whole, with what it is about.
pub(crate) fn warning_line(paint: Paint, warning: &Value) -> String {
    paint.warning(&format!(
        "! {} ({}, {})",
        text(warning, "message"),
        counted(number(warning, "learners"), "learner"),
        counted(number(warning, "components"), "component"),
    ))
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
        "{} would be updated, {} created, {} deleted; {} already match, {} would be skipped.",
        counted(changed("synchronise"), "component"),
        changed("create"),
        changed("delete"),
        number(pairs, "unchanged"),
        number(pairs, "skipped"),
    )
}

fn totals(summary: &Value) -> String {
    let pairs = &summary["pairs"];
    let (applied, unchanged) = (number(pairs, "applied"), number(pairs, "unchanged"));
    let skipped = number(pairs, "skipped");
    format!(
        "Of {} pairs of component and learner, {applied} would be changed, {unchanged} already match, \
         and {skipped} would be skipped.",
        applied + unchanged + skipped
    )
}

//! `plansync sync preview`: the summary, and how to confirm it.

use clap::Args;
use comfy_table::{Cell, Color};
use serde_json::Value;

use crate::commands::sync::choice::{ChoiceArguments, typed};
use crate::commands::sync::components::changed;
use crate::commands::sync::desk::{DeskArguments, LimitArguments};
use crate::commands::sync::paint::Paint;
use crate::commands::sync::programmes;
use crate::commands::sync::spelling::spaced;
use crate::commands::sync::table::{Column, more, table};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{items, minute, number, text};

/// What a synchronisation would do; nothing is changed.
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
        let desk = self.desk.open().await?;
        let (_, request) = self.choice.request(&desk).await?;
        let limit = self.limit.limit(output);
        let summary = desk.read("sync.preview", &request, "rows", limit).await?;
        if output.is_for_people() {
            self.show(&request, &summary)?;
        } else {
            output.value(&summary)?;
        }
        Ok(Exit::Done)
    }

    fn show(&self, request: &Value, summary: &Value) -> std::io::Result<()> {
        let paint = Paint::of_stdout();
        output::line(&heading(summary))?;
        output::line("")?;
        output::line(&grid(paint, summary))?;
        let rows = items(summary, "rows").len();
        if let Some(more) = more(rows, number(summary, "total"), "rows") {
            output::line(&more)?;
        }
        output::line("")?;
        for warning in items(summary, "warnings") {
            output::line(&warning_line(paint, warning))?;
        }
        output::line(&totals(summary))?;
        output::line(&self.next(paint, request, summary))
    }

    /// What to type next.
    fn next(&self, paint: Paint, request: &Value, summary: &Value) -> String {
        let confirm = format!(
            "{}:{}",
            number(summary, "position"),
            text(summary, "digest")
        );
        let Some(typed) = typed(&self.desk, request) else {
            return format!(
                "\nTo do exactly this, say `start` instead of `preview`, and add:\n  {}",
                paint.strong(&format!("--confirm {confirm}"))
            );
        };
        let explain = format!("plansync sync explain {typed} --component 'NAME'");
        let start = format!("plansync sync start {typed} --confirm {confirm}");
        format!(
            "\nTo see a component learner by learner:\n  {explain}\n\
             To do exactly this, and nothing that was not shown:\n  {}",
            paint.strong(&start)
        )
    }
}

fn heading(summary: &Value) -> String {
    let statuses: Vec<_> = items(summary, "statuses")
        .iter()
        .filter_map(Value::as_str)
        .map(spaced)
        .collect();
    let statuses = if statuses.is_empty() {
        "whatever their status".to_owned()
    } else {
        format!("where they are {}", statuses.join(" or "))
    };
    format!(
        "{} of “{}”: {} components onto {} learners, {statuses}.",
        spaced(text(summary, "type")),
        programmes::name_in(summary),
        number(summary, "components"),
        number(summary, "learners"),
    )
}

/// The grid of a summary.
pub(crate) fn grid(paint: Paint, summary: &Value) -> String {
    let columns = [
        Column::Text("Component"),
        Column::Text("Type"),
        Column::Whole("Action"),
        Column::Whole("Last updated (UTC)"),
        Column::Number("Synchronised"),
        Column::Number("Unchanged"),
        Column::Number("Not synchronised"),
    ];
    let rows = items(summary, "rows").iter().map(|one| row(paint, one));
    table(paint, &columns, rows)
}

fn row(paint: Paint, row: &Value) -> Vec<Cell> {
    let left = number(row, "not_synchronised");
    vec![
        Cell::new(text(row, "name")),
        Cell::new(spaced(text(row, "type"))),
        changed(paint, text(row, "action")),
        Cell::new(minute(text(&row["last_updated"], "at"))),
        Cell::new(number(row, "synchronised")),
        Cell::new(number(row, "unchanged")),
        if left > 0 {
            paint.cell(left.to_string(), Color::Yellow)
        } else {
            Cell::new(left)
        },
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

/// A number with its noun.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn totals(summary: &Value) -> String {
    let pairs = &summary["pairs"];
    let (applied, unchanged) = (number(pairs, "applied"), number(pairs, "unchanged"));
    let skipped = number(pairs, "skipped");
    format!(
        "Of {} pairs of a component and a learner, {applied} would be changed, {unchanged} are so \
         already, {skipped} would be left alone.",
        applied + unchanged + skipped
    )
}

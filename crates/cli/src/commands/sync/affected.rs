//! `plansync sync affected`: the learners of a preview, with the effect on each.

use clap::Args;
use plansync_protocol::{PairWarning, Word as _};
use serde_json::Value;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::labels::spaced;
use crate::commands::sync::no_changes::explained;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{counted, items, more, number, text};
use crate::table::{Cell, Column, Table};

/// List the learners of a preview, with the effect on each; takes the options of `preview`.
#[derive(Debug, Args)]
pub(super) struct Affected {
    #[command(flatten)]
    caller: CallerArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    limit: LimitArguments,
}

impl Affected {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<Exit> {
        let caller = self.caller.open(output).await?;
        let (_, request) = self.choice.request(&caller).await?;
        let limit = self.limit.limit(output);
        let reply = caller.read("sync.affected", &request, "items", limit).await;
        let reply = match reply {
            Err(error) => return Err(explained(&caller, &request, error).await),
            Ok(reply) => reply,
        };
        output.list(&reply, table, told)?;
        Ok(Exit::Done)
    }
}

fn told(reply: &Value) -> std::io::Result<()> {
    let total = number(reply, "total");
    if let Some(more) = more(items(reply, "items").len(), total, "learner") {
        output::sentences(&more)?;
    }
    output::sentences(&format!("\n{}.", counted(total, "learner")))
}

/// Learner by learner, a line each.
pub(super) fn table(reply: &Value) -> Table {
    let columns = [
        Column::text("Learner", "name", 100).at_least(16),
        Column::number("Updated", "updated", 80).brief("Upd."),
        Column::number("Created", "created", 75).brief("Cr."),
        Column::number("Deleted", "deleted", 78).brief("Del."),
        Column::number("Unchanged", "unchanged", 45).brief("Unch."),
        Column::number("Skipped", "skipped", 70).brief("Skip."),
        Column::text("Warnings", "warnings", 79).at_least(12),
        Column::id("Id", "learner", 65),
        Column::for_programs("programme"),
        Column::for_programs("source"),
    ];
    Table::new(columns, items(reply, "items").iter().map(row))
}

fn row(one: &Value) -> Vec<Cell> {
    let is_source = one["source"] == true;
    let name = match text(one, "name") {
        "" => "not available".to_owned(),
        name if is_source => format!("{name} (the source)"),
        name => name.to_owned(),
    };
    let mut cells = vec![Cell::new(name).exact(text(one, "name"))];
    let counts = ["updated", "created", "deleted", "unchanged", "skipped"];
    cells.extend(counts.map(|field| Cell::new(number(one, field))));
    let warnings: Vec<_> = items(one, "warnings").iter().map(warning).collect();
    cells.extend([
        Cell::new(warnings.join("; ")).exact(Value::from(items(one, "warnings"))),
        Cell::new(text(one, "learner")),
        Cell::new(text(one, "programme")),
        Cell::new(is_source),
    ]);
    cells
}

/// A warning, and of how many components it is where there are several.
fn warning(one: &Value) -> String {
    let code = text(one, "code");
    let words = match PairWarning::from_word(code) {
        Some(PairWarning::ReviewRecreated) => "review recreated".to_owned(),
        Some(PairWarning::ReviewTypeKept) => "review keeps its type".to_owned(),
        Some(PairWarning::CompletedReviewKept) => "completed review keeps its date".to_owned(),
        Some(PairWarning::MarkingAidEvidence) => "evidence for a replaced exercise".to_owned(),
        Some(
            PairWarning::TasksCancelled
            | PairWarning::EvidenceDeleted
            | PairWarning::FinishedDeleted
            | PairWarning::RestNotPermitted,
        )
        | None => spaced(code),
    };
    match number(one, "components") {
        0 | 1 => words,
        components => format!("{words} ({components})"),
    }
}

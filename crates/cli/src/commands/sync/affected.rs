//! `plansync sync affected`: the learners of a preview, with the effect on each.

use clap::Args;
use plansync_protocol::PairWarning;
use plansync_protocol::sync::{AffectedLearner, AffectedWarning, SyncAffectedPage};
use serde_json::json;

use crate::caller::{CallerArguments, LimitArguments};
use crate::commands::sync::choice::ChoiceArguments;
use crate::commands::sync::labels::spaced;
use crate::commands::sync::no_changes::explained;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::reply::{counted, more, typed};
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
        let page: SyncAffectedPage = typed(&reply)?;
        output.list(&reply, |_| table(&page), |_| told(&page))?;
        Ok(Exit::Done)
    }
}

fn told(page: &SyncAffectedPage) -> std::io::Result<()> {
    if let Some(more) = more(page.items.len(), page.total, "learner") {
        output::sentences(&more)?;
    }
    output::sentences(&format!("\n{}.", counted(page.total, "learner")))
}

/// Learner by learner, a line each.
pub(super) fn table(page: &SyncAffectedPage) -> Table {
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
    Table::new(columns, page.items.iter().map(row))
}

fn row(one: &AffectedLearner) -> Vec<Cell> {
    let name = match &one.name {
        None => "not available".to_owned(),
        Some(name) if one.source => format!("{name} (the source)"),
        Some(name) => name.clone(),
    };
    let warnings: Vec<_> = one.warnings.iter().map(warning).collect();
    let programme = one.programme.map_or_else(String::new, |it| it.to_string());
    vec![
        Cell::new(name).exact(one.name.as_deref().unwrap_or_default()),
        Cell::new(one.updated),
        Cell::new(one.created),
        Cell::new(one.deleted),
        Cell::new(one.unchanged),
        Cell::new(one.skipped),
        Cell::new(warnings.join("; ")).exact(json!(one.warnings)),
        Cell::new(one.learner),
        Cell::new(programme),
        Cell::new(one.source),
    ]
}

/// A warning, and the number of components that it is about if there are several.
fn warning(one: &AffectedWarning) -> String {
    let words = match one.code {
        PairWarning::ReviewRecreated => "review recreated".to_owned(),
        PairWarning::ReviewTypeKept => "review keeps its type".to_owned(),
        PairWarning::CompletedReviewKept => "completed review keeps its date".to_owned(),
        PairWarning::MarkingAidEvidence => "evidence for a replaced exercise".to_owned(),
        PairWarning::TasksCancelled
        | PairWarning::EvidenceDeleted
        | PairWarning::FinishedDeleted
        | PairWarning::RestNotPermitted => spaced(one.code.as_str()),
    };
    match one.components {
        0 | 1 => words,
        components => format!("{words} ({components})"),
    }
}

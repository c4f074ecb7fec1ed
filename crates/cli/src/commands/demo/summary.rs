//! Third part of the demo: the preview, as the summary grid shows it.

use std::collections::BTreeMap;

use plansync_protocol::SummaryWarning;
use plansync_protocol::sync::{PairCounts, SyncSummary};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::check::check_equal;
use crate::commands::demo::context::DemoContext;
use crate::commands::demo::expected::{self, Pairs};
use crate::commands::demo::loading::programme;
use crate::commands::sync;
use crate::paint::Paint;
use crate::reply::{counted, typed};

/// What is asked, for the preview and for the run: the recent changes, for everybody.
pub(super) fn request(session: Uuid) -> Value {
    json!({
        "session": session,
        "programme": programme(),
        "components": "recent",
        "learners": "all",
        "type": "changes_only",
    })
}

/// Shows what would happen, and gives the summary.
pub(super) async fn preview(context: &DemoContext, session: Uuid) -> anyhow::Result<SyncSummary> {
    context.scene("The summary: what a synchronisation of only the changes would do")?;
    let summary = context.manage("sync.preview", request(session)).await?;
    let summary: SyncSummary = typed(&summary)?;
    check_equal(
        "the number of components",
        summary.components,
        u64::try_from(expected::CHANGED.len())?,
    )?;
    let targets = u64::try_from(expected::targets().len())?;
    check_equal("the number of learners", summary.learners, targets)?;
    check_equal(
        "the pairs of the preview",
        pairs_of(&summary.pairs),
        expected::pairs(expected::pair),
    )?;
    check_equal(
        "the rows of the preview",
        by_component(&summary),
        expected::pairs_by_component(),
    )?;
    context.say(&format!(
        "{} onto {} of “{}”, whatever their status.",
        counted(summary.components, "component"),
        counted(summary.learners, "learner"),
        summary.programme.name,
    ))?;
    context.table(&sync::grid(&summary.rows))?;
    for warning in &summary.warnings {
        context.say(&sync::warning_line(Paint::of_stdout(), warning))?;
    }
    let warned = summary.warnings.iter().map(|warning| warning.code);
    check_equal(
        "the warnings",
        warned.collect::<Vec<_>>(),
        vec![
            SummaryWarning::SomeNotSynchronised,
            SummaryWarning::ReviewRecreated,
            SummaryWarning::ReviewTypeKept,
            SummaryWarning::CompletedReviewKept,
            SummaryWarning::EvidenceDeleted,
        ],
    )?;
    Ok(summary)
}

/// The counts of pairs in a reply.
pub(super) fn pairs_of(counts: &PairCounts) -> Pairs {
    Pairs {
        applied: counts.applied,
        unchanged: counts.unchanged,
        skipped: counts.skipped,
    }
}

/// The rows of one activity together: it may have one for each action.
fn by_component(summary: &SyncSummary) -> BTreeMap<Uuid, Pairs> {
    let mut all: BTreeMap<Uuid, Pairs> = BTreeMap::new();
    for row in &summary.rows {
        let pairs = all.entry(*row.component.as_uuid()).or_default();
        pairs.applied += row.synchronised - row.unchanged;
        pairs.unchanged += row.unchanged;
        pairs.skipped += row.not_synchronised;
    }
    all
}

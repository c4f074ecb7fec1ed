//! Third part of the demo: the preview, as the summary grid shows it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::check::check_equal;
use crate::commands::demo::context::{DemoContext, items, number, text};
use crate::commands::demo::expected::{self, Pairs};
use crate::commands::demo::loading::programme;
use crate::commands::sync;
use crate::paint::Paint;
use crate::reply::counted;

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
pub(super) async fn preview(context: &DemoContext, session: Uuid) -> anyhow::Result<Value> {
    context.scene("The summary: what a synchronisation of only the changes would do")?;
    let summary = context.manage("sync.preview", request(session)).await?;
    check_equal(
        "the number of components",
        number(&summary, "components"),
        u64::try_from(expected::CHANGED.len())?,
    )?;
    let targets = u64::try_from(expected::targets().len())?;
    check_equal(
        "the number of learners",
        number(&summary, "learners"),
        targets,
    )?;
    check_equal(
        "the pairs of the preview",
        pairs_of(&summary["pairs"]),
        expected::pairs(expected::pair),
    )?;
    check_equal(
        "the rows of the preview",
        by_component(&summary)?,
        expected::pairs_by_component(),
    )?;
    context.say(&format!(
        "{} onto {} of “{}”, whatever their status.",
        counted(number(&summary, "components"), "component"),
        counted(number(&summary, "learners"), "learner"),
        text(&summary["programme"], "name"),
    ))?;
    context.table(&sync::grid(&summary))?;
    for warning in items(&summary, "warnings") {
        context.say(&sync::warning_line(Paint::of_stdout(), warning))?;
    }
    let warned = items(&summary, "warnings")
        .iter()
        .map(|warning| text(warning, "code"));
    check_equal(
        "the warnings",
        warned.collect::<Vec<_>>(),
        vec![
            "some_not_synchronised",
            "review_recreated",
            "review_type_kept",
            "completed_review_kept",
            "evidence_deleted",
        ],
    )?;
    Ok(summary)
}

/// The counts of pairs in a reply.
pub(super) fn pairs_of(counts: &Value) -> Pairs {
    Pairs {
        applied: number(counts, "applied"),
        unchanged: number(counts, "unchanged"),
        skipped: number(counts, "skipped"),
    }
}

/// The rows of one activity together: it may have one for each action.
fn by_component(summary: &Value) -> anyhow::Result<BTreeMap<Uuid, Pairs>> {
    let mut all: BTreeMap<Uuid, Pairs> = BTreeMap::new();
    for row in items(summary, "rows") {
        let pairs = all.entry(text(row, "component").parse()?).or_default();
        let unchanged = number(row, "unchanged");
        pairs.applied += number(row, "synchronised") - unchanged;
        pairs.unchanged += unchanged;
        pairs.skipped += number(row, "not_synchronised");
    }
    Ok(all)
}

//! Last part of the demo: one learner's plan, before and after, and its history.

use plansync_protocol::PageSize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::activities::ACTIVITIES;
use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::{DemoLearner, Review};
use crate::commands::demo::context::{DemoContext, items, number, text};
use crate::commands::demo::edits::{
    ADDED, DELETED, DUE_DATE, MAPPED, MOVED, NEW_NAME, QUALITY_ASSURED, REVIEW_AT, REVIEW_TYPE,
    REVIEWED, REWRITTEN, component,
};
use crate::commands::demo::expected::{CHANGED, Pair, came_of, targets};
use crate::table::Table;

const PAGE_SIZE: u64 = PageSize::MAX.get() as u64;

/// Shows the history of one learner for whom something was applied and something skipped, and
/// looks into the plans of all; gives the counts of the sync.
pub(super) async fn show(context: &DemoContext, sync: Uuid) -> anyhow::Result<Value> {
    for learner in targets() {
        check_plan(context, &learner).await?;
    }
    let targets = targets();
    let mixed = |learner: &&DemoLearner| {
        let applied = CHANGED
            .iter()
            .filter(|name| came_of(learner, name) == Pair::Applied)
            .count();
        (2..CHANGED.len()).contains(&applied)
    };
    let learner = targets.iter().find(mixed).unwrap_or(&targets[0]);
    context.scene(&format!(
        "The history of one of the {} learners: {}",
        targets.len(),
        learner.name
    ))?;
    let history = context
        .manage("plan.history", json!({ "learner": learner.id() }))
        .await?;
    let rows: Vec<_> = items(&history, "items").iter().map(row).collect();
    let last = items(&history, "items").last().cloned().unwrap_or_default();
    check_equal(
        "the sync in the history",
        text(&last, "sync"),
        &*sync.to_string(),
    )?;
    let counted = &last["changes"][0]["synchronised"];
    let applied = CHANGED
        .iter()
        .filter(|name| came_of(learner, name) == Pair::Applied)
        .count();
    check_equal(
        "the pairs in the history",
        number(counted, "applied"),
        u64::try_from(applied)?,
    )?;
    let heading = ["Version", "When", "By", "What"];
    context.table(&Table::of_text(heading, rows))?;
    let ended = context.manage("sync.get", json!({ "sync": sync })).await?;
    Ok(ended["pairs"].clone())
}

/// Holds what a plan has against what it should have.
async fn check_plan(context: &DemoContext, learner: &DemoLearner) -> anyhow::Result<()> {
    let body = json!({ "learner": learner.id(), "page_size": PAGE_SIZE });
    let plan = context.manage("plan.get", body).await?;
    for name in CHANGED {
        let id = component(name).to_string();
        let found = items(&plan, "components")
            .iter()
            .find(|one| text(one, "component") == id);
        let shows = found.is_some_and(|found| match name {
            REVIEWED => shows_review(found, learner.review()),
            _ => shows_change(&found["attributes"], name),
        });
        let what = format!("“{name}” on the plan of {}", learner.name);
        match came_of(learner, name) {
            Pair::Applied if name == DELETED => check_equal(&what, found, None)?,
            Pair::Applied | Pair::Unchanged => check_equal(&what, shows, true)?,
            Pair::Skipped("already_absent" | "missing_on_target") => {
                check_equal(&what, found, None)?;
            }
            Pair::Skipped(_) if name == DELETED => check_equal(&what, found.is_some(), true)?,
            Pair::Skipped(_) => check_equal(&what, shows, false)?,
        }
    }
    Ok(())
}

/// Whether the attributes are those that the edit gave.
fn shows_change(attributes: &Value, name: &str) -> bool {
    match name {
        MOVED => attributes["due_date"] == DUE_DATE,
        MAPPED => attributes["criteria"] == json!(["K3", "S4", "S5"]),
        REWRITTEN => attributes["name"] == NEW_NAME && attributes["delivery_via_employer"] == true,
        QUALITY_ASSURED => attributes["planned_for_qa"] == true,
        ADDED => attributes["name"] == ADDED,
        _ => false,
    }
}

/// Whether the review is as it should be after the sync: what was held keeps its date, and what has
/// begun keeps its type.
fn shows_review(found: &Value, before: Review) -> bool {
    let attributes = &found["attributes"];
    let has_new_type = attributes["review_type"] == REVIEW_TYPE;
    let is_held = found["review"]["status"] == "completed";
    let is_scheduled =
        found["review"]["status"] == "scheduled" && found["review"]["review_at"] == REVIEW_AT;
    attributes["review_at"] == REVIEW_AT
        && match before {
            Review::Open | Review::Dated => has_new_type && is_scheduled,
            Review::Begun => !has_new_type && is_scheduled,
            Review::Held => !has_new_type && is_held,
        }
}

fn row(item: &Value) -> [String; 4] {
    let changes = items(item, "changes");
    let first = changes.first().cloned().unwrap_or_default();
    let what = if let Some(counts) = first.get("synchronised") {
        format!(
            "synchronised: {} applied, {} unchanged, {} skipped",
            number(counts, "applied"),
            number(counts, "unchanged"),
            number(counts, "skipped")
        )
    } else if let Some(counts) = first.get("instantiated") {
        format!(
            "started the programme: {} activities",
            number(counts, "added")
        )
    } else {
        progress(changes)
    };
    let when = text(item, "at")
        .get(..19)
        .unwrap_or_default()
        .replace('T', " ");
    [
        number(item, "version").to_string(),
        when,
        text(item, "by").to_owned(),
        what,
    ]
}

/// An edit in one line.
fn progress(changes: &[Value]) -> String {
    let completed = changes
        .iter()
        .filter(|change| text(change, "status") == "completed")
        .count();
    let evidence = changes
        .iter()
        .filter(|change| !change["evidence"].is_null())
        .count();
    if completed == 0 {
        return format!("handed in work for {evidence} activity");
    }
    format!(
        "{completed} of {} activities completed, evidence for {evidence}",
        ACTIVITIES.len()
    )
}

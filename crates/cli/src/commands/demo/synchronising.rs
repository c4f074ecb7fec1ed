//! Fourth part of the demo: the synchronisation, followed by its events.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use plansync_client::{EventBody, Events};
use plansync_protocol::SyncState;
use plansync_protocol::event::SyncEnded;
use plansync_protocol::sync::{SyncRecord, SyncSummary};
use serde_json::json;
use uuid::Uuid;

use crate::ask_error::AskError;
use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::learners;
use crate::commands::demo::context::DemoContext;
use crate::commands::demo::edits::component;
use crate::commands::demo::expected;
use crate::commands::demo::id;
use crate::commands::demo::summary::{pairs_of, request};
use crate::commands::sync::confirm;
use crate::reply::typed;

/// How long the run, and its events, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The content of the events of a synchronisation.
struct Followed {
    targets: u64,
    completed: Box<SyncEnded>,
}

/// Starts the sync, follows it to its end, and gives its id.
pub(super) async fn synchronise(
    context: &DemoContext,
    session: Uuid,
    shown: &SyncSummary,
) -> anyhow::Result<Uuid> {
    context.scene("Confirm and synchronise")?;
    hand_in(context).await?;
    let sync = id(&["sync", "recent changes"]);
    let mut events = context.events(&format!("sync.{sync}.*")).await?;
    let mut start = request(session);
    start["sync"] = json!(sync);
    start["confirm"] = confirm(shown);
    let started = Instant::now();
    context.manage("sync.start", start).await?;
    let progress = record(context, sync).await?;
    let learners = progress.learners;
    context.say(&format!(
        "Accepted: {} components, {learners} learners; {} done when asked at once.",
        progress.components, progress.done,
    ))?;
    let followed = tokio::time::timeout(PATIENCE, follow(context, &mut events, learners)).await;
    let followed = followed.context("the sync does not complete")??;
    let took = started.elapsed();
    let ended = record(context, sync).await?;
    check_equal("the state of the sync", ended.state, SyncState::Completed)?;
    check_equal("the targets done", ended.done, learners)?;
    check_equal("the events of targets", followed.targets, learners)?;
    check_equal(
        "the event of the end",
        &followed.completed.pairs,
        &ended.pairs,
    )?;
    check_equal(
        "the pairs of the run",
        pairs_of(&ended.pairs),
        expected::pairs(expected::came_of),
    )?;
    context.say(&format!(
        "Completed in {} ms, each learner's plan in one commit: {} pairs applied, {} unchanged, {} \
         skipped.\n{} activities updated, {} created, {} deleted.",
        took.as_millis(),
        ended.pairs.applied,
        ended.pairs.unchanged,
        ended.pairs.skipped,
        ended.updated,
        ended.created,
        ended.deleted,
    ))?;
    Ok(sync)
}

async fn record(context: &DemoContext, sync: Uuid) -> anyhow::Result<SyncRecord> {
    let reply = context.manage("sync.get", json!({ "sync": sync })).await?;
    Ok(typed(&reply)?)
}

/// Between the preview and the run, one plan changes by another hand.
async fn hand_in(context: &DemoContext) -> anyhow::Result<()> {
    let (index, name) = expected::LATE;
    let learner = &learners()[index];
    let handed_in = json!({ "learner": learner.id(), "edits": [
        { "op": "submit_evidence", "component": component(name) },
    ]});
    context.ask(learner.tutor(), "plan.edit", handed_in).await?;
    context.say(&format!(
        "Meanwhile {} hands in work for “{name}”: not what the preview showed, so that the \
         confirmed run will leave it alone.",
        learner.name
    ))?;
    Ok(())
}

/// Counts the targets as they are done.
async fn follow(
    context: &DemoContext,
    events: &mut Events,
    learners: u64,
) -> anyhow::Result<Followed> {
    let bar = bar(context, learners);
    let mut targets = 0;
    loop {
        let event = events.next().await.map_err(AskError::from)?.event;
        if let EventBody::SyncTarget(_) = event.body {
            targets += 1;
            bar.inc(1);
        } else if let EventBody::SyncCompleted(completed) = event.body {
            bar.finish_and_clear();
            return Ok(Followed { targets, completed });
        }
    }
}

fn bar(context: &DemoContext, learners: u64) -> ProgressBar {
    if !context.output().shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(learners);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len} learners") {
        bar.set_style(style);
    }
    bar
}

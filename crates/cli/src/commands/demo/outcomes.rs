//! Fifth part of the demo: why some activities of some learners were skipped.

use std::collections::BTreeMap;

use plansync_protocol::sync::{PairOutcome, SyncOutcomePage};
use plansync_protocol::{PageSize, Reason};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::activities::ACTIVITIES;
use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::{DemoLearner, learners};
use crate::commands::demo::context::DemoContext;
use crate::commands::demo::edits::component;
use crate::commands::demo::expected::{self, CHANGED};
use crate::commands::demo::explaining;
use crate::reply::typed;
use crate::table::Table;

const PAGE_SIZE: u64 = PageSize::MAX.get() as u64;

/// Shows every reason that was given, with one learner each.
pub(super) async fn show(context: &DemoContext, sync: Uuid) -> anyhow::Result<()> {
    context.scene("Why some were not synchronised")?;
    for name in CHANGED {
        let of_component = json!({ "sync": sync, "component": component(name) });
        let pairs = outcomes(context, of_component).await?;
        let said = |pair: &PairOutcome| explaining::said(pair.outcome, pair.reason, &pair.warnings);
        let found = pairs.iter().map(|pair| (pair.learner, said(pair)));
        explaining::check(name, found.collect(), expected::came_of)?;
    }
    let skipped = outcomes(context, json!({ "sync": sync, "outcome": "skipped" })).await?;
    let mut reasons: BTreeMap<String, Vec<&PairOutcome>> = BTreeMap::new();
    for outcome in &skipped {
        reasons
            .entry(outcome.reason.map_or("", Reason::as_str).to_owned())
            .or_default()
            .push(outcome);
    }
    let counts = reasons
        .iter()
        .map(|(reason, all)| (reason.clone(), all.len()));
    let counts: BTreeMap<String, u64> = counts
        .map(|(reason, count)| (reason, u64::try_from(count).unwrap_or(u64::MAX)))
        .collect();
    check_equal("the reasons", counts, expected::reasons())?;
    let learners = learners();
    let rows = reasons
        .iter()
        .map(|(reason, all)| row(reason, all, &learners));
    let heading = ["Reason", "Pairs", "For example"];
    context.table(&Table::of_text(heading, rows))?;
    context.say(
        "Priya may add, edit and delete activities, but not touch finished ones; that is \
         recorded with the sync, pair by pair, and stays readable.",
    )?;
    Ok(())
}

/// Every pair that is asked for, page by page.
async fn outcomes(context: &DemoContext, mut body: Value) -> anyhow::Result<Vec<PairOutcome>> {
    let mut all = Vec::new();
    for page in 1_u64.. {
        body["page"] = json!(page);
        body["page_size"] = json!(PAGE_SIZE);
        let reply = context.manage("sync.outcomes", body.clone()).await?;
        let reply: SyncOutcomePage = typed(&reply)?;
        all.extend(reply.items);
        if page * PAGE_SIZE >= reply.total {
            break;
        }
    }
    Ok(all)
}

fn row(reason: &str, all: &[&PairOutcome], learners: &[DemoLearner]) -> [String; 3] {
    let example = all.first().map_or_else(String::new, |outcome| {
        let learner = learners
            .iter()
            .find(|one| one.id() == *outcome.learner.as_uuid());
        let activity = ACTIVITIES
            .iter()
            .find(|activity| activity.component() == *outcome.component.as_uuid());
        format!(
            "{}: {}",
            learner.map_or("–", |learner| &learner.name),
            activity.map_or("–", |activity| activity.name)
        )
    });
    [reason.replace('_', " "), all.len().to_string(), example]
}

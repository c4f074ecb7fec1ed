//! Third part of the demo, details: the preview by learner, with reasons and warnings.

use std::collections::BTreeMap;

use plansync_domain::ids::LearnerId;
use plansync_protocol::sync::{ExplainedPair, SyncExplanation, SyncSummary, Warning};
use plansync_protocol::{Outcome, PageSize, Reason, Side, Word as _};
use serde_json::json;
use uuid::Uuid;

use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::DemoLearner;
use crate::commands::demo::context::DemoContext;
use crate::commands::demo::edits::{
    DELETED, DUE_DATE, MOVED, REVIEW_AT, REVIEW_TYPE, REVIEWED, component,
};
use crate::commands::demo::expected::{self, CHANGED, Pair};
use crate::commands::demo::summary::request;
use crate::commands::sync;
use crate::reply::typed;

const PAGE_SIZE: u64 = PageSize::MAX.get() as u64;

/// The row of one learner: the outcome, the reason if there is one, and the warnings.
pub(super) type Said = (String, Option<String>, Vec<(String, Option<u64>)>);

/// Opens every row of the preview, and shows two of them.
pub(super) async fn explain(
    context: &DemoContext,
    session: Uuid,
    shown: &SyncSummary,
) -> anyhow::Result<()> {
    context.scene("The summary opened: learner by learner, with reasons and warnings")?;
    for name in CHANGED {
        let mut pairs = Vec::new();
        for side in Side::WORDS {
            let mut body = request(session);
            body["component"] = json!(component(name));
            body["side"] = json!(side);
            body["page_size"] = json!(PAGE_SIZE);
            let reply: SyncExplanation = typed(&context.manage("sync.explain", body).await?)?;
            check_equal("the digest", &reply.digest, &shown.digest)?;
            pairs.extend(reply.items);
        }
        let found = pairs.iter().map(|pair| (pair.learner, said_of(pair)));
        check(name, found.collect(), expected::pair)?;
        check_changes(name, &pairs)?;
        if [REVIEWED, DELETED].contains(&name) {
            let programme = &shown.programme.name;
            context.say(&format!("\n“{name}”, one learner of each kind:"))?;
            let kinds = one_of_each_kind(&pairs);
            context.table(&sync::explained(programme, &kinds))?;
        }
    }
    Ok(())
}

/// Compares the row of each learner with the expected one.
pub(super) fn check(
    name: &str,
    found: BTreeMap<LearnerId, Said>,
    judged: fn(&DemoLearner, &str) -> Pair,
) -> anyhow::Result<()> {
    let targets = expected::targets();
    let should: BTreeMap<_, _> = targets
        .iter()
        .map(|learner| {
            let id = LearnerId::from_uuid(learner.id());
            (id, should_say(learner, name, judged))
        })
        .collect();
    Ok(check_equal(
        &format!("the explanation of “{name}”"),
        found,
        should,
    )?)
}

/// Compares the changes for a learner without peculiarities with the expected ones.
fn check_changes(name: &str, pairs: &[ExplainedPair]) -> anyhow::Result<()> {
    let changes = match name {
        MOVED => json!([{ "attribute": "due_date", "before": null, "after": DUE_DATE }]),
        REVIEWED => json!([
            { "attribute": "review_type", "before": "Twelve-weekly progress review",
              "after": REVIEW_TYPE },
            { "attribute": "review_at", "before": null, "after": REVIEW_AT },
        ]),
        _ => return Ok(()),
    };
    let is_plain = |pair: &&ExplainedPair| {
        pair.outcome == Outcome::Applied && pair.warnings.iter().all(|one| one.tasks == Some(0))
    };
    let plain = pairs.iter().find(is_plain).map(|pair| json!(pair.changes));
    Ok(check_equal(
        &format!("the changes of “{name}”"),
        plain,
        Some(changes),
    )?)
}

fn said_of(pair: &ExplainedPair) -> Said {
    said(pair.outcome, pair.reason, &pair.warnings)
}

pub(super) fn said(outcome: Outcome, reason: Option<Reason>, warnings: &[Warning]) -> Said {
    let warning = |one: &Warning| (one.code.to_string(), one.tasks);
    let mut warnings: Vec<_> = warnings.iter().map(warning).collect();
    warnings.sort();
    (
        outcome.to_string(),
        reason.map(|it| it.to_string()),
        warnings,
    )
}

fn should_say(learner: &DemoLearner, name: &str, judged: fn(&DemoLearner, &str) -> Pair) -> Said {
    let (outcome, reason) = match judged(learner, name) {
        Pair::Applied => ("applied", None),
        Pair::Unchanged => ("unchanged", None),
        Pair::Skipped(reason) => ("skipped", Some(reason.to_owned())),
    };
    let warnings = expected::warnings(learner, name);
    let warnings = warnings
        .into_iter()
        .map(|(code, tasks)| (code.to_owned(), tasks));
    (outcome.to_owned(), reason, warnings.collect())
}

fn one_of_each_kind(pairs: &[ExplainedPair]) -> Vec<ExplainedPair> {
    let mut kinds = Vec::new();
    let mut shown = Vec::new();
    for pair in pairs {
        let kind = said_of(pair);
        if !kinds.contains(&kind) {
            kinds.push(kind);
            shown.push(pair.clone());
        }
    }
    shown
}

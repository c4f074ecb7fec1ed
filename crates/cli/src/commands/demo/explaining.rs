//! Third part of the demo, details: the preview by learner, with reasons and warnings.

use std::collections::BTreeMap;

use plansync_protocol::{Side, Word as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::check::check_equal;
use crate::commands::demo::college::DemoLearner;
use crate::commands::demo::context::{DemoContext, items, text};
use crate::commands::demo::edits::{
    DELETED, DUE_DATE, MOVED, REVIEW_AT, REVIEW_TYPE, REVIEWED, component,
};
use crate::commands::demo::expected::{self, CHANGED, Pair};
use crate::commands::demo::summary::request;
use crate::commands::sync;

const PAGE_SIZE: u64 = 500;

/// The row of one learner: the outcome, the reason if there is one, and the warnings.
type Said = (String, Option<String>, Vec<(String, Option<u64>)>);

/// Opens every row of the preview, and shows two of them.
pub(super) async fn explain(
    context: &DemoContext,
    session: Uuid,
    shown: &Value,
) -> anyhow::Result<()> {
    context.scene("The summary opened: learner by learner, with reasons and warnings")?;
    for name in CHANGED {
        let mut pairs = Vec::new();
        for side in Side::WORDS {
            let mut body = request(session);
            body["component"] = json!(component(name));
            body["side"] = json!(side);
            body["page_size"] = json!(PAGE_SIZE);
            let reply = context.manage("sync.explain", body).await?;
            check_equal("the digest", &reply["digest"], &shown["digest"])?;
            pairs.extend_from_slice(items(&reply, "items"));
        }
        check(name, &pairs, expected::pair)?;
        check_changes(name, &pairs)?;
        if [REVIEWED, DELETED].contains(&name) {
            let programme = text(&shown["programme"], "name");
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
    pairs: &[Value],
    judged: fn(&DemoLearner, &str) -> Pair,
) -> anyhow::Result<()> {
    let found: BTreeMap<_, _> = pairs
        .iter()
        .map(|pair| (text(pair, "learner").to_owned(), said(pair)))
        .collect();
    let targets = expected::targets();
    let should: BTreeMap<_, _> = targets
        .iter()
        .map(|learner| (learner.id().to_string(), should_say(learner, name, judged)))
        .collect();
    Ok(check_equal(
        &format!("the explanation of “{name}”"),
        found,
        should,
    )?)
}

/// Compares the changes for a learner without peculiarities with the expected ones.
fn check_changes(name: &str, pairs: &[Value]) -> anyhow::Result<()> {
    let changes = match name {
        MOVED => json!([{ "attribute": "due_date", "before": null, "after": DUE_DATE }]),
        REVIEWED => json!([
            { "attribute": "review_type", "before": "Twelve-weekly progress review",
              "after": REVIEW_TYPE },
            { "attribute": "review_at", "before": null, "after": REVIEW_AT },
        ]),
        _ => return Ok(()),
    };
    let is_plain = |pair: &&Value| {
        text(pair, "outcome") == "applied" && said(pair).2.iter().all(|one| one.1 == Some(0))
    };
    let plain = pairs.iter().find(is_plain).map(|pair| &pair["changes"]);
    Ok(check_equal(
        &format!("the changes of “{name}”"),
        plain,
        Some(&changes),
    )?)
}

fn said(pair: &Value) -> Said {
    let warning = |one: &Value| (text(one, "code").to_owned(), one["tasks"].as_u64());
    let mut warnings: Vec<_> = items(pair, "warnings").iter().map(warning).collect();
    warnings.sort();
    let reason = pair["reason"].as_str().map(str::to_owned);
    (text(pair, "outcome").to_owned(), reason, warnings)
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

fn one_of_each_kind(pairs: &[Value]) -> Vec<Value> {
    let mut kinds = Vec::new();
    let mut shown = Vec::new();
    for pair in pairs {
        let kind = said(pair);
        if !kinds.contains(&kind) {
            kinds.push(kind);
            shown.push(pair.clone());
        }
    }
    shown
}

//! M1–M4: what a preview shows, from the pairs one by one.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::change_set::Entry;
use crate::judge::{Pair, Terms};
use crate::refusal::Refusal;
use crate::request::SyncRequest;
use crate::sync::targets;
use crate::world::World;

/// What no condition means (M1).
const EVERY_STATUS: [&str; 5] = [
    "not_started",
    "in_progress",
    "submitted",
    "returned",
    "completed",
];

impl World {
    /// Every pair as it would come out now, the source's among them.
    pub fn foresee(&self, terms: &Terms) -> Vec<Pair> {
        let judged = targets(terms).into_iter();
        judged
            .flat_map(|learner| self.judge(terms, learner, false).0)
            .collect()
    }

    /// The summary, without position and digest.
    pub fn preview(&self, actor: &str, request: &SyncRequest) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let terms = self.terms(actor, request, None)?;
        let listed = self.choose(actor, request, None)?.listed;
        let all = self.foresee(&terms);
        let (own_pairs, pairs): (Vec<Pair>, Vec<Pair>) =
            all.into_iter().partition(|pair| pair.is_source);
        let mut rows = Vec::new();
        for one in &listed {
            for action in ["synchronise", "create", "delete"] {
                let of = |pair: &&Pair| pair.component == one.component.id && pair.action == action;
                let of: Vec<&Pair> = pairs.iter().filter(of).collect();
                // Without any target a chosen component still has a row, its own.
                let own = |entry: &&Entry| entry.component == one.component.id;
                let own = terms.entries.iter().find(own).map(Entry::own_action);
                if of.is_empty() && !(pairs.is_empty() && own == Some(action)) {
                    continue;
                }
                let count =
                    |outcome: &str| of.iter().filter(|pair| pair.outcome == outcome).count();
                let mut row = json!({
                    "component": one.component.id, "name": one.component.name(),
                    "type": one.component.component_type, "action": action,
                    "last_updated": {
                        "by": crate::read::last_by(&one.component, one.recent.as_ref(), actor),
                    },
                    "synchronised": count("applied") + count("unchanged"),
                    "unchanged": count("unchanged"), "not_synchronised": count("skipped"),
                });
                let own_pair = own_pairs
                    .iter()
                    .find(|pair| pair.component == one.component.id);
                if let Some(pair) = own_pair.filter(|pair| pair.action == action) {
                    row["source"] = json!({ "outcome": pair.outcome });
                    if let Some(reason) = pair.reason {
                        row["source"]["reason"] = json!(reason);
                    }
                }
                rows.push(row);
            }
        }
        let programme = &self.programmes[&request.programme];
        let mut summary = json!({
            "type": request.sync_type,
            "programme": { "programme": programme.programme, "name": programme.name },
            "components": terms.entries.len(), "learners": terms.learners.len(),
            "statuses": request.statuses, "pairs": tally(&pairs),
            "warnings": warnings(&pairs, &own_pairs), "total": rows.len(), "rows": rows,
        });
        if request.statuses.is_empty() {
            summary["statuses"] = json!(EVERY_STATUS);
            summary["all_statuses"] = json!(true);
        }
        if !request.attributes.is_empty() {
            summary["attributes"] = json!(request.attributes);
        }
        Ok(summary)
    }
}

/// How many pairs came out how.
pub fn tally(pairs: &[Pair]) -> Json {
    let count = |outcome: &str| pairs.iter().filter(|pair| pair.outcome == outcome).count();
    json!({
        "applied": count("applied"), "unchanged": count("unchanged"), "skipped": count("skipped"),
    })
}

/// The warnings of pairs, in the order in which they are told.
pub(crate) const OF_PAIRS: [&str; 8] = [
    "review_recreated",
    "review_type_kept",
    "completed_review_kept",
    "marking_aid_evidence",
    "tasks_cancelled",
    "evidence_deleted",
    "finished_deleted",
    "rest_not_permitted",
];

/// M4.
fn warnings(pairs: &[Pair], own: &[Pair]) -> Vec<Json> {
    let skipped: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| pair.outcome == "skipped")
        .collect();
    let updated: Vec<&Pair> = own
        .iter()
        .filter(|pair| pair.outcome == "applied")
        .collect();
    let mut warnings = Vec::new();
    warnings.extend(warning("some_not_synchronised", &skipped));
    for code in OF_PAIRS {
        let warns = |pair: &&Pair| pair.warnings.iter().any(|one| one.code == code);
        let of: Vec<&Pair> = pairs.iter().filter(warns).collect();
        warnings.extend(warning(code, &of));
    }
    warnings.extend(warning("source_will_be_updated", &updated));
    warnings
}

fn warning(code: &str, pairs: &[&Pair]) -> Option<Json> {
    (!pairs.is_empty()).then(|| counted(code, pairs))
}

fn counted(code: &str, pairs: &[&Pair]) -> Json {
    let learners: BTreeSet<_> = pairs.iter().map(|pair| pair.learner).collect();
    let components: BTreeSet<_> = pairs.iter().map(|pair| pair.component).collect();
    json!({ "code": code, "learners": learners.len(), "components": components.len() })
}

//! M2a: the learners of a preview, one row each, from the pairs one by one.

use std::collections::BTreeSet;

use plansync_domain::ids::LearnerId;
use serde_json::{Value as Json, json};

use crate::judge::Pair;
use crate::refusal::Refusal;
use crate::request::SyncRequest;
use crate::summary::{OF_PAIRS, tally};
use crate::sync::targets;
use crate::world::World;

impl World {
    /// `sync.affected`, without position and digest.
    pub fn affected(&self, actor: &str, request: &SyncRequest) -> Result<Json, Refusal> {
        self.admit_actor(actor)?;
        let terms = self.terms(actor, request, None)?;
        let all = self.foresee(&terms);
        let mut rows: Vec<_> = targets(&terms)
            .into_iter()
            .map(|learner| {
                let of = all.iter().filter(|pair| pair.learner == learner);
                let pairs: Vec<Pair> = of.cloned().collect();
                let name = self.seen(actor, learner).map(|record| record.name.clone());
                let is_source = pairs.iter().any(|pair| pair.is_source);
                let order = (!is_source, name.is_none(), name, learner);
                (order, self.affected_row(request, actor, learner, &pairs))
            })
            .collect();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let items: Vec<Json> = rows.into_iter().map(|(_, row)| row).collect();
        Ok(json!({ "total": items.len(), "items": items }))
    }

    fn affected_row(
        &self,
        request: &SyncRequest,
        actor: &str,
        learner: LearnerId,
        pairs: &[Pair],
    ) -> Json {
        let record = self.seen(actor, learner);
        let mut row = tally(pairs);
        row["learner"] = json!(learner);
        row["name"] = json!(record.map(|record| record.name.clone()));
        row["programme"] = json!(record.map(|_| request.programme));
        for (field, action) in [
            ("created", "create"),
            ("updated", "synchronise"),
            ("deleted", "delete"),
        ] {
            let of = |pair: &&Pair| pair.outcome == "applied" && pair.action == action;
            row[field] = json!(pairs.iter().filter(of).count());
        }
        let warnings = OF_PAIRS.into_iter().filter_map(|code| {
            let warns = |pair: &&Pair| pair.warnings.iter().any(|one| one.code == code);
            let of: BTreeSet<_> = pairs.iter().filter(warns).map(|p| p.component).collect();
            (!of.is_empty()).then(|| json!({ "code": code, "components": of.len() }))
        });
        row["warnings"] = warnings.collect();
        if pairs.iter().any(|pair| pair.is_source) {
            row["source"] = json!(true);
        }
        row
    }
}

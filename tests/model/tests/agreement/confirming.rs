//! Starts that confirm a preview (M5), and the log replayed into another engine (I1).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use plansync_domain::ids::SyncId;
use plansync_model::request::SyncRequest;
use serde_json::{Value as Json, json};

use plansync_model::comparison::{Disagreement, same};

use crate::audited::audited;
use crate::compare::{AtEnd, Both, Started, body};
use crate::product::Product;
use crate::supposed::supposed;

impl Both {
    /// M5: a start that carries an earlier preview's position and digest.
    pub(crate) fn confirm(
        &mut self,
        actor: &str,
        sync: SyncId,
        request: &SyncRequest,
        back: usize,
    ) -> Result<(), Disagreement> {
        let index = self.previews.len().checked_sub(1 + back);
        let Some((token, confirmed)) = index.and_then(|index| self.previews.get(index)).cloned()
        else {
            return Ok(());
        };
        self.last_work = None;
        let mut start = body(request);
        start["sync"] = json!(sync);
        start["confirm"] = token;
        let corrections = self.model.corrections(request.session);
        let product = self.product.ask(actor, "sync.start", &start);
        let model = self.model.confirm(actor, sync, &confirmed, request);
        self.saw_refusal(&model);
        if same("a confirming sync.start", product, model)?.is_some() {
            self.coverage.saw("confirmed");
            self.saw_who_moved(actor, sync, request);
            let (request, disturbed) = (request.clone(), true);
            let (preview, foreseen) = (Json::Null, Vec::new());
            self.started.push(Started {
                sync,
                request,
                preview,
                foreseen,
                disturbed,
                corrections,
            });
        }
        Ok(())
    }

    /// Whether a list would show others by now than the preview did.
    fn saw_who_moved(&mut self, actor: &str, sync: SyncId, request: &SyncRequest) {
        let Ok(now) = self.model.choose(actor, request, None) else {
            return;
        };
        let mut shown: BTreeSet<_> = self.model.syncs[&sync].terms.learners.iter().collect();
        let source = now.source.learner.learner;
        shown.insert(&source);
        if !now.learners.iter().all(|learner| shown.contains(learner)) {
            self.coverage.saw("joined since the preview");
        }
        if !shown
            .iter()
            .all(|learner| **learner == source || now.learners.contains(*learner))
        {
            self.coverage.saw("left since the preview");
        }
    }

    /// I1: an engine that replays the log says the same as the one that wrote it, and so does one that only
    /// reads it.
    pub(crate) fn replay(&self, at_end: AtEnd) -> Result<(), Disagreement> {
        self.same_as(&self.product.replayed())?;
        let viewed = self.product.viewed();
        if at_end == AtEnd::ReplayAndAudit {
            // Before anything is asked: that may start the product anew, which writes.
            if let Some(difference) = viewed.differing() {
                return Err(format!("a replay gives something else: {difference:?}"));
            }
        }
        self.same_as(&viewed)?;
        if at_end == AtEnd::Replay {
            return Ok(());
        }
        self.audit(&viewed)
    }

    /// The audit agrees with the history of the plans that have most to tell, and with the synchronisations.
    fn audit(&self, product: &Product) -> Result<(), Disagreement> {
        if let Some(difference) = self.product.differing() {
            return Err(format!("a replay gives something else: {difference:?}"));
        }
        let mut learners: Vec<_> = self.model.everybody().into_iter().collect();
        learners.sort_by_key(|learner| Reverse(self.model.plan(*learner).versions().count()));
        for learner in learners.into_iter().take(2) {
            audited(product, learner)?;
        }
        for sync in self.model.syncs.keys() {
            supposed(product, &json!(sync))?;
        }
        Ok(())
    }

    /// Another engine on the same log answers the same.
    fn same_as(&self, replayed: &Product) -> Result<(), Disagreement> {
        let check = |operation: &str, of: &Json| {
            let (before, after) = (
                self.product.read("system", operation, of),
                replayed.read("system", operation, of),
            );
            let differ = || format!("replay differs: {before:?}\nand {after:?}");
            if before == after {
                Ok(())
            } else {
                Err(differ())
            }
        };
        for learner in self.model.everybody() {
            check("plan.get", &json!({ "learner": learner }))?;
            check("learner.get", &json!({ "learner": learner }))?;
        }
        for sync in self.model.syncs.keys() {
            check("sync.outcomes", &json!({ "sync": sync }))?;
            check("sync.get", &json!({ "sync": sync }))?;
        }
        for (session, found) in &self.model.sessions {
            let of = json!({ "session": session });
            let product = replayed.read(&found.administrator, "record.changes", &of);
            let model = self.model.record_changes(&found.administrator, *session);
            same("record.changes after a replay", product, model)?;
        }
        Ok(())
    }
}

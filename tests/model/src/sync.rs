//! A synchronisation from its acceptance to its end (T6, T7, I3).

use std::collections::BTreeSet;

use plansync_domain::ids::{LearnerId, SyncId};
use serde_json::{Value as Json, json};

use crate::change_set::Entry;
use crate::judge::{Pair, Terms};
use crate::refusal::{Refusal, refuse};
use crate::request::{SyncRequest, SyncType};
use crate::world::World;

/// A sync that was accepted.
#[derive(Debug, Clone)]
pub struct Sync {
    /// What it does.
    pub terms: Terms,
    /// `running`, `completed` or `cancelled`.
    pub state: &'static str,
    /// By learner id, then component id, once decided.
    pub outcomes: Vec<Pair>,
    /// The targets that they are of.
    pub done: BTreeSet<LearnerId>,
}

/// M5: a preview that a request confirms: what it was asked, what it would have replayed, and the
/// last step that it saw.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// What was asked.
    pub request: SyncRequest,
    /// The change set.
    pub entries: Vec<Entry>,
    /// The world's step.
    pub step: u64,
}

impl World {
    /// Starts a sync that confirms a preview.
    pub fn confirm(
        &mut self,
        actor: &str,
        sync: SyncId,
        confirmed: &Confirmed,
        request: &SyncRequest,
    ) -> Result<Json, Refusal> {
        self.step += 1;
        self.admit_actor(actor)?;
        self.start_sync(actor, sync, request, Some(confirmed))
    }

    /// What a request comes to, or why it is refused.
    pub fn terms(
        &self,
        actor: &str,
        request: &SyncRequest,
        confirmed: Option<&Confirmed>,
    ) -> Result<Terms, Refusal> {
        let chosen = self.choose(actor, request)?;
        let entries = self.freeze(request, &chosen);
        if let Some(confirmed) = confirmed
            && (confirmed.request != *request || confirmed.entries != entries)
        {
            return refuse("source_changed");
        }
        Self::check_recent(request, &chosen)?;
        let source = chosen.source.learner.learner;
        let mut learners: Vec<LearnerId> = chosen.learners.iter().copied().collect();
        if request.sync_type == SyncType::SelectedAttributes {
            learners.retain(|learner| *learner != source);
        }
        Ok(Terms {
            by: actor.to_owned(),
            source,
            programme: request.programme,
            request: request.clone(),
            confirmed: None,
            entries,
            learners,
        })
    }

    pub(crate) fn start_sync(
        &mut self,
        actor: &str,
        sync: SyncId,
        request: &SyncRequest,
        confirmed: Option<&Confirmed>,
    ) -> Result<Json, Refusal> {
        let mut terms = self.terms(actor, request, confirmed)?;
        terms.confirmed = confirmed.map(|confirmed| confirmed.step);
        if self.syncs.contains_key(&sync) {
            return refuse("sync_exists");
        }
        let running = |one: &&Sync| one.state == "running" && one.terms.by == actor;
        if self.syncs.values().filter(running).count() >= self.limits.running_syncs {
            return refuse("overloaded");
        }
        let version = self.plan(terms.source).version();
        if let Some(session) = self.sessions.get_mut(&request.session) {
            for entry in &terms.entries {
                session.cleared.insert(entry.component, version);
            }
        }
        self.syncs.insert(
            sync,
            Sync {
                terms,
                state: "running",
                outcomes: Vec::new(),
                done: BTreeSet::new(),
            },
        );
        Ok(json!({ "sync": sync }))
    }

    pub(crate) fn cancel_sync(&mut self, actor: &str, sync: SyncId) -> Result<Json, Refusal> {
        self.readable(actor, sync)?;
        let state = self.syncs[&sync].state;
        if state != "running" {
            return Ok(json!({ "state": state }));
        }
        self.finish(sync, "cancelled");
        Ok(json!({ "state": "cancelled" }))
    }

    /// Who may read a sync, and stop it.
    pub fn readable(&self, actor: &str, sync: SyncId) -> Result<&Sync, Refusal> {
        let Some(found) = self.syncs.get(&sync) else {
            return refuse("sync_not_found");
        };
        let everything = crate::permission::everything(&self.permissions(actor));
        let sees = everything && self.seen(actor, found.terms.source).is_some();
        if actor == "system" || found.terms.by == actor || sees {
            Ok(found)
        } else {
            refuse("sync_not_found")
        }
    }

    /// Works every running sync off, one target after another.
    pub fn work(&mut self) {
        let running = self
            .syncs
            .iter()
            .filter(|(_, sync)| sync.state == "running");
        let running: Vec<SyncId> = running.map(|(id, _)| *id).collect();
        for sync in running {
            self.finish(sync, "completed");
        }
    }

    fn finish(&mut self, sync: SyncId, state: &'static str) {
        let found = &self.syncs[&sync];
        let mut waiting = targets(&found.terms);
        waiting.retain(|learner| !found.done.contains(learner));
        for learner in waiting {
            self.target(sync, learner, state == "cancelled");
        }
        if let Some(sync) = self.syncs.get_mut(&sync) {
            sync.state = state;
        }
    }

    /// Works one target of a running sync off, and the sync with its last one. False where there is
    /// no such target that waits.
    pub fn work_target(&mut self, sync: SyncId, learner: LearnerId) -> bool {
        let waits = |found: &Sync| {
            found.state == "running"
                && targets(&found.terms).contains(&learner)
                && !found.done.contains(&learner)
        };
        if !self.syncs.get(&sync).is_some_and(waits) {
            return false;
        }
        self.target(sync, learner, false);
        if let Some(found) = self.syncs.get_mut(&sync)
            && found.done.len() == targets(&found.terms).len()
        {
            found.state = "completed";
        }
        true
    }

    fn target(&mut self, sync: SyncId, learner: LearnerId, cancelled: bool) {
        self.step += 1;
        let terms = self.syncs[&sync].terms.clone();
        let (pairs, draft) = self.judge(&terms, learner, cancelled);
        if draft.changed {
            self.plans.entry(learner).or_default().revise(draft);
        }
        if let Some(sync) = self.syncs.get_mut(&sync) {
            sync.outcomes.extend(pairs);
            sync.outcomes.sort();
            sync.done.insert(learner);
        }
    }
}

/// The learners, and in T3 the source.
pub fn targets(terms: &Terms) -> Vec<LearnerId> {
    let mut targets = terms.learners.clone();
    if terms.request.sync_type == SyncType::SelectedAttributes {
        targets.push(terms.source);
    }
    targets
}

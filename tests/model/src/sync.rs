//! A synchronisation from its acceptance to its end (T6, T7, I3).

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::{LearnerId, SyncId};
use serde_json::{Value as Json, json};

use crate::change_set::{Change, Entry};
use crate::judge::{Pair, Terms};
use crate::plan::Plan;
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
    /// The version of the source's plan that it took its changes from.
    pub source_version: usize,
}

/// M5: a preview that a request confirms: what it was asked, what it would have replayed, and the
/// last step that it saw.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// What was asked.
    pub request: SyncRequest,
    /// The change set.
    pub entries: Vec<Entry>,
    /// The world as it was shown.
    pub then: Box<World>,
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
        let chosen = self.choose(actor, request, confirmed)?;
        let entries = self.build_change_set(request, &chosen);
        if let Some(confirmed) = confirmed
            && (!confirmed.request.is_same(request)
                || confirmed.entries != entries
                || chosen.source.session.opened > confirmed.then.step)
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
        terms.confirmed = confirmed.map(|confirmed| confirmed.then.step);
        if self.syncs.contains_key(&sync) {
            return refuse("sync_exists");
        }
        let running = |one: &&Sync| one.state == "running" && one.terms.by == actor;
        if self.syncs.values().filter(running).count() >= self.limits.running_syncs {
            return refuse("overloaded");
        }
        self.touch(request.session);
        let version = self.plan(terms.source).version();
        if let Some(session) = self.sessions.get_mut(&request.session) {
            for entry in &terms.entries {
                let id = entry.component;
                session.bases.entry(id).or_default().push(version);
                let nothing = entry.change == Change::Nothing("no_recent_change");
                let cleared = match request.sync_type {
                    SyncType::ChangesOnly if nothing => continue,
                    SyncType::SelectedAttributes => continue,
                    SyncType::ChangesOnly => &mut session.cleared,
                    SyncType::AllAttributes => &mut session.cleared_but_planned,
                };
                cleared.insert(id, version);
            }
        }
        self.syncs.insert(
            sync,
            Sync {
                terms,
                state: "running",
                outcomes: Vec::new(),
                done: BTreeSet::new(),
                source_version: version,
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
        self.end(sync, state);
    }

    /// C7: what reached nobody is selected to begin with once more; what T3 replaced took nothing along.
    fn end(&mut self, sync: SyncId, state: &'static str) {
        let Some(found) = self.syncs.get_mut(&sync) else {
            return;
        };
        found.state = state;
        if found.terms.request.sync_type == SyncType::SelectedAttributes {
            return;
        }
        let Some(session) = self.sessions.get_mut(&found.terms.request.session) else {
            return;
        };
        for entry in &found.terms.entries {
            let reached =
                |pair: &Pair| pair.component == entry.component && pair.outcome != "skipped";
            if !found.outcomes.iter().any(reached) {
                session.cleared.remove(&entry.component);
                session.cleared_but_planned.remove(&entry.component);
            }
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
        let found = &self.syncs[&sync];
        if found.done.len() == targets(&found.terms).len() {
            self.end(sync, "completed");
        }
        true
    }

    /// C2: what T3 wrote on its own source was sent, too.
    fn note_bases(&mut self, terms: &Terms, version: usize, pairs: &[Pair]) {
        let Some(session) = self.sessions.get_mut(&terms.request.session) else {
            return;
        };
        let applied = |pair: &&Pair| pair.is_source && pair.outcome == "applied";
        for pair in pairs.iter().filter(applied) {
            session
                .bases
                .entry(pair.component)
                .or_default()
                .push(version);
        }
    }

    fn target(&mut self, sync: SyncId, learner: LearnerId, cancelled: bool) {
        self.step += 1;
        let terms = self.syncs[&sync].terms.clone();
        let (pairs, draft) = self.judge(&terms, learner, cancelled);
        if draft.changed {
            let record = self.learners.get(&learner);
            let case_owner = record.and_then(|record| record.case_owner.clone());
            let plan = self.plans.entry(learner).or_default();
            plan.revise(draft, Some(sync), case_owner);
            self.note_bases(&terms, plan_version(&self.plans, learner), &pairs);
        }
        if let Some(sync) = self.syncs.get_mut(&sync) {
            sync.outcomes.extend(pairs);
            sync.outcomes.sort();
            sync.done.insert(learner);
        }
    }
}

fn plan_version(plans: &BTreeMap<LearnerId, Plan>, learner: LearnerId) -> usize {
    plans.get(&learner).map_or(0, Plan::version)
}

/// The learners, and in T3 the source.
pub fn targets(terms: &Terms) -> Vec<LearnerId> {
    let mut targets = terms.learners.clone();
    if terms.request.sync_type == SyncType::SelectedAttributes {
        targets.push(terms.source);
    }
    targets
}

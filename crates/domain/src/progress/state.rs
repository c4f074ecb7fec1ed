//! The progress of a sync, folded from its events: the facts of its acceptance, the counts, and,
//! while it runs, which targets are done.
//!
//! The outcomes of each pair are in the log, one commit for each target. So are the targets of a
//! sync that has ended, and which of them were done.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::event::sync::{
    ChangeSetChunk, SyncAccepted, SyncCancelled, SyncCompleted, TargetReplayed,
};
use crate::ids::position::Position;
use crate::ids::stream::Stream;
use crate::ids::{AdministratorId, ComponentId, LearnerId, SyncId};
use crate::progress::facts::SyncFacts;
use crate::progress::reached::Unreached;
use crate::progress::terms::Terms;
use crate::sync::change_set::{ChangeSet, Entry};
use crate::sync::pair_outcomes::Tally;
use crate::sync::prepared::Prepared;
use crate::sync::request::StatusFilter;
use crate::sync::status::SyncStatus;
use crate::values::Values;

/// A sync. A clone is cheap. After its end, its size is that of its facts.
#[derive(Debug, Clone)]
pub struct SyncState {
    facts: Arc<SyncFacts>,
    terms: Arc<Terms>,
    confirmed_at: Option<Position>,
    /// By id, each once, while it runs.
    learners: Arc<Vec<LearnerId>>,
    change_set: Arc<ChangeSet>,
    prepared: Arc<Prepared>,
    status: SyncStatus,
    /// The targets that are done while it runs, including a source that is updated.
    done: imbl::OrdSet<LearnerId>,
    /// How many of these are learners: the source of a sync that updates it is not counted.
    done_count: u32,
    tally: Tally,
    unreached: Unreached,
}

impl SyncState {
    /// Its id.
    pub fn id(&self) -> SyncId {
        self.facts.sync
    }

    /// The facts that are kept for good.
    pub fn facts(&self) -> &SyncFacts {
        &self.facts
    }

    /// The number of commits on its stream: its end follows the acceptance.
    pub(crate) fn version(&self) -> u64 {
        let end = u64::from(!self.is_running());
        self.facts.accepted_version.saturating_add(end)
    }

    /// What is replayed; empty after the end, because the log has it.
    pub fn change_set(&self) -> &Arc<ChangeSet> {
        &self.change_set
    }

    /// The same with the ids that its values have in this tenant.
    pub fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// Who requested it, from which source, and, while it runs, under which conditions.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The position of the preview that its request confirmed, if it confirmed one and runs (M5).
    pub fn confirmed_at(&self) -> Option<Position> {
        self.confirmed_at
    }

    /// The administrator who requested it.
    pub fn requested_by(&self) -> &AdministratorId {
        &self.facts.requested_by
    }

    /// Whether it runs, or how it ended.
    pub fn status(&self) -> SyncStatus {
        self.status
    }

    /// The components that have reached no learner; empty after the end.
    pub(crate) fn unreached(&self) -> Vec<ComponentId> {
        let entries = self.change_set.entries();
        let places = self.unreached.places();
        let entries = places.filter_map(|place| entries.get(place));
        entries.map(|entry| entry.component).collect()
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.status == SyncStatus::Running
    }

    /// Every target of a running sync, and whether it is done (replayed, or judged and left
    /// unchanged): first the source, if the sync updates it, then the learners by id. None after
    /// the end: the log has them.
    pub fn targets(&self) -> Option<impl Iterator<Item = (LearnerId, bool)> + '_> {
        self.is_running().then(|| {
            let source = self.updates_source().then_some(self.facts.source);
            let targets = source.into_iter().chain(self.learners.iter().copied());
            targets.map(|target| (target, self.done.contains(&target)))
        })
    }

    /// The targets that are still to be done; empty after the end.
    pub fn waiting(&self) -> impl Iterator<Item = LearnerId> + '_ {
        let targets = self.targets().into_iter().flatten();
        targets.filter_map(|(target, is_done)| (!is_done).then_some(target))
    }

    /// Whether this learner is a target that is still to be done.
    fn has_waiting(&self, target: LearnerId) -> bool {
        let is_target =
            self.is_updated_source(target) || self.learners.binary_search(&target).is_ok();
        self.is_running() && is_target && !self.done.contains(&target)
    }

    /// The number of learners that are done; an updated source is not counted.
    pub fn done_count(&self) -> u32 {
        self.done_count
    }

    /// The counts of the learners' pairs so far; after a cancellation, of all pairs.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether the source is updated too (T3).
    pub fn updates_source(&self) -> bool {
        self.facts.kind.replays_template()
    }

    /// Whether this learner's outcomes are those of the updated source.
    pub fn is_updated_source(&self, learner: LearnerId) -> bool {
        self.updates_source() && self.facts.source == learner
    }

    /// The event that follows when its last target is done; none before that and after the end.
    pub fn completion(&self) -> Option<SyncCompleted> {
        let targets = self.learners.len() + usize::from(self.updates_source());
        (self.is_running() && self.done.len() >= targets).then(|| SyncCompleted {
            sync: self.id(),
            done: self.done_count(),
            tally: self.tally,
        })
    }

    /// The event that cancels it now: the pairs of the learners that are still to be done are
    /// skipped.
    pub(crate) fn cancellation(&self) -> SyncCancelled {
        let learners = self
            .waiting()
            .filter(|target| !self.is_updated_source(*target));
        let pairs = learners.count().saturating_mul(self.change_set.len());
        let skipped = u64::try_from(pairs).unwrap_or(u64::MAX);
        let mut tally = self.tally;
        tally.skipped = tally.skipped.saturating_add(skipped);
        SyncCancelled {
            sync: self.id(),
            done: self.done_count(),
            tally,
        }
    }

    /// Releases what only a running sync needs.
    fn let_go(&mut self) {
        self.change_set = Arc::default();
        self.prepared = Arc::new(Prepared::empty(self.facts.programme));
        self.unreached = Unreached::default();
        self.learners = Arc::default();
        self.done = imbl::OrdSet::new();
        self.confirmed_at = None;
        self.terms = terms(&self.facts, StatusFilter::default());
    }

    fn replayed(&mut self, replayed: &TargetReplayed) {
        self.done.insert(replayed.learner);
        if !self.is_updated_source(replayed.learner) {
            self.done_count = self.done_count.saturating_add(1);
            self.tally = self.tally.plus(replayed.pair_outcomes.tally());
            self.unreached.judged(&replayed.pair_outcomes);
        }
    }
}

fn terms(facts: &SyncFacts, statuses: StatusFilter) -> Arc<Terms> {
    Arc::new(Terms {
        requested_by: facts.requested_by.clone(),
        source: facts.source,
        kind: facts.kind,
        statuses,
    })
}

/// A sync, as it is stored in an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SyncImage {
    facts: Arc<SyncFacts>,
    status: SyncStatus,
    done_count: u32,
    tally: Tally,
    running: Option<RunningImage>,
}

/// The part of a running sync that is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RunningImage {
    statuses: StatusFilter,
    confirmed_at: Option<Position>,
    learners: Arc<Vec<LearnerId>>,
    done: Vec<LearnerId>,
    unreached: Unreached,
    change_set: Arc<ChangeSet>,
}

/// Every sync of a tenant, as they are stored in an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SyncsImage {
    /// In the order of acceptance.
    syncs: Vec<SyncImage>,
    chunks: Vec<(SyncId, Arc<Vec<Entry>>)>,
}

impl SyncImage {
    fn of(state: &SyncState) -> Self {
        Self {
            facts: Arc::clone(&state.facts),
            status: state.status,
            done_count: state.done_count,
            tally: state.tally,
            running: state.is_running().then(|| RunningImage {
                statuses: state.terms.statuses.clone(),
                confirmed_at: state.confirmed_at,
                learners: Arc::clone(&state.learners),
                done: state.done.iter().copied().collect(),
                unreached: state.unreached.clone(),
                change_set: Arc::clone(&state.change_set),
            }),
        }
    }

    fn restore(self, values: &mut Values) -> SyncState {
        let programme = self.facts.programme;
        let mut state = SyncState {
            terms: terms(&self.facts, StatusFilter::default()),
            facts: self.facts,
            confirmed_at: None,
            learners: Arc::default(),
            change_set: Arc::default(),
            prepared: Arc::new(Prepared::empty(programme)),
            status: self.status,
            done: imbl::OrdSet::new(),
            done_count: self.done_count,
            tally: self.tally,
            unreached: Unreached::default(),
        };
        if let Some(running) = self.running {
            let prepared = Prepared::interned(programme, &running.change_set, values);
            state.terms = terms(&state.facts, running.statuses);
            state.confirmed_at = running.confirmed_at;
            state.learners = running.learners;
            state.prepared = Arc::new(prepared);
            state.change_set = running.change_set;
            state.done = running.done.into_iter().collect();
            state.unreached = running.unreached;
        }
        state
    }
}

impl SyncsImage {
    /// The syncs. The values of running ones are entered into the tenant's table.
    pub(crate) fn restore(self, values: &mut Values) -> Syncs {
        let mut syncs = Syncs {
            chunks: self.chunks.into_iter().collect(),
            ..Syncs::default()
        };
        for image in self.syncs {
            let state = image.restore(values);
            syncs.order.push_back(state.id());
            if state.is_running() {
                syncs.running.push_back(state.id());
            }
            syncs.by_id.insert(state.id(), state);
        }
        syncs
    }
}

/// Every sync of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Syncs {
    by_id: imbl::HashMap<SyncId, SyncState>,
    /// In the order of acceptance.
    order: imbl::Vector<SyncId>,
    /// In the order of acceptance.
    running: imbl::Vector<SyncId>,
    /// Chunks whose acceptance has not followed yet.
    chunks: imbl::HashMap<SyncId, Arc<Vec<Entry>>>,
}

impl Syncs {
    /// All of them, as they are stored in an image.
    pub(crate) fn image(&self) -> SyncsImage {
        let order = self.order.iter().filter_map(|sync| self.get(*sync));
        let chunks = self.chunks.iter();
        SyncsImage {
            syncs: order.map(SyncImage::of).collect(),
            chunks: chunks
                .map(|(sync, entries)| (*sync, Arc::clone(entries)))
                .collect(),
        }
    }

    /// The sync with this id, if there is one.
    pub fn get(&self, sync: SyncId) -> Option<&SyncState> {
        self.by_id.get(&sync)
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SyncState> {
        self.order.iter().rev().filter_map(|sync| self.get(*sync))
    }

    /// Those that run, in the order of acceptance.
    pub fn running(&self) -> impl Iterator<Item = &SyncState> {
        self.running.iter().filter_map(|sync| self.get(*sync))
    }

    /// The latest sync accepted before this one that still has to do this target.
    pub fn earlier_with(&self, target: LearnerId, sync: SyncId) -> Option<SyncId> {
        let from_this_one = self.running.iter().rev().skip_while(|id| **id != sync);
        from_this_one
            .skip(1)
            .filter_map(|id| self.get(*id))
            .find(|earlier| earlier.has_waiting(target))
            .map(SyncState::id)
    }

    /// The number of running syncs.
    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// The number of running syncs of an administrator.
    pub fn running_count_of(&self, administrator: &AdministratorId) -> usize {
        self.running()
            .filter(|sync| sync.facts.requested_by == *administrator)
            .count()
    }

    /// Called before a commit on this stream is folded: chunks directly precede their acceptance,
    /// so those of any other sync will never have one and are dropped.
    pub(crate) fn drop_chunks_but_of(&mut self, stream: &Stream) {
        if !self.chunks.is_empty() {
            self.chunks.retain(|sync, _| *stream == Stream::Sync(*sync));
        }
    }

    pub(crate) fn chunk(&mut self, chunk: &ChangeSetChunk) {
        let entries = self.chunks.entry(chunk.sync).or_default();
        let entries = Arc::make_mut(entries);
        if chunk.index == 0 {
            entries.clear();
        }
        entries.extend(chunk.entries.iter().cloned());
    }

    /// The tenant's values have new ids: running syncs are prepared again.
    pub(crate) fn prepare_again(&mut self, values: &mut Values) {
        for sync in &self.running {
            if let Some(state) = self.by_id.get_mut(sync) {
                let programme = state.facts.programme;
                let prepared = Prepared::interned(programme, &state.change_set, values);
                state.prepared = Arc::new(prepared);
            }
        }
    }

    pub(crate) fn accepted(&mut self, accepted: &SyncAccepted, version: u64, values: &mut Values) {
        let sync = accepted.sync;
        let chunks = self.chunks.remove(&sync).unwrap_or_default();
        let chunks = if accepted.chunks > 0 {
            &chunks[..]
        } else {
            &[]
        };
        let entries = chunks.iter().chain(&accepted.entries).cloned().collect();
        let change_set = ChangeSet::new(entries);
        let facts = SyncFacts::of(accepted, version, change_set.len());
        let request = &accepted.request;
        let prepared = Prepared::interned(request.programme, &change_set, values);
        let state = SyncState {
            terms: terms(&facts, request.statuses.clone()),
            facts: Arc::new(facts),
            confirmed_at: request.confirm.map(|confirm| confirm.position),
            learners: Arc::new(accepted.learners.clone()),
            prepared: Arc::new(prepared),
            unreached: Unreached::all(change_set.len()),
            change_set: Arc::new(change_set),
            status: SyncStatus::Running,
            done: imbl::OrdSet::new(),
            done_count: 0,
            tally: Tally::default(),
        };
        self.order.push_back(sync);
        self.running.push_back(sync);
        self.by_id.insert(sync, state);
    }

    pub(crate) fn replayed(&mut self, replayed: &TargetReplayed) {
        if let Some(sync) = self.by_id.get_mut(&replayed.sync) {
            sync.replayed(replayed);
        }
    }

    pub(crate) fn cancelled(&mut self, cancelled: &SyncCancelled) {
        self.end(cancelled.sync, SyncStatus::Cancelled, cancelled.tally);
    }

    pub(crate) fn completed(&mut self, completed: &SyncCompleted) {
        self.end(completed.sync, SyncStatus::Completed, completed.tally);
    }

    fn end(&mut self, sync: SyncId, status: SyncStatus, tally: Tally) {
        self.running.retain(|running| *running != sync);
        if let Some(sync) = self.by_id.get_mut(&sync) {
            sync.status = status;
            sync.tally = tally;
            sync.let_go();
        }
    }
}

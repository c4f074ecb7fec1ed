//! How far a synchronisation is, folded from what happened to it.
//!
//! Owns the facts of its acceptance, who is done, and the counts. Refuses to decide anything.
//! Outcomes pair by pair are in the log, one commit a target.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::change_set::{ChangeSet, Entry};
use crate::confirm::Position;
use crate::decisions::Tally;
use crate::ids::{AdministratorId, LearnerId, SyncId};
use crate::judge::Terms;
use crate::prepared::Prepared;
use crate::request::SyncKind;
use crate::sync_event::{
    ChangeSetChunk, SyncAccepted, SyncCancelled, SyncCompleted, TargetReplayed,
};
use crate::values::Values;

/// Whether a sync goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Targets wait.
    Running,
    /// Every target is done.
    Completed,
    /// It was stopped; the targets that waited stayed as they were.
    Cancelled,
}

impl SyncStatus {
    /// Its word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One synchronisation. A clone is cheap.
#[derive(Debug, Clone)]
pub struct SyncState {
    accepted: Arc<SyncAccepted>,
    /// The version of the sync's stream that its acceptance made.
    accepted_version: u64,
    terms: Arc<Terms>,
    component_count: usize,
    change_set: Arc<ChangeSet>,
    prepared: Arc<Prepared>,
    status: SyncStatus,
    /// The targets that are done, the updated source among them.
    done: imbl::OrdSet<LearnerId>,
    /// How many of those are learners: the source of a sync that updates it is not counted.
    done_count: u32,
    tally: Tally,
}

impl SyncState {
    /// Its id.
    pub fn id(&self) -> SyncId {
        self.accepted.sync
    }

    /// What was accepted; the entries of its change set are not kept here.
    pub fn accepted(&self) -> &SyncAccepted {
        &self.accepted
    }

    /// The version of the sync's stream that its acceptance made; its end makes the next.
    pub fn accepted_version(&self) -> u64 {
        self.accepted_version
    }

    /// How many components are replayed.
    pub fn component_count(&self) -> usize {
        self.component_count
    }

    /// What is replayed; nothing once the sync has ended, since the log keeps it.
    pub fn change_set(&self) -> &Arc<ChangeSet> {
        &self.change_set
    }

    /// The same, with the ids that its values have in this tenant.
    pub fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// Who asked, from where, under which conditions.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Where the preview was judged that its request confirmed, if it did (M5).
    pub fn confirmed_at(&self) -> Option<Position> {
        self.accepted
            .request
            .confirm
            .map(|confirm| confirm.position)
    }

    /// Who asked.
    pub fn requested_by(&self) -> &AdministratorId {
        &self.accepted.requested_by
    }

    /// Whether it goes on, and how it ended otherwise.
    pub fn status(&self) -> SyncStatus {
        self.status
    }

    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        self.status == SyncStatus::Running
    }

    /// Every target: the source first, where the sync updates it, then the learners by id.
    pub fn targets(&self) -> impl Iterator<Item = LearnerId> + '_ {
        let source = self.updates_source().then_some(self.accepted.source);
        source
            .into_iter()
            .chain(self.accepted.learners.iter().copied())
    }

    /// The targets that are not done and will be: none once it has ended.
    pub fn waiting(&self) -> impl Iterator<Item = LearnerId> + '_ {
        let running = self.is_running();
        self.targets()
            .filter(move |target| running && !self.done.contains(target))
    }

    /// Whether this learner is a target that is not done and will be.
    fn has_waiting(&self, target: LearnerId) -> bool {
        let is_target = (self.updates_source() && self.accepted.source == target)
            || self.accepted.learners.binary_search(&target).is_ok();
        self.is_running() && is_target && !self.done.contains(&target)
    }

    /// Whether this target was replayed onto, or judged and left alone.
    pub fn is_done(&self, target: LearnerId) -> bool {
        self.status == SyncStatus::Completed || self.done.contains(&target)
    }

    /// How many of the learners are done; the updated source is not counted.
    pub fn done_count(&self) -> u32 {
        self.done_count
    }

    /// How the learners' pairs came out so far; after a cancellation, all of them.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether the source is updated too (T3).
    pub fn updates_source(&self) -> bool {
        self.accepted.request.kind == SyncKind::SelectedAttributes
    }

    /// Whether this learner's outcomes are those of the updated source.
    pub fn is_updated_source(&self, learner: LearnerId) -> bool {
        self.updates_source() && self.accepted.source == learner
    }

    /// What happens now that its last target is done; none before that, and once it has ended.
    pub fn completion(&self) -> Option<SyncCompleted> {
        let targets = self.accepted.learners.len() + usize::from(self.updates_source());
        (self.is_running() && self.done.len() >= targets).then(|| SyncCompleted {
            sync: self.id(),
            done: self.done_count(),
            tally: self.tally,
        })
    }

    /// What happens when it is stopped now: the pairs of the learners that wait are skipped.
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

    /// An ended sync replays nothing any more: memory is for those that run.
    fn let_go(&mut self) {
        self.change_set = Arc::default();
        if self.status == SyncStatus::Completed {
            // Everybody is done: who need not be kept.
            self.done = imbl::OrdSet::new();
        }
        self.prepared = Arc::new(Prepared::empty(self.accepted.request.programme));
    }

    fn replayed(&mut self, replayed: &TargetReplayed) {
        self.done.insert(replayed.learner);
        if !self.is_updated_source(replayed.learner) {
            self.done_count = self.done_count.saturating_add(1);
            self.tally = self.tally.plus(replayed.decisions.tally());
        }
    }
}

/// One synchronisation, as it can be kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SyncImage {
    accepted: Arc<SyncAccepted>,
    accepted_version: u64,
    component_count: usize,
    /// What it replays, while it runs.
    entries: Vec<Entry>,
    status: SyncStatus,
    done: Vec<LearnerId>,
    done_count: u32,
    tally: Tally,
}

/// Every sync of a tenant, as it can be kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SyncsImage {
    /// In the order of acceptance.
    syncs: Vec<SyncImage>,
    chunks: Vec<(SyncId, Arc<Vec<Entry>>)>,
}

impl SyncImage {
    fn of(state: &SyncState) -> Self {
        Self {
            accepted: Arc::clone(&state.accepted),
            accepted_version: state.accepted_version,
            component_count: state.component_count,
            entries: state.change_set.entries().to_vec(),
            status: state.status,
            done: state.done.iter().copied().collect(),
            done_count: state.done_count,
            tally: state.tally,
        }
    }

    fn restore(self, values: &mut Values) -> SyncState {
        let accepted = self.accepted;
        let change_set = ChangeSet::new(self.entries);
        let programme = accepted.request.programme;
        let requested_by = accepted.requested_by.clone();
        SyncState {
            prepared: Arc::new(Prepared::interned(programme, &change_set, values)),
            terms: Arc::new(Terms::new(requested_by, accepted.source, &accepted.request)),
            accepted_version: self.accepted_version,
            component_count: self.component_count,
            change_set: Arc::new(change_set),
            status: self.status,
            done: self.done.into_iter().collect(),
            done_count: self.done_count,
            tally: self.tally,
            accepted,
        }
    }
}

impl SyncsImage {
    /// The syncs, with the values of what runs the tenant's.
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
    /// Chunks whose acceptance has not come.
    chunks: imbl::HashMap<SyncId, Arc<Vec<Entry>>>,
}

impl Syncs {
    /// All of them, as they can be kept.
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

    /// A sync, if there is one of this id.
    pub fn get(&self, sync: SyncId) -> Option<&SyncState> {
        self.by_id.get(&sync)
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SyncState> {
        self.order.iter().rev().filter_map(|sync| self.get(*sync))
    }

    /// Those that go on, in the order of acceptance.
    pub fn running(&self) -> impl Iterator<Item = &SyncState> {
        self.running.iter().filter_map(|sync| self.get(*sync))
    }

    /// The latest sync accepted before this one that has this target still to do.
    pub fn earlier_with(&self, target: LearnerId, sync: SyncId) -> Option<SyncId> {
        let from_this_one = self.running.iter().rev().skip_while(|id| **id != sync);
        from_this_one
            .skip(1)
            .filter_map(|id| self.get(*id))
            .find(|earlier| earlier.has_waiting(target))
            .map(SyncState::id)
    }

    /// How many go on.
    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// How many of one administrator's go on.
    pub fn running_count_of(&self, administrator: &AdministratorId) -> usize {
        self.running()
            .filter(|sync| sync.accepted.requested_by == *administrator)
            .count()
    }

    pub(crate) fn chunk(&mut self, chunk: &ChangeSetChunk) {
        let entries = self.chunks.entry(chunk.sync).or_default();
        let entries = Arc::make_mut(entries);
        if chunk.index == 0 {
            entries.clear();
        }
        entries.extend(chunk.entries.iter().cloned());
    }

    /// The values of the tenant have other ids now: what runs is made ready once more.
    pub(crate) fn prepare_again(&mut self, values: &mut Values) {
        for sync in &self.running {
            if let Some(state) = self.by_id.get_mut(sync) {
                let programme = state.accepted.request.programme;
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
        let programme = accepted.request.programme;
        let requested_by = accepted.requested_by.clone();
        let terms = Terms::new(requested_by, accepted.source, &accepted.request);
        let state = SyncState {
            prepared: Arc::new(Prepared::interned(programme, &change_set, values)),
            component_count: change_set.len(),
            change_set: Arc::new(change_set),
            terms: Arc::new(terms),
            accepted: Arc::new(SyncAccepted {
                entries: Vec::new(),
                ..accepted.clone()
            }),
            accepted_version: version,
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

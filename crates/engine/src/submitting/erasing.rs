//! Erases what learners are called and why their due dates moved, once the log says that it was asked for: destroys the
//! keys, and then records that it is done. Whatever ends the process in between, the next start goes on from there (D6).
//!
//! Nothing is searched in the whole log: a learner's names are in their own stream, and only synchronisations that
//! searched by name are looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use plansync_domain::event::sync::SyncAccepted;
use plansync_domain::event::{Event, LearnerErased};
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, SyncId, TenantId};
use plansync_domain::state::erasures::Erasure;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::request::Learners;
use plansync_domain::text::search::Sought;
use plansync_log::sealing::Leaf;
use plansync_log::{Read, Version as StreamVersion};
use uuid::Uuid;

use crate::call::Refusal;
use crate::codec::sealing::{learner_leaf, search_leaf, state_leaf, undecoded_leaf};
use crate::codec::writing::Writing;
use crate::config::Config;
use crate::fault::Fault;
use crate::naming::stream_id;
use crate::recorded::commit::decoded;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Entry, SequenceError};
use crate::writing::group_writer::GroupWriter;
use crate::writing::role::Role;

/// Commits of a learner's stream that are read at a time.
const READ_COUNT: usize = 256;

/// Completes erasures, one at a time.
pub(crate) struct Erasing {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    turn: Mutex<()>,
}

impl Erasing {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            turn: Mutex::new(()),
        }
    }

    /// Completes every erasure that was asked for, and destroys keys that an older copy of them brought back. Returns
    /// the number of learners. A node that follows destroys the keys of those whose erasure the other node completed.
    pub(crate) fn step(&self) -> Result<usize, Refusal> {
        let leads = self.writer.role() == Role::Leads;
        let state = self.sequencing.lock().state().clone();
        let (mut completed, mut brought_back) = (0, Vec::new());
        for (name, tenant) in state.tenants() {
            for learner in tenant.erasures().erased_ones() {
                if tenant.erasures().of(learner) != Some(Erasure::Done) {
                    if !leads {
                        continue;
                    }
                    self.complete(name, learner)?;
                } else if self.has_key(name, learner) {
                    let searches = self.searches(name, tenant, learner)?;
                    brought_back.extend(self.leaves(name, tenant, learner, &searches));
                } else {
                    continue;
                }
                completed += 1;
            }
        }
        // All of them at once: each destruction writes all keys anew.
        self.destroy(&brought_back)?;
        Ok(completed)
    }

    /// Of a log that is only read: lets go of the keys of everybody whose erasure was asked for. They can be there only
    /// because the copy of the keys is older than the log, or because the erasure is not complete yet.
    pub(crate) fn let_go(&self) {
        let state = self.sequencing.lock().state().clone();
        let mut brought_back = Vec::new();
        for (name, tenant) in state.tenants() {
            let erased = tenant.erasures().erased_ones();
            for learner in erased.filter(|learner| self.has_key(name, *learner)) {
                // Where the log is damaged, the texts of searches that cannot be found cannot be read either.
                let searches = self.searches(name, tenant, learner).unwrap_or_default();
                brought_back.extend(self.leaves(name, tenant, learner, &searches));
            }
        }
        self.config.keys.let_go(&brought_back);
    }

    /// Whether the texts of a learner can be read.
    fn has_key(&self, tenant: &TenantId, learner: LearnerId) -> bool {
        let keys = &self.config.keys;
        keys.tree().is_some() && !keys.is_destroyed(&learner_leaf(tenant, learner))
    }

    /// Completes the erasure of a learner, if it was asked for, and waits until what it wrote is durable.
    pub(crate) fn complete(&self, tenant: &TenantId, learner: LearnerId) -> Result<(), Refusal> {
        let _turn = self.turn.lock();
        let (asked_at, state) = {
            let sequencer = self.sequencing.lock();
            (
                sequencer.position(),
                Arc::clone(sequencer.state().tenant(tenant)),
            )
        };
        let Some(erasure) = state
            .erasures()
            .of(learner)
            .filter(|one| *one != Erasure::Held)
        else {
            return Ok(());
        };
        if erasure == Erasure::Done && !self.has_key(tenant, learner) {
            return Ok(());
        }
        // Whatever was sealed before is in the log by then, and nothing is sealed with this key any more.
        self.writer.settle(asked_at).map_err(Refusal::unavailable)?;
        let searches = self.searches(tenant, &state, learner)?;
        self.destroy(&self.leaves(tenant, &state, learner, &searches))?;
        tracing::debug!(%tenant, %learner, searches = searches.len(), "the keys of a learner's texts are destroyed");
        if erasure == Erasure::Done {
            return Ok(());
        }
        let count = u32::try_from(searches.len()).unwrap_or(u32::MAX);
        self.record(tenant, learner, count)
    }

    /// The leaves of a learner's texts, of these searches, and of whatever may have been about the learner.
    fn leaves(
        &self,
        tenant: &TenantId,
        state: &Tenant,
        learner: LearnerId,
        searches: &BTreeSet<SyncId>,
    ) -> Vec<Leaf> {
        let eras = 0..state.erasures().erased_count();
        let undecoded = eras.map(|era| undecoded_leaf(tenant, era));
        let generation = self.config.keys.generation();
        let others = [learner_leaf(tenant, learner), state_leaf(generation)];
        let searches = searches.iter().map(|sync| search_leaf(tenant, *sync));
        searches.chain(undecoded).chain(others).collect()
    }

    fn destroy(&self, leaves: &[Leaf]) -> Result<(), Refusal> {
        if self.config.has(Fault::DestroysNothing) || leaves.is_empty() {
            return Ok(());
        }
        let destroyed = self.config.keys.destroy(leaves);
        destroyed.map(drop).map_err(|error| {
            Refusal::unavailable(format!(
                "the erasure was recorded and is not complete: {error}; send the command again, or start the engine again, which completes it"
            ))
        })
    }

    /// The synchronisations whose search found the learner or is a part of a name that the learner ever had.
    fn searches(
        &self,
        tenant: &TenantId,
        state: &Tenant,
        learner: LearnerId,
    ) -> Result<BTreeSet<SyncId>, Refusal> {
        let mut searching = state
            .syncs()
            .iter()
            .filter(|sync| sync.facts().searches)
            .peekable();
        if searching.peek().is_none() {
            return Ok(BTreeSet::new());
        }
        let names = self.names(tenant, state, learner)?;
        let mut found = BTreeSet::new();
        for sync in searching {
            let id = sync.id();
            if self.config.keys.is_destroyed(&search_leaf(tenant, id)) {
                continue;
            }
            let stream = stream_id(tenant, &Stream::Sync(id));
            let version = StreamVersion::new(sync.facts().accepted_version);
            let commits = self.log.stream(&stream, version, 1)?;
            for commit in &commits {
                let events = decoded(commit, &self.config.keys)?.events;
                if events.iter().any(|event| concerns(event, learner, &names)) {
                    found.insert(id);
                }
            }
        }
        Ok(found)
    }

    /// Every name that the learner ever had.
    fn names(
        &self,
        tenant: &TenantId,
        state: &Tenant,
        learner: LearnerId,
    ) -> Result<BTreeSet<String>, Refusal> {
        let stream = Stream::Learner(learner);
        let (id, last) = (stream_id(tenant, &stream), state.version_of(&stream));
        let (mut names, mut next) = (BTreeSet::new(), 1);
        while next <= last {
            let commits = self.log.stream(&id, StreamVersion::new(next), READ_COUNT)?;
            if commits.is_empty() {
                return Err(Refusal::internal(format!(
                    "the log has no version {next} of {id}"
                )));
            }
            for commit in &commits {
                for event in decoded(commit, &self.config.keys)?.events {
                    if let Event::LearnerPut(put) = event {
                        names.insert(put.record.name.as_str().to_owned());
                    }
                }
                next += 1;
            }
        }
        Ok(names)
    }

    /// Records that the keys are destroyed, and waits until that is durable.
    fn record(&self, tenant: &TenantId, learner: LearnerId, searches: u32) -> Result<(), Refusal> {
        let writing = Writing {
            config: &self.config,
            operation: "learner.erase",
        };
        let event = writing.encoded(Event::LearnerErased(LearnerErased { learner, searches }));
        let event = event.map_err(SequenceError::from)?;
        let stream = Stream::Learner(learner);
        let mut sequencer = self.sequencing.lock();
        let version = sequencer.next_version(tenant, &stream);
        // A version of a stream is made once.
        let id = Uuid::new_v5(
            learner.as_uuid(),
            format!("{tenant}/erased/{version}").as_bytes(),
        );
        let judged_at = sequencer.position();
        let entry = Entry::of_engine(tenant, (stream, version), id, judged_at, event);
        let (position, _) = sequencer
            .commit(self.config.clock.now(), entry)
            .map_err(Refusal::from)?;
        MutexGuard::unlock_fair(sequencer);
        self.sequencing.wake_writer();
        self.writer.settle(position).map_err(Refusal::unavailable)
    }
}

/// Whether the search of an accepted sync found this learner, or is a part of one of these names.
fn concerns(event: &Event, learner: LearnerId, names: &BTreeSet<String>) -> bool {
    let Event::SyncAccepted(SyncAccepted {
        request, learners, ..
    }) = event
    else {
        return false;
    };
    let Learners::Filtered(filter) = &request.learners else {
        return false;
    };
    if filter.search.is_erased() {
        return false;
    }
    let sought = Sought::new(filter.search.as_str());
    learners.binary_search(&learner).is_ok() || names.iter().any(|name| sought.is_in(name))
}

//! Assigns position, time and chain to a commit, queues it for the disk and folds it into the state. It also
//! keeps the names of the latest commits, and evicts plans from the state.

use std::collections::HashMap;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId, SessionId, TenantId};
use plansync_domain::state::compact::Compaction;
use plansync_domain::state::fetch::evict_plan;
use plansync_domain::state::fold_cache::FoldCache;
use plansync_domain::state::tenant::Tenant;
use plansync_log::sealing::SealError;
use plansync_log::{
    Cause, CommandKey, CommandScope, Fingerprint, Position, Proposal, Recorded, Sequenced, Tip,
    TooLarge, Version,
};
use uuid::Uuid;

use super::commit_queue::CommitQueue;
use super::recent_names::{CommandName, RecentNames, SessionName};
use super::residents::Residents;
use crate::call::Refusal;
use crate::codec::CodecError;
use crate::codec::writing::Encoded;
use crate::config::Config;
use crate::naming::stream_id;
use crate::recorded::commit::Decided;
use crate::state::snapshot::Snapshot;
use crate::state::{KeptImage, PlanName, State};

/// Everything of a commit but what the sequencer assigns.
pub(crate) struct Entry<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) stream: Stream,
    /// The stream's version after this commit.
    pub(crate) version: u64,
    pub(crate) actor: &'a Actor,
    pub(crate) command: CommandKey,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) cause: Cause,
    pub(crate) judged_at: Position,
    pub(crate) events: Vec<Encoded>,
}

impl<'a> Entry<'a> {
    /// A commit that no command asked for. Its id follows from what is recorded, so that it is made once.
    pub(crate) fn of_engine(
        tenant: &'a TenantId,
        (stream, version): (Stream, u64),
        id: Uuid,
        judged_at: Position,
        event: Encoded,
    ) -> Self {
        Self {
            tenant,
            stream,
            version,
            actor: &Actor::System,
            command: CommandKey {
                scope: CommandScope::Engine,
                id,
            },
            fingerprint: Fingerprint::new([0; 32]),
            cause: Cause {
                correlation: id,
                trace: None,
            },
            judged_at,
            events: vec![event],
        }
    }
}

/// Why a commit was not made; nothing was queued or folded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SequenceError {
    #[error(transparent)]
    Encode(#[from] CodecError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("the encoded commit does not decode to the same value")]
    NotReadBack,
}

impl From<SequenceError> for Refusal {
    fn from(error: SequenceError) -> Self {
        // The keys know of an erasure of which the log knows nothing: an older backup was restored.
        if let SequenceError::Encode(CodecError::Seal(SealError::Destroyed)) = error {
            return Rejection::LearnerErased.into();
        }
        Self::internal(error)
    }
}

/// The state after all decisions, and the end of the log that leads to it.
pub(crate) struct Sequencer {
    state: State,
    tip: Tip,
    queue: CommitQueue,
    /// The names of the latest commits, which the log's index may not have yet.
    recent_commands: RecentNames<CommandName>,
    /// The records that the latest commits opened, whether they are still open or not.
    opened: RecentNames<SessionName>,
    /// Set while a commit is queued and not yet folded completely.
    is_folding: bool,
    residents: Residents,
    /// Values that loaded plans of each tenant refer to.
    fold_caches: HashMap<TenantId, FoldCache>,
}

/// The commits that are written as one group, and the state that they lead to.
pub(crate) struct Group {
    pub(crate) commits: Vec<Sequenced>,
    pub(crate) state: State,
}

impl Sequencer {
    pub(crate) fn new(state: State, tip: Tip, config: &Config) -> Self {
        // The commits in the queue, those in the group being written, and what one step may add beyond the
        // bound must all fit.
        let recent_max = config.recent_commands_max + 4 * config.queue_count_max;
        Self {
            state,
            tip,
            queue: CommitQueue::new(config),
            recent_commands: RecentNames::new(recent_max),
            opened: RecentNames::new(recent_max),
            is_folding: false,
            residents: Residents::new(config.plan_bytes_max),
            fold_caches: HashMap::new(),
        }
    }

    /// The state after all decisions, durable or not.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// One tenant of that state.
    pub(crate) fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        Snapshot::of(&self.state, tenant)
    }

    /// The last assigned position, durable or not.
    pub(crate) fn position(&self) -> Position {
        self.tip.position
    }

    /// The end of the log that was assigned so far.
    pub(crate) fn tip(&self) -> Tip {
        self.tip
    }

    /// Whether a queued commit was not folded completely: the state then contradicts the log.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_folding
    }

    /// Whether so many commits wait for the disk that nothing more may be decided.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    /// How many commits wait for the disk, and their bytes.
    pub(crate) fn queued(&self) -> (usize, usize) {
        self.queue.size()
    }

    /// How many plans are resident, and the bytes that they are counted with.
    pub(crate) fn resident(&self) -> (usize, usize) {
        self.residents.size()
    }

    /// Whether queued commits are to be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.queue.is_due()
    }

    /// Opens a gathering: while one is open, newly queued commits are not due.
    pub(crate) fn gather(&mut self) {
        self.queue.gather();
    }

    /// Closes a gathering: all queued commits are due.
    pub(crate) fn gathered(&mut self) {
        self.queue.gathered();
    }

    /// The position of a command's commit, if it is among the latest ones ([`Self::recent_count`]).
    pub(crate) fn recent_command(&self, tenant: &TenantId, key: CommandKey) -> Option<Position> {
        self.recent_commands.get(&(tenant.clone(), key))
    }

    /// Whether one of the latest commits opened this record.
    pub(crate) fn has_opened(&self, tenant: &TenantId, session: SessionId) -> bool {
        self.opened.get(&(tenant.clone(), session)).is_some()
    }

    /// For how many of the latest commits the names are kept.
    pub(crate) fn recent_count(&self) -> u64 {
        self.recent_commands.count_max()
    }

    /// Assigns position, time and chain to a commit, queues it, and folds it.
    pub(crate) fn commit(
        &mut self,
        at: Recorded,
        entry: Entry<'_>,
    ) -> Result<(Position, Vec<Event>), SequenceError> {
        let encoded = entry.events.into_iter();
        let (events, recordings): (Vec<_>, Vec<_>) =
            encoded.map(|one| (one.event, one.recording)).unzip();
        let proposal = Proposal {
            stream: stream_id(entry.tenant, &entry.stream),
            version: Version::new(entry.version),
            actor: entry.actor.as_str().into(),
            command: entry.command,
            fingerprint: entry.fingerprint,
            cause: entry.cause,
            judged_at: entry.judged_at,
            events: recordings,
        };
        let (sequenced, tip) = plansync_log::sequence(&self.tip, at, &proposal)?;
        if !sequenced.is_of(&proposal) {
            tracing::error!(
                stream = %proposal.stream,
                "a defect in plansync: an encoded commit does not decode to the same value; it was not written"
            );
            return Err(SequenceError::NotReadBack);
        }
        self.is_folding = true;
        self.tip = tip;
        self.queue.push(sequenced);
        self.recent_commands
            .insert((entry.tenant.clone(), entry.command), self.tip.position);
        self.state.fold(
            (self.tip.position, self.tip.at),
            entry.tenant,
            (&entry.stream, entry.version),
            entry.actor,
            &events,
        );
        if let Stream::Plan(learner) = entry.stream {
            self.plan_changed(entry.tenant, learner);
        } else if let (Stream::Record(session), 1) = (entry.stream, entry.version) {
            let name = (entry.tenant.clone(), session);
            self.opened.insert(name, self.tip.position);
        }
        self.is_folding = false;
        Ok((self.tip.position, events))
    }

    /// Folds a commit that another node decided and that is in the log already. A plan that it changes is not resident
    /// afterwards, as when a log is opened. Its names are in the log's index, so they are not kept here.
    pub(crate) fn follow(&mut self, commit: &Sequenced, decided: &Decided) {
        self.is_folding = true;
        self.tip = self.tip.after(commit);
        if let Stream::Plan(learner) = decided.stream {
            self.residents.remove(&(decided.tenant.clone(), learner));
        }
        self.state.fold_past_plans(
            (self.tip.position, self.tip.at),
            &decided.tenant,
            (&decided.stream, decided.commit.proposal.version.get()),
            &decided.actor,
            &decided.events,
        );
        self.is_folding = false;
    }

    fn plan_changed(&mut self, tenant: &TenantId, learner: LearnerId) {
        let state = self.state.tenant(tenant);
        if let Ok(plan) = state.resident_plan(learner) {
            let bytes = plan.bytes_max();
            let name = (tenant.clone(), learner);
            self.residents.put(name, bytes, self.tip.position);
        }
    }

    /// Marks plans as used now.
    pub(crate) fn use_plans(&mut self, tenant: &TenantId, learners: &[LearnerId]) {
        for learner in learners {
            self.residents.touch(&(tenant.clone(), *learner));
        }
    }

    /// Folds commits of plans that are being loaded, with the values of the tenant's state.
    pub(crate) fn fold_plans<T>(
        &mut self,
        tenant: &TenantId,
        fold: impl FnOnce(&mut Tenant, &mut FoldCache) -> T,
    ) -> T {
        let fold_cache = self.fold_caches.entry(tenant.clone()).or_default();
        fold(self.state.tenant_mut(tenant), fold_cache)
    }

    /// Makes room, and takes in the plans that `install` puts into the tenant's state. They stay until the
    /// next ones are loaded, however large they are: whoever loaded them must be able to use them.
    pub(crate) fn install_plans(
        &mut self,
        tenant: &TenantId,
        needed: &[LearnerId],
        durable: Position,
        install: impl FnOnce(&mut Tenant) -> Vec<LearnerId>,
    ) {
        self.use_plans(tenant, needed);
        self.make_room_beside(durable, |(of, learner)| {
            of == tenant && needed.contains(learner)
        });
        let state = self.state.tenant_mut(tenant);
        for learner in install(state) {
            if let Ok(plan) = state.resident_plan(learner) {
                let name = (tenant.clone(), learner);
                let bytes = plan.bytes_max();
                self.residents.put(name, bytes, Position::ZERO);
            }
        }
    }

    /// Evicts plans above the bound on bytes. Only what is durable can be evicted: only the log can give a
    /// plan back.
    pub(crate) fn make_room(&mut self, durable: Position) {
        self.make_room_beside(durable, |_| false);
    }

    fn make_room_beside(&mut self, durable: Position, stays: impl Fn(&PlanName) -> bool) {
        for (tenant, learner) in self.residents.leaving(durable, stays) {
            evict_plan(self.state.tenant_mut(&tenant), learner);
        }
    }

    /// Replaces a tenant's values by those that its plans still hold.
    pub(crate) fn compact(&mut self, tenant: &TenantId, compaction: Compaction) {
        let evicted = compaction.onto(self.state.tenant_mut(tenant));
        // The cached values have the earlier ids.
        self.fold_caches.remove(tenant);
        for learner in evicted {
            self.residents.remove(&(tenant.clone(), learner));
        }
    }

    /// The version of a stream's next commit.
    pub(crate) fn next_version(&self, tenant: &TenantId, stream: &Stream) -> u64 {
        self.state
            .tenant(tenant)
            .version_of(stream)
            .saturating_add(1)
    }

    /// Records where images of plans are stored.
    pub(crate) fn add_images(&mut self, images: &[(PlanName, KeptImage)]) {
        self.state.add_images(images);
    }

    /// Takes all queued commits, to be written as one group.
    pub(crate) fn take(&mut self) -> Group {
        Group {
            commits: self.queue.take(),
            state: self.state.clone(),
        }
    }
}

//! The one short critical section: what is decided gets its position, time and chain here, is
//! queued for the disk, and is folded into the state.
//!
//! Positions and times are stamped nowhere else.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_domain::state::compact::Compaction;
use plansync_domain::state::fetch::evict_plan;
use plansync_domain::state::fold_cache::FoldCache;
use plansync_log::{
    Cause, CommandKey, Fingerprint, Position, Proposal, Recorded, Sequenced, Tip, TooLarge, Version,
};

use crate::codec::{CodecError, Encoded};
use crate::fetch::{Folded, Folding};
use crate::naming::stream_id;
use crate::recent_commands::{CommandName, RecentNames, SessionName};
use crate::residents::{PlanName, Residents};
use crate::snapshot::State;

/// Everything of a commit that is not stamped by the sequencer.
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

/// Why a commit was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SequenceError {
    #[error(transparent)]
    Encode(#[from] CodecError),
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("the commit could not be read again")]
    NotReadBack,
}

/// What waits for the disk, what was decided so far, and the end of the log.
pub(crate) struct Sequencer {
    pub(crate) state: State,
    pub(crate) recent_commands: RecentNames<CommandName>,
    /// The records that were opened by the latest commits, whether they are still open or not.
    pub(crate) opened: RecentNames<SessionName>,
    tip: Tip,
    queue: VecDeque<Sequenced>,
    queue_bytes: usize,
    queue_count_max: usize,
    queue_bytes_max: usize,
    /// How many are deciding command after command, and say when they have done with it.
    gathering: usize,
    /// Set once what waits is to be written.
    is_due: bool,
    /// Set while a commit is queued and not yet folded in.
    is_folding: bool,
    residents: Residents,
    /// What fetched plans of each tenant refer to.
    fold_caches: HashMap<TenantId, FoldCache>,
}

/// What goes to the disk as one group, and the state once it is there.
pub(crate) struct Group {
    pub(crate) commits: Vec<Sequenced>,
    pub(crate) state: State,
}

impl Sequencer {
    pub(crate) fn new(state: State, tip: Tip, config: &crate::config::Config) -> Self {
        // What waits for the disk twice over, in the queue and in the group being written, and what
        // one step may add beyond the bound, stay within it.
        let recent_max = config.recent_commands_max + 4 * config.queue_count_max;
        Self {
            state,
            recent_commands: RecentNames::new(recent_max),
            opened: RecentNames::new(recent_max),
            tip,
            queue: VecDeque::new(),
            queue_bytes: 0,
            queue_count_max: config.queue_count_max,
            queue_bytes_max: config.queue_bytes_max,
            gathering: 0,
            is_due: false,
            is_folding: false,
            residents: Residents::new(config.plan_bytes_max),
            fold_caches: HashMap::new(),
        }
    }

    /// The last position given out, durable or not.
    pub(crate) fn position(&self) -> Position {
        self.tip.position
    }

    /// Whether a commit was queued whose fold broke off: the state is not the log's any more.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_folding
    }

    /// Whether so much waits for the disk that nothing more may be decided.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.len() >= self.queue_count_max || self.queue_bytes >= self.queue_bytes_max
    }

    /// Whether something waits that is to be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.is_due
    }

    /// Until as many [`Self::gathered`], what is queued is not due.
    pub(crate) fn gather(&mut self) {
        self.gathering += 1;
    }

    /// All that waits is due.
    pub(crate) fn gathered(&mut self) {
        self.gathering -= 1;
        self.is_due = !self.queue.is_empty();
    }

    /// Stamps, chains, queues and folds one commit.
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
            tracing::error!(stream = %proposal.stream, "a commit could not be read again, and is not written");
            return Err(SequenceError::NotReadBack);
        }
        self.is_folding = true;
        self.tip = tip;
        self.queue_bytes += sequenced.stored().len();
        self.queue.push_back(sequenced);
        self.is_due |= self.gathering == 0;
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

    fn plan_changed(&mut self, tenant: &TenantId, learner: LearnerId) {
        let state = self.state.tenant(tenant);
        if let Ok(plan) = state.resident_plan(learner) {
            let bytes = plan.bytes_max();
            let name = (tenant.clone(), learner);
            self.residents.put(name, bytes, self.tip.position);
        }
    }

    /// These plans are needed now, and are resident.
    pub(crate) fn use_plans(&mut self, tenant: &TenantId, learners: &[LearnerId]) {
        for learner in learners {
            self.residents.touch(&(tenant.clone(), *learner));
        }
    }

    /// Folds commits of plans that are on their way into memory, at most so many.
    pub(crate) fn fold(
        &mut self,
        tenant: &TenantId,
        folding: &mut Folding<'_>,
        count_max: usize,
    ) -> Folded {
        let fold_cache = self.fold_caches.entry(tenant.clone()).or_default();
        folding.fold(self.state.tenant_mut(tenant), fold_cache, count_max)
    }

    /// Makes room, and takes in plans that were read and folded. They stay until the next ones come,
    /// however large they are: whoever read them must be able to use them.
    pub(crate) fn install(
        &mut self,
        tenant: &TenantId,
        (folding, part): (&mut Folding<'_>, Range<usize>),
        needed: &[LearnerId],
        durable: Position,
    ) {
        self.use_plans(tenant, needed);
        self.make_room_beside(durable, |(of, learner)| {
            of == tenant && needed.contains(learner)
        });
        let state = self.state.tenant_mut(tenant);
        for learner in folding.install(part, state) {
            if let Ok(plan) = state.resident_plan(learner) {
                let name = (tenant.clone(), learner);
                let bytes = plan.bytes_max();
                self.residents.put(name, bytes, Position::ZERO);
            }
        }
    }

    /// Evicts plans that take too much room, as far as the log is durable.
    pub(crate) fn make_room(&mut self, durable: Position) {
        self.make_room_beside(durable, |_| false);
    }

    fn make_room_beside(&mut self, durable: Position, stays: impl Fn(&PlanName) -> bool) {
        for (tenant, learner) in self.residents.leaving(durable, stays) {
            evict_plan(self.state.tenant_mut(&tenant), learner);
        }
    }

    /// Goes on with the values that a tenant's plans hold, and no others.
    pub(crate) fn compact(&mut self, tenant: &TenantId, compaction: Compaction) {
        let evicted = compaction.onto(self.state.tenant_mut(tenant));
        // What is cached has the earlier ids.
        self.fold_caches.remove(tenant);
        for learner in evicted {
            self.residents.remove(&(tenant.clone(), learner));
        }
    }

    /// The version that a stream's next commit has.
    pub(crate) fn next_version(&self, tenant: &TenantId, stream: &Stream) -> u64 {
        self.state
            .tenant(tenant)
            .version_of(stream)
            .saturating_add(1)
    }

    /// Takes all that waits, to be written as one group.
    pub(crate) fn take(&mut self) -> Group {
        self.queue_bytes = 0;
        self.is_due = false;
        Group {
            commits: self.queue.drain(..).collect(),
            state: self.state.clone(),
        }
    }
}

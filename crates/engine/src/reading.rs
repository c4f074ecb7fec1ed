//! Reads: what one actor may see of one tenant at one durable position. Who may read what, in which order,
//! and how lists are cut into pages is decided here. Nothing is changed.
//!
//! `engine.reading(&tenant, &actor)?` admits the actor and holds the state. Every read operation is a method
//! of [`Reading`] and answers in the domain's types. What was decided earlier is read from the log. All of
//! it is durable, so an answer may be sent at once.
//!
//! | file | what it reads |
//! | --- | --- |
//! | `hold`, `held` | nothing: they keep states, so that all pages of a list are of one state |
//! | `reference` | settings, administrators, programmes, and the actor who asks |
//! | `people` | learners |
//! | `template` | templates |
//! | `plan` | a plan, as it is or, by `plan_at`, as it was |
//! | `history` | the commits of a plan |
//! | `plan_change` | what one commit changed in a plan |
//! | `session` | open records and their recent changes |
//! | `choose` | the lists from which a request of a sync is chosen |
//! | `preview`, `affected`, `explain` | what a sync would do: by component, by learner, one component |
//! | `sync` | syncs and their progress |
//! | `outcomes` | what a sync decided |
//! | `change_set_entries` | what a sync replays |
//! | `target_told` | what the event of a target contains |
//!
//! May import: `call`, `config`, `digest`, `fault`, `naming`, `plans`, `recorded`, `state`, `writing`.

pub(crate) mod affected;
pub(crate) mod change_set_entries;
pub(crate) mod choose;
mod decided;
mod ended_syncs;
pub(crate) mod explain;
pub(crate) mod headers;
mod held;
pub(crate) mod history;
mod hold;
pub(crate) mod outcomes;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod plan_at;
pub(crate) mod plan_change;
pub(crate) mod preview;
mod reasons;
pub(crate) mod reference;
pub(crate) mod session;
pub(crate) mod sync;
mod target_told;
mod targets;
pub(crate) mod template;
pub(crate) mod window;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plansync_domain::access::admission::admit_actor;
use plansync_domain::access::own_session::own_session;
use plansync_domain::access::visibility::visible_learner;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId, SessionId, TenantId};
use plansync_domain::permission::PermissionReason;
use plansync_domain::progress::state::SyncState;
use plansync_domain::reference::learner::Learner;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::change_set::ChangeSet;
use plansync_log::{Incarnations, LogId, Lookups, Position, Read, Sequenced, StreamId};

use crate::call::Refusal;
use crate::config::Config;
use crate::fault::Fault;
use crate::naming::stream_id;
use crate::plans::loader::PlanLoader;
use crate::plans::reader::PlanReader;
use crate::reading::ended_syncs::EndedSyncs;
use crate::reading::held::HeldStates;
use crate::recorded::baseline::VersionsAt;
use crate::recorded::change_sets::ChangeSetReader;
use crate::recorded::commit::{Decided, decoded};
use crate::recorded::sync_cache::CacheName;
use crate::state::snapshot::Snapshot;
use crate::writing::published::Published;

/// Begins readings, and keeps what several of them use: states that are read page by page, and what was read
/// from the log about syncs that have ended.
pub(crate) struct Readings {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    published: Arc<Published>,
    plans: Arc<PlanLoader>,
    plan_reader: Arc<PlanReader>,
    change_sets: Arc<ChangeSetReader>,
    ended: EndedSyncs,
    held: HeldStates,
    /// How often keys were destroyed when states were last held or read: before that they have erased text.
    generation: AtomicU64,
}

impl Readings {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        published: &Arc<Published>,
        plans: &Arc<PlanLoader>,
        plan_reader: &Arc<PlanReader>,
        change_sets: &Arc<ChangeSetReader>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            published: Arc::clone(published),
            plans: Arc::clone(plans),
            plan_reader: Arc::clone(plan_reader),
            change_sets: Arc::clone(change_sets),
            ended: EndedSyncs::default(),
            held: HeldStates::default(),
            generation: AtomicU64::new(config.keys.generation()),
        }
    }

    /// How often each cache about syncs that have ended had what was looked for.
    pub(crate) fn lookups(&self) -> Vec<(CacheName, Lookups)> {
        let change_sets = (CacheName::ChangeSets, self.change_sets.lookups());
        [change_sets]
            .into_iter()
            .chain(self.ended.lookups())
            .collect()
    }

    /// What an actor sees of a tenant now: `tenant_not_found`, `unknown_actor`.
    pub(crate) fn begin<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
    ) -> Result<Reading<'a>, Rejection> {
        let snapshot = self.published.snapshot(tenant);
        admit_actor(&snapshot.tenant, actor)?;
        Ok(Reading {
            readings: self,
            tenant_id: tenant,
            actor,
            snapshot,
            source: OnceCell::new(),
            held: None,
        })
    }

    /// What the actor saw at a position whose state was held: `tenant_not_found`, `unknown_actor`, and
    /// [`Refusal::ReadingExpired`] if it is not held any more or the actor's rights have changed since.
    pub(crate) fn resume<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
        position: Position,
    ) -> Result<Reading<'a>, Refusal> {
        let current = self.begin(tenant, actor)?;
        self.forget_erased();
        let now = self.config.clock.now();
        let found = self.held.find((tenant, actor), position, now);
        let (snapshot, sources) = found.ok_or(Refusal::ReadingExpired)?;
        let rights = |of: &Snapshot| {
            let id = actor.administrator()?;
            of.tenant.administrator(id).cloned()
        };
        if rights(&snapshot) != rights(&current.snapshot) {
            return Err(Refusal::ReadingExpired);
        }
        Ok(Reading {
            snapshot,
            held: Some(sources),
            ..current
        })
    }

    /// Drops the held states if a learner was erased since, because they have the text that was erased.
    fn forget_erased(&self) {
        let generation = self.config.keys.generation();
        if self.generation.swap(generation, Ordering::Relaxed) != generation {
            self.held.forget_all();
        }
    }

    /// Drops held states that nobody has read from lately.
    pub(crate) fn forget_old(&self) {
        self.forget_erased();
        self.held.forget_old(|| self.config.clock.now());
    }
}

/// One actor's view of one tenant, at one position.
pub struct Reading<'a> {
    readings: &'a Readings,
    tenant_id: &'a TenantId,
    actor: &'a Actor,
    snapshot: Snapshot,
    /// Whose plan was read, as the source of a sync.
    source: OnceCell<LearnerId>,
    /// For a state that was held: whose plans it still has.
    held: Option<BTreeSet<LearnerId>>,
}

impl Reading<'_> {
    /// The position that everything here is read at.
    pub fn position(&self) -> Position {
        self.snapshot.position
    }

    /// The id of the tenant.
    pub fn tenant_id(&self) -> &TenantId {
        self.tenant_id
    }

    /// The actor who reads.
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.snapshot.tenant
    }

    /// The state with these plans resident.
    fn with_plans(
        &self,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        self.with_more_plans(Arc::clone(&self.snapshot.tenant), learners)
    }

    /// One of this reading's states with these plans resident, too.
    fn with_more_plans(
        &self,
        tenant: Arc<Tenant>,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        let learners: Vec<_> = learners.into_iter().collect();
        if let Some(held) = &self.held
            && !learners.iter().all(|learner| held.contains(learner))
        {
            return Err(Refusal::ReadingExpired);
        }
        let snapshot = self.snapshot.with_tenant(tenant);
        let plans = &self.readings.plans;
        plans.with_plans(&snapshot, self.tenant_id, learners.into_iter())
    }

    /// Answers from a state. If a plan that the answer needs is not resident in it, the plan is loaded first.
    /// The result holds the state that the answer was made from.
    fn answered<T>(
        &self,
        mut tenant: Arc<Tenant>,
        answer: impl Fn(&Tenant) -> Result<T, Undecided>,
    ) -> Result<(Arc<Tenant>, T), Refusal> {
        let mut fetched = BTreeSet::new();
        loop {
            let not_resident = match answer(&tenant) {
                Ok(answer) => return Ok((tenant, answer)),
                Err(Undecided::Rejected(rejection)) => return Err(rejection.into()),
                Err(Undecided::NotResident(not_resident)) => not_resident,
            };
            if !fetched.insert(not_resident.learner) {
                return Err(Refusal::internal(not_resident));
            }
            tenant = self.with_more_plans(tenant, [not_resident.learner])?;
        }
    }

    /// The state with the plan resident of the learner whose record the actor has open in this session.
    fn with_source(&self, session: SessionId) -> Result<Arc<Tenant>, Refusal> {
        let own = own_session(self.tenant(), self.actor, session);
        let source = own.ok().map(|session| session.learner);
        if let Some(source) = source {
            self.source.get_or_init(|| source);
        }
        self.ahead(Arc::clone(&self.snapshot.tenant), source)
    }

    /// The state with the plans resident that an answer is known to need. If it needs another one,
    /// [`Self::answered`] loads it.
    fn ahead(
        &self,
        tenant: Arc<Tenant>,
        learners: impl IntoIterator<Item = LearnerId>,
    ) -> Result<Arc<Tenant>, Refusal> {
        if self.readings.config.has(Fault::FetchesNothingAhead) {
            return Ok(tenant);
        }
        self.with_more_plans(tenant, learners)
    }

    /// The id of the log.
    pub fn log_id(&self) -> LogId {
        self.log().tip().log
    }

    /// The incarnations of the log.
    pub fn incarnations(&self) -> Incarnations {
        self.log().incarnations()
    }

    pub(crate) fn log(&self) -> &dyn Read {
        self.readings.log.as_ref()
    }

    /// A commit of the log, with its texts opened.
    pub(crate) fn decoded(&self, commit: &Sequenced) -> Result<Decided, Refusal> {
        decoded(commit, &self.readings.config.keys)
    }

    /// The log's id of one of the tenant's streams.
    pub(crate) fn stream(&self, stream: &Stream) -> StreamId {
        stream_id(self.tenant_id, stream)
    }

    /// A learner whom the actor may see (P8).
    pub(crate) fn learner_seen(&self, learner: LearnerId) -> Result<&Learner, Rejection> {
        visible_learner(self.tenant(), self.actor, learner)
    }

    /// Finds the versions that streams had at earlier positions.
    pub(crate) fn versions_at(&self) -> VersionsAt<'_> {
        VersionsAt {
            log: self.log(),
            tenant_id: self.tenant_id,
            tenant: self.tenant(),
        }
    }

    /// What a sync replays.
    pub(crate) fn change_set(&self, sync: &SyncState) -> Result<Arc<ChangeSet>, Refusal> {
        self.readings.change_sets.change_set(self.tenant_id, sync)
    }

    /// Refuses reference data to all but `system` and those whom P1 permits it.
    pub(crate) fn check_reference_reader(&self) -> Result<(), Refusal> {
        let Some(administrator) = self.actor.administrator() else {
            return Ok(());
        };
        let record = self.tenant().administrator(administrator);
        if record.is_some_and(|record| record.permissions.everything()) {
            Ok(())
        } else {
            Err(Rejection::NotPermitted(PermissionReason::ReadNotPermitted).into())
        }
    }
}

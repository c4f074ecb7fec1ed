//! The steps of a sync worker: taking a batch from the queue, loading its plans, judging it, and committing
//! it. Several threads may take steps at the same time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Cause, Read};

use super::commit::TargetCommitter;
use super::judging::{JudgedBatch, Judging};
use super::measures::{SyncMeasures, SyncsMeasured};
use super::resume::resume;
use super::spans::{Ended, SyncSpans};
use super::work_queue::{Batch, WorkQueue};
use crate::call::Refusal;
use crate::config::Config;
use crate::fault::Fault;
use crate::plans::loader::PlanLoader;
use crate::recorded::baseline::VersionsAt;
use crate::recorded::open_error::OpenError;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::Sequencer;
use crate::state::State;
use crate::state::snapshot::Snapshot;
use crate::writing::group_writer::GroupWriter;

/// Batches whose plans are loaded together with those of one batch that needs loading.
const FETCHED_BATCHES: usize = 15;
/// Commits that are read for those, some 500 bytes each: where plans have long histories, fewer are loaded
/// at once.
const FETCHED_COMMITS_MAX: u32 = 65_536;

/// What one step of a worker did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// No target waits.
    Nothing,
    /// So many targets were committed; others of the batch may wait to be judged again.
    Targets(usize),
    /// The disk does not keep up: no batch was taken.
    Waits,
}

/// The work of running syncs, and what its steps need.
pub(crate) struct SyncWorkers {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    plans: Arc<PlanLoader>,
    work: WorkQueue,
    committer: TargetCommitter,
    measures: Arc<SyncMeasures>,
    spans: Arc<SyncSpans>,
}

impl SyncWorkers {
    /// Workers without work.
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
        plans: &Arc<PlanLoader>,
    ) -> Self {
        let measures = Arc::new(SyncMeasures::new());
        let spans = Arc::<SyncSpans>::default();
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            plans: Arc::clone(plans),
            work: WorkQueue::default(),
            committer: TargetCommitter::new(config, sequencing, &measures, &spans),
            measures,
            spans,
        }
    }

    /// Takes up the work that the log and the state that it gives leave unfinished. It is called once.
    pub(crate) fn resume(&self, state: &State) -> Result<(), OpenError> {
        let log = (self.log.as_ref(), self.config.keys.as_ref());
        resume((&self.work, &self.spans), log, state)
    }

    /// What was counted of syncs, and how many targets wait.
    pub(crate) fn measured(&self) -> SyncsMeasured {
        let sizes = self.work.sizes();
        SyncsMeasured {
            accepted: self.measures.accepted.get(),
            completed: self.measures.completed.get(),
            cancelled: self.measures.cancelled.get(),
            targets: self.measures.targets(),
            pairs: self.measures.pairs(),
            targets_waiting: sizes.targets_waiting,
            targets_held: sizes.targets_held,
            syncs_held: sizes.syncs_held,
        }
    }

    /// Queues the targets of a sync whose acceptance was just committed, and drops those of one that was
    /// cancelled.
    pub(crate) fn take_up(
        &self,
        sequencer: &Sequencer,
        (tenant, stream): (&TenantId, &Stream),
        cause: impl FnOnce() -> Cause,
    ) {
        let Stream::Sync(sync) = stream else { return };
        match sequencer.state().tenant(tenant).sync(*sync) {
            Some(state) if state.is_running() => {
                self.measures.accepted.count();
                let cause = cause();
                self.spans.begin(tenant, *sync, &cause);
                self.work.add(tenant.clone(), state, cause);
            }
            cancelled => {
                self.measures.cancelled.count();
                let ended = Ended {
                    outcome: "cancelled",
                    targets: cancelled.map_or(0, SyncState::done_count),
                    tally: cancelled.map(SyncState::tally).unwrap_or_default(),
                };
                self.spans.end(tenant, *sync, ended);
                self.work.forget(tenant, *sync);
            }
        }
    }

    /// Judges and commits one batch of waiting targets.
    pub(crate) fn step(&self) -> Result<Worked, Refusal> {
        if self.work.is_empty() {
            return Ok(Worked::Nothing);
        }
        if self.writer.check_room(&self.sequencing.lock()).is_err() {
            return Ok(Worked::Waits);
        }
        match self.judge_step()? {
            Some(judged) => self.commit_step(judged),
            None => Ok(Worked::Nothing),
        }
    }

    /// The first half of a step: takes a batch and judges it; `None` if no target waits. While the log
    /// cannot be read, the batch waits.
    pub(crate) fn judge_step(&self) -> Result<Option<JudgedBatch>, Refusal> {
        while let Some(batch) = self.work.take(self.config.batch_targets_max) {
            if let Some(judged) = self.judge_batch(batch)? {
                return Ok(Some(judged));
            }
        }
        Ok(None)
    }

    /// The second half of a step: commits the targets for which everything that they were judged on is
    /// unchanged. The others wait again.
    pub(crate) fn commit_step(&self, judged: JudgedBatch) -> Result<Worked, Refusal> {
        let done = self.committer.commit(judged, &self.work)?;
        self.sequencing.wake_writer();
        Ok(Worked::Targets(done))
    }

    /// Waits until targets wait, or `patience` has passed.
    pub(crate) fn wait(&self, patience: Duration) {
        self.work.wait(patience);
    }

    /// Judges a batch; `None` if its sync has ended meanwhile, or every target is held.
    fn judge_batch(&self, batch: Batch) -> Result<Option<JudgedBatch>, Refusal> {
        let span = self.spans.of(&batch.tenant, batch.sync);
        span.within(|| self.judge_within(batch))
    }

    fn judge_within(&self, mut batch: Batch) -> Result<Option<JudgedBatch>, Refusal> {
        let loaded = self.load_along(&batch);
        let snapshot = match loaded.and_then(|()| self.with_targets(&mut batch)) {
            Ok(snapshot) => snapshot,
            Err(refusal) => {
                self.work.give_back(batch);
                return Err(refusal);
            }
        };
        let running = snapshot.tenant.sync(batch.sync);
        let running = running.filter(|sync| sync.is_running() && !batch.targets.is_empty());
        let Some(sync) = running.cloned() else {
            return Ok(None);
        };
        let versions = VersionsAt {
            log: self.log.as_ref(),
            tenant_id: &batch.tenant,
            tenant: &snapshot.tenant,
        };
        let targets = batch.targets.iter().copied();
        let baselines = match versions.baselines(sync.confirmed_at(), targets) {
            Ok(baselines) => baselines,
            Err(error) => {
                self.work.give_back(batch);
                return Err(error.into());
            }
        };
        let judging = Judging {
            config: &self.config,
            tenant: &snapshot.tenant,
            sync: &sync,
            baselines: &baselines,
        };
        let (judged, not_resident) = judging.judge(&batch.targets);
        if !not_resident.is_empty() {
            let learners = not_resident.iter().copied();
            let loaded = self.plans.load(&snapshot, &batch.tenant, learners);
            self.work.give_back(batch.with(not_resident));
            loaded?;
        }
        Ok(Some(JudgedBatch {
            judged,
            judged_at: snapshot.position,
            batch,
            sync,
        }))
    }

    /// If plans of a batch are not resident, loads them together with those of the targets that come next:
    /// they are then folded through their earlier syncs together, and the change set of each is read once.
    fn load_along(&self, batch: &Batch) -> Result<(), Refusal> {
        if self.config.has(Fault::FetchesNothingAhead) {
            return Ok(());
        }
        let snapshot = self.sequencing.current(&batch.tenant);
        let plans = snapshot.tenant.plans();
        let mut targets = batch.targets.iter();
        if targets.all(|target| plans.is_resident(*target)) {
            return Ok(());
        }
        let work = &self.work;
        let more = work.take_along(batch, FETCHED_BATCHES * self.config.batch_targets_max);
        let mut room = FETCHED_COMMITS_MAX;
        let fitting = more.targets.iter().take_while(|target| {
            room = room.saturating_sub(snapshot.commits_to_read(&batch.tenant, **target));
            room > 0
        });
        let targets = batch.targets.iter().chain(fitting).copied();
        let loaded = self.plans.load(&snapshot, &batch.tenant, targets);
        if !more.targets.is_empty() {
            work.give_back_first(more);
        }
        loaded
    }

    /// The tenant after all decisions, with the plans of the batch's targets resident. Targets that an
    /// earlier sync still has to do are held and leave the batch.
    fn with_targets(&self, batch: &mut Batch) -> Result<Snapshot, Refusal> {
        let sync = batch.sync;
        let earlier = |tenant: &Tenant, target: &LearnerId| {
            let overtakes = self.config.has(Fault::Overtakes);
            let syncs = (!overtakes).then(|| tenant.syncs())?;
            syncs.earlier_with(*target, sync)
        };
        let needed = |tenant: &Tenant| {
            if self.config.has(Fault::FetchesNothingAhead) {
                return Vec::new();
            }
            let targets = batch.targets.iter().copied();
            targets
                .filter(|target| earlier(tenant, target).is_none())
                .collect()
        };
        let sequencer = self.plans.lock_with(&batch.tenant, needed)?;
        let snapshot = sequencer.snapshot(&batch.tenant);
        let mut held = BTreeMap::<_, VecDeque<_>>::new();
        batch.targets.retain(|target| {
            let behind = earlier(&snapshot.tenant, target);
            if let Some(behind) = behind {
                held.entry(behind).or_default().push_back(*target);
            }
            behind.is_none()
        });
        for (behind, targets) in held {
            self.work.hold(batch.with(targets), behind);
        }
        Ok(snapshot)
    }
}

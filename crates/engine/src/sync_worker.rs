//! One batch of a sync's targets, judged on one snapshot. What was judged is committed by `commit`.

mod commit;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, TaskId, TenantId};
use plansync_domain::judging::judge::{Judge, TargetJudgement, skip_all};
use plansync_domain::plan::not_resident::NotResident;
use plansync_domain::preview::summary::Baselines;
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::pair_outcome::Reason;
use plansync_log::{Cause, Position, Version};

use crate::baseline::Looking;
use crate::call::{Call, Refusal};
use crate::engine::{Engine, OpenError};
use crate::fault::Fault;
use crate::fold::decided;
use crate::naming::stream_id;
use crate::sequencer::Sequencer;
use crate::snapshot::Snapshot;
use crate::work_queue::Batch;

/// Batches that are fetched beside one whose plans are not resident.
const FETCHED_BATCHES: usize = 15;
/// Commits that are read for those, some 500 bytes each: where histories are long, fewer plans are
/// fetched at once.
const FETCHED_COMMITS_MAX: u32 = 65_536;

/// What one step of a worker did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// No target waits.
    Nothing,
    /// This many targets were committed; others of the batch may have to be judged again.
    Targets(usize),
    /// The disk does not keep up: the batch waits.
    Waits,
}

/// A target judged, and the versions that it was judged on.
struct Judged {
    learner: LearnerId,
    judgement: TargetJudgement,
    /// What went wrong, where that is the engine's own fault.
    cause: Option<String>,
    /// The open tasks that it cancels.
    cancelled: Option<Vec<TaskId>>,
    /// The versions that it was judged on.
    read: Vec<(u64, Stream)>,
}

/// Some targets of one sync, judged on one snapshot and not yet committed.
pub struct JudgedBatch {
    batch: Batch,
    sync: SyncState,
    judged_at: Position,
    judged: Vec<Judged>,
}

impl Engine {
    /// Takes up a sync whose acceptance has just been committed, and drops one that was cancelled.
    pub(crate) fn take_up(&self, sequencer: &Sequencer, call: &Call, stream: &Stream) {
        let Stream::Sync(sync) = stream else { return };
        let work = &self.parts.work;
        match sequencer.state.tenant(&call.tenant).sync(*sync) {
            Some(state) if state.is_running() => {
                work.add(call.tenant.clone(), state, call.cause());
            }
            Some(_) | None => work.forget(&call.tenant, *sync),
        }
    }

    /// Takes up the syncs that a log leaves undone: whatever was accepted and not completed.
    pub(crate) fn resume(&self) -> Result<(), OpenError> {
        let sequencer = self.sequencer();
        let mut running = Vec::new();
        for (name, tenant) in sequencer.state.tenants() {
            for state in tenant.running_syncs() {
                let (position, cause) = self.accepted(name, tenant, state)?;
                running.push((position, name, state, cause));
            }
        }
        // A restart changes nothing about who comes first.
        running.sort_by_key(|(position, ..)| *position);
        for (_, name, state, cause) in running {
            self.parts.work.add(name.clone(), state, cause);
        }
        Ok(())
    }

    /// Where a running sync was accepted, and what caused that: its stream ends there.
    fn accepted(
        &self,
        name: &TenantId,
        tenant: &Tenant,
        sync: &SyncState,
    ) -> Result<(Position, Cause), OpenError> {
        let stream = Stream::Sync(sync.id());
        let version = Version::new(tenant.version_of(&stream));
        let commits = self.log().stream(&stream_id(name, &stream), version, 1)?;
        let commit = commits
            .first()
            .ok_or(OpenError::NoAcceptance { sync: sync.id() })?;
        Ok((commit.position(), decided(commit)?.commit.proposal.cause))
    }

    /// Judges and commits one batch of waiting targets.
    pub fn work_step(&self) -> Result<Worked, Refusal> {
        if self.parts.work.is_empty() {
            return Ok(Worked::Nothing);
        }
        if self.check_room(&self.sequencer()).is_err() {
            return Ok(Worked::Waits);
        }
        match self.judge_step()? {
            Some(judged) => self.commit_step(judged),
            None => Ok(Worked::Nothing),
        }
    }

    /// The first half of a step: takes a batch and judges it; none where nothing waits. While the log
    /// cannot be read, the batch waits.
    pub fn judge_step(&self) -> Result<Option<JudgedBatch>, Refusal> {
        while let Some(batch) = self.parts.work.take(self.parts.config.batch_targets_max) {
            if let Some(judged) = self.judge_batch(batch)? {
                return Ok(Some(judged));
            }
        }
        Ok(None)
    }

    /// Judges a batch; none where its sync has ended meanwhile, or every target is held.
    fn judge_batch(&self, mut batch: Batch) -> Result<Option<JudgedBatch>, Refusal> {
        let brought = self.bring_along(&batch);
        let snapshot = match brought.and_then(|()| self.with_targets(&mut batch)) {
            Ok(snapshot) => snapshot,
            Err(refusal) => {
                self.parts.work.give_back(batch);
                return Err(refusal);
            }
        };
        let running = snapshot.tenant.sync(batch.sync);
        let running = running.filter(|sync| sync.is_running() && !batch.targets.is_empty());
        let Some(sync) = running.cloned() else {
            return Ok(None);
        };
        let looking = Looking {
            log: self.log(),
            tenant_id: &batch.tenant,
            tenant: &snapshot.tenant,
        };
        let targets = batch.targets.iter().copied();
        let baselines = match looking.baselines(sync.confirmed_at(), targets) {
            Ok(baselines) => baselines,
            Err(error) => {
                self.parts.work.give_back(batch);
                return Err(error.into());
            }
        };
        let (judged, not_resident) =
            self.judge(&snapshot.tenant, &sync, &batch.targets, &baselines);
        if !not_resident.is_empty() {
            let brought = self.bring(&snapshot, &batch.tenant, not_resident.iter().copied());
            self.parts.work.give_back(batch.with(not_resident));
            brought?;
        }
        Ok(Some(JudgedBatch {
            judged,
            judged_at: snapshot.position,
            batch,
            sync,
        }))
    }

    /// What becomes of each target, and whose plans are not resident: these are judged once they are resident.
    fn judge(
        &self,
        tenant: &Tenant,
        sync: &SyncState,
        targets: &VecDeque<LearnerId>,
        baselines: &Baselines,
    ) -> (Vec<Judged>, VecDeque<LearnerId>) {
        let new_judge = || Judge::new(sync.terms().clone(), Arc::clone(sync.prepared()));
        let mut judge = new_judge();
        let mut one = |learner: &LearnerId| {
            let since = baselines.get(learner);
            let judged = catch_unwind(AssertUnwindSafe(|| {
                if self.parts.config.has(Fault::JudgingCrashes(*learner)) {
                    resume_unwind(Box::new("broken on purpose"));
                }
                judge.judge_target_since(tenant, *learner, since)
            }));
            let version = |stream: Stream| (tenant.version_of(&stream), stream);
            let read = judge.reads(*learner).map(version).into();
            let (judgement, cause) = judged.map_or_else(
                |_| {
                    // One target that cannot be judged stops no other; the judge may be half-way.
                    judge = new_judge();
                    let failed = skip_all(sync.prepared(), Reason::Failed);
                    (Ok(failed), Some("judging this target crashed".to_owned()))
                },
                |judgement| (judgement, None),
            );
            let judgement = judgement?;
            Ok::<_, NotResident>(Judged {
                learner: *learner,
                cancelled: self.cancelled_tasks(tenant, sync, *learner, &judgement)?,
                judgement,
                cause,
                read,
            })
        };
        let (mut judged, mut not_resident) = (Vec::with_capacity(targets.len()), VecDeque::new());
        for target in targets {
            match one(target) {
                Ok(target) => judged.push(target),
                Err(NotResident { learner }) => not_resident.push_back(learner),
            }
        }
        (judged, not_resident)
    }

    /// Where plans of a batch are not resident, fetches them with those of the targets that come next:
    /// together they go through their earlier syncs, and what each of those replayed is read once.
    fn bring_along(&self, batch: &Batch) -> Result<(), Refusal> {
        if self.parts.config.has(Fault::FetchesNothingAhead) {
            return Ok(());
        }
        let snapshot = self.current(&batch.tenant);
        let plans = snapshot.tenant.plans();
        let mut targets = batch.targets.iter();
        if targets.all(|target| plans.is_resident(*target)) {
            return Ok(());
        }
        let work = &self.parts.work;
        let more = work.take_along(batch, FETCHED_BATCHES * self.parts.config.batch_targets_max);
        let mut room = FETCHED_COMMITS_MAX;
        let fitting = more.targets.iter().take_while(|target| {
            room = room.saturating_sub(snapshot.commits_to_read(&batch.tenant, **target));
            room > 0
        });
        let targets = batch.targets.iter().chain(fitting).copied();
        let fetched = self.bring(&snapshot, &batch.tenant, targets);
        if !more.targets.is_empty() {
            work.give_back_first(more);
        }
        fetched
    }

    /// The tenant with all that was decided, and with the plans of these targets resident; those that an
    /// earlier sync has still to do are held.
    fn with_targets(&self, batch: &mut Batch) -> Result<Snapshot, Refusal> {
        let sync = batch.sync;
        let earlier = |tenant: &Tenant, target: &LearnerId| {
            let overtakes = self.parts.config.has(Fault::Overtakes);
            let syncs = (!overtakes).then(|| tenant.syncs())?;
            syncs.earlier_with(*target, sync)
        };
        let needed = |tenant: &Tenant| {
            if self.parts.config.has(Fault::FetchesNothingAhead) {
                return Vec::new();
            }
            let targets = batch.targets.iter().copied();
            targets
                .filter(|target| earlier(tenant, target).is_none())
                .collect()
        };
        let sequencer = self.sequencer_with(&batch.tenant, needed)?;
        let snapshot = sequencer.state.snapshot(&batch.tenant);
        let mut held = BTreeMap::<_, VecDeque<_>>::new();
        batch.targets.retain(|target| {
            let behind = earlier(&snapshot.tenant, target);
            if let Some(behind) = behind {
                held.entry(behind).or_default().push_back(*target);
            }
            behind.is_none()
        });
        for (behind, targets) in held {
            self.parts.work.hold(batch.with(targets), behind);
        }
        Ok(snapshot)
    }

    /// Waits until targets wait, or `patience` has passed.
    pub fn wait_work(&self, patience: Duration) {
        self.parts.work.wait(patience);
    }
}

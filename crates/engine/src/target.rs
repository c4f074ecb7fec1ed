//! One batch of a sync's targets: judged on one snapshot, committed one by one, and the completion
//! that follows the last.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use plansync_domain::decision::Reason;
use plansync_domain::event::Event;
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_domain::judge::{Judge, TargetJudgement, skip_all};
use plansync_domain::stream::Stream;
use plansync_domain::summary::Baselines;
use plansync_domain::sync_event::TargetReplayed;
use plansync_domain::sync_state::SyncState;
use plansync_domain::tenant::Tenant;
use plansync_log::{
    Cause, CommandKey, CommandScope, Fingerprint, Position, Recorded, TooLarge, Version,
};
use uuid::Uuid;

use crate::baseline::Looking;
use crate::call::{Call, Refusal};
use crate::codec::Encoded;
use crate::config::Config;
use crate::engine::{Engine, OpenError};
use crate::fault::Fault;
use crate::fold::decided;
use crate::naming::stream_id;
use crate::sequencer::{Entry, SequenceError, Sequencer};
use crate::snapshot::Snapshot;
use crate::work::Batch;

/// Batches that are fetched beside one whose plans are away.
const FETCHED_BATCHES: usize = 15;
/// Commits that are read for those, some 500 bytes each: where histories are long, fewer plans are
/// fetched at once.
const FETCHED_COMMITS_MAX: u32 = 65_536;
/// Targets that are committed under one lock: others wait for it meanwhile.
const LOCKED_TARGETS_MAX: usize = 8;

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
#[derive(Clone)]
struct Judged {
    learner: LearnerId,
    judgement: TargetJudgement,
    /// What went wrong, where that is the engine's own fault.
    cause: Option<String>,
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
        Ok(Some(JudgedBatch {
            judged: self.judge(&snapshot.tenant, &sync, &batch.targets, &baselines),
            judged_at: snapshot.position,
            batch,
            sync,
        }))
    }

    fn judge(
        &self,
        tenant: &Tenant,
        sync: &SyncState,
        targets: &VecDeque<LearnerId>,
        baselines: &Baselines,
    ) -> Vec<Judged> {
        let new_judge = || Judge::new(sync.terms().clone(), Arc::clone(sync.prepared()));
        let mut judge = new_judge();
        let one = |learner: &LearnerId| {
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
                    (failed, Some("judging this target crashed".to_owned()))
                },
                |judgement| (judgement, None),
            );
            Judged {
                learner: *learner,
                judgement,
                cause,
                read,
            }
        };
        targets.iter().map(one).collect()
    }

    /// Where plans of a batch are away, fetches them with those of the targets that come next: together
    /// they go through their earlier syncs, and what each of those replayed is read once.
    fn bring_along(&self, batch: &Batch) -> Result<(), Refusal> {
        let snapshot = self.current(&batch.tenant);
        let plans = snapshot.tenant.plans();
        let mut targets = batch.targets.iter();
        if targets.all(|target| plans.is_here(*target)) {
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

    /// The tenant with all that was decided, and with the plans of these targets here; those that an
    /// earlier sync has still to do are held.
    fn with_targets(&self, batch: &mut Batch) -> Result<Snapshot, Refusal> {
        let sync = batch.sync;
        let earlier = |tenant: &Tenant, target: &LearnerId| {
            let overtakes = self.parts.config.has(Fault::Overtakes);
            let syncs = (!overtakes).then(|| tenant.syncs())?;
            syncs.earlier_with(*target, sync)
        };
        let needed = |tenant: &Tenant| {
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

    /// The second half: commits what was judged, unless something that it was judged on has moved.
    pub fn commit_step(&self, judged: JudgedBatch) -> Result<Worked, Refusal> {
        let done = self.commit_targets(judged)?;
        self.wake_writer();
        Ok(Worked::Targets(done))
    }

    /// Waits until targets wait, or `patience` has passed.
    pub fn wait_work(&self, patience: Duration) {
        self.parts.work.wait(patience);
    }

    /// Commits what was judged, where nothing that was read has moved since; the others go back.
    fn commit_targets(&self, judged: JudgedBatch) -> Result<usize, Refusal> {
        let JudgedBatch {
            batch,
            sync,
            judged_at,
            judged,
        } = judged;
        let mut again = VecDeque::new();
        let mut done = Vec::with_capacity(judged.len());
        let mut judged = judged.into_iter().peekable();
        while judged.peek().is_some() {
            let mut sequencer = self.sequencer();
            let mut commits = OfSync {
                config: &self.parts.config,
                sequencer: &mut sequencer,
                batch: &batch,
                sync: &sync,
                judged_at,
            };
            for target in judged.by_ref().take(LOCKED_TARGETS_MAX) {
                if !commits.goes_on() {
                    return Ok(0);
                }
                if commits.has_moved(&target) {
                    again.push_back(target.learner);
                    continue;
                }
                done.push(target.learner);
                if self.parts.config.has(Fault::ReplaysTwice) {
                    commits.target(self.now(), target.clone())?;
                }
                commits.target(self.now(), target)?;
            }
            commits.completion(self.now())?;
            drop(sequencer);
            // Whoever waits for the lock comes before the next part.
            std::thread::yield_now();
        }
        let work = &self.parts.work;
        work.done(&batch.tenant, batch.sync, &done);
        if !again.is_empty() {
            work.give_back(batch.with(again));
        }
        Ok(done.len())
    }
}

/// The commits of one batch, under the lock.
struct OfSync<'a> {
    config: &'a Config,
    sequencer: &'a mut Sequencer,
    batch: &'a Batch,
    sync: &'a SyncState,
    judged_at: Position,
}

impl OfSync<'_> {
    fn tenant(&self) -> &Tenant {
        self.sequencer.state.tenant(&self.batch.tenant)
    }

    /// Whether the sync has not ended.
    fn goes_on(&self) -> bool {
        let sync = self.tenant().sync(self.sync.id());
        sync.is_some_and(SyncState::is_running)
    }

    /// Whether something that a target was judged on has moved since.
    fn has_moved(&self, target: &Judged) -> bool {
        let tenant = self.tenant();
        let moved = |(version, stream): &(u64, Stream)| tenant.version_of(stream) != *version;
        !tenant.plans().is_here(target.learner) || target.read.iter().any(moved)
    }

    /// Commits one target; where its commit cannot be made, that is recorded in its stead.
    fn target(&mut self, at: Recorded, target: Judged) -> Result<(), Refusal> {
        let Judged {
            learner,
            judgement,
            cause,
            ..
        } = target;
        let id = self.sync.id().of_target(learner);
        let own = Stream::Target(id);
        let stream = if judgement.changes_plan() {
            Stream::Plan(learner)
        } else {
            own.clone()
        };
        let decisions = judgement.decisions.clone();
        let replayed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            decisions: judgement.decisions,
            case_owner: judgement.case_owner,
            cause,
        };
        let committed = if self.config.has(Fault::CommitFails(learner)) {
            Err(broken_on_purpose())
        } else {
            self.commit(at, (stream, id), Event::TargetReplayed(replayed))
        };
        let Err(error) = committed else {
            return Ok(());
        };
        tracing::error!(%learner, sync = %self.sync.id(), %error, "a target could not be committed");
        let failed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            decisions: decisions.failed(),
            case_owner: None,
            cause: Some(error.to_string()),
        };
        self.commit(at, (own, id), Event::TargetReplayed(failed))?;
        Ok(())
    }

    /// Commits the completion, if the last target is done.
    fn completion(&mut self, at: Recorded) -> Result<(), Refusal> {
        let completed = self
            .tenant()
            .sync(self.sync.id())
            .and_then(SyncState::completion);
        if let Some(completed) = completed {
            let id = Uuid::new_v5(self.sync.id().as_uuid(), b"completed");
            self.judged_at = self.sequencer.position();
            let stream = Stream::Sync(self.sync.id());
            self.commit(at, (stream, id), Event::SyncCompleted(completed))?;
        }
        Ok(())
    }

    fn commit(
        &mut self,
        at: Recorded,
        (stream, id): (Stream, Uuid),
        event: Event,
    ) -> Result<(), SequenceError> {
        let entry = Entry {
            tenant: &self.batch.tenant,
            version: self.sequencer.next_version(&self.batch.tenant, &stream),
            stream,
            actor: &Actor::Administrator(self.sync.requested_by().clone()),
            command: CommandKey {
                scope: CommandScope::Engine,
                id,
            },
            fingerprint: Fingerprint::new([0; 32]),
            cause: self.batch.cause.clone(),
            judged_at: self.judged_at,
            events: vec![Encoded::of(event)?],
        };
        self.sequencer.commit(at, entry).map(|_| ())
    }
}

fn broken_on_purpose() -> SequenceError {
    TooLarge::Field {
        field: "test",
        bytes: 1,
        bytes_max: 0,
    }
    .into()
}

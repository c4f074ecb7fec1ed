//! One batch of a sync's targets: judged on one snapshot, committed one by one, and the completion
//! that follows the last.

use std::sync::Arc;
use std::time::Duration;

use plansync_domain::decision::Reason;
use plansync_domain::event::Event;
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_domain::judge::{Judge, TargetJudgement, skip_all};
use plansync_domain::stream::Stream;
use plansync_domain::sync_event::TargetReplayed;
use plansync_domain::sync_state::SyncState;
use plansync_domain::tenant::Tenant;
use plansync_log::{Cause, CommandKey, CommandScope, Fingerprint, Position, Recorded, Version};
use uuid::Uuid;

use crate::call::{Call, Refusal};
use crate::engine::{Engine, OpenError};
use crate::fold::decided;
use crate::naming::stream_id;
use crate::sequencer::{Entry, SequenceError, Sequencer};
use crate::work::Batch;

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
    read: Vec<(Stream, u64)>,
}

impl Engine {
    /// Takes up a sync whose acceptance has just been committed.
    pub(crate) fn take_up(&self, sequencer: &Sequencer, call: &Call, stream: &Stream) {
        let Stream::Sync(sync) = stream else { return };
        if let Some(state) = sequencer.state.tenant(&call.tenant).sync(*sync)
            && state.is_running()
        {
            self.parts
                .work
                .add(call.tenant.clone(), state, call.cause());
        }
    }

    /// Takes up the syncs that a log leaves undone: whatever was accepted and not completed.
    pub(crate) fn resume(&self) -> Result<(), OpenError> {
        let sequencer = self.sequencer();
        for (name, tenant) in sequencer.state.tenants() {
            for state in tenant.running_syncs() {
                let cause = self.accepted_cause(name, tenant, state)?;
                self.parts.work.add(name.clone(), state, cause);
            }
        }
        Ok(())
    }

    /// What a running sync was caused by: its stream ends with its acceptance.
    fn accepted_cause(
        &self,
        name: &TenantId,
        tenant: &Tenant,
        sync: &SyncState,
    ) -> Result<Cause, OpenError> {
        let stream = Stream::Sync(sync.id());
        let version = Version::new(tenant.version_of(&stream));
        let commits = self.log().stream(&stream_id(name, &stream), version, 1)?;
        let commit = commits.first().ok_or(OpenError::Gap {
            position: self.log().tip().position,
        })?;
        Ok(decided(commit)?.commit.proposal.cause)
    }

    /// Judges and commits one batch of waiting targets.
    pub fn work_step(&self) -> Result<Worked, Refusal> {
        let Some(batch) = self.parts.work.take(self.parts.config.batch_targets_max) else {
            return Ok(Worked::Nothing);
        };
        if self.check_room(&self.sequencer()).is_err() {
            self.parts.work.give_back(batch);
            return Ok(Worked::Waits);
        }
        let snapshot = self.current(&batch.tenant);
        let Some(sync) = snapshot
            .tenant
            .sync(batch.sync)
            .filter(|sync| sync.is_running())
        else {
            return Ok(Worked::Targets(0));
        };
        let judged = judge(&snapshot.tenant, sync, &batch.targets);
        let done = self.commit_targets(batch, sync, snapshot.position, judged)?;
        self.parts.queued.notify_one();
        Ok(Worked::Targets(done))
    }

    /// Waits until targets wait, or `patience` has passed.
    pub fn wait_work(&self, patience: Duration) {
        self.parts.work.wait(patience);
    }

    /// Commits what was judged, where nothing that was read has moved since; the others go back.
    fn commit_targets(
        &self,
        mut batch: Batch,
        sync: &SyncState,
        judged_at: Position,
        judged: Vec<Judged>,
    ) -> Result<usize, Refusal> {
        let count = judged.len();
        batch.targets.clear();
        let mut sequencer = self.sequencer();
        let mut commits = OfSync {
            sequencer: &mut sequencer,
            batch: &batch,
            sync,
            judged_at,
        };
        let mut again = Vec::new();
        for target in judged {
            let tenant = commits.tenant();
            if tenant.sync(sync.id()).is_none_or(|sync| !sync.is_running()) {
                return Ok(0);
            }
            if target
                .read
                .iter()
                .any(|(stream, version)| tenant.version_of(stream) != *version)
            {
                again.push(target.learner);
            } else {
                commits.target(self.now(), target)?;
            }
        }
        commits.completion(self.now())?;
        drop(sequencer);
        let done = count - again.len();
        if !again.is_empty() {
            self.parts.work.give_back(Batch {
                targets: again,
                ..batch
            });
        }
        Ok(done)
    }
}

/// The commits of one batch, under the lock.
struct OfSync<'a> {
    sequencer: &'a mut Sequencer,
    batch: &'a Batch,
    sync: &'a SyncState,
    judged_at: Position,
}

impl OfSync<'_> {
    fn tenant(&self) -> &Tenant {
        self.sequencer.state.tenant(&self.batch.tenant)
    }

    /// Commits one target; where its commit cannot be made, that is recorded in its stead.
    fn target(&mut self, at: Recorded, target: Judged) -> Result<(), Refusal> {
        let Judged {
            learner, judgement, ..
        } = target;
        let id = Uuid::new_v5(self.sync.id().as_uuid(), learner.as_uuid().as_bytes());
        let own = Stream::Target(id);
        let stream = if judgement.changes_plan() {
            Stream::Plan(learner)
        } else {
            own.clone()
        };
        let replayed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            decisions: judgement.decisions,
            case_owner: judgement.case_owner,
            cause: None,
        };
        let Err(error) = self.commit(at, (stream, id), Event::TargetReplayed(replayed)) else {
            return Ok(());
        };
        tracing::error!(%learner, sync = %self.sync.id(), %error, "a target could not be committed");
        let failed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            decisions: skip_all(self.sync.prepared(), Reason::Failed).decisions,
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
            events: vec![event],
        };
        self.sequencer.commit(at, entry).map(|_| ())
    }
}

fn judge(tenant: &Tenant, sync: &SyncState, targets: &[LearnerId]) -> Vec<Judged> {
    let mut judge = Judge::new(sync.terms().clone(), Arc::clone(sync.prepared()));
    let one = |learner: &LearnerId| Judged {
        learner: *learner,
        judgement: judge.judge_target(tenant, *learner),
        read: judge
            .reads(*learner)
            .into_iter()
            .map(|stream| (stream.clone(), tenant.version_of(&stream)))
            .collect(),
    };
    targets.iter().map(one).collect()
}

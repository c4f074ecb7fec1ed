//! The commits of one batch of a sync's targets, one by one, and the completion that follows the last.
//!
//! What a target's commit says depends on nothing that may still move. It is therefore encoded, and its
//! stored form read back, before the lock: under it there is left to look whether anything has moved that
//! the target was judged on, and to give the commit its position.

use std::collections::VecDeque;

use parking_lot::MutexGuard;
use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_log::{CommandKey, CommandScope, Fingerprint, Position, Recorded, TooLarge};
use uuid::Uuid;

use super::{Judged, JudgedBatch, Worked};
use crate::call::Refusal;
use crate::codec::{Encoded, Writing};
use crate::config::Config;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::sequencer::{Entry, SequenceError, Sequencer};
use crate::work_queue::Batch;

/// Targets that are committed under one lock: others wait for it meanwhile.
const LOCKED_TARGETS_MAX: usize = 8;

/// A target whose commit only wants its position.
struct Ready {
    learner: LearnerId,
    /// The versions that it was judged on.
    read: Vec<(u64, Stream)>,
    /// Where the commit belongs.
    stream: Stream,
    encoded: Result<Encoded, SequenceError>,
    /// What was decided, should the commit not be made.
    pair_outcomes: PairOutcomes,
}

impl Engine {
    /// The second half of a step: commits what was judged, unless something that it was judged on has moved.
    pub fn commit_step(&self, judged: JudgedBatch) -> Result<Worked, Refusal> {
        let done = self.commit_targets(judged)?;
        self.wake_writer();
        Ok(Worked::Targets(done))
    }

    /// Commits what was judged, where nothing that was read has moved since; the others go back.
    fn commit_targets(&self, judged: JudgedBatch) -> Result<usize, Refusal> {
        let JudgedBatch {
            batch,
            sync,
            judged_at,
            judged,
        } = judged;
        let ready = judged.into_iter().map(|target| self.ready(&sync, target));
        let mut ready = ready.collect::<Vec<_>>().into_iter().peekable();
        let mut again = VecDeque::new();
        let mut done = Vec::with_capacity(ready.len());
        // Workers that handed the lock to each other after every few targets would do little else.
        let turn = self.parts.committing.lock();
        while ready.peek().is_some() {
            let mut sequencer = self.sequencer();
            let mut commits = OfSync {
                config: &self.parts.config,
                sequencer: &mut sequencer,
                batch: &batch,
                sync: &sync,
                judged_at,
            };
            for target in ready.by_ref().take(LOCKED_TARGETS_MAX) {
                if !commits.goes_on() {
                    return Ok(0);
                }
                if commits.has_moved(&target) {
                    again.push_back(target.learner);
                    continue;
                }
                let learner = target.learner;
                if commits.target(self.now(), target)? {
                    done.push(learner);
                }
            }
            commits.completion(self.now());
            // Whoever waits for the lock comes before the next part.
            MutexGuard::unlock_fair(sequencer);
        }
        drop(turn);
        let work = &self.parts.work;
        work.done(&batch.tenant, batch.sync, &done);
        if !again.is_empty() {
            work.give_back(batch.with(again));
        }
        Ok(done.len())
    }

    fn ready(&self, sync: &SyncState, target: Judged) -> Ready {
        let Judged {
            learner,
            judgement,
            cause,
            cancelled,
            read,
        } = target;
        let stream = if judgement.changes_plan() {
            Stream::Plan(learner)
        } else {
            Stream::Target(sync.id().of_target(learner))
        };
        let pair_outcomes = judgement.pair_outcomes.clone();
        let replayed = TargetReplayed {
            sync: sync.id(),
            learner,
            pair_outcomes: judgement.pair_outcomes,
            case_owner: judgement.case_owner,
            cause,
            cancelled,
        };
        Ready {
            learner,
            read,
            stream,
            encoded: encoded(&self.parts.config, Event::TargetReplayed(replayed)),
            pair_outcomes,
        }
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
    fn has_moved(&self, target: &Ready) -> bool {
        let tenant = self.tenant();
        let moved = |(version, stream): &(u64, Stream)| tenant.version_of(stream) != *version;
        !tenant.plans().is_resident(target.learner) || target.read.iter().any(moved)
    }

    /// Commits one target; where its commit cannot be made, that is recorded in its stead. Where not even
    /// that can be, the target waits for a version that can, and nobody else does: false.
    fn target(&mut self, at: Recorded, target: Ready) -> Result<bool, Refusal> {
        let learner = target.learner;
        let id = self.sync.id().of_target(learner);
        if self.config.has(Fault::ReplaysTwice) {
            let again = target.encoded.as_ref().map(|encoded| encoded.event.clone());
            if let Ok(event) = again {
                let encoded = encoded(self.config, event)?;
                self.commit(at, (target.stream.clone(), id), encoded)?;
            }
        }
        let committed = if self.config.has(Fault::CommitFails(learner)) {
            Err(broken_on_purpose())
        } else {
            let committed = |encoded| self.commit(at, (target.stream, id), encoded);
            target.encoded.and_then(committed)
        };
        let Err(error) = committed else {
            return Ok(true);
        };
        tracing::error!(%learner, sync = %self.sync.id(), %error, "a target could not be committed");
        let failed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            pair_outcomes: target.pair_outcomes.failed(),
            case_owner: None,
            cause: Some(error.to_string()),
            cancelled: None,
        };
        let failed = encoded(self.config, Event::TargetReplayed(failed));
        let own = Stream::Target(id);
        match failed.and_then(|failed| self.commit(at, (own, id), failed)) {
            Ok(()) => Ok(true),
            Err(error @ (SequenceError::Encode(_) | SequenceError::NotReadBack)) => {
                let sync = self.sync.id();
                tracing::error!(%learner, %sync, %error, "a target stays undone, and its sync with it");
                Ok(false)
            }
            Err(error @ SequenceError::TooLarge(_)) => Err(error.into()),
        }
    }

    /// Commits the completion, if the last target is done. Where it cannot be, the sync stays as it is, and
    /// nobody else waits for it.
    fn completion(&mut self, at: Recorded) {
        let completed = self
            .tenant()
            .sync(self.sync.id())
            .and_then(SyncState::completion);
        if let Some(completed) = completed {
            let id = Uuid::new_v5(self.sync.id().as_uuid(), b"completed");
            self.judged_at = self.sequencer.position();
            let stream = Stream::Sync(self.sync.id());
            let completed = encoded(self.config, Event::SyncCompleted(completed));
            let committed =
                completed.and_then(|completed| self.commit(at, (stream, id), completed));
            if let Err(error) = committed {
                let sync = self.sync.id();
                tracing::error!(%sync, %error, "a sync stays without its completion");
            }
        }
    }

    fn commit(
        &mut self,
        at: Recorded,
        (stream, id): (Stream, Uuid),
        encoded: Encoded,
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
            events: vec![encoded],
        };
        self.sequencer.commit(at, entry).map(|_| ())
    }
}

/// An event of a sync in its stored form, which was read back.
fn encoded(config: &Config, event: Event) -> Result<Encoded, SequenceError> {
    let writing = Writing {
        config,
        operation: "sync.start",
    };
    Ok(writing.encoded(event)?)
}

fn broken_on_purpose() -> SequenceError {
    TooLarge::Field {
        field: "test",
        bytes: 1,
        bytes_max: 0,
    }
    .into()
}

//! Commits the targets of a judged batch one by one, and the completion of the sync after the last target.
//!
//! The content of a target's commit is known before the sequencer's lock is taken: it is encoded, and
//! decoded again to compare it, without the lock. Under the lock it is only checked whether anything that
//! the target was judged on has changed, and the commit gets its position.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{Actor, LearnerId};
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_domain::sync::pair_outcomes::PairOutcomes;
use plansync_log::{CommandKey, CommandScope, Fingerprint, Position, Recorded, TooLarge};
use uuid::Uuid;

use super::judging::{Judged, JudgedBatch};
use super::measures::SyncMeasures;
use super::spans::{Ended, SyncSpans};
use super::work_queue::{Batch, WorkQueue};
use crate::call::Refusal;
use crate::codec::writing::{Encoded, Writing};
use crate::config::Config;
use crate::fault::Fault;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Entry, SequenceError, Sequencer};

/// Targets that are committed under one lock, while others wait for it.
const LOCKED_TARGETS_MAX: usize = 8;

/// A target whose commit needs only its position.
struct Ready {
    learner: LearnerId,
    /// The versions that its judgement is based on.
    read: Vec<(u64, Stream)>,
    /// The stream of its commit.
    stream: Stream,
    encoded: Result<Encoded, SequenceError>,
    /// The outcomes, in case the commit cannot be made.
    pair_outcomes: PairOutcomes,
}

/// Commits judged batches, one at a time.
pub(super) struct TargetCommitter {
    config: Arc<Config>,
    sequencing: Arc<Sequencing>,
    /// Held by the worker that commits its targets: workers that handed the sequencer's lock to each other
    /// after every few targets would do little else.
    turn: Mutex<()>,
    measures: Arc<SyncMeasures>,
    spans: Arc<SyncSpans>,
}

impl TargetCommitter {
    pub(super) fn new(
        config: &Arc<Config>,
        sequencing: &Arc<Sequencing>,
        measures: &Arc<SyncMeasures>,
        spans: &Arc<SyncSpans>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            sequencing: Arc::clone(sequencing),
            turn: Mutex::default(),
            measures: Arc::clone(measures),
            spans: Arc::clone(spans),
        }
    }

    /// Commits the targets for which everything that they were judged on is unchanged, and returns how many
    /// they are. The others go back into the queue.
    pub(super) fn commit(&self, judged: JudgedBatch, work: &WorkQueue) -> Result<usize, Refusal> {
        let span = self.spans.of(&judged.batch.tenant, judged.batch.sync);
        span.within(|| self.commit_within(judged, work))
    }

    fn commit_within(&self, judged: JudgedBatch, work: &WorkQueue) -> Result<usize, Refusal> {
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
        let turn = self.turn.lock();
        while ready.peek().is_some() {
            let mut sequencer = self.sequencing.lock();
            let mut commits = OfSync {
                config: &self.config,
                measures: &self.measures,
                spans: &self.spans,
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
                if commits.target(self.config.clock.now(), target)? {
                    done.push(learner);
                }
            }
            commits.completion(self.config.clock.now());
            // The lock is handed to whoever waits for it before the next part.
            MutexGuard::unlock_fair(sequencer);
        }
        drop(turn);
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
            encoded: encoded(&self.config, Event::TargetReplayed(replayed)),
            pair_outcomes,
        }
    }
}

/// The commits of one batch, under the lock.
struct OfSync<'a> {
    config: &'a Config,
    measures: &'a SyncMeasures,
    spans: &'a SyncSpans,
    sequencer: &'a mut Sequencer,
    batch: &'a Batch,
    sync: &'a SyncState,
    judged_at: Position,
}

impl OfSync<'_> {
    fn tenant(&self) -> &Tenant {
        self.sequencer.state().tenant(&self.batch.tenant)
    }

    /// Whether the sync is still running.
    fn goes_on(&self) -> bool {
        let sync = self.tenant().sync(self.sync.id());
        sync.is_some_and(SyncState::is_running)
    }

    /// Whether anything that a target was judged on has changed since.
    fn has_moved(&self, target: &Ready) -> bool {
        let tenant = self.tenant();
        let moved = |(version, stream): &(u64, Stream)| tenant.version_of(stream) != *version;
        !tenant.plans().is_resident(target.learner) || target.read.iter().any(moved)
    }

    /// Commits one target. If its commit cannot be made, the failure is recorded in its place. If not even
    /// that can be recorded, the target stays undone until a version of plansync that can is started; nothing
    /// else waits for it, and the result is `false`.
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
            Err(injected())
        } else {
            let committed = |encoded| self.commit(at, (target.stream, id), encoded);
            target.encoded.and_then(committed)
        };
        let Err(error) = committed else {
            self.measures.count_target(&target.pair_outcomes);
            return Ok(true);
        };
        let sync = self.sync.id();
        tracing::error!(
            %learner, %sync, %error,
            "the result for a target could not be committed; the target's plan is unchanged, and the failure is recorded instead"
        );
        let pair_outcomes = target.pair_outcomes.failed();
        let failed = TargetReplayed {
            sync: self.sync.id(),
            learner,
            pair_outcomes: pair_outcomes.clone(),
            case_owner: None,
            cause: Some(error.to_string()),
            cancelled: None,
        };
        let failed = encoded(self.config, Event::TargetReplayed(failed));
        let own = Stream::Target(id);
        match failed.and_then(|failed| self.commit(at, (own, id), failed)) {
            Ok(()) => {
                self.measures.count_target(&pair_outcomes);
                Ok(true)
            }
            Err(error @ (SequenceError::Encode(_) | SequenceError::NotReadBack)) => {
                tracing::error!(
                    %learner, %sync, %error,
                    "the failure of a target could not be recorded either; the target's plan is unchanged, and the synchronisation remains unfinished until the next start"
                );
                Ok(false)
            }
            Err(error @ SequenceError::TooLarge(_)) => Err(error.into()),
        }
    }

    /// Commits the sync's completion if its last target is done. If that fails, the sync stays running, and
    /// nothing else waits for it.
    fn completion(&mut self, at: Recorded) {
        let completed = self
            .tenant()
            .sync(self.sync.id())
            .and_then(SyncState::completion);
        if let Some(completed) = completed {
            let id = Uuid::new_v5(self.sync.id().as_uuid(), b"completed");
            self.judged_at = self.sequencer.position();
            let stream = Stream::Sync(self.sync.id());
            let ended = Ended {
                outcome: "completed",
                targets: completed.done,
                tally: completed.tally,
            };
            let completed = encoded(self.config, Event::SyncCompleted(completed));
            let committed =
                completed.and_then(|completed| self.commit(at, (stream, id), completed));
            match committed {
                Ok(()) => {
                    self.measures.completed.count();
                    let (tenant, sync) = (&self.batch.tenant, self.sync.id());
                    self.spans.end(tenant, sync, ended);
                }
                Err(error) => {
                    let sync = self.sync.id();
                    tracing::error!(
                        %sync, %error,
                        "the end of a synchronisation could not be committed; it remains running until the next start"
                    );
                }
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

/// An event of a sync in its stored form.
fn encoded(config: &Config, event: Event) -> Result<Encoded, SequenceError> {
    let writing = Writing {
        config,
        operation: "sync.start",
    };
    Ok(writing.encoded(event)?)
}

fn injected() -> SequenceError {
    TooLarge::Field {
        field: "test",
        bytes: 1,
        bytes_max: 0,
    }
    .into()
}

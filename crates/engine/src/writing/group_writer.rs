//! Writes queued commits to the log as one group, and publishes the state that they lead to.
//!
//! A group that the disk refuses for the time being is kept and written again by the next step, so that
//! the order of commits never changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_log::replication::{Halt, NodeId, Term};
use plansync_log::{Append, AppendError, Position, Sequenced};
use plansync_measures::{Counter, Distribution, Histogram, SIZES};

use super::durable::{Durable, NotDurable};
use super::published::Published;
use super::role::{CurrentRole, Role};
use crate::call::Refusal;
use crate::config::Config;
use crate::fault::Fault;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Group, Sequencer};
use crate::state::State;

/// How long a command may wait for the disk before its sender is told to send it again.
const DISK_PATIENCE: Duration = Duration::from_secs(30);

/// What one step of the writer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// No commit was queued.
    Nothing,
    /// The log is durable up to this position now.
    Upto(Position),
    /// The disk accepts no commits at the moment; the group is kept, and the next step writes it again.
    Refused,
}

/// The log cannot be written any more by this engine. Everything acknowledged is safe.
#[derive(Debug, thiserror::Error)]
pub enum LogFailed {
    /// The storage failed: the process must end.
    #[error(
        "the log can no longer be written; everything that was acknowledged is kept: check the disk and start again"
    )]
    Storage {
        /// The storage's error.
        #[source]
        source: AppendError,
    },
    /// Another node leads. This engine holds commits that are nowhere: it must be discarded, and another one be opened
    /// to follow.
    #[error(
        "node {node} leads since term {term}; everything that was acknowledged is kept: follow the other node"
    )]
    Deposed {
        /// The term of the other node.
        term: Term,
        /// The other node.
        node: NodeId,
    },
    /// The stream of the log contradicts this node: a person must look at it.
    #[error(transparent)]
    Halted(Halt),
}

impl From<AppendError> for LogFailed {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Deposed { term, node } => Self::Deposed { term, node },
            AppendError::Halted(halt) => Self::Halted(halt),
            source @ (AppendError::Unavailable { .. }
            | AppendError::OutOfOrder { .. }
            | AppendError::Fatal { .. }
            | AppendError::Poisoned) => Self::Storage { source },
        }
    }
}

/// Writes groups of commits, one at a time and in order.
pub(crate) struct GroupWriter {
    pub(super) config: Arc<Config>,
    pub(super) sequencing: Arc<Sequencing>,
    published: Arc<Published>,
    durable: Durable,
    /// Held while a group is written.
    log_end: Mutex<LogEnd>,
    /// Set while the disk refuses commits that may succeed later.
    disk_refuses: AtomicBool,
    role: CurrentRole,
    /// Whether the log is one of several machines.
    is_replicated: bool,
    measures: GroupMeasures,
}

/// What is counted of the groups that became durable.
struct GroupMeasures {
    /// Their commits.
    sizes: Histogram,
    /// The bytes of their commits.
    bytes: Counter,
    /// How often the disk began to refuse groups.
    refusals: Counter,
}

/// What was counted of the groups that became durable since the engine was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupsMeasured {
    /// How many commits each had.
    pub sizes: Distribution,
    /// The bytes of all their commits.
    pub bytes: u64,
    /// How often the disk began to refuse groups. They are kept, and written again later.
    pub refusals: u64,
}

/// The writing side of the log, and a group that the disk refused for the time being.
pub(super) struct LogEnd {
    /// `None` if the log is only read.
    append: Option<Box<dyn Append>>,
    refused: Option<Group>,
}

impl LogEnd {
    /// Appends to the log. Nothing is appended to one that is only read.
    pub(super) fn append(&mut self, commits: &[Sequenced]) -> Result<(), AppendError> {
        let append = self.append.as_mut();
        append.map_or(Err(AppendError::Poisoned), |append| append.append(commits))
    }
}

impl GroupWriter {
    /// A writer for a log that is durable up to `durable`; it has no `append` if the log is only read.
    pub(crate) fn new(
        (append, role): (Option<Box<dyn Append>>, Role),
        config: &Arc<Config>,
        sequencing: &Arc<Sequencing>,
        published: &Arc<Published>,
        durable: Position,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            sequencing: Arc::clone(sequencing),
            published: Arc::clone(published),
            durable: Durable::new(durable),
            role: CurrentRole::new(role),
            is_replicated: role == Role::Follows,
            log_end: Mutex::new(LogEnd {
                append,
                refused: None,
            }),
            disk_refuses: AtomicBool::new(false),
            measures: GroupMeasures {
                sizes: Histogram::new(SIZES),
                bytes: Counter::default(),
                refusals: Counter::default(),
            },
        }
    }

    /// What was counted of the groups.
    pub(crate) fn measured(&self) -> GroupsMeasured {
        GroupsMeasured {
            sizes: self.measures.sizes.get(),
            bytes: self.measures.bytes.get(),
            refusals: self.measures.refusals.get(),
        }
    }

    /// Writes the queued commits as one group, and publishes the state that they lead to.
    pub(crate) fn step(&self) -> Result<Wrote, LogFailed> {
        let mut log_end = self.log_end();
        let group = match log_end.refused.take() {
            Some(group) => group,
            None => self.take_group(),
        };
        if group.commits.is_empty() {
            return Ok(Wrote::Nothing);
        }
        if self.config.has(Fault::DurableEarly) {
            self.durable.advance(group.state.position());
        }
        match log_end.append(&group.commits) {
            Ok(()) => {
                self.count(&group.commits);
                Ok(self.show(group.state))
            }
            Err(AppendError::Unavailable { what, source }) => {
                self.refused(&what, &source);
                log_end.refused = Some(group);
                Ok(Wrote::Refused)
            }
            Err(error) => {
                // Kept, so that the next step fails, too, whoever takes it.
                log_end.refused = Some(group);
                let failed = LogFailed::from(error);
                match failed {
                    LogFailed::Storage { .. } => {}
                    LogFailed::Deposed { .. } | LogFailed::Halted(_) => {
                        self.role.set(Role::Stopped);
                    }
                }
                Err(failed)
            }
        }
    }

    /// The end of the log, for whoever writes there: one after another.
    pub(super) fn log_end(&self) -> MutexGuard<'_, LogEnd> {
        let log_end = self.log_end.lock();
        log_end.unwrap_or_else(PoisonError::into_inner)
    }

    /// Leads from here on: what is decided is appended to the log that `over` makes of this node's own log. `prepare` is
    /// called before, while nothing can be followed or decided, and nothing changes if it fails. False if the
    /// engine does not follow.
    pub(crate) fn lead<E>(
        &self,
        over: impl FnOnce(Box<dyn Append>) -> Box<dyn Append>,
        prepare: impl FnOnce() -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut log_end = self.log_end();
        if self.role() != Role::Follows {
            return Ok(false);
        }
        prepare()?;
        log_end.append = log_end.append.take().map(over);
        self.role.set(Role::Leads);
        Ok(true)
    }

    /// The log accepts no commits at the moment.
    pub(super) fn refused(&self, what: &str, source: &std::io::Error) {
        if !self.disk_refuses.swap(true, Ordering::Relaxed) {
            self.measures.refusals.count();
            tracing::warn!(what, %source, "commits cannot be written to the disk now; none is lost, and writing is tried again");
        }
    }

    /// Counts a group that became durable.
    pub(super) fn count(&self, commits: &[Sequenced]) {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        let bytes: usize = commits.iter().map(|one| one.stored().len()).sum();
        self.measures.sizes.record(number(commits.len()));
        self.measures.bytes.add(number(bytes));
    }

    fn take_group(&self) -> Group {
        let mut sequencer = self.sequencing.lock();
        sequencer.make_room(self.durable.current());
        sequencer.take()
    }

    /// Shows a state whose commits are durable.
    pub(super) fn show(&self, state: State) -> Wrote {
        let position = state.position();
        self.disk_refuses.store(false, Ordering::Relaxed);
        self.published.publish(state);
        self.durable.advance(position);
        Wrote::Upto(position)
    }

    /// Waits until `position` is durable, on a thread that may block. If nothing is queued, another thread
    /// is writing it; otherwise the caller writes it here, so that an engine that is run step by step by
    /// one thread cannot wait for itself.
    pub(crate) fn settle(&self, position: Position) -> Result<(), NotDurable> {
        while self.durable.current() < position {
            match self.step() {
                Ok(Wrote::Upto(_)) => {}
                Ok(Wrote::Nothing) => return self.durable.wait(position, DISK_PATIENCE),
                // The writer's own step has the same result, and reports it or ends the process.
                Ok(Wrote::Refused) | Err(_) => return Err(NotDurable),
            }
        }
        Ok(())
    }

    /// What the engine does with the log.
    pub(crate) fn role(&self) -> Role {
        self.role.get()
    }

    /// How far the log is durable.
    pub(crate) fn durable(&self) -> &Durable {
        &self.durable
    }

    /// Whether events at a position may be published: whether it is durable.
    pub(crate) fn may_show(&self, position: Position) -> bool {
        position <= self.durable.current() || self.config.has(Fault::EventsEarly)
    }

    /// Whether the disk refuses commits at the moment.
    pub(crate) fn disk_refuses(&self) -> bool {
        self.disk_refuses.load(Ordering::Relaxed)
    }

    /// Refuses commands of senders who must ask another node. A log that is only read still has the first answers.
    pub(crate) fn check_leads(&self) -> Result<(), Refusal> {
        match self.role() {
            Role::Leads | Role::OnlyReads => Ok(()),
            Role::Follows | Role::Stopped => Err(Refusal::NotLeading),
        }
    }

    /// Refuses to decide anything where another node decides or the log is only read, or more while the disk does not
    /// keep up.
    pub(crate) fn check_room(&self, sequencer: &Sequencer) -> Result<(), Refusal> {
        match self.role() {
            Role::Leads => {}
            Role::OnlyReads => return Err(Refusal::OnlyRead),
            Role::Follows | Role::Stopped => return Err(Refusal::NotLeading),
        }
        if self.disk_refuses() {
            return Err(Refusal::unavailable(if self.is_replicated {
                "commits cannot be written now: the stream of the log does not answer, or the disk may be full"
            } else {
                "commits cannot be written to the disk, which may be full"
            }));
        }
        if sequencer.is_full() {
            return Err(Refusal::overloaded());
        }
        Ok(())
    }
}

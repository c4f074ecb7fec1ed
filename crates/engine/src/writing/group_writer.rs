//! Writes queued commits to the log as one group, and publishes the state that they lead to.
//!
//! A group that the disk refuses for the time being is kept and written again by the next step, so that
//! the order of commits never changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plansync_log::{Append, AppendError, Position};
use plansync_measures::{Counter, Distribution, Histogram, SIZES};

use super::durable::{Durable, NotDurable};
use super::published::Published;
use crate::call::Refusal;
use crate::config::Config;
use crate::fault::Fault;
use crate::sequencing::lock::Sequencing;
use crate::sequencing::sequencer::{Group, Sequencer};

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

/// The log cannot be written any more: the process must end. Everything acknowledged is safe.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log can no longer be written; everything that was acknowledged is kept: check the disk and start again"
)]
pub struct LogFailed {
    /// The storage's error.
    #[source]
    pub source: AppendError,
}

/// Writes groups of commits, one at a time and in order.
pub(crate) struct GroupWriter {
    config: Arc<Config>,
    sequencing: Arc<Sequencing>,
    published: Arc<Published>,
    durable: Durable,
    /// Held while a group is written.
    log_end: Mutex<LogEnd>,
    /// Set while the disk refuses commits that may succeed later.
    disk_refuses: AtomicBool,
    /// Whether the log is only read, so that nothing is decided.
    is_only_read: bool,
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
struct LogEnd {
    /// `None` if the log is only read.
    append: Option<Box<dyn Append>>,
    refused: Option<Group>,
}

impl GroupMeasures {
    fn count(&self, group: &Group) {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        let bytes: usize = group.commits.iter().map(|one| one.stored().len()).sum();
        self.sizes.record(number(group.commits.len()));
        self.bytes.add(number(bytes));
    }
}

impl GroupWriter {
    /// A writer for a log that is durable up to `durable`, and is only read without `append`.
    pub(crate) fn new(
        append: Option<Box<dyn Append>>,
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
            is_only_read: append.is_none(),
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
        let log_end = self.log_end.lock();
        let mut log_end = log_end.unwrap_or_else(PoisonError::into_inner);
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
        let Some(append) = &mut log_end.append else {
            // Nothing is decided, so this is not to be expected.
            log_end.refused = Some(group);
            return Err(LogFailed {
                source: AppendError::Poisoned,
            });
        };
        match append.append(&group.commits) {
            Ok(()) => {
                self.measures.count(&group);
                Ok(self.publish(group))
            }
            Err(AppendError::Unavailable { what, source }) => {
                if !self.disk_refuses.swap(true, Ordering::Relaxed) {
                    self.measures.refusals.count();
                    tracing::warn!(what, %source, "commits cannot be written to the disk now; none is lost, and writing is tried again");
                }
                log_end.refused = Some(group);
                Ok(Wrote::Refused)
            }
            Err(source) => {
                // Kept, so that the next step fails, too, whoever takes it.
                log_end.refused = Some(group);
                Err(LogFailed { source })
            }
        }
    }

    fn take_group(&self) -> Group {
        let mut sequencer = self.sequencing.lock();
        sequencer.make_room(self.durable.current());
        sequencer.take()
    }

    fn publish(&self, group: Group) -> Wrote {
        let position = group.state.position();
        self.disk_refuses.store(false, Ordering::Relaxed);
        self.published.publish(group.state);
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

    /// Whether the log is only read.
    pub(crate) fn is_only_read(&self) -> bool {
        self.is_only_read
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

    /// Refuses to decide anything on a log that is only read, or more while the disk does not keep up.
    pub(crate) fn check_room(&self, sequencer: &Sequencer) -> Result<(), Refusal> {
        if self.is_only_read {
            return Err(Refusal::OnlyRead);
        }
        if self.disk_refuses() {
            let problem = "commits cannot be written to the disk, which may be full";
            return Err(Refusal::unavailable(problem));
        }
        if sequencer.is_full() {
            return Err(Refusal::overloaded());
        }
        Ok(())
    }
}

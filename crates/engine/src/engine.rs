//! The engine: the parts and how they hold together. Each verb has a file of its own.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use parking_lot::MutexGuard;

use plansync_domain::ids::{SyncId, TenantId};
use plansync_log::{Append, Position, Read, ReadError, Recorded};

use crate::checkpoint::{self, Keeper};
use crate::codec::CodecError;
use crate::config::Config;
use crate::durable::{Durable, NotDurable};
use crate::fault::Fault;
use crate::fold;
use crate::read::{HeldReadings, LookBack};
use crate::sequencer::Sequencer;
use crate::snapshot::{Snapshot, State};
use crate::work_queue::WorkQueue;
use crate::writer::{Writer, Wrote};

/// How long a command may wait for the disk before its sender is told to come back.
pub(crate) const DISK_PATIENCE: Duration = Duration::from_secs(30);

/// Why a log could not be opened for work.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The storage could not give what it holds.
    #[error("the log cannot be read")]
    Read(#[from] ReadError),
    /// A commit's envelope is not what it should be.
    #[error("the commit at position {position} cannot be decoded; restore the log from a backup")]
    Envelope {
        /// Where in the log.
        position: Position,
        /// What the decoder said.
        source: plansync_log::DecodeError,
    },
    /// An event is not what it should be.
    #[error("the commit at position {position} cannot be understood")]
    Event {
        /// Where in the log.
        position: Position,
        /// What the decoder said.
        source: CodecError,
    },
    /// A stream or actor whose name no version of plansync writes.
    #[error(
        "the commit at position {position} has an unknown {what}; restore the log from a backup"
    )]
    Name {
        /// Where in the log.
        position: Position,
        /// Which part.
        what: &'static str,
    },
    /// A sync is under way whose acceptance the log does not have.
    #[error(
        "the log has no acceptance of sync {sync}, which it goes on with; restore it from a backup"
    )]
    NoAcceptance {
        /// The sync.
        sync: SyncId,
    },
    /// Whoever opened it did not want to wait any longer.
    #[error("the opening was interrupted at position {position}; nothing was changed: start again")]
    Interrupted {
        /// How far the log was folded.
        position: Position,
    },
    /// The log gave no commit where its tip says there is one.
    #[error("the log ends at position {position}, before its own tip; restore it from a backup")]
    Gap {
        /// The first position that is missing.
        position: Position,
    },
}

/// The parts of a running engine.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) log: Arc<dyn Read>,
    /// Decisions are made and folded under this lock, and no write is waited for under it.
    /// It is handed to whoever waits for it where somebody does one thing after another under it.
    pub(crate) sequencer: parking_lot::Mutex<Sequencer>,
    /// Held by the worker that commits its targets, a few at a time under the lock above.
    pub(crate) committing: parking_lot::Mutex<()>,
    /// Wakes the writer when something waits for the disk.
    pub(crate) queued: parking_lot::Condvar,
    /// Held by whoever writes a group: one at a time, in order.
    pub(crate) writer: Mutex<Writer>,
    /// The state as of the last durable position: what readers see.
    pub(crate) published: RwLock<State>,
    pub(crate) durable: Durable,
    pub(crate) work: WorkQueue,
    /// What was read back of ended syncs lately.
    pub(crate) look_back: LookBack,
    /// States of which somebody reads a list page by page.
    pub(crate) held: HeldReadings,
    /// Held by whoever keeps the state beside the log.
    pub(crate) keeper: Mutex<Keeper>,
    /// Set while the disk refuses commits that may succeed later.
    pub(crate) disk_refuses: AtomicBool,
}

/// The engine. Cheap to clone; every method may be called from any thread.
#[derive(Clone)]
pub struct Engine {
    pub(crate) parts: Arc<Parts>,
}

impl Engine {
    /// Opens the engine on a log: folds what the log holds, and takes up the syncs that were
    /// under way. No thread is started: see [`Engine::write_step`] and [`Engine::work_step`].
    pub fn open(
        append: Box<dyn Append>,
        log: Arc<dyn Read>,
        config: Config,
    ) -> Result<Self, OpenError> {
        let tip = log.tip();
        let state = checkpoint::opened(log.as_ref(), &config)?;
        let kept_at = state.position;
        let state = fold::past_plans(log.as_ref(), state, tip.position, &config.interrupted)?;
        let parts = Parts {
            sequencer: parking_lot::Mutex::new(Sequencer::new(state.clone(), tip, &config)),
            committing: parking_lot::Mutex::default(),
            queued: parking_lot::Condvar::new(),
            writer: Mutex::new(Writer::new(append)),
            published: RwLock::new(state),
            durable: Durable::new(tip.position),
            work: WorkQueue::default(),
            look_back: LookBack::default(),
            held: HeldReadings::default(),
            disk_refuses: AtomicBool::new(false),
            keeper: Mutex::new(Keeper::new(kept_at)),
            log,
            config,
        };
        let engine = Self {
            parts: Arc::new(parts),
        };
        engine.resume()?;
        Ok(engine)
    }

    /// One tenant as of the last durable position; plans may be not resident.
    pub fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        self.parts
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .snapshot(tenant)
    }

    /// The log, for reads of what was decided earlier.
    pub fn log(&self) -> &dyn Read {
        self.parts.log.as_ref()
    }

    /// How far the log is durable.
    pub fn durable(&self) -> &Durable {
        &self.parts.durable
    }

    /// Whether what is at a position may be shown: it is durable.
    pub fn may_show(&self, position: Position) -> bool {
        position <= self.parts.durable.current() || self.parts.config.has(Fault::EventsEarly)
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.parts.config
    }

    /// Whether the disk refuses commits at the moment; reads go on.
    pub fn disk_refuses(&self) -> bool {
        self.parts.disk_refuses.load(Ordering::Relaxed)
    }

    /// The time that a commit made now is recorded at.
    pub(crate) fn now(&self) -> Recorded {
        self.parts.config.clock.now()
    }

    pub(crate) fn sequencer(&self) -> MutexGuard<'_, Sequencer> {
        let sequencer = self.parts.sequencer.lock();
        if sequencer.is_torn() {
            torn(sequencer.position());
        }
        sequencer
    }

    /// Waits until `position` is durable, on a thread that may block. Where no thread writes,
    /// the caller does it here, so that a stepped engine cannot wait for itself.
    pub fn settle(&self, position: Position) -> Result<(), NotDurable> {
        while self.parts.durable.current() < position {
            match self.write_step() {
                Ok(Wrote::Upto(_)) => {}
                Ok(Wrote::Nothing) => return self.parts.durable.wait(position, DISK_PATIENCE),
                // Whoever writes finds the same, and it is theirs to say so or to end.
                Ok(Wrote::Refused) | Err(_) => return Err(NotDurable),
            }
        }
        Ok(())
    }
}

/// Ends the process: a fold that broke off leaves a state that the log contradicts. Only folding the log
/// again mends it, and nothing may be decided before.
fn torn(position: Position) -> ! {
    let what = "the state broke while a commit was folded in; the process ends. What was acknowledged is \
                safe in the log: start again, and report what the log of the engine says before this";
    tracing::error!(%position, "{what}");
    // Nobody may have a log set up, and nothing is written once the process is gone.
    let mut said = std::io::stderr().lock();
    let _ = writeln!(said, "plansync: {what} (position {position})").and_then(|()| said.flush());
    std::process::abort();
}

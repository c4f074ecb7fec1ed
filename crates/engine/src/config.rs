//! The engine's settings and their defaults.
//!
//! May import: `clock`, `fault`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use plansync_domain::command::limits::Limits;
use plansync_log::sealing::Keys;
use plansync_log::{Checkpoints, Position};

use crate::clock::{Clock, SystemClock};
use crate::fault::Fault;

/// What is called with the position up to which the log was folded, and the last position of the log.
pub type Folding = dyn Fn(Position, Position) + Send + Sync;

/// The engine's settings.
#[derive(Clone)]
pub struct Config {
    /// The version of the product, if starts are recorded in the log ([`Engine::record_start`](crate::Engine::record_start)).
    pub version: Option<Arc<str>>,
    /// The limits that the domain applies, such as 2,089 learners per sync.
    pub limits: Limits,
    /// Commits that may wait for the disk; at this number, commands are refused as overloaded.
    pub queue_count_max: usize,
    /// Bytes of commits that may wait for the disk; at this size, commands are refused as overloaded.
    pub queue_bytes_max: usize,
    /// Durable commits whose command ids are kept in memory, besides those of queued commits.
    pub recent_commands_max: usize,
    /// Targets that a worker judges and commits as one batch.
    pub batch_targets_max: usize,
    /// Bytes that resident plans may take, counted as if they shared nothing. Above it, the least recently
    /// used plans are evicted; they are read from the log again when they are needed.
    pub plan_bytes_max: usize,
    /// Distinct values of a tenant (128 bytes of text count as one) from which on unused ones are looked
    /// for and dropped.
    pub values_min: usize,
    /// Commits of a plan since its last image after which the next image is written. It bounds the commits
    /// that loading the plan reads.
    pub image_commits: u32,
    /// Commits after which the next checkpoint is written. It bounds the commits that opening the engine
    /// folds.
    pub checkpoint_commits: u64,
    /// Where checkpoints and images are stored. With `None`, opening the engine folds the whole log.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// The keys of the log's texts about persons. Without any, which is the default, text is stored as earlier versions
    /// stored it, and nobody can be erased.
    pub keys: Arc<Keys>,
    /// Set to interrupt an opening; checked every few thousand commits.
    pub interrupted: Arc<AtomicBool>,
    /// Called while an opening folds the log, every few thousand commits.
    pub folding: Option<Arc<Folding>>,
    /// The source of recorded times.
    pub clock: Arc<dyn Clock>,
    /// Faults that a test injects.
    #[cfg(feature = "faults")]
    pub faults: Vec<Fault>,
}

impl Config {
    /// Whether a test injected this fault.
    #[cfg(feature = "faults")]
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Whether a test injected this fault: without the feature, none can.
    #[cfg(not(feature = "faults"))]
    #[allow(clippy::unused_self)] // The signature is the same with the feature.
    pub(crate) const fn has(&self, _fault: Fault) -> bool {
        false
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            version: None,
            limits: Limits::default(),
            queue_count_max: 16_384,
            queue_bytes_max: 32 * 1024 * 1024,
            recent_commands_max: 32_768,
            batch_targets_max: 32,
            plan_bytes_max: 384 * 1024 * 1024,
            values_min: 250_000,
            image_commits: 256,
            checkpoint_commits: 100_000,
            checkpoints: None,
            keys: Arc::new(Keys::only_read(None)),
            interrupted: Arc::default(),
            folding: None,
            clock: Arc::new(SystemClock),
            #[cfg(feature = "faults")]
            faults: Vec::new(),
        }
    }
}

//! What an operator may set of the engine, and the bounds that it keeps.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use plansync_domain::command::limits::Limits;
use plansync_log::Checkpoints;

use crate::clock::{Clock, SystemClock};

/// The engine's settings.
#[derive(Clone)]
pub struct Config {
    /// The limits that the domain judges by, such as 2,089 learners a sync.
    pub limits: Limits,
    /// Commits that may wait for the disk; above it commands are refused as overloaded.
    pub queue_count_max: usize,
    /// Bytes of commits that may wait for the disk.
    pub queue_bytes_max: usize,
    /// Durable commits whose command ids are kept in memory besides those that wait.
    pub recent_commands_max: usize,
    /// Targets that a worker judges and commits at a time.
    pub batch_targets_max: usize,
    /// Bytes that plans in memory may take, counted as if they shared nothing; beyond it, those that
    /// were not used for longest are read from the log again when they are wanted.
    pub plan_bytes_max: usize,
    /// Distinct values of a tenant from which on they are looked through for those that nothing has any
    /// more; 128 bytes of text count as one.
    pub values_min: usize,
    /// Commits of a plan since its last image after which it gets the next one: so many are read
    /// again at most when it is fetched.
    pub image_commits: u32,
    /// Commits after which the state is kept again beside the log, so that an opening folds no more.
    pub checkpoint_commits: u64,
    /// Where it is kept; nowhere, and an opening folds the whole log.
    pub checkpoints: Option<Arc<dyn Checkpoints>>,
    /// Set by whoever does not want to wait any longer for an opening: it ends at the next few thousand
    /// commits.
    pub interrupted: Arc<AtomicBool>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What is broken on purpose.
    #[cfg(feature = "faults")]
    pub faults: Vec<crate::fault::Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
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
            interrupted: Arc::default(),
            clock: Arc::new(SystemClock),
            #[cfg(feature = "faults")]
            faults: Vec::new(),
        }
    }
}

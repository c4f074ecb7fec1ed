//! What an operator may set of the engine, and the bounds that it keeps.

use std::sync::Arc;

use plansync_domain::limits::Limits;

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
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            queue_count_max: 16_384,
            queue_bytes_max: 32 * 1024 * 1024,
            recent_commands_max: 32_768,
            batch_targets_max: 32,
            clock: Arc::new(SystemClock),
        }
    }
}

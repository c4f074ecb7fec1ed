//! The time that passes for all nodes, and each node's own clock, which began at another time and runs at another rate.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plansync_log::replication::{Monotonic, MonotonicClock};

/// The time that passes, in microseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Passing(Arc<AtomicU64>);

impl Passing {
    pub(crate) fn micros(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn pass(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

/// A node's clock.
#[derive(Debug, Clone)]
pub(crate) struct NodeClock {
    pub(crate) passing: Passing,
    /// What it showed at the beginning, in microseconds.
    pub(crate) began_at: u64,
    /// How many thousandths of a second it counts in one: between 910 and 1,090.
    pub(crate) rate: u64,
}

impl MonotonicClock for NodeClock {
    fn now(&self) -> Monotonic {
        let micros = self.passing.micros() * self.rate / 1_000;
        Monotonic::new(Duration::from_micros(self.began_at + micros))
    }

    fn pause(&self, duration: Duration) {
        self.passing.pass(duration);
    }
}

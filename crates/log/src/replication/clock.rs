//! The port of time, for waits and leases. It goes on while the time of day is set, and its rate is nearly that of every
//! other node's clock; nothing else is asked of it.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

/// A time of one process: how long ago its clock began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Monotonic(Duration);

impl Monotonic {
    /// So long after the clock began.
    pub const fn new(since_begin: Duration) -> Self {
        Self(since_begin)
    }

    /// How long ago `earlier` was; zero if it was not.
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The time after so long.
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// A clock that only goes forward.
pub trait MonotonicClock: Send + Sync {
    /// The time now.
    fn now(&self) -> Monotonic;

    /// Waits, on a thread that may block.
    fn pause(&self, duration: Duration);
}

/// The clock of the machine.
#[derive(Clone, Copy)]
pub struct SystemMonotonicClock {
    begun: Instant,
}

impl SystemMonotonicClock {
    /// A clock that begins now.
    pub fn begin() -> Self {
        Self {
            begun: Instant::now(),
        }
    }
}

impl MonotonicClock for SystemMonotonicClock {
    fn now(&self) -> Monotonic {
        Monotonic(self.begun.elapsed())
    }

    fn pause(&self, duration: Duration) {
        thread::sleep(duration);
    }
}

impl fmt::Debug for SystemMonotonicClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemMonotonicClock")
            .finish_non_exhaustive()
    }
}

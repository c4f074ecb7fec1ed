//! The port through which time enters the engine, so that a test controls the time.
//!
//! May import: no other folder.

use std::time::{SystemTime, UNIX_EPOCH};

use plansync_log::Recorded;

/// Gives the time at which a commit is recorded.
pub trait Clock: Send + Sync {
    /// The current time in microseconds since 1970 UTC. It may jump: the log keeps recorded times in order.
    fn now(&self) -> Recorded;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Recorded {
        let micros = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| {
                i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
            });
        Recorded::new(micros)
    }
}

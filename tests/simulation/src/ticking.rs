//! The machine's clock: it ticks with every look at it, jumps, and now and then hours pass.

use std::sync::atomic::{AtomicI64, Ordering};

use plansync_engine::Clock;
use plansync_log::Recorded;

use crate::choices::Choices;

/// An hour, as clocks count.
const HOUR_MICROS: i64 = 3_600_000_000;
/// What passes at the end: the shortest idle time that histories set.
const LAST_HOURS: i64 = 3;
/// Three years.
const YEARS_HOURS: i64 = 3 * 365 * 24;

/// The clock.
pub(crate) struct Ticking(AtomicI64);

impl Ticking {
    pub(crate) const fn new() -> Self {
        Self(AtomicI64::new(1_795_426_200_000_000))
    }

    /// What it says, without a tick.
    pub(crate) fn peek(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// It jumps by some seconds, ahead or back.
    pub(crate) fn jump(&self, choices: &Choices) {
        let by = i64::from(choices.below(20_000_000)) - 10_000_000;
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Hours pass. Now and then it is put wrong by years, and stays so.
    pub(crate) fn pass(&self, choices: &Choices) {
        self.hours(if choices.happens(30) {
            YEARS_HOURS
        } else {
            i64::from(choices.below(40))
        });
    }

    /// So much time passes that some tenants' records are idle.
    pub(crate) fn pass_at_the_end(&self) {
        self.hours(LAST_HOURS);
    }

    fn hours(&self, hours: i64) {
        self.0.fetch_add(hours * HOUR_MICROS, Ordering::Relaxed);
    }
}

impl Clock for Ticking {
    fn now(&self) -> Recorded {
        Recorded::new(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

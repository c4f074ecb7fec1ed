//! Log time: the time that has passed in a log, by which idle records are measured (C6).
//!
//! Every time is passed in. What is decided with it is an event, so a replay does not need it again
//! (C5).

use serde::{Deserialize, Serialize};

use crate::ids::position::Position;

/// An hour, in microseconds.
pub const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;

/// 31 days, in microseconds. A longer step between two recorded times is a correction or an error of
/// the clock, and does not count as idle time. It is longer than the longest idle time that a tenant
/// can set; `reference::settings` asserts that.
pub const STEP_MICROS_MAX: i64 = 31 * 24 * HOUR_MICROS;

/// Log time, in microseconds: the time that has passed in a log, without steps of its clock that
/// are too large. It never decreases.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogTime(i64);

impl LogTime {
    /// The time with this number of microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the log began.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The time this many hours earlier, which may be before the log began.
    #[must_use]
    pub const fn hours_earlier(self, hours: u16) -> Self {
        Self(self.0.saturating_sub(hours as i64 * HOUR_MICROS))
    }
}

/// The clock of a log: it advances with the recorded time of every commit, of all tenants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogClock {
    /// When the last commit was recorded, in microseconds since 1970 began.
    recorded: i64,
    /// The log time then.
    time: LogTime,
}

impl LogClock {
    /// The clock after a commit that was recorded at this time, in microseconds since 1970 began.
    #[must_use]
    pub fn after(self, recorded: i64) -> Self {
        Self {
            time: self.at(recorded),
            recorded,
        }
    }

    /// The log time when the engine's clock shows `now`, in microseconds since 1970 began. A clock
    /// that is behind the log, or too far ahead of it, does not advance it.
    #[must_use]
    pub fn at(self, now: i64) -> LogTime {
        let passed = now.saturating_sub(self.recorded);
        if (0..=STEP_MICROS_MAX).contains(&passed) {
            LogTime(self.time.0.saturating_add(passed))
        } else {
            self.time
        }
    }

    /// The log time of the last commit.
    #[must_use]
    pub const fn time(self) -> LogTime {
        self.time
    }
}

/// When a commit is recorded, as far as folding needs it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Its position in the log.
    pub position: Position,
    /// The log time.
    pub time: LogTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_426_200_000_000;
    const HOUR: i64 = HOUR_MICROS;

    fn after(steps: &[i64]) -> LogTime {
        let mut now = START;
        let clock = steps
            .iter()
            .fold(LogClock::default().after(START), |clock, step| {
                now += step;
                clock.after(now)
            });
        clock.time()
    }

    #[test]
    fn c6_time_passes_from_one_commit_to_the_next() {
        assert_eq!(after(&[]), LogTime(0));
        assert_eq!(after(&[HOUR, 2 * HOUR, 0]), LogTime(3 * HOUR));
        assert_eq!(after(&[STEP_MICROS_MAX]), LogTime(STEP_MICROS_MAX));
    }

    #[test]
    fn c5_a_clock_that_jumps_years_ahead_or_back_moves_nothing_on() {
        let years = 5 * 365 * 24 * HOUR_MICROS;
        assert_eq!(after(&[HOUR, years, HOUR]), LogTime(2 * HOUR));
        assert_eq!(after(&[HOUR, STEP_MICROS_MAX + 1]), LogTime(HOUR));
        let clock = LogClock::default().after(START).after(START + HOUR);
        assert_eq!(clock.at(START + HOUR + years), LogTime(HOUR));
        assert_eq!(clock.at(START - years), LogTime(HOUR));
        assert_eq!(clock.at(START + 3 * HOUR), LogTime(3 * HOUR));
    }

    #[test]
    fn hours_are_taken_off_whether_the_log_is_as_old_or_not() {
        assert_eq!(LogTime(3 * HOUR).hours_earlier(1), LogTime(2 * HOUR));
        assert_eq!(LogTime(0).hours_earlier(720), LogTime(-720 * HOUR));
    }
}

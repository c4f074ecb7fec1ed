//! Warns if the last commit of the log has a time that is ahead of this machine's clock.
//!
//! Recorded times never decrease. One start with a clock that is ahead therefore affects the times of all later
//! commits, until the real time has caught up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};
use plansync_log::Recorded;

/// How far two clocks may be apart without a word.
pub(crate) const APART_MAX: Duration = Duration::from_mins(1);

/// What to do.
pub(crate) const REMEDY: &str = "check the clock of this machine (NTP); if the clock was ahead in the past, only \
                                 a backup from before then restores correct times, without later commits";

/// Says so where the log's last commit is ahead of this machine's clock.
pub(crate) fn warn(last: Recorded) {
    if let Some(said) = told(last, now()) {
        tracing::warn!("{said}; {REMEDY}");
    }
}

/// The warning, if there is one.
pub(crate) fn note(last: Recorded) -> Option<String> {
    told(last, now())
}

/// Microseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

fn told(last: Recorded, now_micros: i64) -> Option<String> {
    let ahead = last.get().checked_sub(now_micros)?;
    let ahead = Duration::from_micros(u64::try_from(ahead).ok()?);
    (ahead > APART_MAX).then(|| {
        let shown = |micros| {
            DateTime::from_timestamp_micros(micros).map_or_else(
                || format!("{micros} µs after 1970"),
                |time| time.to_rfc3339_opts(SecondsFormat::Secs, true),
            )
        };
        format!(
            "the time of the log's last commit is {}, but the clock of this machine says {}: it is behind, or \
             the clock that recorded the commit was ahead. Nothing is lost and the order is correct. Recorded \
             times never decrease, so all commits before {} will have that time.",
            shown(last.get()),
            shown(now_micros),
            shown(last.get()),
        )
    })
}

#[cfg(test)]
mod tests {
    use plansync_log::Recorded;

    use super::told;

    #[test]
    fn only_a_log_that_is_more_than_a_minute_ahead_is_told_of() {
        let now = 1_800_000_000_000_000;
        for fine in [0, now, now + 60_000_000] {
            assert_eq!(told(Recorded::new(fine), now), None);
        }
        let said = told(Recorded::new(now + 60_000_001), now).unwrap();
        assert!(said.contains("2027-01-15T08:01:00Z"), "{said}");
        assert!(said.contains("2027-01-15T08:00:00Z"), "{said}");
        assert!(told(Recorded::new(i64::MAX), now).is_some());
    }
}

//! Rate limits for log lines about things that may happen thousands of times a second: the first time
//! (or the first hundred times) is reported at once, then only the number, so that no sender can fill
//! the engine's log output.

use std::time::Duration;

use tokio::time::Instant;

/// The interval between reports.
const EVERY: Duration = Duration::from_secs(10);

/// Allows one report in ten seconds, and counts the other occurrences.
#[derive(Debug)]
pub(crate) struct ReportLimit {
    last: Option<Instant>,
    /// Occurrences since the last report.
    unreported: u64,
}

impl ReportLimit {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self {
            last: None,
            unreported: 0,
        }
    }

    /// Counts an occurrence. If it is to be reported, returns the number of occurrences before it
    /// that were not.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        if self
            .last
            .is_some_and(|last| now.duration_since(last) < EVERY)
        {
            self.unreported = self.unreported.saturating_add(1);
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.unreported))
    }
}

/// The number of occurrences that are reported one by one within [`EVERY`].
const BURST_MAX: u32 = 100;

/// Allows a hundred reports in ten seconds, and counts the other occurrences.
#[derive(Debug)]
pub(crate) struct BurstLimit {
    began: Option<Instant>,
    reported: u32,
    /// Occurrences since the last one that was reported.
    unreported: u64,
}

impl BurstLimit {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self {
            began: None,
            reported: 0,
            unreported: 0,
        }
    }

    /// Counts an occurrence. If it is to be reported, returns the number of occurrences before it
    /// that were not.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        if self
            .began
            .is_none_or(|began| now.duration_since(began) >= EVERY)
        {
            self.began = Some(now);
            self.reported = 0;
        }
        if self.reported == BURST_MAX {
            self.unreported = self.unreported.saturating_add(1);
            return None;
        }
        self.reported += 1;
        Some(std::mem::take(&mut self.unreported))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{BURST_MAX, BurstLimit, EVERY, ReportLimit};

    #[test]
    fn a_hundred_are_reported_one_by_one_and_then_their_number() {
        let mut burst = BurstLimit::new();
        let start = Instant::now();
        for _ in 0..BURST_MAX {
            assert_eq!(burst.due(start), Some(0));
        }
        for _ in 0..1_000 {
            assert_eq!(burst.due(start + EVERY / 2), None);
        }
        assert_eq!(burst.due(start + EVERY), Some(1_000));
        assert_eq!(burst.due(start + EVERY), Some(0));
    }

    #[test]
    fn the_first_is_reported_and_then_the_number_of_the_others() {
        let mut report_limit = ReportLimit::new();
        let start = Instant::now();
        assert_eq!(report_limit.due(start), Some(0));
        for _ in 0..1_000 {
            assert_eq!(report_limit.due(start + EVERY / 2), None);
        }
        assert_eq!(report_limit.due(start + EVERY), Some(1_000));
        assert_eq!(report_limit.due(start + EVERY), None);
    }
}

//! Limits lines in the engine's log about things that may happen thousands of times a second: the
//! first time (or the first hundred times) is reported at once, then only the number, so that
//! nobody can fill the log.

use std::time::Duration;

use tokio::time::Instant;

/// The interval between reports.
const EVERY: Duration = Duration::from_secs(10);

/// Counts, and reports from time to time.
#[derive(Debug)]
pub(crate) struct Rarely {
    last: Option<Instant>,
    /// Occurrences since the last report.
    unsaid: u64,
}

impl Rarely {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self {
            last: None,
            unsaid: 0,
        }
    }

    /// Notes an occurrence. If a report is due, returns the number of occurrences that were not
    /// reported.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        if self
            .last
            .is_some_and(|last| now.duration_since(last) < EVERY)
        {
            self.unsaid = self.unsaid.saturating_add(1);
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}

/// The number of occurrences that are reported one by one within [`EVERY`].
const BURST: u32 = 100;

/// Reports each of the first hundred occurrences in ten seconds, and counts the others.
#[derive(Debug)]
pub(crate) struct Burst {
    began: Option<Instant>,
    said: u32,
    /// Occurrences since the last one that was reported.
    unsaid: u64,
}

impl Burst {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self {
            began: None,
            said: 0,
            unsaid: 0,
        }
    }

    /// Notes an occurrence. If it is to be reported, returns the number before it that were not.
    pub(crate) fn due(&mut self, now: Instant) -> Option<u64> {
        if self
            .began
            .is_none_or(|began| now.duration_since(began) >= EVERY)
        {
            self.began = Some(now);
            self.said = 0;
        }
        if self.said == BURST {
            self.unsaid = self.unsaid.saturating_add(1);
            return None;
        }
        self.said += 1;
        Some(std::mem::take(&mut self.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{BURST, Burst, EVERY, Rarely};

    #[test]
    fn a_hundred_are_mentioned_one_by_one_and_then_their_number() {
        let mut burst = Burst::new();
        let start = Instant::now();
        for _ in 0..BURST {
            assert_eq!(burst.due(start), Some(0));
        }
        for _ in 0..1_000 {
            assert_eq!(burst.due(start + EVERY / 2), None);
        }
        assert_eq!(burst.due(start + EVERY), Some(1_000));
        assert_eq!(burst.due(start + EVERY), Some(0));
    }

    #[test]
    fn the_first_is_mentioned_and_then_their_number() {
        let mut rarely = Rarely::new();
        let start = Instant::now();
        assert_eq!(rarely.due(start), Some(0));
        for _ in 0..1_000 {
            assert_eq!(rarely.due(start + EVERY / 2), None);
        }
        assert_eq!(rarely.due(start + EVERY), Some(1_000));
        assert_eq!(rarely.due(start + EVERY), None);
    }
}

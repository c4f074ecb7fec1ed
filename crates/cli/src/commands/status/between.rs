//! What was done between two showings: rates, and how long things took.

use std::time::Duration;

use plansync_protocol::engine::{Durations, EngineStatusRecord};

/// A status, and the one before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Between<'a> {
    pub(super) now: &'a EngineStatusRecord,
    /// The one before, if it is of the same run of the engine.
    before: Option<&'a EngineStatusRecord>,
}

impl<'a> Between<'a> {
    pub(super) fn of(now: &'a EngineStatusRecord, before: Option<&'a EngineStatusRecord>) -> Self {
        let same = |before: &&EngineStatusRecord| before.started_at == now.started_at;
        Self {
            now,
            before: before.filter(same),
        }
    }

    /// The time in which things were done: since the last showing, or since the start.
    fn seconds(&self) -> f64 {
        let from = self
            .before
            .map_or(self.now.started_at, |before| before.at)
            .micros();
        let micros = self.now.at.micros().saturating_sub(from).max(1);
        Duration::from_micros(u64::try_from(micros).unwrap_or(1)).as_secs_f64()
    }

    /// How often a second something was done that is counted, since the last showing; `None` if there was none.
    pub(super) fn rate(&self, count: impl Fn(&EngineStatusRecord) -> u64) -> Option<f64> {
        let done = count(self.now).saturating_sub(count(self.before?));
        #[allow(clippy::cast_precision_loss)] // A rate is shown with few digits.
        Some(done as f64 / self.seconds())
    }

    /// How long things took since the last showing, or since the start.
    pub(super) fn took(&self, of: impl Fn(&EngineStatusRecord) -> &Durations) -> Took {
        let now = of(self.now);
        let before = self.before.map(of);
        let since = |(place, count): (usize, &u64)| {
            let before = before.and_then(|before| before.counts.get(place));
            count.saturating_sub(before.copied().unwrap_or(0))
        };
        Took {
            bounds_us: now.bounds_us.clone(),
            counts: now.counts.iter().enumerate().map(since).collect(),
        }
    }
}

/// How long things took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Took {
    bounds_us: Vec<u64>,
    counts: Vec<u64>,
}

/// A bound on how long things took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// At most this long.
    AtMost(Duration),
    /// Longer than the largest bound.
    Longer(Duration),
}

impl Took {
    /// The bound within which this many of a thousand are; `None` if there is nothing.
    pub(super) fn within(&self, of_thousand: u64) -> Option<Within> {
        let all: u64 = self.counts.iter().sum();
        let wanted = all.saturating_mul(of_thousand).div_ceil(1_000);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if all > 0 && seen >= wanted {
                let bound = self.bounds_us.get(place).copied();
                let last = self.bounds_us.last().copied().unwrap_or_default();
                return Some(match bound {
                    Some(bound) => Within::AtMost(Duration::from_micros(bound)),
                    None => Within::Longer(Duration::from_micros(last)),
                });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(counts: [u64; 3]) -> Took {
        Took {
            bounds_us: vec![1_000, 10_000],
            counts: counts.into(),
        }
    }

    #[test]
    fn a_bound_has_as_many_below_it_as_were_asked_for() {
        let millis = |count| Some(Within::AtMost(Duration::from_millis(count)));
        assert_eq!(took([0, 0, 0]).within(500), None);
        assert_eq!(took([1, 0, 0]).within(990), millis(1));
        assert_eq!(took([1, 1, 0]).within(500), millis(1));
        assert_eq!(took([1, 1, 0]).within(990), millis(10));
        assert_eq!(took([99, 1, 0]).within(990), millis(1));
        let longer = Some(Within::Longer(Duration::from_millis(10)));
        assert_eq!(took([0, 0, 5]).within(500), longer);
    }
}

//! How often values of each size occurred.

use std::time::Duration;

use crate::Counter;

/// Bounds for durations, in nanoseconds: 0.1 ms to 30 s.
pub const LATENCIES_NS: &[u64] = &[
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    30_000_000_000,
];

/// Bounds for numbers of things that are done together: 1 to 16,384.
pub const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384];

/// Counts values by their size.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what is larger than the last.
    counts: Box<[Counter]>,
    sum: Counter,
}

impl Histogram {
    /// Counts values up to each of these bounds, which rise, and larger ones.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| Counter::default()).collect(),
            sum: Counter::default(),
        }
    }

    /// Counts a value.
    pub fn record(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(counter) = self.counts.get(place) {
            counter.count();
            self.sum.add(value);
        }
    }

    /// Counts a duration, in nanoseconds.
    pub fn record_duration(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// A copy of the counts.
    pub fn get(&self) -> Distribution {
        Distribution {
            bounds: self.bounds,
            counts: self.counts.iter().map(Counter::get).collect(),
            sum: self.sum.get(),
        }
    }
}

/// How often values of each size occurred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The bounds; each belongs to the values up to it.
    pub bounds: &'static [u64],
    /// How many values are above the bound before and up to each bound, and at the end those above the last one.
    pub counts: Vec<u64>,
    /// The sum of all values.
    pub sum: u64,
}

impl Distribution {
    /// The number of values.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Each count with its bound; the last has none.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_for_the_first_bound_that_it_does_not_exceed() {
        let histogram = Histogram::new(&[1, 10]);
        for value in [0, 1, 2, 10, 11, 1_000] {
            histogram.record(value);
        }
        let counted = histogram.get();
        assert_eq!(counted.counts, [2, 2, 2]);
        assert_eq!((counted.count(), counted.sum), (6, 1_024));
        let buckets: Vec<_> = counted.buckets().collect();
        assert_eq!(buckets, [(Some(1), 2), (Some(10), 2), (None, 2)]);
    }

    #[test]
    fn durations_are_counted_in_nanoseconds() {
        let histogram = Histogram::new(LATENCIES_NS);
        histogram.record_duration(Duration::from_micros(100));
        histogram.record_duration(Duration::from_mins(1));
        let counted = histogram.get();
        assert_eq!((counted.counts[0], counted.counts.last()), (1, Some(&1)));
        assert_eq!(counted.sum, 60_000_100_000);
    }

    #[test]
    fn bounds_rise() {
        for bounds in [LATENCIES_NS, SIZES] {
            assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
        }
    }
}

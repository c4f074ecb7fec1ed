//! One metric: its name, type, unit, labels and meaning, and its samples.

use std::borrow::Cow;

use plansync_measures::Distribution;

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observing) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

/// A metric.
#[derive(Debug, Clone)]
pub(in crate::observing) struct Family {
    /// Without unit and suffix.
    pub(in crate::observing) name: &'static str,
    pub(in crate::observing) kind: Kind,
    pub(in crate::observing) unit: Option<&'static str>,
    pub(in crate::observing) labels: &'static [&'static str],
    pub(in crate::observing) help: &'static str,
    pub(in crate::observing) samples: Vec<Sample>,
}

/// A value of a label.
pub(in crate::observing) type Text = Cow<'static, str>;

/// A number with its labels.
#[derive(Debug, Clone)]
pub(in crate::observing) struct Sample {
    pub(in crate::observing) labels: Vec<(&'static str, Text)>,
    pub(in crate::observing) number: Number,
}

/// The number of a sample.
#[derive(Debug, Clone)]
pub(in crate::observing) enum Number {
    /// Of a counter.
    Count(u64),
    /// Of a counter of something that is not counted in whole numbers.
    Amount(f64),
    /// Of a gauge.
    Whole(u64),
    /// Of a gauge.
    Level(f64),
    /// Of a histogram: each bucket has its upper bound, and what is in this bucket alone.
    Spread {
        sum: f64,
        count: u64,
        buckets: Vec<(f64, u64)>,
    },
    /// Of a metric that says something by its labels.
    Info,
}

impl Family {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            unit: None,
            labels: &[],
            help,
            samples: Vec::new(),
        }
    }

    pub(in crate::observing) const fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Counter, help)
    }

    pub(in crate::observing) const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, help)
    }

    pub(in crate::observing) const fn histogram(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Histogram, help)
    }

    pub(in crate::observing) const fn info(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Info, help)
    }

    /// The same in this unit.
    pub(in crate::observing) fn of(self, unit: &'static str) -> Self {
        let unit = Some(unit);
        Self { unit, ..self }
    }

    /// The same with these labels.
    pub(in crate::observing) fn by(self, labels: &'static [&'static str]) -> Self {
        Self { labels, ..self }
    }

    fn sample<const N: usize, T: Into<Text>>(mut self, values: [T; N], number: Number) -> Self {
        debug_assert_eq!(N, self.labels.len(), "{}", self.name);
        let values = values.into_iter().map(Into::into);
        let labels = self.labels.iter().copied().zip(values).collect();
        self.samples.push(Sample { labels, number });
        self
    }

    /// The same with one more count.
    pub(in crate::observing) fn count<const N: usize, T: Into<Text>>(
        self,
        values: [T; N],
        count: u64,
    ) -> Self {
        self.sample(values, Number::Count(count))
    }

    /// The same with counts.
    pub(in crate::observing) fn counts<const N: usize, T: Into<Text>>(
        self,
        all: impl IntoIterator<Item = ([T; N], u64)>,
    ) -> Self {
        let all = all.into_iter();
        all.fold(self, |family, (values, count)| family.count(values, count))
    }

    /// The same with the only count, if it is known.
    pub(in crate::observing) fn total(self, count: Option<u64>) -> Self {
        match count {
            Some(count) => self.sample([""; 0], Number::Count(count)),
            None => self,
        }
    }

    /// The same with the only amount, if it is known.
    pub(in crate::observing) fn amount(self, amount: Option<f64>) -> Self {
        match amount {
            Some(amount) => self.sample([""; 0], Number::Amount(amount)),
            None => self,
        }
    }

    /// The same with the only level, if it is known.
    pub(in crate::observing) fn level(self, level: impl Into<Option<f64>>) -> Self {
        match level.into() {
            Some(level) => self.sample([""; 0], Number::Level(level)),
            None => self,
        }
    }

    /// The same with the only level, if it is known.
    pub(in crate::observing) fn whole(self, level: impl Into<Option<u64>>) -> Self {
        match level.into() {
            Some(level) => self.sample([""; 0], Number::Whole(level)),
            None => self,
        }
    }

    /// The same with levels.
    pub(in crate::observing) fn wholes<const N: usize, T: Into<Text>>(
        self,
        all: impl IntoIterator<Item = ([T; N], u64)>,
    ) -> Self {
        let all = all.into_iter();
        all.fold(self, |family, (values, level)| {
            family.sample(values, Number::Whole(level))
        })
    }

    /// The same with distributions of whole numbers, or of durations in nanoseconds if the unit is the second.
    pub(in crate::observing) fn spreads<'a, const N: usize, T: Into<Text>>(
        self,
        all: impl IntoIterator<Item = ([T; N], &'a Distribution)>,
    ) -> Self {
        let scale = if self.unit == Some("seconds") {
            1e9
        } else {
            1.0
        };
        let all = all.into_iter();
        all.fold(self, |family, (values, distribution)| {
            family.sample(values, spread(distribution, scale))
        })
    }

    /// The same with what its labels say.
    pub(in crate::observing) fn known<const N: usize, T: Into<Text>>(self, values: [T; N]) -> Self {
        self.sample(values, Number::Info)
    }
}

/// A distribution whose values are divided by `scale`.
fn spread(distribution: &Distribution, scale: f64) -> Number {
    #[allow(clippy::cast_precision_loss)]
    // A float has room for 52 days in nanoseconds, and is rounded beyond.
    let scaled = |value: u64| value as f64 / scale;
    let bucket = |(bound, count): (Option<u64>, u64)| (bound.map_or(f64::INFINITY, scaled), count);
    Number::Spread {
        sum: scaled(distribution.sum),
        count: distribution.count(),
        buckets: distribution.buckets().map(bucket).collect(),
    }
}

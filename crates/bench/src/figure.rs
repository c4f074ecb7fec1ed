//! Figures: what was measured, the targets, and how both are shown.

use std::time::Duration;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

/// The target of a figure, which says whether smaller or larger values are better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// The value should be at most this.
    AtMost(f64),
    /// The value should be at least this.
    AtLeast(f64),
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// The workload that it belongs to.
    pub(crate) workload: &'static str,
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    /// The median of the samples.
    pub(crate) p50: f64,
    /// The 99th percentile, if there are enough samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p99: Option<f64>,
    pub(crate) samples: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Target>,
    /// The target for the 99th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p99_target: Option<Target>,
}

/// With fewer samples, the 99th percentile would be their maximum.
const P99_SAMPLES_MIN: usize = 100;

impl Figure {
    /// A figure of one or more samples.
    pub(crate) fn of(name: impl Into<String>, unit: &'static str, samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |share: usize| {
            let index = (sorted.len() * share / 100).min(sorted.len().saturating_sub(1));
            sorted.get(index).copied().unwrap_or(f64::NAN)
        };
        Self {
            workload: "",
            name: name.into(),
            unit,
            p50: at(50),
            p99: (sorted.len() >= P99_SAMPLES_MIN).then(|| at(99)),
            samples: sorted.len(),
            target: None,
            p99_target: None,
        }
    }

    /// A figure in milliseconds.
    pub(crate) fn millis(name: impl Into<String>, samples: &[Duration]) -> Self {
        let millis: Vec<_> = samples
            .iter()
            .map(|took| took.as_secs_f64() * 1e3)
            .collect();
        Self::of(name, "ms", &millis)
    }

    /// A figure that was measured once.
    pub(crate) fn once(name: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self::of(name, unit, &[value])
    }

    pub(crate) fn at_most(mut self, target: f64) -> Self {
        self.target = Some(Target::AtMost(target));
        self
    }

    pub(crate) fn at_least(mut self, target: f64) -> Self {
        self.target = Some(Target::AtLeast(target));
        self
    }

    pub(crate) fn p99_at_most(mut self, target: f64) -> Self {
        self.p99_target = Some(Target::AtMost(target));
        self
    }

    /// Whether every target is met; none if there are no targets.
    fn is_met(&self) -> Option<bool> {
        let pairs = [(self.target, Some(self.p50)), (self.p99_target, self.p99)];
        let met = pairs.into_iter().filter_map(|(target, value)| {
            let value = value?;
            Some(match target? {
                Target::AtMost(most) => value <= most,
                Target::AtLeast(least) => value >= least,
            })
        });
        met.reduce(|one, other| one && other)
    }
}

fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 1_000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}

fn aimed_at(target: Option<Target>) -> String {
    match target {
        Some(Target::AtMost(most)) => format!("≤ {}", number(most)),
        Some(Target::AtLeast(least)) => format!("≥ {}", number(least)),
        None => String::new(),
    }
}

/// The figures as a table for people.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["", "figure", "p50", "p99", "", "target", "p99", "met"]);
    for index in [2, 3, 5, 6] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for figure in figures {
        let met = match figure.is_met() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        table.add_row([
            Cell::new(figure.workload),
            Cell::new(&figure.name),
            Cell::new(number(figure.p50)),
            Cell::new(figure.p99.map(number).unwrap_or_default()),
            Cell::new(figure.unit),
            Cell::new(aimed_at(figure.target)),
            Cell::new(aimed_at(figure.p99_target)),
            Cell::new(met),
        ]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_99th_percentile_are_of_the_sorted_samples() {
        let samples: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let figure = Figure::of("a", "ms", &samples);
        assert_eq!((figure.p50, figure.p99), (101.0, Some(199.0)));
        assert_eq!(number(Figure::of("a", "ms", &[3.0, 1.0, 2.0]).p50), "2.00");
        assert_eq!(Figure::of("a", "ms", &[3.0]).p99, None);
    }

    #[test]
    fn a_target_that_is_missed_says_so() {
        let figure = Figure::once("a", "ms", 5.0);
        assert_eq!(figure.is_met(), None);
        assert_eq!(figure.clone().at_most(5.0).is_met(), Some(true));
        assert_eq!(figure.clone().at_most(4.0).is_met(), Some(false));
        assert_eq!(figure.at_least(6.0).is_met(), Some(false));
    }
}

//! Metrics in the formats of Prometheus, by its library.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text, text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::metrics::family::{Family, Kind, Number, Sample};

/// A format of the exposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposition {
    OpenMetrics,
    /// The text format of Prometheus, version 0.0.4.
    PrometheusText,
}

impl Exposition {
    /// The format that an `Accept` header asks for. Whoever names `OpenMetrics` gets it; what it prefers does not
    /// matter, because both say the same.
    pub(super) fn accepted(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") {
            Self::OpenMetrics
        } else {
            Self::PrometheusText
        }
    }

    /// Its media type.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::PrometheusText => prometheus_text::CONTENT_TYPE,
        }
    }

    /// The families in this format.
    pub(super) fn encode(self, families: Vec<Family>) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Families(families)));
        let mut exposed = String::new();
        match self {
            Self::OpenMetrics => text::encode(&mut exposed, &registry)?,
            Self::PrometheusText => prometheus_text::encode(&mut exposed, &registry)?,
        }
        Ok(exposed)
    }
}

#[derive(Debug)]
struct Families(Vec<Family>);

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        for family in &self.0 {
            let unit = family.unit.map(|unit| Unit::Other(unit.to_owned()));
            let mut encoder = encoder.encode_descriptor(
                family.name,
                family.help,
                unit.as_ref(),
                metric_type(family.kind),
            )?;
            for sample in &family.samples {
                encode(sample, &mut encoder)?;
            }
        }
        Ok(())
    }
}

const fn metric_type(kind: Kind) -> MetricType {
    match kind {
        Kind::Counter => MetricType::Counter,
        Kind::Gauge => MetricType::Gauge,
        Kind::Histogram => MetricType::Histogram,
        Kind::Info => MetricType::Info,
    }
}

fn encode(sample: &Sample, encoder: &mut MetricEncoder) -> Result<(), std::fmt::Error> {
    if matches!(sample.number, Number::Info) {
        encoder.encode_info(&sample.labels)
    } else if sample.labels.is_empty() {
        encode_number(&sample.number, encoder)
    } else {
        encode_number(&sample.number, &mut encoder.encode_family(&sample.labels)?)
    }
}

fn encode_number(number: &Number, encoder: &mut MetricEncoder) -> Result<(), std::fmt::Error> {
    match number {
        Number::Count(count) => encoder.encode_counter::<NoLabelSet, _, u64>(count, None),
        Number::Amount(amount) => encoder.encode_counter::<NoLabelSet, _, u64>(amount, None),
        Number::Level(level) => encoder.encode_gauge(level),
        Number::Whole(level) => encoder.encode_gauge(level),
        Number::Spread {
            sum,
            count,
            buckets,
        } => encoder.encode_histogram::<NoLabelSet>(*sum, *count, buckets, None),
        Number::Info => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn families() -> Vec<Family> {
        vec![
            Family::counter("things", "What was done.")
                .by(&["what"])
                .count(["a \"b\"\n"], 3),
            Family::gauge("size", "How large it is.")
                .of("bytes")
                .level(1.5),
            Family::info("build", "The build.")
                .by(&["version"])
                .known(["1"]),
        ]
    }

    #[test]
    fn whoever_asks_for_openmetrics_gets_it_and_others_get_the_text_format() {
        for (accept, expected) in [
            ("", Exposition::PrometheusText),
            (
                "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Exposition::PrometheusText,
            ),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2",
                Exposition::OpenMetrics,
            ),
        ] {
            assert_eq!(Exposition::accepted(accept), expected, "{accept}");
        }
    }

    #[test]
    fn both_formats_have_the_same_families() {
        let open = Exposition::OpenMetrics.encode(families()).unwrap();
        assert_eq!(
            open,
            "# HELP things What was done.\n# TYPE things counter\nthings_total{what=\"a \\\"b\\\"\\n\"} 3\n\
             # HELP size_bytes How large it is.\n# TYPE size_bytes gauge\n# UNIT size_bytes bytes\nsize_bytes 1.5\n\
             # HELP build The build.\n# TYPE build info\nbuild_info{version=\"1\"} 1\n# EOF\n"
        );
        let text = Exposition::PrometheusText.encode(families()).unwrap();
        assert_eq!(
            text,
            "# HELP things_total What was done.\n# TYPE things_total counter\n\
             things_total{what=\"a \\\"b\\\"\\n\"} 3\n\
             # HELP size_bytes How large it is.\n# TYPE size_bytes gauge\nsize_bytes 1.5\n\
             # HELP build_info The build.\n# TYPE build_info gauge\nbuild_info{version=\"1\"} 1\n"
        );
    }
}

//! Spans of what the engine does, sent to an OpenTelemetry collector.
//!
//! What has spans, and with which fields, is known by `plansync-traces`. Here they are collected, and sent. A collector that
//! is gone, slow or hostile costs nothing but the spans: they wait in a bounded queue, and what does not fit is dropped and
//! counted.

mod address;
#[cfg(feature = "otlp")]
mod client;
#[cfg(feature = "otlp")]
mod collecting;
#[cfg(feature = "otlp")]
mod sending;

use clap::Args;
use plansync_measures::Counter;

use crate::settings::setting;
use address::CollectorAddress;

#[cfg(feature = "otlp")]
pub(crate) use collecting::{Collecting, current_ids};

/// Spans that the collector has taken, since the start.
pub(crate) static SENT: Counter = Counter::new();
/// Spans that were dropped, since the start.
pub(crate) static DROPPED: Counter = Counter::new();

/// Options for the spans of a process that runs until it is ended.
#[derive(Debug, Clone, Args)]
#[cfg_attr(not(feature = "otlp"), allow(dead_code))] // No address is accepted then.
pub(crate) struct TraceArguments {
    /// Address of an OpenTelemetry collector that takes spans of requests, durable commands and synchronisations as
    /// OTLP over HTTP. They have ids, codes and counts, and no text about persons. The connection has no TLS, which a
    /// collector on the same machine adds [default: no spans].
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        value_name = "URL",
        add = setting("traces.otlp").such_as("http://127.0.0.1:4318")
    )]
    otlp: Option<CollectorAddress>,
    /// Share, from 0 to 1, of the requests and durable commands that come without a trace context of which spans are
    /// made. For those that come with one, it says itself whether it is sampled.
    #[arg(
        long,
        env = "PLANSYNC_TRACE_RATIO",
        default_value_t = 0.0,
        value_parser = ratio,
        value_name = "RATIO",
        add = setting("traces.ratio")
    )]
    trace_ratio: f64,
}

fn ratio(text: &str) -> Result<f64, &'static str> {
    let parsed = text.parse().ok();
    let ratio = parsed.filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or("give a number from 0 to 1, such as 0.01")
}

#[cfg(feature = "otlp")]
impl TraceArguments {
    /// Begins to collect spans, if there is a collector; within a runtime.
    ///
    /// # Errors
    /// If the variables of OpenTelemetry ask for what this program does not have.
    pub(crate) fn collect(&self) -> anyhow::Result<Option<Collecting>> {
        let address = self.otlp.as_ref();
        address
            .map(|address| Collecting::begin(address, self.trace_ratio))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn a_ratio_is_from_nothing_to_everything() {
        for (text, expected) in [("0", 0.0), ("0.01", 0.01), ("1", 1.0), ("1e-3", 0.001)] {
            assert!((ratio(text).unwrap() - expected).abs() < 1e-12, "{text}");
        }
        for wrong in ["", "-0.1", "1.1", "NaN", "inf", "1 %"] {
            assert!(ratio(wrong).is_err(), "{wrong}");
        }
    }
}

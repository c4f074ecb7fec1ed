//! Health, metrics and status of a real engine, as probes, Prometheus and people ask for them.

#![expect(
    clippy::float_cmp,
    reason = "counters are whole numbers, which floats represent exactly"
)]

mod bounded;
mod counting;
mod documents;
mod hostile;
mod ready;
mod status;

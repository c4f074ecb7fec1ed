//! Health, metrics and status of a real engine, as probes, Prometheus and people ask for them.

mod bounded;
mod counting;
mod documents;
mod hostile;
mod ready;
mod status;

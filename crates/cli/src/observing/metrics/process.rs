//! Metrics of the process, its disk and its health. Those of the process have the names that every client library of
//! Prometheus gives them.

use plansync_protocol::PROTOCOL_VERSION;

use super::family::Family;
use crate::observing::health::Health;
use crate::observing::observer::Observation;
use crate::observing::status::VERSION;
use crate::traces;

/// Metrics of the health of the engine.
pub(super) fn health(health: &Health) -> Vec<Family> {
    let parts = health.parts.iter();
    vec![
        Family::gauge(
            "plansync_ready",
            "Whether every part of the engine is ready (1) or not (0).",
        )
        .whole(u64::from(health.is_ready())),
        Family::gauge(
            "plansync_part_ready",
            "Whether a part of the engine is ready (1) or not (0).",
        )
        .by(&["part"])
        .wholes(
            parts
                .clone()
                .map(|part| ([part.part.as_str()], u64::from(part.ready))),
        ),
        Family::counter(
            "plansync_part_failures",
            "How often a part of the engine was not ready; of nats, how often a connection was made again.",
        )
        .by(&["part"])
        .counts(parts.map(|part| ([part.part.as_str()], part.failures))),
    ]
}

pub(super) fn families(observed: &Observation) -> Vec<Family> {
    let sample = observed.sample.as_ref();
    let disk = sample.and_then(|sample| sample.disk);
    let process = sample.map(|sample| sample.process).unwrap_or_default();
    #[allow(clippy::cast_precision_loss)] // Microseconds since 1970 fit.
    let started = observed.started.micros as f64 / 1e6;
    vec![
        Family::gauge(
            "plansync_disk_free",
            "Free space of the disk with the data folder.",
        )
        .of("bytes")
        .whole(disk.map(|disk| disk.free_bytes)),
        Family::gauge(
            "plansync_disk_size",
            "Size of the disk with the data folder.",
        )
        .of("bytes")
        .whole(disk.map(|disk| disk.bytes)),
        Family::counter(
            "plansync_trace_spans",
            "Spans for the OpenTelemetry collector: those that it took (sent), and those that were dropped because \
             it did not, or not in time (dropped).",
        )
        .by(&["outcome"])
        .counts([
            (["sent"], traces::SENT.get()),
            (["dropped"], traces::DROPPED.get()),
        ]),
        Family::info(
            "plansync_build",
            "The version of plansync and of its wire protocol.",
        )
        .by(&["version", "protocol"])
        .known([VERSION, PROTOCOL_VERSION]),
        Family::gauge(
            "process_start_time",
            "Time at which the engine was started, in seconds since 1970.",
        )
        .of("seconds")
        .level(started),
        Family::counter(
            "process_cpu",
            "Time that all processors have worked for the process.",
        )
        .of("seconds")
        .amount(process.cpu_seconds),
        Family::gauge("process_resident_memory", "Memory that the process takes.")
            .of("bytes")
            .whole(process.resident_bytes),
        Family::gauge(
            "process_open_fds",
            "Files and connections that the process has open.",
        )
        .whole(process.open_files),
        Family::gauge(
            "process_max_fds",
            "Files and connections that the process may have open.",
        )
        .whole(process.open_files_max),
        Family::gauge("process_threads", "Threads of the process.").whole(process.threads),
    ]
}

//! Metrics of commits, the log and the relay.

use plansync_log::LogMeasured;
use plansync_measures::Distribution;

use super::family::Family;
use super::requests::count;
use crate::observing::observer::Serving;
use crate::observing::sample::Sample;

pub(super) fn families(serving: Option<&Serving>, sample: Option<&Sample>) -> Vec<Family> {
    let engine = serving.map(|serving| &serving.engine);
    let log = serving.and_then(|serving| serving.log.as_ref());
    vec![
        Family::gauge(
            "plansync_log_position",
            "Position of the last durable commit: the number of commits in the log.",
        )
        .whole(engine.map(|engine| engine.durable.get())),
        Family::gauge(
            "plansync_commits_queued",
            "Commits that were decided and wait for the disk.",
        )
        .whole(engine.map(|engine| count(engine.queued_commits))),
        Family::gauge(
            "plansync_commits_queued_size",
            "Size of the commits that were decided and wait for the disk.",
        )
        .of("bytes")
        .whole(engine.map(|engine| count(engine.queued_bytes))),
        Family::histogram(
            "plansync_commit_group_size",
            "Commits that became durable together, with one flush of the disk.",
        )
        .spreads(engine.map(|engine| ([""; 0], &engine.groups.sizes))),
        Family::counter(
            "plansync_commits_written",
            "Bytes of the commits that became durable.",
        )
        .of("bytes")
        .total(engine.map(|engine| engine.groups.bytes)),
        Family::gauge(
            "plansync_log_size",
            "Space that the volumes of the log take on the disk.",
        )
        .of("bytes")
        .whole(sample.and_then(|sample| sample.log_bytes)),
        volumes(log),
        durations(
            "plansync_log_append",
            "Time to make a group of commits durable, with everything that it had to wait for.",
            log.map(|log| &log.appends),
        ),
        durations(
            "plansync_log_flush",
            "Time of one flush of the journal to the disk (fdatasync).",
            log.map(|log| &log.flushes),
        ),
        durations(
            "plansync_log_sealing",
            "Time to seal a volume of the log.",
            log.map(|log| &log.sealings),
        ),
    ]
}

fn durations(
    name: &'static str,
    help: &'static str,
    distribution: Option<&Distribution>,
) -> Family {
    let all = distribution.map(|distribution| ([""; 0], distribution));
    Family::histogram(name, help).of("seconds").spreads(all)
}

fn volumes(log: Option<&LogMeasured>) -> Family {
    let all = log.into_iter().flat_map(|log| {
        [
            (["sealed"], log.volumes_sealed),
            (["full"], log.volumes_full),
        ]
    });
    Family::gauge(
        "plansync_log_volumes",
        "Volumes of the log: sealed ones, and full ones that wait to be sealed.",
    )
    .by(&["state"])
    .wholes(all)
}

/// Metrics of the publishing of events.
pub(super) fn relay(serving: Option<&Serving>, sample: Option<&Sample>) -> Vec<Family> {
    vec![
        Family::gauge(
            "plansync_relay_behind_commits",
            "Durable commits whose events are not published yet. Without a sample while that is not known.",
        )
        .whole(serving.and_then(|serving| serving.relay_behind)),
        Family::gauge(
            "plansync_relay_behind",
            "Age of the oldest commit whose events are not published yet; 0 if all are.",
        )
        .of("seconds")
        .level(sample.and_then(|sample| sample.relay_behind_seconds)),
    ]
}

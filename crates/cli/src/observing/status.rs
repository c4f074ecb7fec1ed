//! The reply of `engine.status`.

use std::time::Duration;

use plansync_measures::{Distribution, Histogram, LATENCIES_NS};
use plansync_nats::OperationMeasured;
use plansync_protocol::engine::{
    CommandsStatus, Durations, EngineStatusRecord, EventsStatus, HeldStatus, LogStatus,
    ProcessStatus, RequestsStatus, SyncsStatus,
};
use plansync_protocol::{Position, Time};
use plansync_service::{DurableOutcome, Observer as Observing};

use super::health::Health;
use super::observer::{Observation, Observer, Serving, overloaded};
use super::sample::Sample;

/// The version of plansync.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Observing for Observer {
    fn status(&self) -> EngineStatusRecord {
        status(&self.observe())
    }
}

fn status(observed: &Observation) -> EngineStatusRecord {
    let health = Health::of(observed);
    let started = observed.started.micros;
    let up = i64::try_from(observed.uptime.as_micros()).unwrap_or(i64::MAX);
    let (serving, sample) = (observed.serving.as_ref(), observed.sample.as_ref());
    EngineStatusRecord {
        version: VERSION.to_owned(),
        started_at: Time::from_micros(started),
        at: Time::from_micros(started.saturating_add(up)),
        ready: health.is_ready(),
        parts: health.parts,
        problems: health.problems,
        log: log(serving, sample),
        events: EventsStatus {
            behind: serving.and_then(|serving| serving.relay_behind),
            behind_ms: sample
                .and_then(|sample| sample.relay_behind_seconds)
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .and_then(|behind| u64::try_from(behind.as_millis()).ok()),
        },
        requests: requests(serving),
        commands: commands(serving),
        syncs: syncs(serving),
        held: held(serving),
        process: process(sample),
    }
}

/// A count as the wire has it.
fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn log(serving: Option<&Serving>, sample: Option<&Sample>) -> LogStatus {
    let measured = serving.and_then(|serving| serving.log.as_ref());
    LogStatus {
        position: Position(serving.map_or(0, |serving| serving.engine.durable.get())),
        queued: serving.map_or(0, |serving| number(serving.engine.queued_commits)),
        bytes: sample.and_then(|sample| sample.log_bytes),
        volumes_sealed: measured.map_or(0, |log| log.volumes_sealed),
        volumes_full: measured.map_or(0, |log| log.volumes_full),
        flushes: measured.map_or_else(Durations::default, |log| durations(&log.flushes)),
    }
}

fn requests(serving: Option<&Serving>) -> RequestsStatus {
    let operations = serving.map_or(&[][..], |serving| &serving.operations);
    let waiting = serving.map(|serving| serving.waiting);
    RequestsStatus {
        done: operations.iter().map(|one| one.done).sum(),
        refused: operations
            .iter()
            .map(OperationMeasured::refused_count)
            .sum(),
        overloaded: overloaded(operations),
        waiting: waiting.map_or(0, |now| {
            number(now.light + now.disk + now.heavy + now.held_back)
        }),
        // The reply that this is for has a place, too.
        replies_waiting: waiting.map_or(0, |now| number(now.replies.saturating_sub(1))),
        took: durations(&together(operations.iter().map(|one| &one.took))),
    }
}

fn commands(serving: Option<&Serving>) -> CommandsStatus {
    let all = serving.map_or(&[][..], |serving| &serving.commands);
    let accepted = |one: &&_| is_accepted(one);
    let count = |is_wanted: bool| {
        let wanted = all.iter().filter(|one| accepted(one) == is_wanted);
        wanted.map(|one| one.count).sum()
    };
    CommandsStatus {
        accepted: count(true),
        rejected: count(false),
    }
}

fn is_accepted(one: &plansync_service::DurableMeasured) -> bool {
    one.outcome == DurableOutcome::Accepted
}

fn syncs(serving: Option<&Serving>) -> SyncsStatus {
    let of = |get: fn(&Serving) -> u64| serving.map_or(0, get);
    let waiting = |serving: &Serving| number(serving.engine.syncs.syncs_held);
    SyncsStatus {
        running: of(|serving| {
            let held = serving.engine.syncs.syncs_held;
            number(serving.engine.totals.running_syncs.saturating_sub(held))
        }),
        waiting: of(waiting),
        completed: of(|serving| serving.engine.syncs.completed),
        cancelled: of(|serving| serving.engine.syncs.cancelled),
        learners_done: of(|serving| serving.engine.syncs.targets),
        learners_waiting: of(|serving| {
            let syncs = &serving.engine.syncs;
            number(syncs.targets_waiting + syncs.targets_held)
        }),
    }
}

fn held(serving: Option<&Serving>) -> HeldStatus {
    let of = |get: fn(&Serving) -> usize| serving.map_or(0, |serving| number(get(serving)));
    HeldStatus {
        tenants: of(|serving| serving.engine.totals.tenants),
        learners: of(|serving| serving.engine.totals.learners),
        plans: of(|serving| serving.engine.totals.plans),
        plans_resident: of(|serving| serving.engine.plans.resident),
        plans_fetched: serving.map_or(0, |serving| serving.engine.plans.fetched),
        open_records: of(|serving| serving.engine.totals.open_records),
    }
}

fn process(sample: Option<&Sample>) -> ProcessStatus {
    let process = sample.map(|sample| sample.process).unwrap_or_default();
    let disk = sample.and_then(|sample| sample.disk);
    ProcessStatus {
        memory_bytes: process.resident_bytes,
        open_files: process.open_files,
        open_files_max: process.open_files_max,
        disk_free_bytes: disk.map(|disk| disk.free_bytes),
        disk_bytes: disk.map(|disk| disk.bytes),
    }
}

/// Several distributions of latencies as one.
fn together<'a>(all: impl Iterator<Item = &'a Distribution>) -> Distribution {
    let nothing = Histogram::new(LATENCIES_NS).get();
    all.fold(nothing, |mut sum, one| {
        for (count, more) in sum.counts.iter_mut().zip(&one.counts) {
            *count += more;
        }
        sum.sum += one.sum;
        sum
    })
}

fn durations(distribution: &Distribution) -> Durations {
    const NANOS: u64 = 1_000;
    Durations {
        bounds_us: distribution
            .bounds
            .iter()
            .map(|bound| bound / NANOS)
            .collect(),
        counts: distribution.counts.clone(),
        sum_us: distribution.sum / NANOS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_add_up() {
        let (one, other) = (Histogram::new(LATENCIES_NS), Histogram::new(LATENCIES_NS));
        one.record(100_000);
        other.record(100_000);
        other.record(u64::from(u32::MAX));
        let (one, other) = (one.get(), other.get());
        let both = durations(&together([&one, &other].into_iter()));
        assert_eq!(both.counts.first(), Some(&2));
        assert_eq!(both.counts.iter().sum::<u64>(), 3);
        assert_eq!(both.sum_us, (200_000 + u64::from(u32::MAX)) / 1_000);
        assert_eq!(both.bounds_us.first(), Some(&100));
    }
}

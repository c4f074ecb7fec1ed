//! Which part of the engine is not ready, what else is wrong, and what to do.

use std::time::Duration;

use plansync_protocol::engine::{EngineProblem, PartStatus};
use plansync_protocol::{EnginePart, Urgency};

use super::disk::{Disk, percent};
use super::observer::{Observation, Phase, Serving};
use super::sample::Sample;

/// A sample that is older says that the disk or the process hangs.
const SAMPLE_AGE_MAX: Duration = Duration::from_secs(15);
/// The part of the files that may be open, in percent, at which it is told of.
const FILES_PERCENT_MAX: u64 = 80;
/// How long events may wait before it is told of.
const BEHIND_SECONDS_MAX: f64 = 30.0;
/// Full volumes that wait to be sealed, at which it is told of.
const VOLUMES_FULL_MAX: u64 = 2;
/// The most problems that are told.
const PROBLEMS_MAX: usize = 32;
/// The parts of which the engine is ready or not.
const PARTS: [EnginePart; 6] = [
    EnginePart::Nats,
    EnginePart::Log,
    EnginePart::Disk,
    EnginePart::Streams,
    EnginePart::Consumer,
    EnginePart::Relay,
];

/// The health of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Health {
    pub(super) parts: Vec<PartStatus>,
    /// What is wrong, the most urgent first.
    pub(super) problems: Vec<EngineProblem>,
}

impl Health {
    /// Whether every part is ready.
    pub(super) fn is_ready(&self) -> bool {
        self.parts.iter().all(|part| part.ready)
    }

    /// Of what was observed.
    pub(super) fn of(observed: &Observation) -> Self {
        let mut problems = not_ready(observed);
        let failing: Vec<_> = problems.iter().map(|problem| problem.part).collect();
        let is_failing =
            |part: &EnginePart| failing.iter().any(|one| one.as_str() == part.as_str());
        let parts = PARTS.iter().map(|part| PartStatus {
            part: *part,
            ready: !is_failing(part),
            failures: failures(observed, *part),
        });
        let parts = parts.collect();
        problems.extend(warnings(observed));
        problems.truncate(PROBLEMS_MAX);
        Self { parts, problems }
    }
}

fn problem(urgency: Urgency, part: EnginePart, message: impl Into<String>) -> EngineProblem {
    EngineProblem {
        urgency,
        part,
        message: message.into(),
    }
}

/// How often a part was not ready.
fn failures(observed: &Observation, part: EnginePart) -> u64 {
    let Some(serving) = &observed.serving else {
        return 0;
    };
    match part {
        EnginePart::Nats => serving.reconnects,
        EnginePart::Log => observed.pulse.stuck_count(),
        EnginePart::Disk => serving.engine.groups.refusals,
        EnginePart::Streams => serving.streams.begun,
        EnginePart::Consumer => serving.consumer.begun,
        EnginePart::Relay => serving.relay.begun,
        EnginePart::Process => 0,
    }
}

/// What does not work now.
fn not_ready(observed: &Observation) -> Vec<EngineProblem> {
    let not_ready = |part, message: &str| problem(Urgency::NotReady, part, message);
    let Some(serving) = &observed.serving else {
        let told = "the engine is starting: it opens the log and connects; its log output tells how far it is";
        return PARTS.iter().map(|part| not_ready(*part, told)).collect();
    };
    if observed.phase == Phase::Stopping {
        let told = "the engine is stopping: what was accepted is made durable and answered; send requests again \
                    once it was started again";
        return PARTS.iter().map(|part| not_ready(*part, told)).collect();
    }
    let mut problems = Vec::new();
    if !serving.is_connected {
        problems.push(not_ready(
            EnginePart::Nats,
            "there is no connection to the NATS server; nothing is lost, and the engine connects again by itself: see \
             that the server runs and that this machine reaches it",
        ));
    }
    if let Some(waited) = observed.pulse.stuck_for(observed.now)
        && !serving.engine.disk_refuses
    {
        let waited = waited.as_secs();
        problems.push(not_ready(
            EnginePart::Log,
            &format!(
                "commits have waited for the disk for {waited} s; none that was acknowledged is lost: see whether the \
                 disk with the data folder answers (`dmesg`, `iostat -x 1`)"
            ),
        ));
    }
    if serving.engine.disk_refuses {
        problems.push(not_ready(
            EnginePart::Disk,
            "the disk takes no commits, so commands are refused, and durable commands wait; nothing that was \
             acknowledged is lost: free up space on the disk with the data folder, and the engine goes on by itself",
        ));
    } else if is_stale(observed) {
        problems.push(not_ready(
            EnginePart::Disk,
            "the disk with the data folder does not answer; see whether it is there (`df`, `dmesg`)",
        ));
    }
    let transport = [
        (EnginePart::Streams, &serving.streams),
        (EnginePart::Consumer, &serving.consumer),
        (EnginePart::Relay, &serving.relay),
    ];
    for (part, seen) in transport {
        problems.extend(seen.problems.iter().map(|told| not_ready(part, told)));
    }
    problems
}

/// Whether no sample was taken for so long that taking one must hang.
fn is_stale(observed: &Observation) -> bool {
    let taken = observed.sample.as_ref().map(|sample| sample.taken);
    let age = taken.map(|taken| observed.now.saturating_duration_since(taken));
    age.unwrap_or(observed.uptime) > SAMPLE_AGE_MAX
}

/// What works now and may not for long.
fn warnings(observed: &Observation) -> Vec<EngineProblem> {
    let of_sample = observed.sample.as_ref().map(of_sample);
    let of_serving = observed.serving.as_ref().map(|serving| {
        let is_overloaded = observed.pulse.is_overloaded(observed.now);
        of_serving(serving, is_overloaded)
    });
    let all = of_sample.into_iter().chain(of_serving).flatten();
    all.map(|(part, told)| problem(Urgency::Warning, part, told))
        .collect()
}

fn of_sample(sample: &Sample) -> Vec<(EnginePart, String)> {
    let mut warnings = Vec::new();
    if let Some(told) = sample.disk.and_then(Disk::nearly_full) {
        warnings.push((EnginePart::Disk, told));
    }
    let process = sample.process;
    if let (Some(open), Some(max)) = (process.open_files, process.open_files_max)
        && percent(open, max) >= FILES_PERCENT_MAX
    {
        let told = format!(
            "{open} of {max} files are open; raise the limit (`ulimit -n`, or `LimitNOFILE` of systemd) and start the \
             engine again"
        );
        warnings.push((EnginePart::Process, told));
    }
    if let Some(seconds) = sample.relay_behind_seconds
        && seconds > BEHIND_SECONDS_MAX
    {
        let told = format!(
            "events are published {seconds:.0} s late; none is lost: see whether the NATS server keeps up"
        );
        warnings.push((EnginePart::Relay, told));
    }
    warnings
}

fn of_serving(serving: &Serving, is_overloaded: bool) -> Vec<(EnginePart, String)> {
    let mut warnings = Vec::new();
    let full = serving.log.as_ref().map_or(0, |log| log.volumes_full);
    if full >= VOLUMES_FULL_MAX {
        let told = format!(
            "{full} full volumes of the log wait to be sealed; see whether the disk is slow or nearly full"
        );
        warnings.push((EnginePart::Log, told));
    }
    if is_overloaded {
        let told = "requests were refused as `overloaded` in the last minute, and were not carried out; their senders \
                    send them again: see which tenant sends so many, and whether disk and processor keep up";
        warnings.push((EnginePart::Process, told.to_owned()));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::observing::sample::Process;

    fn sample(disk: Option<Disk>, process: Process, behind: Option<f64>) -> Sample {
        Sample {
            taken: Instant::now(),
            process,
            disk,
            log_bytes: None,
            relay_behind_seconds: behind,
        }
    }

    fn warned(sample: &Sample) -> Vec<&'static str> {
        let all = of_sample(sample);
        all.iter().map(|(part, _)| part.as_str()).collect()
    }

    #[test]
    fn a_disk_is_told_of_when_little_is_free() {
        let disk = |free_bytes, bytes| {
            let disk = Some(Disk { free_bytes, bytes });
            warned(&sample(disk, Process::default(), None))
        };
        let gib = 1_u64 << 30;
        assert_eq!(disk(100 * gib, 1_000 * gib), [""; 0]);
        assert_eq!(disk(49 * gib, 1_000 * gib), ["disk"]);
        assert_eq!(disk(gib - 1, 10 * gib), ["disk"]);
        assert_eq!(disk(0, 0), ["disk"]);
    }

    #[test]
    fn files_and_late_events_are_told_of() {
        let files = |open, max| {
            let process = Process {
                open_files: Some(open),
                open_files_max: Some(max),
                ..Process::default()
            };
            warned(&sample(None, process, Some(1.0)))
        };
        assert_eq!(files(79, 100), [""; 0]);
        assert_eq!(files(80, 100), ["process"]);
        let late = sample(None, Process::default(), Some(31.0));
        assert_eq!(warned(&late), ["relay"]);
    }

    #[test]
    fn an_engine_that_does_not_serve_yet_is_not_ready_in_any_part() {
        let folder = tempfile::tempdir().unwrap();
        let observer = crate::observing::observer::Observer::new(folder.path());
        let health = Health::of(&observer.observe());
        assert!(!health.is_ready());
        assert!(health.parts.iter().all(|part| !part.ready));
        assert_eq!(health.problems.len(), PARTS.len());
    }
}

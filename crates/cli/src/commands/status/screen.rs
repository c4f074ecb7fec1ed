//! A status on one screen: what is wrong first, then what is done.

use std::time::Duration;

use indicatif::{BinaryBytes, HumanCount, HumanDuration};
use plansync_protocol::Urgency;
use plansync_protocol::engine::{EngineProblem, EngineStatusRecord};

use super::between::{Between, Took, Within};
use crate::paint::Paint;

/// The width of the first column.
const LABEL_WIDTH: usize = 11;
/// The problems that are shown; more would not fit.
const PROBLEMS_SHOWN: usize = 8;

/// How a status is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    paint: Paint,
}

impl Screen {
    pub(super) fn new(paint: Paint) -> Self {
        Self { paint }
    }

    /// The whole screen. With a status before, what was done since then is shown.
    pub(super) fn whole(
        self,
        status: &EngineStatusRecord,
        before: Option<&EngineStatusRecord>,
    ) -> String {
        let between = Between::of(status, before);
        let mut lines = vec![self.title(status)];
        lines.extend(self.problems(&status.problems));
        lines.push(String::new());
        let facts = [
            ("Parts", self.parts(status)),
            ("Requests", requests(between)),
            ("Commands", commands(status)),
            ("Log", log(between)),
            ("Events", events(status)),
            ("Syncs", syncs(between)),
            ("Learners", learners(status)),
            ("Process", process(status)),
        ];
        let facts = facts.iter().map(|(label, told)| {
            let label = format!("{label:LABEL_WIDTH$}");
            format!("{}{told}", self.paint.faint(&label))
        });
        lines.extend(facts);
        lines.push(String::new());
        lines.join("\n")
    }

    fn title(self, status: &EngineStatusRecord) -> String {
        let up = status
            .at
            .micros()
            .saturating_sub(status.started_at.micros());
        let up = Duration::from_micros(u64::try_from(up).unwrap_or_default());
        let ready = if status.ready {
            self.paint.good("ready")
        } else {
            self.paint.bad("NOT READY")
        };
        let up = HumanDuration(Duration::from_secs(up.as_secs()));
        format!("plansync {}: {ready}, up for {up}", status.version)
    }

    fn problems(self, problems: &[EngineProblem]) -> Vec<String> {
        let mut lines: Vec<_> = problems
            .iter()
            .take(PROBLEMS_SHOWN)
            .flat_map(|problem| [String::new(), self.problem(problem)])
            .collect();
        let more = problems.len().saturating_sub(PROBLEMS_SHOWN);
        if more > 0 {
            lines.push(format!("… and {more} more; see `--output json`"));
        }
        lines
    }

    fn problem(self, problem: &EngineProblem) -> String {
        let part = problem.part.as_str();
        let (head, is_bad) = match problem.urgency {
            Urgency::NotReady => (format!("{part} is not ready"), true),
            Urgency::Warning => (format!("{part}, a warning"), false),
        };
        let head = if is_bad {
            self.paint.bad(&head)
        } else {
            self.paint.warning(&head)
        };
        format!("{head}\n  {}", problem.message)
    }

    fn parts(self, status: &EngineStatusRecord) -> String {
        let parts = status.parts.iter().map(|part| {
            let name = part.part.as_str();
            if part.ready {
                format!("{name} {}", self.paint.good("ok"))
            } else {
                format!("{name} {}", self.paint.bad("NOT READY"))
            }
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

fn requests(between: Between<'_>) -> String {
    let now = &between.now.requests;
    let rate = rate(between, |status| status.requests.done);
    format!(
        "{} done{rate}, {} refused ({} as overloaded), {} waiting{}",
        HumanCount(now.done),
        HumanCount(now.refused),
        HumanCount(now.overloaded),
        HumanCount(now.waiting + now.replies_waiting),
        spread(&between.took(|status| &status.requests.took))
    )
}

fn commands(status: &EngineStatusRecord) -> String {
    let now = &status.commands;
    format!(
        "{} accepted, {} rejected",
        HumanCount(now.accepted),
        HumanCount(now.rejected)
    )
}

fn log(between: Between<'_>) -> String {
    let now = &between.now.log;
    let rate = rate(between, |status| status.log.position.0);
    let bytes = now
        .bytes
        .map_or(String::new(), |bytes| format!(", {}", BinaryBytes(bytes)));
    format!(
        "position {}{rate}, {} waiting for the disk{bytes}, {} sealed volumes, {} to seal; flushes{}",
        HumanCount(now.position.0),
        HumanCount(now.queued),
        HumanCount(now.volumes_sealed),
        HumanCount(now.volumes_full),
        spread(&between.took(|status| &status.log.flushes)).trim_start_matches(';')
    )
}

fn events(status: &EngineStatusRecord) -> String {
    let age = status.events.behind_ms.map(Duration::from_millis);
    match status.events.behind {
        None => "it is not known yet how far they are published".to_owned(),
        Some(0) => "all are published".to_owned(),
        Some(behind) => {
            let age = age.map_or(String::new(), |age| {
                format!(", the oldest for {}", short(age))
            });
            format!("{} commits wait to be published{age}", HumanCount(behind))
        }
    }
}

fn syncs(between: Between<'_>) -> String {
    let now = &between.now.syncs;
    let rate = rate(between, |status| status.syncs.learners_done);
    format!(
        "{} running, {} waiting, {} completed, {} cancelled; {} learners done{rate}, {} waiting",
        HumanCount(now.running),
        HumanCount(now.waiting),
        HumanCount(now.completed),
        HumanCount(now.cancelled),
        HumanCount(now.learners_done),
        HumanCount(now.learners_waiting)
    )
}

fn learners(status: &EngineStatusRecord) -> String {
    let held = &status.held;
    format!(
        "{} (tenants: {}); {} of {} plans in memory, {} fetched; {} open records",
        HumanCount(held.learners),
        HumanCount(held.tenants),
        HumanCount(held.plans_resident),
        HumanCount(held.plans),
        HumanCount(held.plans_fetched),
        HumanCount(held.open_records)
    )
}

fn process(status: &EngineStatusRecord) -> String {
    let process = &status.process;
    let bytes =
        |bytes: Option<u64>| bytes.map_or("?".to_owned(), |bytes| BinaryBytes(bytes).to_string());
    let count =
        |count: Option<u64>| count.map_or("?".to_owned(), |count| HumanCount(count).to_string());
    format!(
        "{} of memory, {} of {} files open; disk: {} of {} free",
        bytes(process.memory_bytes),
        count(process.open_files),
        count(process.open_files_max),
        bytes(process.disk_free_bytes),
        bytes(process.disk_bytes)
    )
}

/// How often a second, in brackets; nothing if there was no showing before.
fn rate(between: Between<'_>, count: impl Fn(&EngineStatusRecord) -> u64) -> String {
    let rate = between.rate(count);
    rate.map_or(String::new(), |rate| format!(" ({rate:.0}/s)"))
}

/// How long most took, and nearly all.
fn spread(took: &Took) -> String {
    match (took.within(500), took.within(990)) {
        (Some(half), Some(most)) => {
            format!("; half {}, 99 % {}", within(half), within(most))
        }
        _ => "; none yet".to_owned(),
    }
}

fn within(within: Within) -> String {
    match within {
        Within::AtMost(bound) => format!("within {}", short(bound)),
        Within::Longer(bound) => format!("longer than {}", short(bound)),
    }
}

/// A duration with the unit in which it is short.
fn short(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        let millis = duration.as_secs_f64() * 1e3;
        return format!("{millis} ms");
    }
    let seconds = duration.as_secs_f64();
    format!("{seconds:.1} s")
}

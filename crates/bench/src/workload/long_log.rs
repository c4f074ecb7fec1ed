//! Costs that must not grow with the log: the same requests on a log of many commits and on one of
//! ten thousand; opening it; its memory and disk space.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::college::{College, component, learner, subject};
use crate::figure::Figure;
use crate::process::disk_bytes;
use crate::wire::flood;
use crate::workload::Size;
use crate::workload::largest::log_bytes;

const SHORT: u64 = 10_000;
const COMPONENTS: usize = 40;
const LEARNERS: usize = 1_000;
const IN_FLIGHT: usize = 1_024;
const SAMPLES: usize = 2_000;
const OPENINGS: usize = 5;
const RATIO: f64 = 1.3;
const OPEN_RATIO: f64 = 1.5;
/// Seconds.
const AFTER_KILL: f64 = 1.0;
/// Megabytes.
const RESIDENT: f64 = 300.0;
const DISK_RATIO: f64 = 2.5;

/// The costs of a log of one length.
struct LogCost {
    changes: Figure,
    edit: Figure,
    preview: Figure,
    /// Seconds until it is ready after a stop.
    open: Figure,
    /// The number of commits in the volume that is not full.
    active: u64,
    after_kill: f64,
    resident: f64,
    disk: f64,
}

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let short = cost(size, SHORT.min(size.long))?;
    let long = cost(size, size.long)?;
    let alike = founded(size, long.active)?;
    let (alike, open_alike) = openings(size, alike)?;
    alike.engine.stop()?;
    let ratio = |name: &str, of: fn(&LogCost) -> f64| {
        Figure::once(
            format!("{name}: long log over short"),
            "×",
            of(&long) / of(&short),
        )
    };
    let mut figures = vec![
        ratio("recent changes", |cost| cost.changes.p50).at_most(RATIO),
        ratio("one edit", |cost| cost.edit.p50).at_most(RATIO),
        ratio("one preview", |cost| cost.preview.p50).at_most(RATIO),
        Figure::once(
            "ready after a stop: long log over one with as full a volume",
            "×",
            long.open.p50 / open_alike.p50,
        )
        .at_most(OPEN_RATIO),
        Figure::once("ready after kill -9, long log", "s", long.after_kill).at_most(AFTER_KILL),
        Figure::once("memory after that, long log", "MB", long.resident).at_most(RESIDENT),
        Figure::once("disk over bytes of commits, long log", "×", long.disk).at_most(DISK_RATIO),
    ];
    figures.extend([long.open, long.changes, long.edit, long.preview]);
    Ok(figures)
}

fn cost(size: &Size, commits: u64) -> anyhow::Result<LogCost> {
    let (mut college, open) = openings(size, founded(size, commits)?)?;
    college.change_source()?;
    college.engine.rest()?;
    let session = college.sync_request("changes_only", COMPONENTS)["session"].clone();
    let samples = if size.is_quick { 5 } else { SAMPLES };
    let changes = timed(samples, |_| {
        college.ask("sam", "record.changes", &json!({ "session": session }))
    })?;
    let preview = timed(samples, |_| {
        let request = college.sync_request("changes_only", COMPONENTS);
        college.ask("sam", "sync.preview", &request)
    })?;
    let edit = timed(samples, |number| {
        let set = json!({ "name": format!("Timed {number}") });
        let edit = json!({ "op": "change", "component": component(1), "set": set });
        let body = json!({ "learner": learner(1), "edits": [edit] });
        college.ask("system", "plan.edit", &body)
    })?;
    college = college.kill()?;
    let after_kill = college.engine.ready_after.as_secs_f64();
    let (resident, _) = college.engine.memory()?;
    let data = college.data();
    college.engine.stop()?;
    let bytes = log_bytes(&data);
    let disk = disk_bytes(&data)? / bytes;
    let label = |what: &str| format!("{what}, {commits} commits");
    Ok(LogCost {
        changes: Figure::millis(label("recent changes"), &changes),
        edit: Figure::millis(label("one edit"), &edit),
        preview: Figure::millis(label("one preview"), &preview),
        open,
        active: active(commits, bytes),
        after_kill,
        resident,
        disk,
    })
}

/// A college whose log has this many commits.
fn founded(size: &Size, commits: u64) -> anyhow::Result<College> {
    let learners = if size.is_quick { 20 } else { LEARNERS };
    let mut college = College::found(COMPONENTS, learners)?;
    fill(&mut college, commits)?;
    Ok(college)
}

/// Stops and starts the engine several times, waiting until it is idle.
fn openings(size: &Size, mut college: College) -> anyhow::Result<(College, Figure)> {
    let mut took = Vec::new();
    for _ in 0..if size.is_quick { 1 } else { OPENINGS } {
        college.engine.rest()?;
        college = college.restart(|_| Ok(()))?;
        took.push(college.engine.ready_after.as_secs_f64());
    }
    Ok((
        college,
        Figure::of("ready after a stop, long log", "s", &took),
    ))
}

/// The number of commits in the volume that is not full, assuming equal sizes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a number of commits"
)]
fn active(commits: u64, bytes: f64) -> u64 {
    let volume = plansync_sled::Options::default().volume_bytes as f64;
    (bytes % volume / bytes * commits as f64) as u64
}

/// Edits until the log has this many commits.
pub(super) fn fill(college: &mut College, commits: u64) -> anyhow::Result<()> {
    let to = subject("system", "plan.edit");
    let learners = college.learners as u64;
    flood(
        &mut college.wire,
        IN_FLIGHT,
        |sent, _| sent >= commits,
        |number, subject, body| {
            subject.push_str(&to);
            let other = learner(1 + usize::try_from(number % learners).unwrap_or(0));
            let index = usize::try_from(number / learners).unwrap_or(0) % COMPONENTS;
            let text = format!(
                r#"{{"learner":"{other}","edits":[{{"op":"change","component":"{}","set":{{"name":"Edition {number}"}}}}]}}"#,
                component(index)
            );
            body.extend_from_slice(text.as_bytes());
        },
    )?;
    Ok(())
}

fn timed(
    samples: usize,
    mut ask: impl FnMut(usize) -> anyhow::Result<serde_json::Value>,
) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::with_capacity(samples);
    for number in 0..samples {
        let began = Instant::now();
        ask(number)?;
        took.push(began.elapsed());
    }
    Ok(took)
}

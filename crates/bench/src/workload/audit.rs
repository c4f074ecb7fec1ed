//! Questions about the past to a log of many commits: of one learner, of the whole log, and the log as
//! events for one reader, alone and while others edit; and how fast the log is verified.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value as Json, json};

use crate::college::{College, component, learner, subject};
use crate::figure::Figure;
use crate::process::plansync;
use crate::wire::{Wire, flood};
use crate::workload::{Size, long_log};

const COMPONENTS: usize = 40;
/// The number of commits about each learner.
const OF_A_LEARNER: u64 = 500;
const SAMPLES: usize = 200;
/// The edits in flight beside the reader.
const IN_FLIGHT: usize = 64;
/// Milliseconds.
const OF_ONE_LEARNER: f64 = 50.0;
/// Commits per second.
const SCANNED: f64 = 1e6;
/// Commits per second and core.
const VERIFIED: f64 = 5e5;
/// Events per second.
const READ: f64 = 1e5;
/// Of the edits without a reader.
const EDITS_KEPT: f64 = 0.9;
/// Milliseconds.
const ERASED: f64 = 5_000.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let learners = usize::try_from(size.long / OF_A_LEARNER)?.max(20);
    let mut college = College::found(COMPONENTS, learners)?;
    long_log::fill(&mut college, size.long)?;
    college.engine.rest()?;
    let mut figures = of_one_learner(size, &mut college)?;
    figures.push(scan(size, &mut college)?);
    figures.extend(reading(size, &mut college)?);
    let (resident, _) = college.engine.memory()?;
    figures.push(Figure::once("memory after that", "MB", resident));
    figures.push(erasing(size, &mut college)?);
    let (data, tip) = (college.data(), tip(&mut college)?);
    college.engine.stop()?;
    for command in ["verify", "check"] {
        let mut took = Vec::new();
        for _ in 0..size.samples.min(3) {
            let began = Instant::now();
            let done = plansync()?
                .args(["audit", command, "--data"])
                .arg(&data)
                .output()?;
            anyhow::ensure!(done.status.success(), "audit {command}: {done:?}");
            took.push(rate(tip, began.elapsed()));
        }
        #[expect(clippy::cast_precision_loss, reason = "few cores")]
        let target = VERIFIED * thread::available_parallelism()?.get() as f64;
        let name = format!("audit {command}, all cores");
        figures.push(Figure::of(name, "commits/s", &took).at_least(target));
    }
    Ok(figures)
}

/// What is asked about one learner, again and again.
fn of_one_learner(size: &Size, college: &mut College) -> anyhow::Result<Vec<Figure>> {
    let of = json!({ "learner": learner(1) });
    let version = college.ask("system", "plan.get", &of)?["version"].clone();
    let version = version.as_u64().context("no version")?;
    let at = json!({ "version": version / 2 });
    let questions = [
        ("audit.log", "log", of.clone()),
        (
            "audit.plan",
            "plan",
            json!({ "learner": learner(1), "at": at }),
        ),
        ("audit.blame", "blame", of.clone()),
        (
            "audit.diff",
            "diff",
            json!({ "learner": learner(1), "from": at, "to": { "version": version } }),
        ),
    ];
    let mut figures = Vec::new();
    for (operation, name, body) in questions {
        let mut took = Vec::new();
        for _ in 0..if size.is_quick { 5 } else { SAMPLES } {
            let began = Instant::now();
            college.ask("system", operation, &body)?;
            took.push(began.elapsed());
        }
        let name = format!("{name} of a learner with {version} versions");
        figures.push(Figure::millis(name, &took).at_most(OF_ONE_LEARNER));
    }
    Ok(figures)
}

/// A list with a filter that nothing passes, which no index answers.
fn scan(size: &Size, college: &mut College) -> anyhow::Result<Figure> {
    let mut rates = Vec::new();
    for _ in 0..size.samples {
        let (began, mut after) = (Instant::now(), Json::Null);
        let last = loop {
            let mut body = json!({ "by": "sam", "kinds": ["record.closed"] });
            if !after.is_null() {
                body["after"] = after;
            }
            let page = college.ask("system", "audit.log", &body)?;
            after = page["next"].clone();
            if after.is_null() {
                break page["position"].as_u64().context("no position")?;
            }
        };
        rates.push(rate(last, began.elapsed()));
    }
    Ok(Figure::of("log by actor, nothing found", "commits/s", &rates).at_least(SCANNED))
}

/// The log as events: alone, and while others edit; and the edits with and without it.
fn reading(size: &Size, college: &mut College) -> anyhow::Result<Vec<Figure>> {
    let port = college.nats.port;
    let time = Duration::from_secs(size.sustained.min(20));
    let (mut alone, mut beside, mut edits, mut edits_beside) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.samples.min(3) {
        alone.push(read_for(port, time, &AtomicBool::new(false))?);
        edits.push(edit_for(college, time)?);
        let over = AtomicBool::new(false);
        let (read, edited) = thread::scope(|scope| {
            let reader = scope.spawn(|| read_for(port, Duration::MAX, &over));
            let edited = edit_for(college, time);
            over.store(true, Ordering::Relaxed);
            (reader.join(), edited)
        });
        edits_beside.push(edited?);
        match read {
            Ok(read) => beside.push(read?),
            Err(_) => anyhow::bail!("the reading thread crashed"),
        }
    }
    let edits = Figure::of("edits, 64 in flight, without a reader", "a second", &edits);
    let edits_beside = Figure::of("edits beside the reader", "a second", &edits_beside);
    let kept = edits_beside.p50 / edits.p50;
    Ok(vec![
        Figure::of("read, one reader", "events/s", &alone).at_least(READ),
        Figure::of("read beside edits", "events/s", &beside),
        edits,
        edits_beside,
        Figure::once("edits beside the reader over edits without", "×", kept).at_least(EDITS_KEPT),
    ])
}

/// The part of a page that a reader needs to continue.
#[derive(Deserialize)]
struct Page {
    items: Vec<IgnoredAny>,
    next: u64,
    tip: u64,
}

/// Reads the log in MessagePack from its beginning, again from there at the end of it, until the time is over
/// or it is told to stop. Returns events per second.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn read_for(port: u16, time: Duration, over: &AtomicBool) -> anyhow::Result<f64> {
    let mut wire = Wire::connect(port)?;
    let to = subject("system", "audit.read");
    let (began, mut from, mut count) = (Instant::now(), 1_u64, 0_usize);
    while began.elapsed() < time && !over.load(Ordering::Relaxed) {
        let body = rmp_serde::to_vec_named(&json!({ "from": from, "limit": 1_000 }))?;
        wire.ask(&to, &body);
        wire.flush()?;
        let page: Page = loop {
            let message = wire.receive()?;
            if message.request.is_some() {
                let said = String::from_utf8_lossy(message.body()).into_owned();
                break rmp_serde::from_slice(message.body()).context(said)?;
            }
        };
        count += page.items.len();
        from = if page.next > page.tip { 1 } else { page.next };
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// Edits many plans for a time; returns edits per second.
fn edit_for(college: &mut College, time: Duration) -> anyhow::Result<f64> {
    let (to, learners) = (subject("system", "plan.edit"), college.learners as u64);
    let done = flood(
        &mut college.wire,
        IN_FLIGHT,
        |_, elapsed| elapsed >= time,
        |number, subject, body| {
            subject.push_str(&to);
            let other = learner(1 + usize::try_from(number % learners).unwrap_or(0));
            let set = json!({ "name": format!("Beside {number} {}", uuid::Uuid::new_v4()) });
            let edit = json!({ "op": "change", "component": component(0), "set": set });
            let text = json!({ "learner": other, "edits": [edit] }).to_string();
            body.extend_from_slice(text.as_bytes());
        },
    )?;
    Ok(done.rate())
}

/// Erases some learners, one after another.
fn erasing(size: &Size, college: &mut College) -> anyhow::Result<Figure> {
    let mut took = Vec::new();
    for number in 0..size.samples.max(5) {
        let erased = json!({ "learner": learner(college.learners - number) });
        let began = Instant::now();
        college.ask("system", "learner.erase", &erased)?;
        took.push(began.elapsed());
    }
    Ok(Figure::millis("erasing a learner", &took).at_most(ERASED))
}

/// The last position of the log.
fn tip(college: &mut College) -> anyhow::Result<u64> {
    let head = college.ask("system", "audit.head", &json!({}))?;
    head["position"].as_u64().context("no position")
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

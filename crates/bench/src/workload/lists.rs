//! Lists of a very large tenant: pages, filters and searches among 100,000 and 400,000 learners;
//! the memory of a learner; the time until the engine is ready after it was killed; and the rate at
//! which learners are put.

use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::college::{College, learner, programme, subject};
use crate::figure::Figure;
use crate::scrape;
use crate::wire::flood;
use crate::workload::Size;

/// The numbers of learners of one tenant.
const SIZES: [usize; 2] = [100_000, 400_000];
/// The number of learners on the small programme, in the rare group and with the rare name, spread
/// over all.
const FEW: usize = 50;
const GROUPS: usize = 200;
const TUTORS: usize = 500;
const PAGE: usize = 50;
const IN_FLIGHT: usize = 64;
const SAMPLES: usize = 200;
const OPENINGS: usize = 5;
/// Milliseconds.
const TARGET: f64 = 10.0;
/// Milliseconds.
const TARGET_SMALL: f64 = 1.0;
/// Milliseconds.
const METRICS_TARGET: f64 = 20.0;
/// Seconds.
const AFTER_KILL: f64 = 0.5;

const FIRST_NAMES: [&str; 16] = [
    "Ada", "Bilal", "Chloé", "Dylan", "Eilidh", "Farah", "Grace", "Hugo", "Isla", "Jakub", "Keira",
    "Liam", "Maryam", "Noah", "Olivia", "Priya",
];
const LAST_NAMES: [&str; 16] = [
    "Ahmed", "Brown", "Campbell", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones",
    "Khan", "Lewis", "Murphy", "Nowak", "O'Neill", "Patel",
];

/// The costs of one size.
struct ListCost {
    figures: Vec<Figure>,
    /// Megabytes, directly after a start.
    resident: f64,
}

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let sizes = if size.is_quick { [1_000, 4_000] } else { SIZES };
    let mut college = founded()?;
    let (mut figures, mut residents) = (Vec::new(), Vec::new());
    let mut begun = 1;
    for count in sizes {
        let rate = put(&mut college, begun..count, sizes[0] / FEW)?;
        begun = count;
        let name = format!("learner.put up to {count} learners, {IN_FLIGHT} in flight");
        figures.push(Figure::once(name, "a second", rate));
        let cost;
        (college, cost) = costs(size, college, count, count == sizes[1])?;
        figures.extend(cost.figures);
        residents.push(cost.resident);
    }
    college.engine.stop()?;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let more = (residents[1] - residents[0]) * 1e6 / (sizes[1] - sizes[0]) as f64;
    figures.push(Figure::once("memory a learner, all of it", "bytes", more));
    Ok(figures)
}

fn small_programme() -> Uuid {
    Uuid::from_u128(0xa1)
}

/// A college whose administrator has the record of a learner on both programmes open.
fn founded() -> anyhow::Result<College> {
    let mut college = College::without_plans(1, 0)?;
    let small = json!({ "programme": small_programme(), "name": "Bookbinding", "parent": null });
    college.ask("system", "programme.put", &small)?;
    let mut source = person(0, 1);
    source["groups"] = json!(["north"]);
    college.ask("system", "learner.put", &source)?;
    let body = json!({ "learner": learner(0), "programme": programme() });
    college.ask("system", "plan.instantiate", &body)?;
    college.open_record()?;
    Ok(college)
}

/// One learner. The few have every `every`-th number from the beginning, so that their number does
/// not grow with the size.
fn person(number: usize, every: usize) -> Json {
    let is_few = number.is_multiple_of(every) && number < every * FEW;
    // Neither names nor groups follow the order in which learners are put.
    let mixed = number.wrapping_mul(0x9e37_79b9) >> 7;
    let (first, last) = (FIRST_NAMES[mixed % 16], LAST_NAMES[mixed / 16 % 16]);
    let middle = if is_few { "Xyqwz " } else { "" };
    let mut groups = vec![format!("group-{}", mixed / 256 % GROUPS)];
    if is_few {
        groups.push("choir".to_owned());
    }
    let status = match mixed % 10 {
        0 => "completed",
        1 => "withdrawn",
        _ => "active",
    };
    let mut enrolments = vec![json!({ "programme": programme(), "status": status })];
    if is_few {
        enrolments.push(json!({ "programme": small_programme(), "status": "active" }));
    }
    json!({
        "learner": learner(number), "name": format!("{first} {middle}{last} {number}"),
        "case_owner": null, "groups": groups, "tutors": [format!("tutor-{}", mixed % TUTORS)],
        "enrolments": enrolments,
    })
}

/// Puts learners; returns how many per second.
fn put(college: &mut College, numbers: Range<usize>, every: usize) -> anyhow::Result<f64> {
    let to = subject("system", "learner.put");
    let (first, end) = (numbers.start, numbers.len() as u64);
    let flood = flood(
        &mut college.wire,
        IN_FLIGHT,
        |sent, _| sent >= end,
        |number, subject, body| {
            subject.push_str(&to);
            let number = first + usize::try_from(number).unwrap_or(0);
            body.extend_from_slice(person(number, every).to_string().as_bytes());
        },
    )?;
    Ok(flood.rate())
}

fn costs(
    size: &Size,
    mut college: College,
    count: usize,
    is_aimed_at: bool,
) -> anyhow::Result<(College, ListCost)> {
    let mut ready = Vec::new();
    let mut residents = Vec::new();
    for _ in 0..if size.is_quick { 1 } else { OPENINGS } {
        college.engine.rest()?;
        college = college.kill()?;
        ready.push(college.engine.ready_after.as_secs_f64());
        college.engine.rest()?;
        residents.push(college.engine.memory()?.0);
    }
    let mut figures = Vec::new();
    for (name, actor, operation, body) in questions(&college, count) {
        let target = if name.contains("small") {
            TARGET_SMALL
        } else {
            TARGET
        };
        let took = timed(size, &mut college, actor, operation, &body)?;
        let figure = Figure::millis(format!("{name}, {count} learners"), &took);
        figures.push(if is_aimed_at {
            figure.at_most(target)
        } else {
            figure
        });
    }
    let took = scraped(size, &college)?;
    let figure = Figure::millis(format!("/metrics, {count} learners"), &took);
    figures.push(figure.at_most(METRICS_TARGET));
    let name = format!("ready after kill -9, {count} learners");
    let ready = Figure::of(name, "s", &ready);
    figures.push(if is_aimed_at {
        ready.at_most(AFTER_KILL)
    } else {
        ready
    });
    let name = format!("memory after that, {count} learners");
    let resident = Figure::of(name, "MB", &residents);
    let cost = ListCost {
        resident: resident.p50,
        figures: [figures, vec![resident]].concat(),
    };
    Ok((college, cost))
}

/// The requests that are measured: name, actor, and request.
fn questions(
    college: &College,
    count: usize,
) -> Vec<(&'static str, &'static str, &'static str, Json)> {
    let session = college.sync_request("changes_only", 1)["session"].clone();
    let deep = count / PAGE / 2;
    let of = |programme: Uuid, with: Json| {
        let mut body = json!({ "session": session, "programme": programme, "page_size": PAGE });
        for (key, value) in with.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        body
    };
    let all = |with| of(programme(), with);
    let groups = json!({ "field": "group" });
    let tutors = json!({ "field": "tutor" });
    vec![
        (
            "sync.learners, first page",
            "sam",
            "sync.learners",
            all(json!({})),
        ),
        (
            "sync.learners, a page in the middle",
            "sam",
            "sync.learners",
            all(json!({ "page": deep })),
        ),
        (
            "sync.learners, a rare group",
            "sam",
            "sync.learners",
            all(json!({ "groups": ["choir"] })),
        ),
        (
            "sync.learners, a frequent status",
            "sam",
            "sync.learners",
            all(json!({ "programme_statuses": ["active"] })),
        ),
        (
            "sync.learners, search for a letter",
            "sam",
            "sync.learners",
            all(json!({ "search": "a" })),
        ),
        (
            "sync.learners, search for a rare name",
            "sam",
            "sync.learners",
            all(json!({ "search": "xyqwz" })),
        ),
        (
            "sync.learners, a small programme",
            "sam",
            "sync.learners",
            of(small_programme(), json!({})),
        ),
        (
            "sync.filters, groups",
            "sam",
            "sync.filters",
            all(groups.clone()),
        ),
        ("sync.filters, tutors", "sam", "sync.filters", all(tutors)),
        (
            "sync.filters, groups of a small programme",
            "sam",
            "sync.filters",
            of(small_programme(), groups),
        ),
        (
            "learner.list, first page",
            "system",
            "learner.list",
            json!({ "page_size": PAGE }),
        ),
        (
            "learner.list, a page in the middle",
            "system",
            "learner.list",
            json!({ "page_size": PAGE, "page": deep }),
        ),
    ]
}

/// How long the engine took to tell its metrics.
fn scraped(size: &Size, college: &College) -> anyhow::Result<Vec<Duration>> {
    let samples = if size.is_quick { 3 } else { SAMPLES };
    let scrape = |_| {
        let began = Instant::now();
        scrape::metrics(college.engine.http)?;
        Ok(began.elapsed())
    };
    (0..samples).map(scrape).collect()
}

fn timed(
    size: &Size,
    college: &mut College,
    actor: &str,
    operation: &str,
    body: &Json,
) -> anyhow::Result<Vec<Duration>> {
    let samples = if size.is_quick { 3 } else { SAMPLES };
    let mut took = Vec::with_capacity(samples);
    for _ in 0..samples {
        let began = Instant::now();
        college.ask(actor, operation, body)?;
        took.push(began.elapsed());
    }
    Ok(took)
}

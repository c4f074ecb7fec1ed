//! Durable edits, each on another learner's plan, while the relay publishes every one; and in the
//! same run, what NATS alone can do.

mod bus;
mod umadb;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use crate::college::{College, component, learner, subject};
use crate::figure::Figure;
use crate::wire::{Flood, Wire, flood};
use crate::workload::Size;
use crate::workload::edits::bus::Traffic;

/// The learners whose plans are edited in turn: more than there are requests in flight.
pub(super) const LEARNERS: usize = 4_096;
/// The requests in flight, and the target in edits per second.
const LOADS: [(usize, f64); 3] = [(1, 1_200.0), (64, 18_000.0), (1_024, 35_000.0)];
const BURST: Duration = Duration::from_secs(2);
const BURST_TARGET: f64 = 70_000.0;
const LAG_TARGET: f64 = 1.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let sustained = Duration::from_secs(size.sustained);
    let mut college = College::found(8, if size.is_quick { 64 } else { LEARNERS })?;
    let mut figures = Vec::new();
    let mut rates = [0.0; LOADS.len()];
    for ((in_flight, target), rate) in LOADS.into_iter().zip(&mut rates) {
        let (done, lag) = edits(&mut college, in_flight, sustained)?;
        *rate = done.rate();
        let name = format!("durable edits, {in_flight} in flight");
        figures.push(Figure::once(name, "a second", *rate).at_least(target));
        let name = format!("their answers, {in_flight} in flight");
        figures.push(Figure::millis(name, &done.took));
        let name = format!("relay behind, {in_flight} in flight");
        figures.push(Figure::once(name, "s", lag).at_most(LAG_TARGET));
    }
    let mut bursts = Vec::new();
    for _ in 0..size.samples {
        thread::sleep(Duration::from_secs(u64::from(!size.is_quick)));
        bursts.push(edits(&mut college, 1_024, BURST.min(sustained))?.0.rate());
    }
    let name = "durable edits, bursts, 1,024 in flight";
    figures.push(Figure::of(name, "a second", &bursts).at_least(BURST_TARGET));
    let traffic = traffic(&mut college)?;
    college.engine.stop()?;
    let [one, many, most] = rates;
    figures.extend(bus::figures(size, most, &traffic)?);
    figures.extend(stores(size, [one, many])?);
    Ok(figures)
}

/// Edits for this long. Also returns how many seconds the relay was behind at the end.
pub(super) fn edits(
    college: &mut College,
    in_flight: usize,
    time: Duration,
) -> anyhow::Result<(Flood, f64)> {
    let to = subject("system", "plan.edit");
    let (learners, before) = (college.learners, published(&mut college.wire)?);
    let done = flood(
        &mut college.wire,
        in_flight,
        |_, elapsed| elapsed >= time,
        |number, subject, body| {
            subject.push_str(&to);
            edit_of(number, learners, body);
        },
    )?;
    let behind = done
        .count
        .saturating_sub(published(&mut college.wire)? - before);
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let lag = behind as f64 / done.rate();
    let began = Instant::now();
    while published(&mut college.wire)? - before < done.count {
        anyhow::ensure!(
            began.elapsed() < Duration::from_mins(2),
            "the relay stands still"
        );
        thread::sleep(Duration::from_millis(20));
    }
    Ok((done, lag))
}

/// The learner whose plan the edit with this number changes.
fn edited(number: u64, learners: usize) -> Uuid {
    learner(1 + usize::try_from(number).unwrap_or(0) % learners)
}

/// An edit that sets a name which was never used before.
fn edit_of(number: u64, learners: usize, body: &mut Vec<u8>) {
    let (learner, component) = (edited(number, learners), component(0));
    let name = Uuid::new_v4();
    let text = format!(
        r#"{{"learner":"{learner}","edits":[{{"op":"change","component":"{component}","set":{{"name":"{number} {name}"}}}}]}}"#
    );
    body.extend_from_slice(text.as_bytes());
}

/// The same, among the default number of learners.
fn request(number: u64, body: &mut Vec<u8>) {
    edit_of(number, LEARNERS, body);
}

/// The messages that one edit causes.
fn traffic(college: &mut College) -> anyhow::Result<Traffic> {
    let events = college.wire.subscribe("plansync.v1.evt.>")?;
    let mut body = Vec::new();
    edit_of(0, college.learners, &mut body);
    let reply = college.ask("system", "plan.edit", &serde_json::from_slice(&body)?)?;
    let event = college.wire.hear(events)?;
    let mut headers = event.headers();
    // The position that an event expects in its own stream means nothing in another stream.
    headers.retain(|(name, _)| !name.starts_with("Nats-"));
    Ok(Traffic {
        reply: reply.to_string().into_bytes(),
        headers,
        event: event.body().to_vec(),
    })
}

/// An event store beside the edits, with one request and with 64 in flight.
fn stores(size: &Size, edits: [f64; 2]) -> anyhow::Result<Vec<Figure>> {
    let time = Duration::from_secs(size.sustained.min(10));
    let rates = if size.with_peers {
        umadb::rates([1, 64], time)?
    } else {
        None
    };
    let figures = rates.into_iter().flatten().zip(edits).zip([1, 64]);
    let figures = figures.flat_map(|((rate, edits), in_flight)| {
        let appends = format!("UmaDB's durable appends, {in_flight} in flight");
        let over = format!("edits over UmaDB's appends, {in_flight} in flight");
        [
            Figure::once(appends, "a second", rate),
            Figure::once(over, "×", edits / rate),
        ]
    });
    Ok(figures.collect())
}

/// The number of events in the stream.
fn published(wire: &mut Wire) -> anyhow::Result<u64> {
    let info = wire.request("$JS.API.STREAM.INFO.PLANSYNC_EVENTS", &json!({}))?;
    let count = info["state"]["messages"].as_u64();
    count.ok_or_else(|| anyhow::anyhow!("no count in {info}"))
}

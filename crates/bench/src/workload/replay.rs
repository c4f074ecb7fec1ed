//! The replay of a whole log on one core: reading it, checking the chain, decoding and applying;
//! and how fast the same bytes are only decoded.

use std::path::Path;
use std::time::Instant;

use plansync_log::{Position, Read as _};
use plansync_sled::{Options, SledLog};

use crate::college::{College, component};
use crate::figure::Figure;
use crate::workload::Size;

/// Events per second.
const TARGET: f64 = 1e6;
const OF_DECODE: f64 = 0.5;
const READ_COUNT: usize = 4_096;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let learners = if size.is_quick { 50 } else { 2_000 };
    let mut college = College::found(100, learners)?;
    let everybody: Vec<_> = (1..=learners).collect();
    for round in 0..10 {
        college.edit_each(&everybody, |_, index| {
            let name = format!("Round {round}, {index}");
            let set = serde_json::json!({ "name": name });
            Some(serde_json::json!({
                "op": "change", "component": component(index), "set": set,
            }))
        })?;
    }
    let data = college.data();
    college.engine.stop()?;
    let (mut replayed, mut decoded) = (Vec::new(), Vec::new());
    for _ in 0..size.samples {
        replayed.push(replay(&data)?);
        decoded.push(decode(&data)?);
    }
    let replayed = Figure::of("replay: chain, decode, apply", "events/s", &replayed);
    let decoded = Figure::of("bare decode of the same bytes", "events/s", &decoded);
    let over = replayed.p50 / decoded.p50;
    Ok(vec![
        replayed.at_least(TARGET),
        decoded,
        Figure::once("replay over bare decode", "×", over).at_least(OF_DECODE),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn replay(data: &Path) -> anyhow::Result<f64> {
    let (_appender, log, _sealer) = SledLog::open(data, Options::default())?;
    let began = Instant::now();
    let done =
        plansync_engine::replay(log.as_ref(), &plansync_log::sealing::Keys::only_read(None))?;
    Ok(done.events as f64 / began.elapsed().as_secs_f64())
}

/// Decodes every commit and its events into their types, from bytes in memory.
fn decode(data: &Path) -> anyhow::Result<f64> {
    let (_appender, log, _sealer) = SledLog::open(data, Options::default())?;
    let mut commits = Vec::new();
    loop {
        let next = Position::new(commits.len() as u64 + 1);
        let read = log.read(next, READ_COUNT)?;
        if read.is_empty() {
            break;
        }
        commits.extend(read);
    }
    let (began, mut count) = (Instant::now(), 0);
    for commit in &commits {
        for event in &commit.decode()?.proposal.events {
            let mut deserializer = rmp_serde::Deserializer::from_read_ref(&event.body);
            plansync_domain::event::Event::deserialize_body(event.kind, &mut deserializer)?;
            count += 1;
        }
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

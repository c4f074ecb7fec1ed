//! The replay of a whole log on one core: read, chain checked, decoded and applied; beside it, how
//! fast the same bytes are only decoded.

use std::path::Path;
use std::time::Instant;

use plansync_log::{Position, Read as _};
use plansync_sled::{Options, SledLog};

use crate::college::{College, component};
use crate::figure::Figure;
use crate::workload::Size;

/// Events a second.
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
    let done = plansync_engine::replay(log.as_ref())?;
    Ok(done.events as f64 / began.elapsed().as_secs_f64())
}

/// Decodes every event into its type, from bytes that are in memory already.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn decode(data: &Path) -> anyhow::Result<f64> {
    let (_appender, log, _sealer) = SledLog::open(data, Options::default())?;
    let mut bodies = Vec::new();
    let mut next = Position::FIRST;
    loop {
        let commits = log.read(next, READ_COUNT)?;
        let Some(last) = commits.last() else { break };
        next = last.position().next();
        for commit in &commits {
            let events = commit.decode()?.proposal.events;
            bodies.extend(events.into_iter().map(|event| (event.kind, event.body)));
        }
    }
    let began = Instant::now();
    for (kind, body) in &bodies {
        let mut deserializer = rmp_serde::Deserializer::from_read_ref(body);
        plansync_domain::event::Event::deserialize_body(*kind, &mut deserializer)?;
    }
    Ok(bodies.len() as f64 / began.elapsed().as_secs_f64())
}

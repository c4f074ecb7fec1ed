//! The largest sync: as many components and learners as the limits allow, with plans whose syncs
//! have different costs.

use plansync_log::backend::unwatched;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::college::{College, component, pairs};
use crate::figure::Figure;
use crate::workload::Size;

/// The targets, in milliseconds.
const ALL_ATTRIBUTES: f64 = 120.0;
const SHARED: f64 = 150.0;
const DISTINCT: f64 = 300.0;
const SHAPES: f64 = 400.0;
const HALF: f64 = 200.0;
const NOTHING: f64 = 120.0;
/// Megabytes.
const LOG: f64 = 2.0;
const MEMORY_SHARED: f64 = 200.0;
const MEMORY_DISTINCT: f64 = 450.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut figures = shared(size)?;
    figures.extend(shapes(size)?);
    figures.extend(half(size)?);
    figures.extend(distinct(size)?);
    Ok(figures)
}

/// A sync that must have changed every pair.
fn applied(college: &mut College, kind: &str) -> anyhow::Result<Duration> {
    college.change_source()?;
    let request = college.sync_request(kind, college.components);
    let (took, done) = college.sync(request)?;
    let expected = (college.components * college.learners) as u64;
    anyhow::ensure!(pairs(&done, "applied")? == expected, "{done}");
    Ok(took)
}

fn times(
    size: &Size,
    mut once: impl FnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<Vec<Duration>> {
    (0..size.samples).map(|_| once()).collect()
}

fn shared(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let all = times(size, || applied(&mut college, "all_attributes"))?;
    let changes = times(size, || applied(&mut college, "changes_only"))?;
    let request = college.sync_request("changes_only", college.components);
    let nothing = times(size, || Ok(college.sync(request.clone())?.0))?;
    college.change_source()?;
    let before = log_bytes(&college.data());
    college.sync(request)?;
    let written = log_bytes(&college.data()) - before;
    college.engine.rest()?;
    let (resident, most) = college.engine.memory()?;
    college.engine.stop()?;
    Ok(vec![
        Figure::millis("all_attributes", &all).at_most(ALL_ATTRIBUTES),
        Figure::millis("changes_only, values shared", &changes).at_most(SHARED),
        Figure::millis("changes_only, nothing to do", &nothing).at_most(NOTHING),
        Figure::once("bytes of its commits", "MB", written / 1e6).at_most(LOG),
        Figure::once("memory, values shared", "MB", resident).at_most(MEMORY_SHARED),
        Figure::once("the most so far", "MB", most),
    ])
}

/// The bytes of the commits of a log that an engine may have open.
#[expect(clippy::cast_precision_loss, reason = "bytes are far below 2^52")]
pub(crate) fn log_bytes(data: &Path) -> f64 {
    plansync_sled::verify(data, &mut unwatched).bytes as f64
}

/// Every plan lacks another component and has one of its own.
fn shapes(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let everybody: Vec<_> = (1..=college.learners).collect();
    let components = college.components;
    college.each(&everybody, "plan.edit", |number| {
        let remove = json!({ "op": "remove", "component": component(number % components) });
        let add = json!({
            "op": "add", "component": component(1_000_000 + number), "type": "assignment",
            "programme": crate::college::programme(), "attributes": { "name": "Own" },
        });
        json!({ "learner": crate::college::learner(number), "edits": [remove, add] })
    })?;
    let took = times(size, || {
        college.change_source()?;
        let request = college.sync_request("changes_only", components);
        Ok(college.sync(request)?.0)
    })?;
    college.engine.stop()?;
    let name = "changes_only, every plan of another shape";
    Ok(vec![Figure::millis(name, &took).at_most(SHAPES)])
}

/// Half of the pairs, pseudo-randomly chosen, are finished and therefore skipped.
fn half(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let everybody: Vec<_> = (1..=college.learners).collect();
    college.edit_each(&everybody, |number, index| {
        let edit = json!({
            "op": "set_status", "component": component(index), "status": "completed",
        });
        is_chosen(number, index).then_some(edit)
    })?;
    let took = times(size, || {
        college.change_source()?;
        let mut request = college.sync_request("changes_only", college.components);
        request["statuses"] = json!(["not_started"]);
        Ok(college.sync(request)?.0)
    })?;
    college.engine.stop()?;
    let name = "changes_only, half of the pairs skipped";
    Ok(vec![Figure::millis(name, &took).at_most(HALF)])
}

/// Half of all pairs, pseudo-randomly chosen (by the finaliser of `MurmurHash3`).
fn is_chosen(number: usize, index: usize) -> bool {
    let mut hash = (number as u64) << 32 | index as u64;
    for _ in 0..2 {
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    (hash >> 63) == 1
}

/// No two components of any plans share the value of a changed attribute.
fn distinct(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let everybody: Vec<_> = (1..=college.learners).collect();
    let (mut took, mut memory) = (Vec::new(), Vec::new());
    for round in 0..size.samples {
        college.edit_each(&everybody, |number, index| {
            Some(own_name(round, number, index))
        })?;
        college.engine.rest()?;
        memory.push(college.engine.memory()?.0);
        took.push(applied(&mut college, "changes_only")?);
    }
    let (_, most) = college.engine.memory()?;
    college.engine.stop()?;
    Ok(vec![
        Figure::millis("changes_only, values all distinct", &took).at_most(DISTINCT),
        Figure::of("memory, values all distinct", "MB", &memory).at_most(MEMORY_DISTINCT),
        Figure::once("the most so far, with what the edits took", "MB", most),
    ])
}

fn own_name(round: usize, number: usize, index: usize) -> Json {
    let name = format!("{round} {number} {index}");
    json!({ "op": "change", "component": component(index), "set": { "name": name } })
}

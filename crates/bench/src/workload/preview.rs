//! What an administrator waits for before and after a sync: the preview of the largest sync, and
//! its results.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::college::College;
use crate::figure::Figure;
use crate::workload::Size;

/// Milliseconds.
const FIRST: f64 = 120.0;
const LATER: f64 = 20.0;
const LATER_SAMPLES: usize = 20;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..size.samples {
        college.change_source()?;
        first.push(page(&mut college, 1)?);
        for number in 2..LATER_SAMPLES + 2 {
            later.push(page(&mut college, number)?);
        }
    }
    let request = college.sync_request("changes_only", college.components);
    college.sync(request)?;
    let sync = college.last_sync();
    let body = json!({ "sync": sync, "outcome": "skipped" });
    let skipped = asked(&mut college, size, "sync.outcomes", &body)?;
    let body = json!({ "sync": sync });
    let outcomes = asked(&mut college, size, "sync.outcomes", &body)?;
    college.engine.stop()?;
    Ok(vec![
        Figure::millis("preview of the largest sync, first page", &first).at_most(FIRST),
        Figure::millis("preview of the largest sync, a later page", &later).at_most(LATER),
        Figure::millis("its outcomes, first page", &outcomes),
        Figure::millis("its skipped pairs, first page", &skipped),
    ])
}

fn page(college: &mut College, page: usize) -> anyhow::Result<Duration> {
    let mut request = college.sync_request("changes_only", college.components);
    request["page"] = json!(page);
    let began = Instant::now();
    college.ask("sam", "sync.preview", &request)?;
    Ok(began.elapsed())
}

fn asked(
    college: &mut College,
    size: &Size,
    operation: &str,
    body: &serde_json::Value,
) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..size.samples {
        let began = Instant::now();
        college.ask("sam", operation, body)?;
        took.push(began.elapsed());
    }
    Ok(took)
}

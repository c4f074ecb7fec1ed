//! The largest sync by an engine that was just started, with its own files dropped from the page
//! cache.

use std::time::Duration;

use crate::college::{College, pairs};
use crate::figure::Figure;
use crate::process::drop_from_cache;
use crate::workload::Size;

/// Milliseconds.
const TARGET: f64 = 600.0;

/// The number of syncs in every plan's history before the last measurement.
const HISTORY: usize = 100;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let mut took = Vec::new();
    for _ in 0..size.samples {
        let time;
        (college, time) = cold(college)?;
        took.push(time);
    }
    let history = if size.is_quick { 3 } else { HISTORY };
    for _ in took.len()..history {
        college.change_source()?;
        let request = college.sync_request("all_attributes", college.components);
        college.sync(request)?;
    }
    let (college, late) = cold(college)?;
    college.engine.stop()?;
    let name = "all_attributes, nothing in memory or page cache";
    let after = format!("the same, once, after {history} such syncs");
    Ok(vec![
        Figure::millis(name, &took).at_most(TARGET),
        Figure::millis(after, &[late]),
    ])
}

/// The duration of the largest sync after a start.
fn cold(mut college: College) -> anyhow::Result<(College, Duration)> {
    college.change_source()?;
    let mut college = college.restart(drop_from_cache)?;
    let request = college.sync_request("all_attributes", college.components);
    let (time, done) = college.sync(request)?;
    let expected = (college.components * college.learners) as u64;
    anyhow::ensure!(pairs(&done, "applied")? == expected, "{done}");
    Ok((college, time))
}

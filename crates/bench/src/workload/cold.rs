//! The largest sync by an engine that was just started, with its own files dropped from the page
//! cache.

use crate::college::{College, pairs};
use crate::figure::Figure;
use crate::process::drop_from_cache;
use crate::workload::Size;

/// Milliseconds.
const TARGET: f64 = 600.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(size.largest, size.largest)?;
    let mut took = Vec::new();
    for _ in 0..size.samples {
        college.change_source()?;
        college = college.restart(drop_from_cache)?;
        let request = college.sync_request("all_attributes", college.components);
        let (time, done) = college.sync(request)?;
        let expected = (college.components * college.learners) as u64;
        anyhow::ensure!(pairs(&done, "applied")? == expected, "{done}");
        took.push(time);
    }
    college.engine.stop()?;
    let name = "all_attributes, nothing in memory or page cache";
    Ok(vec![Figure::millis(name, &took).at_most(TARGET)])
}

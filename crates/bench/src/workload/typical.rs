//! The typical sync: an administrator changed two attributes of twenty activities, for two hundred
//! learners.

use crate::college::{College, pairs};
use crate::figure::Figure;
use crate::workload::Size;

const COMPONENTS: usize = 200;
const LEARNERS: usize = 200;
const CHANGED: usize = 20;
const SAMPLES: usize = 200;
/// Milliseconds.
const P50: f64 = 4.0;
const P99: f64 = 12.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(COMPONENTS, LEARNERS)?;
    let samples = if size.is_quick { 5 } else { SAMPLES };
    let mut took = Vec::with_capacity(samples);
    for _ in 0..samples {
        college.change_source_in(CHANGED, &["name", "instructions"])?;
        let request = college.sync_request("changes_only", CHANGED);
        let (time, done) = college.sync(request)?;
        anyhow::ensure!(
            pairs(&done, "applied")? == (CHANGED * LEARNERS) as u64,
            "{done}"
        );
        took.push(time);
    }
    college.engine.stop()?;
    let figure = Figure::millis("20 components onto 200 learners", &took);
    Ok(vec![figure.at_most(P50).p99_at_most(P99)])
}

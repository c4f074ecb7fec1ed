//! Bulk instantiation: every learner's plan is made from the template.

use std::time::Instant;

use serde_json::json;

use crate::college::{College, learner, programme};
use crate::figure::Figure;
use crate::workload::Size;

/// Milliseconds.
const TARGET: f64 = 1_500.0;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut took = Vec::new();
    for _ in 0..size.samples {
        let mut college = College::without_plans(size.largest, size.largest)?;
        let everybody: Vec<_> = (1..=college.learners).collect();
        let began = Instant::now();
        college.each(
            &everybody,
            "plan.instantiate",
            |number| json!({ "learner": learner(number), "programme": programme() }),
        )?;
        took.push(began.elapsed());
        college.engine.stop()?;
    }
    let name = "plan.instantiate, 2,089 components for 2,089 learners";
    Ok(vec![Figure::millis(name, &took).at_most(TARGET)])
}

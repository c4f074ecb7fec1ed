//! What it costs to be ready for traces: the same edits by an engine that has a collector of spans and samples none of
//! them, and by one that has no collector, in turn.

use std::thread;
use std::time::Duration;

use crate::college::College;
use crate::figure::Figure;
use crate::workload::Size;
use crate::workload::edits::{LEARNERS, edits};

const IN_FLIGHT: usize = 1_024;
/// How long each round edits.
const ROUND: Duration = Duration::from_secs(5);
/// Rounds of each kind, for each sample of a figure.
const ROUNDS_A_SAMPLE: usize = 4;
/// The edits a second with a collector, over those without.
const RATIO_MIN: f64 = 0.98;
/// A collector that is never spoken to.
const COLLECTOR: [&str; 4] = ["--otlp", "http://127.0.0.1:9", "--trace-ratio", "0"];

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let learners = if size.is_quick { 64 } else { LEARNERS };
    let round = ROUND.min(Duration::from_secs(size.sustained));
    let mut ready = College::found_with(8, learners, &COLLECTOR)?;
    let mut without = College::found(8, learners)?;
    // What the first edits bring into memory counts for neither.
    for college in [&mut ready, &mut without] {
        edits(college, IN_FLIGHT, round)?;
    }
    let (mut traced, mut alone) = (Vec::new(), Vec::new());
    for number in 0..2 * ROUNDS_A_SAMPLE * size.samples {
        thread::sleep(Duration::from_secs(u64::from(!size.is_quick)));
        // Rounds come as ABBA, so that a drift of the machine falls on both kinds alike.
        let (college, rates) = match number % 4 {
            0 | 3 => (&mut ready, &mut traced),
            _ => (&mut without, &mut alone),
        };
        rates.push(edits(college, IN_FLIGHT, round)?.0.rate());
    }
    ready.engine.stop()?;
    without.engine.stop()?;
    let traced = Figure::of("durable edits, ready for traces", "a second", &traced);
    let alone = Figure::of("durable edits, without traces", "a second", &alone);
    let name = "edits ready for traces over those without";
    let ratio = Figure::once(name, "×", traced.p50 / alone.p50).at_least(RATIO_MIN);
    Ok(vec![traced, alone, ratio])
}

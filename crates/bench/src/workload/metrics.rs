//! What it costs to be observed: the same edits while metrics are scraped every second and while they are not, in turn.

use std::thread;
use std::time::Duration;

use crate::college::College;
use crate::figure::Figure;
use crate::scrape::Scraper;
use crate::workload::Size;
use crate::workload::edits::{LEARNERS, edits};

const IN_FLIGHT: usize = 1_024;
/// How long each round edits.
const ROUND: Duration = Duration::from_secs(5);
/// Rounds of each kind, for each sample of a figure.
const ROUNDS_A_SAMPLE: usize = 4;
/// The edits a second while metrics are scraped, over those while they are not.
const RATIO_MIN: f64 = 0.98;

pub(crate) fn run(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let mut college = College::found(8, if size.is_quick { 64 } else { LEARNERS })?;
    let round = ROUND.min(Duration::from_secs(size.sustained));
    // What the first edits bring into memory counts for neither.
    edits(&mut college, IN_FLIGHT, round)?;
    let (mut scraped, mut alone) = (Vec::new(), Vec::new());
    for number in 0..2 * ROUNDS_A_SAMPLE * size.samples {
        thread::sleep(Duration::from_secs(u64::from(!size.is_quick)));
        let monitor = is_scraped(number).then(|| Scraper::start(college.engine.http));
        let rate = edits(&mut college, IN_FLIGHT, round)?.0.rate();
        match monitor {
            Some(monitor) => {
                anyhow::ensure!(monitor.stop()? > 0, "nothing was scraped");
                scraped.push(rate);
            }
            None => alone.push(rate),
        }
    }
    college.engine.stop()?;
    let scraped = Figure::of("durable edits, metrics scraped", "a second", &scraped);
    let alone = Figure::of("durable edits, metrics not scraped", "a second", &alone);
    let name = "edits with metrics scraped over those without";
    let ratio = Figure::once(name, "×", scraped.p50 / alone.p50).at_least(RATIO_MIN);
    Ok(vec![scraped, alone, ratio])
}

/// Rounds come as ABBA, so that a drift of the machine falls on both kinds alike.
fn is_scraped(number: usize) -> bool {
    matches!(number % 4, 0 | 3)
}

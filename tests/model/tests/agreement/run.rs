//! The campaign: so many histories from consecutive seeds, on two threads.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::compare::{Disagreement, compare};
use crate::coverage::Coverage;
use crate::generate::generate;
use crate::shrink::shrink;

const CASES: u64 = 2_000;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// What a comparison says, its panics among it.
pub(crate) fn guarded(
    comparison: impl FnOnce() -> Result<Coverage, Disagreement>,
) -> Result<Coverage, Disagreement> {
    catch_unwind(AssertUnwindSafe(comparison)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(format!("a panic: {}", text.unwrap_or_default()))
    })
}

#[test]
fn the_product_agrees_with_the_model_on_every_history() {
    let (cases, first) = (
        setting("PLANSYNC_MODEL_CASES", CASES),
        setting("PLANSYNC_MODEL_SEED", 0),
    );
    let (began, next) = (Instant::now(), AtomicU64::new(0));
    let results: Vec<_> = std::thread::scope(|scope| {
        let work = || campaign(&next, first, cases);
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads
            .map(|thread| thread.join().unwrap())
            .into_iter()
            .collect()
    });
    let mut coverage = Coverage::default();
    for result in results {
        match result {
            Ok(seen) => coverage.and(seen),
            Err(report) => panic!("{report}"),
        }
    }
    println!(
        "{cases} histories agree, {:.1?}\n{}",
        began.elapsed(),
        coverage.table()
    );
    assert_eq!(
        coverage.lacking(cases),
        Vec::<String>::new(),
        "seen too rarely for the comparison to mean anything"
    );
}

fn campaign(next: &AtomicU64, first: u64, cases: u64) -> Result<Coverage, String> {
    let mut coverage = Coverage::default();
    loop {
        let case = next.fetch_add(1, Ordering::Relaxed);
        if case >= cases {
            return Ok(coverage);
        }
        let number = first + case;
        let history = generate(number);
        match guarded(|| compare(&history)) {
            Ok(seen) => coverage.and(seen),
            Err(disagreement) => {
                next.store(cases, Ordering::Relaxed);
                let (history, disagreement) = shrink(history, disagreement);
                let mut steps = String::new();
                for (index, step) in history.iter().enumerate() {
                    let _ = writeln!(steps, "{index:>3}  {step}");
                }
                return Err(format!(
                    "seed {number} disagrees, {disagreement}\n--- after\n{steps}"
                ));
            }
        }
    }
}

//! The campaign: so many histories from consecutive seeds, on two threads.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::compare::{AtEnd, compare};
use crate::coverage::Coverage;
use plansync_model::comparison::Disagreement;
use plansync_model::histories::{Step, generate, shrink};

const CASES: u64 = 600;
/// Of so many histories, one is compared with the audit, too.
const AUDITED_EVERY: u64 = 30;

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
        let at_end = if number.is_multiple_of(AUDITED_EVERY) {
            AtEnd::ReplayAndAudit
        } else {
            AtEnd::Replay
        };
        match guarded(|| compare(&history, at_end)) {
            Ok(seen) => coverage.and(seen),
            Err(disagreement) => {
                next.store(cases, Ordering::Relaxed);
                let (history, disagreement) = cut_down(history, at_end, disagreement);
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

/// The smallest history that disagrees about the same, and its disagreement.
fn cut_down(history: Vec<Step>, at_end: AtEnd, first: Disagreement) -> (Vec<Step>, Disagreement) {
    let about = kind(&first);
    let mut found = first;
    let history = shrink(history, |fewer| {
        let disagreement = fails(fewer, at_end, &about);
        let fails = disagreement.is_some();
        found = disagreement.unwrap_or_else(|| std::mem::take(&mut found));
        fails
    });
    (history, found)
}

/// What a disagreement is about, so that cutting down does not wander off to another.
fn kind(disagreement: &Disagreement) -> String {
    let mut lines = disagreement.lines();
    let first = lines.next().unwrap_or_default();
    let refusals = lines.filter(|line| line.contains(": refused "));
    let about = first.split(": ").nth(1).unwrap_or(first);
    std::iter::once(about).chain(refusals).collect()
}

/// A history that breaks off in a panic fails too.
fn fails(history: &[Step], at_end: AtEnd, about: &str) -> Option<Disagreement> {
    let found = guarded(|| compare(history, at_end)).err();
    found.filter(|found| kind(found) == about)
}

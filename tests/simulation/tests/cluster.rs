//! A few histories of several nodes, and that nodes that are broken on purpose are found. `plansync-simulation cluster
//! campaign` runs many.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

use plansync_simulation::{ClusterBench, ClusterFault, ClusterFigures};

#[test]
fn no_guarantee_is_broken_and_everything_that_may_happen_does() {
    let bench = ClusterBench::new(None);
    let mut figures = ClusterFigures::default();
    for seed in 0..24 {
        match bench.seed(seed) {
            Ok(one) => figures += one,
            Err(failure) => panic!("seed {seed}: {}", failure.violation),
        }
    }
    let seen = [
        figures.crashes,
        figures.freezes,
        figures.cuts,
        figures.withheld,
        figures.commits,
        figures.refusals,
        figures.replayed_targets,
        figures.lost_ends,
        figures.halted,
    ];
    assert!(seen.iter().all(|count| *count > 0), "{figures:?}");
    assert!(figures.terms > figures.histories, "{figures:?}");
}

#[test]
fn a_seed_runs_the_same_again() {
    let bench = ClusterBench::new(None);
    for seed in [3, 7] {
        let first = bench.seed(seed).map_err(|failure| failure.violation);
        let again = bench.seed(seed).map_err(|failure| failure.violation);
        assert_eq!(first, again);
    }
}

/// Some case fails and says one of these.
fn seen(fault: ClusterFault, words: &[&str]) {
    let bench = ClusterBench::new(Some(fault));
    let mut failures = (0..200).filter_map(|seed| bench.seed(seed).err());
    let says = |violation: &str| words.iter().any(|word| violation.contains(word));
    let found = failures.find(|failure| says(&failure.violation));
    assert!(found.is_some(), "{fault:?} was not seen");
}

#[test]
fn a_leader_that_takes_any_message_for_its_own_is_seen() {
    seen(
        ClusterFault::AcceptsAnyMessage,
        &["halted", "is not in the log"],
    );
}

#[test]
fn a_node_that_leads_without_a_barrier_is_seen() {
    seen(ClusterFault::NoBarrier, &["halted", "is not in the log"]);
}

#[test]
fn a_stream_that_drops_what_it_has_seen_is_seen() {
    seen(ClusterFault::RecordsHaveIds, &["it does not end"]);
}

#[test]
fn an_answer_without_a_lease_is_seen() {
    seen(
        ClusterFault::AnswersWithoutLease,
        &["and when it was asked for somebody knew of"],
    );
}

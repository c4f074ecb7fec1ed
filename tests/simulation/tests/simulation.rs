//! A few histories of a campaign; that a seed replays exactly; and that what is broken on purpose is
//! found and cut down. `plansync-simulation campaign` runs many.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

use plansync_model::histories::generate;
use plansync_simulation::{Bench, Choices, Crowd, Failure, Fault, Figures, run_crowd};

#[test]
fn no_guarantee_is_broken_and_everything_that_may_happen_does() {
    let bench = Bench::new(Vec::new()).unwrap();
    let mut figures = Figures::default();
    for seed in 0..60 {
        match bench.seed(seed) {
            Ok(one) => figures += one,
            Err(failure) => panic!("seed {seed}: {}", bench.cut_down(*failure).violation),
        }
    }
    let seen = [
        figures.crashes,
        figures.emptied,
        figures.again,
        figures.durable,
        figures.replayed_targets,
        figures.corrections,
        figures.refusals,
        figures.previews,
        figures.confirmed,
        figures.events,
        figures.hostile_refused,
        figures.hostile_rejected,
        figures.idle,
        figures.displaced,
    ];
    assert!(seen.iter().all(|count| *count > 0), "{figures:?}");
}

#[test]
fn a_seed_replays_exactly_and_so_does_its_tape() {
    let bench = Bench::new(Vec::new()).unwrap();
    for seed in [3, 8] {
        let histories = vec![generate(seed), generate(seed + 1)];
        let random = Choices::random(seed);
        let first = bench.case(histories.clone(), &random);
        let first = first.map_err(|failure| failure.violation).unwrap();
        let again = bench.case(histories.clone(), &Choices::random(seed));
        assert_eq!(again.map_err(|failure| failure.violation), Ok(first));
        let replayed = bench.case(histories, &Choices::replayed(random.tape()));
        assert_eq!(replayed.map_err(|failure| failure.violation), Ok(first));
    }
}

/// The first failure that says so, whatever else is seen of the same fault before.
fn seen(fault: Fault, words: &[&str]) -> (Bench, Box<Failure>) {
    let bench = Bench::new(vec![fault]).unwrap();
    let says = |failure: &Failure| words.iter().any(|word| failure.violation.contains(word));
    let mut failures = (0..300).filter_map(|seed| bench.seed(seed).err());
    let failure = failures.find(|failure| says(failure)).unwrap();
    drop(failures);
    (bench, failure)
}

#[test]
fn a_target_that_is_replayed_onto_twice_is_seen_and_cut_down() {
    let (bench, failure) = seen(Fault::ReplaysTwice, &["is no target of"]);
    let (steps, tape) = (failure.histories.concat().len(), failure.tape.len());
    let smallest = bench.cut_down(*failure);
    assert!(smallest.histories.concat().len() < steps / 2);
    assert!(smallest.tape.len() < tape);
    let replayed = bench.case(smallest.histories, &Choices::replayed(smallest.tape));
    assert_eq!(replayed.unwrap_err().violation, smallest.violation);
}

#[test]
fn an_acknowledgement_of_what_is_not_durable_is_seen() {
    let words = ["it was acknowledged, and is not in the log"];
    seen(Fault::DurableEarly, &words);
}

#[test]
fn a_hostile_command_whose_rejection_is_lost_is_seen() {
    let words = ["was acknowledged, and has no rejection"];
    seen(Fault::DurableEarly, &words);
}

#[test]
fn an_event_of_what_is_not_durable_is_seen() {
    seen(Fault::EventsEarly, &["the event", "the log has", "ends at"]);
}

const CROWD: Crowd = Crowd {
    learners: 200,
    syncs: 6,
    edits: 150,
    changes: 80,
};

#[test]
fn a_target_that_does_not_wait_for_an_earlier_sync_is_seen() {
    let crowd = |seed| run_crowd(&CROWD, seed, vec![Fault::Overtakes]);
    let mut violations = (0..10).filter_map(|seed| crowd(seed).err());
    assert!(violations.any(|what| what.contains("was overtaken by a later sync")));
}

/// `PLANSYNC_CROWDS` crowds (2) on real threads.
#[test]
fn four_administrators_onto_the_same_learners_whose_plans_and_records_change() {
    let crowds = std::env::var("PLANSYNC_CROWDS").ok();
    let crowds: u64 = crowds.map_or(2, |text| text.parse().unwrap());
    let mut figures = Figures::default();
    for seed in 0..crowds {
        match run_crowd(&CROWD, seed, Vec::new()) {
            Ok(one) => figures += one,
            Err(violation) => panic!("crowd {seed}: {violation}"),
        }
    }
    println!("{figures:?}");
    assert!(figures.replayed_targets >= crowds * 1_200, "{figures:?}");
}

//! A target that cannot be judged, or whose commit cannot be made, fails; no other target does.

use plansync_domain::command::Command;
use plansync_domain::ids::{Actor, LearnerId};
use plansync_domain::sync::pair_outcome::{Outcome, Reason};
use plansync_domain::sync::request::{Learners, SyncKind};
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::read::{OutcomeFilter, OutcomeItem, Reached, WhyQuery, Window};
use plansync_engine::{Config, Fault};

use crate::stage::{SYNC, Stage, TARGETS, config, rename, sync, target, tenant};

const EVERYTHING: Window = Window { skip: 0, take: 500 };

/// A sync of the renamed component onto everybody and a stranger, worked off by a broken engine.
fn worked(faults: Vec<Fault>) -> Stage {
    let config = Config { faults, ..config() };
    let mut stage = Stage::college_with(config);
    stage.next_as("sam", &rename(target(1), "New")).unwrap();
    stage.rename("New");
    let Command::StartSync { mut request, .. } = sync(SyncKind::AllAttributes) else {
        panic!("a start")
    };
    request.learners = Learners::Listed((0..=TARGETS).map(target).collect());
    let command = Command::StartSync {
        sync: SYNC,
        request,
    };
    stage.next_as("sam", &command).unwrap();
    stage.work();
    stage
}

fn outcomes(stage: &Stage) -> Vec<OutcomeItem> {
    let actor: Actor = "sam".parse().unwrap();
    let name = tenant();
    let reading = stage.engine.reading(&name, &actor).unwrap();
    let listed = reading.sync_outcomes(SYNC, &OutcomeFilter::default(), EVERYTHING);
    listed.unwrap().items
}

/// Of one learner, what became of each component and why.
fn of(pairs: &[OutcomeItem], learner: LearnerId) -> Vec<Outcome> {
    let theirs = pairs.iter().filter(|pair| pair.learner == learner);
    theirs.map(|pair| pair.pair_outcome.outcome()).collect()
}

fn status(stage: &Stage) -> SyncStatus {
    let snapshot = stage.whole();
    snapshot.tenant.sync(SYNC).unwrap().status()
}

/// Everybody but the target that failed came out as if nothing had happened.
fn the_others_went_on(stage: &Stage, pairs: &[OutcomeItem]) {
    assert_eq!(status(stage), SyncStatus::Completed);
    assert_eq!(pairs.len(), 6 * 3, "one outcome a pair");
    for index in [0, 3, 4] {
        assert_eq!(stage.name(target(index)), "New");
        assert_eq!(
            of(pairs, target(index))[0],
            Outcome::Applied,
            "target {index}"
        );
    }
    assert_eq!(of(pairs, target(1)), [Outcome::Unchanged; 3]);
    let unknown = Outcome::Skipped(Reason::LearnerNotAvailable);
    assert_eq!(of(pairs, target(TARGETS)), [unknown; 3]);
}

#[test]
fn t7_a_target_whose_judging_crashes_fails_as_a_whole_and_alone() {
    let stage = worked(vec![Fault::JudgingCrashes(target(2))]);
    let pairs = outcomes(&stage);
    the_others_went_on(&stage, &pairs);
    let failed = Outcome::Skipped(Reason::Failed);
    assert_eq!(of(&pairs, target(2)), [failed; 3]);
    assert_eq!(stage.name(target(2)), "Activity 0");
}

#[test]
fn t8_a_target_that_cannot_be_committed_fails_where_it_would_have_changed_and_alone() {
    let stage = worked(vec![Fault::CommitFails(target(2))]);
    let pairs = outcomes(&stage);
    the_others_went_on(&stage, &pairs);
    let failed = Outcome::Skipped(Reason::Failed);
    let unchanged = Outcome::Unchanged;
    assert_eq!(of(&pairs, target(2)), [failed, unchanged, unchanged]);
    assert_eq!(stage.name(target(2)), "Activity 0");
}

#[test]
fn t7_a_failed_target_is_the_same_after_a_restart() {
    let mut stage = worked(vec![
        Fault::JudgingCrashes(target(0)),
        Fault::CommitFails(target(4)),
    ]);
    let before = outcomes(&stage);
    stage.restart();
    assert_eq!(outcomes(&stage), before);
}

#[test]
fn t8_the_audit_tells_of_a_target_that_failed() {
    let stage = worked(vec![Fault::JudgingCrashes(target(2))]);
    let (actor, name) = (Actor::System, tenant());
    let reading = stage.engine.reading(&name, &actor).unwrap();
    let query = WhyQuery {
        sync: SYNC,
        learner: target(2),
        component: None,
        after: None,
        take: 500,
    };
    let why = reading.audit_why(&query).unwrap();
    let Reached::Judged {
        position,
        judged_at,
        cause: Some(_),
        ..
    } = why.reached
    else {
        panic!("{why:?}")
    };
    assert!(judged_at < position);
    let outcomes: Vec<_> = why
        .items
        .items
        .iter()
        .map(|item| item.pair_outcome.outcome())
        .collect();
    assert_eq!(outcomes, [Outcome::Skipped(Reason::Failed); 3]);
}

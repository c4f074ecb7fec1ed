//! The outcomes of pairs, however long ago (M6).

use plansync_domain::command::Command;
use plansync_domain::ids::{ComponentId, LearnerId};
use plansync_domain::permission::Permission;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::sync::pair_outcome::{Action, Outcome, Reason};
use plansync_domain::sync::request::{Learners, SyncKind, SyncRequest};
use plansync_domain::values::attribute::Attribute;
use plansync_engine::read::{Listed, OutcomeFilter, OutcomeItem, OutcomeWord, Window};

use super::{ALL, ask, enrolled, put_administrator, put_learner};
use crate::stage::{PROGRAMME, SOURCE, SYNC, Stage, component, rename, sync, target};

fn outcomes(
    stage: &Stage,
    name: &str,
    filter: &OutcomeFilter,
    window: Window,
) -> Listed<OutcomeItem> {
    ask(stage, name, |reading| {
        reading.sync_outcomes(SYNC, filter, window)
    })
    .unwrap()
}

fn all(stage: &Stage, name: &str) -> Vec<OutcomeItem> {
    let listed = outcomes(stage, name, &OutcomeFilter::default(), ALL);
    assert_eq!(listed.total, listed.items.len());
    listed.items
}

fn learners(pairs: &[OutcomeItem]) -> Vec<LearnerId> {
    let mut learners: Vec<_> = pairs.iter().map(|pair| pair.learner).collect();
    learners.dedup();
    learners
}

fn shown(pair: &OutcomeItem) -> (LearnerId, ComponentId, Outcome) {
    (pair.learner, pair.component, pair.pair_outcome.outcome())
}

/// A sync of the source's renamed component, changed as asked, and accepted.
fn accepted(stage: &mut Stage, kind: SyncKind, change: impl FnOnce(&mut SyncRequest)) {
    stage.rename("New");
    let Command::StartSync { mut request, .. } = sync(kind) else {
        panic!("a start")
    };
    change(&mut request);
    let command = Command::StartSync {
        sync: SYNC,
        request,
    };
    stage.next_as("sam", &command).unwrap();
    stage.write();
}

fn completed() -> Stage {
    let mut stage = Stage::college();
    accepted(&mut stage, SyncKind::AllAttributes, |_| {});
    stage.work();
    stage
}

#[test]
fn i3_every_pair_has_one_outcome_by_learner_then_component() {
    let mut stage = completed();
    let pairs = all(&stage, "sam");
    let expected = (0..5).flat_map(|learner| {
        (0..3).map(move |index| {
            let outcome = if index == 0 {
                Outcome::Applied
            } else {
                Outcome::Unchanged
            };
            (target(learner), component(index), outcome)
        })
    });
    assert_eq!(
        pairs.iter().map(shown).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    stage.restart();
    assert_eq!(all(&stage, "sam"), pairs);
}

#[test]
fn outcomes_in_parts_are_the_whole_whatever_the_size_of_a_part() {
    let stage = completed();
    let filters = [
        OutcomeFilter::default(),
        OutcomeFilter {
            outcome: Some(OutcomeWord::Unchanged),
            ..OutcomeFilter::default()
        },
        OutcomeFilter {
            component: Some(component(1)),
            ..OutcomeFilter::default()
        },
    ];
    for filter in &filters {
        let whole = outcomes(&stage, "sam", filter, ALL);
        for take in 1..=4 {
            let parts = (0..whole.total).step_by(take).flat_map(|skip| {
                let part = outcomes(&stage, "sam", filter, Window { skip, take });
                assert_eq!(part.total, whole.total);
                part.items
            });
            assert_eq!(parts.collect::<Vec<_>>(), whole.items);
        }
    }
}

#[test]
fn outcomes_are_filtered_by_learner_component_outcome_and_reason() {
    let stage = completed();
    let count = |filter: OutcomeFilter| outcomes(&stage, "sam", &filter, ALL).total;
    let any = OutcomeFilter::default();
    assert_eq!(
        count(OutcomeFilter {
            learner: Some(target(1)),
            ..any
        }),
        3
    );
    assert_eq!(
        count(OutcomeFilter {
            learner: Some(target(77)),
            ..any
        }),
        0
    );
    assert_eq!(
        count(OutcomeFilter {
            component: Some(component(2)),
            ..any
        }),
        5
    );
    assert_eq!(
        count(OutcomeFilter {
            component: Some(component(77)),
            ..any
        }),
        0
    );
    let applied = OutcomeFilter {
        outcome: Some(OutcomeWord::Applied),
        ..any
    };
    assert_eq!(count(applied), 5);
    assert_eq!(
        count(OutcomeFilter {
            component: Some(component(1)),
            ..applied
        }),
        0
    );
    assert_eq!(
        count(OutcomeFilter {
            reason: Some(Reason::Cancelled),
            ..any
        }),
        0
    );
}

#[test]
fn a_running_sync_shows_the_targets_that_are_done() {
    let mut stage = Stage::college();
    accepted(&mut stage, SyncKind::AllAttributes, |_| {});
    assert_eq!(all(&stage, "sam"), []);
    stage.engine.work_step().unwrap();
    assert_eq!(all(&stage, "sam"), [], "not durable yet");
    stage.write();
    assert_eq!(learners(&all(&stage, "sam")), [target(0), target(1)]);
}

#[test]
fn i3_a_target_without_its_turn_before_the_cancellation_is_cancelled() {
    let mut stage = Stage::college();
    accepted(&mut stage, SyncKind::AllAttributes, |_| {});
    stage.engine.work_step().unwrap();
    stage
        .next_as("sam", &Command::CancelSync { sync: SYNC })
        .unwrap();
    stage.work();
    let pairs = all(&stage, "sam");
    let cancelled: Vec<_> = (2..5).map(target).collect();
    let is_cancelled =
        |pair: &&OutcomeItem| pair.pair_outcome.outcome() == Outcome::Skipped(Reason::Cancelled);
    let found: Vec<_> = pairs.iter().filter(is_cancelled).cloned().collect();
    assert_eq!(
        (pairs.len(), found.len(), learners(&found)),
        (15, 9, cancelled)
    );
    let filter = OutcomeFilter {
        reason: Some(Reason::Cancelled),
        ..OutcomeFilter::default()
    };
    assert_eq!(outcomes(&stage, "sam", &filter, ALL).items, found);
    let progress = ask(&stage, "sam", |reading| reading.sync(SYNC)).unwrap();
    assert_eq!(progress.tally.skipped, 9);
}

#[test]
fn p8_pairs_of_learners_whom_the_reader_does_not_see_are_left_out() {
    let mut stage = completed();
    put_administrator(&mut stage, "sue", Permission::Supervisor, "north");
    let hidden = enrolled("Learner", Some("south"), EnrolmentStatus::Active);
    put_learner(&mut stage, target(1), hidden);
    let seen = [target(0), target(2), target(3), target(4)];
    assert_eq!(learners(&all(&stage, "sue")), seen);
    let of_hidden = OutcomeFilter {
        learner: Some(target(1)),
        ..OutcomeFilter::default()
    };
    assert_eq!(outcomes(&stage, "sue", &of_hidden, ALL).total, 0);
    assert_eq!(outcomes(&stage, "sam", &of_hidden, ALL).total, 3);
}

#[test]
fn p8_a_row_that_only_says_not_available_of_an_id_that_was_given_stays() {
    let mut stage = Stage::college();
    let given = vec![target(0), target(77)];
    accepted(&mut stage, SyncKind::AllAttributes, |request| {
        request.learners = Learners::Listed(given.clone());
    });
    stage.work();
    let pairs = all(&stage, "sam");
    assert_eq!(learners(&pairs), given);
    let outcomes: Vec<_> = pairs[3..]
        .iter()
        .map(|pair| pair.pair_outcome.outcome())
        .collect();
    assert_eq!(outcomes, [Outcome::Skipped(Reason::LearnerNotAvailable); 3]);
}

#[test]
fn t3_the_source_is_listed_among_the_learners_and_marked() {
    let mut stage = Stage::college();
    accepted(&mut stage, SyncKind::SelectedAttributes, |request| {
        request.attributes = [Attribute::Name].into_iter().collect();
    });
    stage.work();
    let pairs = all(&stage, "sam");
    let source: Vec<_> = pairs
        .iter()
        .filter(|pair| pair.is_source)
        .map(shown)
        .collect();
    let restored = (SOURCE, component(0), Outcome::Applied);
    let others = [1, 2].map(|index| (SOURCE, component(index), Outcome::Unchanged));
    assert_eq!(source, [restored, others[0], others[1]]);
    assert_eq!(pairs.len(), 18);
    assert_eq!(pairs[0].learner, SOURCE, "by id, like the others");
    assert_eq!(pairs[0].pair_outcome.action(), Action::Synchronise);
}

#[test]
fn t8_a_cancelled_target_is_cancelled_before_its_learner_is_not_available() {
    let mut stage = Stage::college();
    accepted(&mut stage, SyncKind::AllAttributes, |_| {});
    let gone = enrolled("Gone", None, EnrolmentStatus::Archived);
    put_learner(&mut stage, target(4), gone);
    stage
        .next_as("sam", &Command::CancelSync { sync: SYNC })
        .unwrap();
    stage.work();
    let pairs = all(&stage, "sam");
    let of_gone = pairs.iter().filter(|pair| pair.learner == target(4));
    let found: Vec<_> = of_gone.map(|pair| pair.pair_outcome.outcome()).collect();
    assert_eq!(found, [Outcome::Skipped(Reason::Cancelled); 3]);
}

#[test]
fn m6_outcomes_stay_what_they_were_when_everything_has_changed_since() {
    let mut stage = completed();
    let decided = all(&stage, "sam");
    let gone = enrolled("Gone", None, EnrolmentStatus::Archived);
    put_learner(&mut stage, target(0), gone);
    let record = Administrator {
        name: "sam".into(),
        permissions: [Permission::EditDeleteFinished].into_iter().collect(),
        groups: Groups::All,
    };
    stage.system(Command::PutAdministrator {
        administrator: "sam".parse().unwrap(),
        record,
    });
    stage.system(Command::RemoveTemplate {
        programme: PROGRAMME,
        components: vec![component(0)],
    });
    stage.system(rename(SOURCE, "Newer"));
    stage.system(rename(target(1), "Own"));
    stage.write();
    assert_eq!(all(&stage, "sam"), decided);
    stage.restart();
    assert_eq!(all(&stage, "sam"), decided);
}

//! Confirming a preview (M5) and explaining a row of it (M3), with versions that are looked up in the log.

use std::collections::BTreeMap;

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::position::Position;
use plansync_domain::preview::explain::Side;
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::sync::confirm::Confirm;
use plansync_domain::sync::pair_outcome::{Action, Outcome, Reason};
use plansync_domain::sync::request::{SyncKind, SyncRequest};
use plansync_domain::values::attribute::Attribute;
use plansync_engine::Refusal;
use plansync_engine::read::{OutcomeFilter, Window};
use uuid::Uuid;

use super::{ALL, ask, enrolled, put_learner};
use crate::stage::{SOURCE, SYNC, Stage, TARGETS, component, rename, sync, target};

/// A request, confirming what its preview shows now.
fn confirming(stage: &Stage, request: &SyncRequest) -> SyncRequest {
    let preview = ask(stage, "sam", |reading| reading.sync_preview(request, ALL)).unwrap();
    let confirm = Confirm {
        position: Position::new(preview.position.get()),
        digest: preview.digest,
    };
    SyncRequest {
        confirm: Some(confirm),
        ..request.clone()
    }
}

fn request(kind: SyncKind) -> SyncRequest {
    let Command::StartSync { request, .. } = sync(kind) else {
        panic!("a start")
    };
    request
}

fn start(stage: &mut Stage, request: SyncRequest) -> Result<(), Refusal> {
    let command = Command::StartSync {
        sync: SYNC,
        request,
    };
    let started = stage.next_as("sam", &command);
    started.map(|_| ()).map_err(|refused| refused.refusal)
}

/// The college with a recent change on the source, and a plan that moved often before.
fn changed() -> Stage {
    let mut stage = Stage::college();
    for name in ["One", "Two", "Three"] {
        stage.next_as("sam", &rename(target(1), name)).unwrap();
    }
    stage.rename("New");
    stage.write();
    stage
}

/// Who was left alone since the preview.
fn drifted(stage: &Stage) -> Vec<LearnerId> {
    let filter = OutcomeFilter {
        reason: Some(Reason::ChangedSincePreview),
        component: Some(component(0)),
        ..OutcomeFilter::default()
    };
    let found = ask(stage, "sam", |reading| {
        reading.sync_outcomes(SYNC, &filter, ALL)
    });
    let items = found.unwrap().items.into_iter();
    items.map(|pair| pair.learner).collect()
}

#[test]
fn m5_whoever_changed_after_the_preview_is_left_alone_and_nobody_else() {
    let mut stage = changed();
    let confirmed = confirming(&stage, &request(SyncKind::AllAttributes));
    for name in ["Four", "Five", "Six"] {
        stage.next_as("sam", &rename(target(1), name)).unwrap();
    }
    stage.write();

    let previewed = ask(&stage, "sam", |reading| {
        reading.sync_preview(&confirmed, ALL)
    })
    .unwrap();
    start(&mut stage, confirmed.clone()).unwrap();
    stage.work();

    assert_eq!(drifted(&stage), [target(1)]);
    assert_eq!(stage.name(target(1)), "Six");
    assert_eq!(stage.name(target(2)), "New");
    assert_eq!(previewed.tally.skipped, 1);
    assert_eq!(
        Some(previewed.digest),
        confirmed.confirm.map(|confirm| confirm.digest)
    );
}

#[test]
fn m5_an_undisturbed_run_is_as_it_was_confirmed() {
    let mut stage = changed();
    let confirmed = confirming(&stage, &request(SyncKind::ChangesOnly));

    start(&mut stage, confirmed).unwrap();
    stage.work();

    assert_eq!(drifted(&stage), []);
    assert_eq!(stage.name(target(1)), "New");
}

#[test]
fn m5_all_means_whom_the_preview_showed_whatever_a_restart_came_between() {
    let mut stage = changed();
    let confirmed = confirming(&stage, &request(SyncKind::ChangesOnly));
    let expired = enrolled("Learner", None, EnrolmentStatus::Expired);
    put_learner(&mut stage, target(1), expired);
    let joined = LearnerId::from_uuid(Uuid::from_u128(0xeee));
    let active = enrolled("Late", None, EnrolmentStatus::Active);
    put_learner(&mut stage, joined, active);
    stage.restart();

    start(&mut stage, confirmed).unwrap();
    stage.write();
    stage.restart();
    stage.work();

    let found = ask(&stage, "sam", |reading| {
        reading.sync_outcomes(SYNC, &OutcomeFilter::default(), ALL)
    });
    let mut outcomes = BTreeMap::new();
    for pair in found.unwrap().items {
        if pair.component == component(0) {
            outcomes.insert(pair.learner, pair.pair_outcome.outcome());
        }
    }
    let mut expected: BTreeMap<_, _> = (0..TARGETS)
        .map(|index| (target(index), Outcome::Applied))
        .collect();
    let left = Outcome::Skipped(Reason::ProgrammeStatusExcluded);
    expected.insert(target(1), left);
    assert_eq!(outcomes, expected);
}

#[test]
fn m5_a_source_that_changed_is_refused_whole() {
    let mut stage = changed();
    let confirmed = confirming(&stage, &request(SyncKind::ChangesOnly));
    stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();

    let started = start(&mut stage, confirmed);

    let refused = Refusal::from(Rejection::SourceChanged);
    assert_eq!(started, Err(refused));
}

#[test]
fn m3_a_row_opens_page_by_page_with_what_would_change() {
    let stage = changed();
    let request = request(SyncKind::ChangesOnly);
    let second = Window { skip: 1, take: 1 };

    let explained = ask(&stage, "sam", |reading| {
        reading.sync_explain(&request, component(0), Side::Synchronised, second)
    })
    .unwrap();

    let preview = ask(&stage, "sam", |reading| reading.sync_preview(&request, ALL)).unwrap();
    assert_eq!(
        (explained.position, explained.digest),
        (preview.position, preview.digest)
    );
    assert_eq!(explained.programme_name, "Business");
    assert_eq!((explained.pairs.total, explained.pairs.items.len()), (5, 1));
    let item = &explained.pairs.items[0];
    let pair_outcome = item.pair.pair_outcome;
    assert_eq!(item.pair.learner, target(1));
    assert_eq!(
        (pair_outcome.action(), pair_outcome.outcome()),
        (Action::Synchronise, Outcome::Applied)
    );
    let shown: Vec<_> = item
        .changes
        .iter()
        .map(|change| {
            (
                change.attribute,
                change.before.as_text(),
                change.after.as_text(),
            )
        })
        .collect();
    assert_eq!(shown, [(Attribute::Name, Some("Three"), Some("New"))]);
}

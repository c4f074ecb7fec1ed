//! Reads give the same answers with evicted plans and after a start from a checkpoint as with a state that
//! was folded from the whole log.

use std::collections::BTreeSet;
use std::sync::Arc;

use plansync_domain::command::Command;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, SyncId};
use plansync_domain::preview::explain::Side;
use plansync_domain::selection::component_list::ComponentFilter;
use plansync_domain::sync::request::{LearnerFilter, Learners, SyncKind};
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::read::{OutcomeFilter, Reading, SyncQuery};
use plansync_engine::{Clock, Config, Kept, Worked};
use plansync_log::memory::MemoryCheckpoints;
use plansync_log::{Checkpoints as _, Incarnation, LogId, Read as _, Recorded};
use uuid::Uuid;

use super::{ALL, ask};
use crate::stage::{
    PROGRAMME, SESSION, SOURCE, SYNC, Stage, TARGETS, component, config, rename, sync, target,
    tenant,
};

/// Everybody who has a plan.
fn everybody() -> impl Iterator<Item = LearnerId> {
    (0..TARGETS).map(target).chain([SOURCE])
}

/// What one reader is told of everything there is.
fn told(stage: &Stage) -> Vec<String> {
    ask(stage, "sam", |reading| {
        let mut told = Vec::new();
        for learner in everybody() {
            let plan = reading.plan(learner, None, ALL).unwrap();
            for version in 0..=plan.version.get() {
                let earlier = reading.plan(learner, Some(Version::new(version)), ALL);
                told.push(format!("{:?}", earlier.unwrap()));
            }
            for version in 1..=plan.version.get() {
                let change = reading.plan_change(learner, Version::new(version), ALL);
                told.push(format!("{:?}", change.unwrap()));
            }
            told.push(format!("{plan:?}"));
            let history = reading.plan_history(learner, None, ALL).unwrap();
            told.push(format!("{history:?}"));
        }
        told.extend(chosen(reading));
        told.extend(done(reading));
        told
    })
}

/// What whoever is about to synchronise is told.
fn chosen(reading: &Reading<'_>) -> Vec<String> {
    let Command::StartSync { request, .. } = sync(SyncKind::ChangesOnly) else {
        panic!("a start")
    };
    let filter = ComponentFilter::default();
    let components = reading.sync_components(SESSION, PROGRAMME, &filter, ALL);
    let filter = LearnerFilter::default();
    let learners = reading.sync_learners(SESSION, PROGRAMME, &filter, ALL);
    let preview = reading.sync_preview(&request, ALL).unwrap();
    let affected = reading.sync_affected(&request, ALL).unwrap();
    let explained = reading.sync_explain(&request, component(0), Side::Synchronised, ALL);
    vec![
        format!("{:?}", reading.open_records(ALL).unwrap()),
        format!("{:?}", reading.recent_changes(SESSION, ALL).unwrap()),
        format!("{:?}", components.unwrap()),
        format!("{:?}", learners.unwrap()),
        // A preview that is asked for again has another position, and is otherwise the same.
        format!("{:?} {:?}", preview.digest, preview.rows),
        format!("{:?} {:?}", affected.digest, affected.learners),
        format!("{:?}", explained.unwrap()),
    ]
}

/// What was done by syncs.
fn done(reading: &Reading<'_>) -> Vec<String> {
    let outcomes = reading.sync_outcomes(SYNC, &OutcomeFilter::default(), ALL);
    vec![
        format!("{:?}", outcomes.unwrap()),
        format!("{:?}", reading.sync_changes(SYNC, ALL).unwrap()),
        format!("{:?}", reading.sync(SYNC).unwrap()),
        format!("{:?}", reading.syncs(&SyncQuery::default(), ALL).unwrap()),
    ]
}

/// A record open with recent changes, a sync of earlier ones, and edits of everybody.
fn busy(stage: &mut Stage) {
    for round in 0..3 {
        for learner in everybody() {
            let rename = rename(learner, &format!("Before {round}"));
            stage.next_as("sam", &rename).unwrap();
        }
    }
    stage.rename("New");
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.work();
    stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();
    stage.next_as("sam", &rename(target(1), "Another")).unwrap();
    stage.write();
}

/// It is always the same moment.
struct Still;

impl Clock for Still {
    fn now(&self) -> Recorded {
        Recorded::new(1_795_000_000_000_000)
    }
}

/// Whoever asks is told the same as where nothing is ever evicted or kept.
#[track_caller]
fn check(stage: &Stage) {
    let mut plain = Stage::college_with(Config {
        clock: Arc::new(Still),
        ..config()
    });
    busy(&mut plain);
    let (told, expected) = (told(stage), told(&plain));
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
}

fn without_room(checkpoints: Option<&MemoryCheckpoints>) -> Config {
    Config {
        clock: Arc::new(Still),
        plan_bytes_max: 1,
        image_commits: 2,
        checkpoint_commits: 5,
        checkpoints: checkpoints.map(|kept| Arc::new(kept.clone()) as _),
        ..config()
    }
}

/// A sync to the first so many targets.
fn sync_to(targets: u128) -> Command {
    let mut command = sync(SyncKind::ChangesOnly);
    if let Command::StartSync { sync, request } = &mut command {
        *sync = SyncId::from_uuid(Uuid::from_u128(targets));
        request.learners = Learners::Listed((0..targets).map(target).collect());
    }
    command
}

#[test]
fn a_sync_ends_whatever_room_its_targets_have() {
    for room in (0..8_000).step_by(100) {
        let mut stage = Stage::college_with(Config {
            plan_bytes_max: room,
            batch_targets_max: 32,
            ..without_room(None)
        });
        stage.rename("New");
        // What the first one leaves is too much, and not all that the second one needs.
        for targets in [TARGETS - 1, TARGETS] {
            stage.next_as("sam", &sync_to(targets)).unwrap();
        }
        stage.write();
        while stage.engine.work_step().unwrap() != Worked::Nothing {
            stage.write();
        }
        let id = SyncId::from_uuid(Uuid::from_u128(TARGETS));
        let sync = ask(&stage, "sam", |reading| reading.sync(id).unwrap());
        let ended = sync.status == SyncStatus::Completed;
        assert!(ended, "with room for {room} bytes");
    }
}

#[test]
fn plans_that_have_no_room_answer_as_if_they_had() {
    let mut stage = Stage::college_with(without_room(None));
    busy(&mut stage);
    check(&stage);
    let seen = stage.engine.snapshot(&tenant()).tenant;
    assert!(everybody().any(|learner| !seen.plans().is_resident(learner)));
    stage.restart();
    check(&stage);
}

#[test]
fn a_start_goes_on_from_what_was_kept() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(without_room(Some(&kept)));
    busy(&mut stage);
    let upto = stage.engine.keep_step().unwrap();
    assert_eq!(upto, Kept::Upto(stage.log.tip().position));
    assert_eq!(kept.newest().unwrap().unwrap().tip, stage.log.tip());
    assert_eq!(stage.engine.keep_now().unwrap(), Kept::Nothing);
    assert!(kept.file_count() > 0, "no plan got an image");
    stage.restart();
    check(&stage);
}

/// So that a start after a crash folds little, even where a load ended between two keepings.
#[test]
fn a_state_at_rest_is_kept_after_an_eighth_of_the_commits() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(Config {
        checkpoint_commits: 80,
        ..without_room(Some(&kept))
    });
    stage.engine.keep_now().unwrap();
    let edit = |stage: &mut Stage, number: usize| {
        let rename = rename(target(1), &format!("Edition {number}"));
        stage.next_as("sam", &rename).unwrap();
        stage.write();
        stage.engine.keep_step().unwrap()
    };
    for number in 1..10 {
        assert_eq!(edit(&mut stage, number), Kept::Nothing);
        assert_eq!(
            stage.engine.keep_step().unwrap(),
            Kept::Nothing,
            "{number} commits"
        );
    }
    assert_eq!(edit(&mut stage, 10), Kept::Nothing, "something goes on");
    let upto = Kept::Upto(stage.log.tip().position);
    assert_eq!(stage.engine.keep_step().unwrap(), upto);
}

#[test]
fn what_came_after_the_kept_state_is_folded() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(without_room(Some(&kept)));
    stage.engine.keep_step().unwrap();
    let early = kept.newest().unwrap();
    busy(&mut stage);
    stage.restart();
    assert_eq!(kept.newest().unwrap(), early, "nobody kept it again");
    check(&stage);
}

#[test]
fn a_sync_that_was_under_way_goes_on_from_what_was_kept() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(without_room(Some(&kept)));
    stage.rename("New");
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.write();
    stage.engine.work_step().unwrap();
    stage.write();
    stage.engine.keep_now().unwrap();
    stage.restart();
    stage.work();
    for index in 0..TARGETS {
        assert_eq!(stage.name(target(index)), "New");
    }
    let versions: BTreeSet<_> = (0..TARGETS)
        .map(|index| {
            stage
                .whole()
                .tenant
                .resident_plan(target(index))
                .unwrap()
                .version()
        })
        .collect();
    assert_eq!(versions, BTreeSet::from([Version::new(2)]), "once each");
}

#[test]
fn what_was_kept_of_another_log_or_fold_or_is_damaged_is_not_used() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(without_room(Some(&kept)));
    busy(&mut stage);
    stage.engine.keep_now().unwrap();
    let good = kept.newest().unwrap().unwrap();
    let live = BTreeSet::new();
    let mut wrong = vec![good.clone(); 5];
    wrong[0].tip.log = LogId::new(Uuid::from_u128(99));
    wrong[1].tip.chain = plansync_log::Chain::new([9; 32]);
    wrong[2].tip.position = good.tip.position.next();
    wrong[3].fold += 1;
    wrong[4].state.truncate(good.state.len() / 2);
    for wrong in wrong {
        kept.write(&wrong, &live).unwrap();
        stage.restart();
        check(&stage);
    }
    // A restored log goes on with what its earlier incarnation kept, as far as both are the same.
    let mut restored = good;
    restored.tip.incarnation = Incarnation::FIRST.next();
    kept.write(&restored, &live).unwrap();
    stage.restart();
    check(&stage);
}

#[test]
fn images_that_are_gone_lose_nothing() {
    let kept = MemoryCheckpoints::new();
    let mut stage = Stage::college_with(without_room(Some(&kept)));
    busy(&mut stage);
    stage.engine.keep_now().unwrap();
    let newest = kept.newest().unwrap().unwrap();
    kept.write(&newest, &BTreeSet::new()).unwrap();
    assert_eq!(kept.file_count(), 0);
    stage.restart();
    check(&stage);
}

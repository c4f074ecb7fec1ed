//! A sync from acceptance to completion, stepped, interrupted and cancelled.

use plansync_domain::command::Command;
use plansync_domain::ids::SyncId;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::{Reply, Worked};
use plansync_log::Read as _;

use crate::stage::{SOURCE, SYNC, Stage, TARGETS, rename, sync, target};

fn status(stage: &Stage) -> (SyncStatus, u32) {
    let snapshot = stage.whole();
    let sync = snapshot.tenant.sync(SYNC).unwrap();
    (sync.status(), sync.done_count())
}

fn names(stage: &Stage) -> Vec<String> {
    (0..TARGETS)
        .map(|index| stage.name(target(index)))
        .collect()
}

/// A sync of the renamed component onto everybody, accepted and not yet worked on.
fn started() -> Stage {
    let mut stage = Stage::college();
    stage.rename("New");
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage
}

#[test]
fn a_sync_replays_the_change_onto_every_target_and_completes() {
    let stage = started();
    stage.work();
    assert_eq!(status(&stage), (SyncStatus::Completed, 5));
    assert_eq!(names(&stage), ["New"; 5]);
}

#[test]
fn i3_a_restart_takes_up_a_sync_where_the_log_left_it() {
    let mut stage = started();
    assert_eq!(stage.engine.work_step().unwrap(), Worked::Targets(2));
    stage.write();
    assert_eq!(stage.engine.work_step().unwrap(), Worked::Targets(2));
    stage.restart();
    assert_eq!(status(&stage), (SyncStatus::Running, 2));
    let before = stage.log.tip().position.get();
    stage.work();
    assert_eq!(status(&stage), (SyncStatus::Completed, 5));
    assert_eq!(names(&stage), ["New"; 5]);
    let commits = stage.log.tip().position.get() - before;
    assert_eq!(commits, 3 + 1, "three targets and the completion");
}

#[test]
fn t6_what_the_source_becomes_later_does_not_leak_into_a_running_sync() {
    let mut stage = started();
    stage.next_as("sam", &rename(SOURCE, "Too late")).unwrap();
    stage.work();
    assert_eq!(names(&stage), ["New"; 5]);
}

#[test]
fn a_cancelled_sync_leaves_the_targets_it_had_not_reached() {
    let mut stage = started();
    stage.engine.work_step().unwrap();
    let cancelled = stage
        .next_as("sam", &Command::CancelSync { sync: SYNC })
        .unwrap();
    assert_eq!(
        cancelled.reply,
        Reply::SyncCancelled {
            state: SyncStatus::Cancelled
        }
    );
    stage.work();
    assert_eq!(status(&stage), (SyncStatus::Cancelled, 2));
    let old = "Activity 0";
    assert_eq!(names(&stage), ["New", "New", old, old, old]);
}

#[test]
fn i4_a_second_run_appends_no_event_to_any_plan() {
    let mut stage = started();
    stage.work();
    let versions = |stage: &Stage| {
        let snapshot = stage.whole();
        (0..TARGETS)
            .map(|index| {
                snapshot
                    .tenant
                    .resident_plan(target(index))
                    .unwrap()
                    .version()
            })
            .collect::<Vec<_>>()
    };
    let before = versions(&stage);
    let Command::StartSync { request, .. } = sync(SyncKind::AllAttributes) else {
        panic!()
    };
    let again = SyncId::from_uuid(uuid::Uuid::from_u128(0x58));
    stage
        .next_as(
            "sam",
            &Command::StartSync {
                sync: again,
                request,
            },
        )
        .unwrap();
    stage.work();
    assert_eq!(versions(&stage), before);
    let snapshot = stage.whole();
    let tally = snapshot.tenant.sync(again).unwrap().tally();
    assert_eq!((tally.applied, tally.unchanged, tally.skipped), (0, 15, 0));
}

#[test]
fn t6_a_target_that_moved_after_it_was_judged_is_judged_again() {
    let mut stage = started();
    let judged = stage.engine.judge_step().unwrap().unwrap();
    stage
        .next_as("sam", &rename(target(1), "In between"))
        .unwrap();
    assert_eq!(
        stage.engine.commit_step(judged).unwrap(),
        Worked::Targets(1)
    );
    stage.work();
    assert_eq!(status(&stage), (SyncStatus::Completed, 5));
    assert_eq!(names(&stage), ["New"; 5]);
    let snapshot = stage.whole();
    let version = u64::from(snapshot.tenant.resident_plan(target(1)).unwrap().version());
    assert_eq!(
        version, 3,
        "the template, the edit in between, and the sync"
    );
}

/// A sync of what the source is now called, under an id of its own.
fn next_sync(stage: &mut Stage, id: u128, name: &str) -> SyncId {
    stage.next_as("sam", &rename(SOURCE, name)).unwrap();
    let Command::StartSync { request, .. } = sync(SyncKind::AllAttributes) else {
        panic!()
    };
    let sync = SyncId::from_uuid(uuid::Uuid::from_u128(id));
    let command = Command::StartSync { sync, request };
    stage.next_as("sam", &command).unwrap();
    sync
}

#[test]
fn t6_a_target_waits_for_the_earlier_sync_that_still_holds_it() {
    let mut stage = started();
    let judged = stage.engine.judge_step().unwrap().unwrap();
    next_sync(&mut stage, 0x58, "Newer");
    // Of the two that are judged one must be judged again, and comes behind everything else.
    let between = rename(target(1), "In between");
    stage.next_as("sam", &between).unwrap();
    assert_eq!(
        stage.engine.commit_step(judged).unwrap(),
        Worked::Targets(1)
    );
    stage.work();
    assert_eq!(names(&stage), ["Newer"; 5]);
}

#[test]
fn what_an_earlier_sync_holds_is_free_once_that_is_cancelled() {
    let mut stage = started();
    let judged = stage.engine.judge_step().unwrap().unwrap();
    let newer = next_sync(&mut stage, 0x58, "Newer");
    stage.work();
    let done = |stage: &Stage, sync| stage.whole().tenant.sync(sync).unwrap().done_count();
    assert_eq!(names(&stage)[2..], ["Newer"; 3]);
    assert_eq!(done(&stage, newer), 3, "two are held");
    let cancel = Command::CancelSync { sync: SYNC };
    stage.next_as("sam", &cancel).unwrap();
    stage.work();
    assert_eq!(done(&stage, newer), 5);
    assert_eq!(
        stage.engine.commit_step(judged).unwrap(),
        Worked::Targets(0)
    );
    assert_eq!(names(&stage), ["Newer"; 5]);
}

#[test]
fn i3_a_restart_holds_targets_as_before() {
    let mut stage = started();
    for (id, name) in [(0x58, "Newer"), (0x56, "Newest")] {
        next_sync(&mut stage, id, name);
    }
    stage.write();
    stage.restart();
    let first = stage.engine.judge_step().unwrap().unwrap();
    stage.work();
    assert_eq!(names(&stage)[2..], ["Newest"; 3]);
    assert_eq!(stage.engine.commit_step(first).unwrap(), Worked::Targets(2));
    stage.work();
    assert_eq!(names(&stage), ["Newest"; 5]);
}

//! What the engine counts, and how much it says to have.

use plansync_domain::sync::pair_outcome::Outcome;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::{Engine, Measured, Worked};
use plansync_log::Position;

use crate::stage::{Stage, sync};

/// Targets, pairs that were applied, and all pairs.
fn counted(engine: &Engine) -> (u64, u64, u64) {
    let syncs = engine.measured().syncs;
    let of = |wanted: Option<Outcome>| {
        let pairs = syncs.pairs.iter();
        let wanted = pairs.filter(|(outcome, _)| wanted.is_none_or(|one| one == *outcome));
        wanted.map(|(_, count)| count).sum::<u64>()
    };
    (syncs.targets, of(Some(Outcome::Applied)), of(None))
}

fn waiting(engine: &Engine) -> (usize, usize, usize) {
    let syncs = engine.measured().syncs;
    (syncs.targets_waiting, syncs.targets_held, syncs.syncs_held)
}

#[test]
fn commits_wait_until_they_are_written_and_count_with_their_group() {
    let mut stage = Stage::college();
    let before = stage.engine.measured();
    assert_eq!((before.queued_commits, before.queued_bytes), (0, 0));
    assert_eq!(before.decided, before.durable);
    assert_eq!(before.groups.sizes.sum, before.durable.get());
    stage.rename("New");
    let waiting = stage.engine.measured();
    assert_eq!(waiting.queued_commits, 2);
    assert!(waiting.queued_bytes > 0);
    assert_eq!(waiting.durable, before.durable);
    let next = Position::new(before.durable.get() + 2);
    assert_eq!(waiting.decided, next);
    // What is not durable has no open record yet.
    assert_eq!(waiting.totals.open_records, 0);
    stage.write();
    let after = stage.engine.measured();
    assert_eq!((after.durable, after.queued_commits), (next, 0));
    let groups = |measured: &Measured| measured.groups.sizes.count();
    assert_eq!(groups(&after), groups(&before) + 1);
    let written = after.groups.bytes - before.groups.bytes;
    assert_eq!(written, u64::try_from(waiting.queued_bytes).unwrap());
    assert_eq!(after.totals.open_records, 1);
    assert_eq!((after.totals.tenants, after.totals.learners), (1, 6));
}

#[test]
fn plans_are_away_after_a_start_until_they_are_fetched() {
    let mut stage = Stage::college();
    let plans = |stage: &Stage| {
        let measured = stage.engine.measured();
        let plans = measured.plans;
        (plans.resident, measured.totals.plans, plans.fetched)
    };
    assert_eq!(plans(&stage), (6, 6, 0));
    assert!(stage.engine.measured().plans.resident_bytes > 0);
    stage.restart();
    assert_eq!(plans(&stage), (0, 6, 0));
    stage.rename("New");
    assert_eq!(plans(&stage), (1, 6, 1));
}

#[test]
fn a_sync_counts_its_targets_and_pairs_once_each_and_its_end() {
    let mut stage = Stage::college();
    stage.rename("New");
    stage.next_as("sam", &sync(SyncKind::ChangesOnly)).unwrap();
    stage.write();
    let syncs = stage.engine.measured().syncs;
    assert_eq!(
        (syncs.accepted, syncs.completed, syncs.cancelled),
        (1, 0, 0)
    );
    assert_eq!(stage.engine.measured().totals.running_syncs, 1);
    assert_eq!(waiting(&stage.engine), (5, 0, 0));
    assert_eq!(stage.engine.work_step().unwrap(), Worked::Targets(2));
    assert_eq!(waiting(&stage.engine), (3, 0, 0));
    assert_eq!(counted(&stage.engine).0, 2);
    stage.work();
    let (targets, applied, all) = counted(&stage.engine);
    assert_eq!((targets, applied), (5, 5));
    assert!(all >= 5, "{all}");
    let syncs = stage.engine.measured().syncs;
    assert_eq!((syncs.accepted, syncs.completed), (1, 1));
    assert_eq!(stage.engine.measured().totals.running_syncs, 0);
    // A restart begins to count anew, and does not count what the log has.
    stage.restart();
    assert_eq!(counted(&stage.engine), (0, 0, 0));
}

//! What has ended is not held in the state, and every answer stays the same.

use std::sync::Arc;

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{Actor, SessionId};
use plansync_domain::recent::closings::SessionEnd;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::read::{OutcomeFilter, OutcomeItem, Window};
use plansync_engine::{Config, Kept, NeedsDisk, Refusal};
use plansync_log::memory::MemoryCheckpoints;
use uuid::Uuid;

use crate::stage::{SESSION, SOURCE, SYNC, Stage, call, config, rename, sync, target, tenant};

const ALL: Window = Window {
    skip: 0,
    take: 1_000,
};

fn open(session: SessionId) -> Command {
    let learner = SOURCE;
    Command::OpenRecord { learner, session }
}

fn keeping() -> Config {
    Config {
        checkpoints: Some(Arc::new(MemoryCheckpoints::default())),
        ..config()
    }
}

#[track_caller]
fn assert_used(stage: &mut Stage) {
    let refused = stage.next_as("sam", &open(SESSION)).unwrap_err();
    let exists = Rejection::SessionExists(SESSION);
    assert_eq!(refused.refusal, Refusal::Rejected(exists));
}

#[test]
fn c6_the_id_of_a_closed_record_is_used_for_good() {
    let mut stage = Stage::college_with(keeping());
    stage.next_as("sam", &open(SESSION)).unwrap();
    let close = Command::CloseRecord { session: SESSION };
    stage.next_as("sam", &close).unwrap();
    // Nothing of it is durable yet.
    assert_used(&mut stage);
    stage.write();
    assert_used(&mut stage);
    stage.restart();
    assert_used(&mut stage);
    assert_ne!(stage.engine.keep_now().unwrap(), Kept::Nothing);
    stage.restart();
    assert_used(&mut stage);
    let refused = stage.next_as("sam", &close).unwrap_err();
    let closed = Rejection::SessionClosed {
        session: SESSION,
        end: SessionEnd::Closed,
    };
    assert_eq!(refused.refusal, Refusal::Rejected(closed));
}

#[test]
fn an_id_that_was_never_used_costs_no_disk_and_another_does() {
    let mut stage = Stage::college();
    stage.next_as("sam", &open(SESSION)).unwrap();
    stage.write();
    let engine = stage.engine.clone();
    let again = open(SESSION);
    let asked = engine.submit_without_disk(&call("sam", 900, &again), &again);
    assert_eq!(asked, Err(NeedsDisk));
    let new = open(SessionId::from_uuid(Uuid::from_u128(0x5f)));
    let asked = engine.submit_without_disk(&call("sam", 901, &new), &new);
    assert!(matches!(asked, Ok(Ok(_))), "{asked:?}");
}

fn outcomes(stage: &Stage) -> Vec<OutcomeItem> {
    let (tenant, actor) = (tenant(), "sam".parse::<Actor>().unwrap());
    let reading = stage.engine.reading(&tenant, &actor).unwrap();
    let filter = OutcomeFilter::default();
    reading.sync_outcomes(SYNC, &filter, ALL).unwrap().items
}

#[test]
fn m6_who_was_done_when_a_sync_was_cancelled_is_told_by_the_log() {
    let mut stage = Stage::college_with(keeping());
    stage.next_as("sam", &open(SESSION)).unwrap();
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    let start = sync(SyncKind::AllAttributes);
    stage.next_as("sam", &start).unwrap();
    stage.engine.work_step().unwrap();
    stage.write();
    let running = outcomes(&stage);
    let done = |pairs: &[OutcomeItem]| {
        let learners = pairs.iter().map(|pair| pair.learner);
        let mut learners: Vec<_> = learners.collect();
        learners.dedup();
        learners
    };
    assert_eq!(done(&running), [target(0), target(1)]);
    let cancel = Command::CancelSync { sync: SYNC };
    stage.next_as("sam", &cancel).unwrap();
    stage.write();
    let now = stage.engine.snapshot(&tenant());
    assert!(now.tenant.sync(SYNC).unwrap().targets().is_none());
    let ended = outcomes(&stage);
    assert_eq!(ended[..running.len()], running);
    assert_eq!(done(&ended).len(), 5);
    stage.engine.keep_now().unwrap();
    stage.restart();
    assert_eq!(outcomes(&stage), ended);
}

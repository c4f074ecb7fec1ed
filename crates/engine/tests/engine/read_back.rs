//! No event that cannot be decoded comes into the log: an engine whose codec is broken for one kind of event
//! refuses the commands that need it, writes nothing of them, and goes on with everything else.

use plansync_domain::command::Command;
use plansync_domain::event::TARGET_REPLAYED;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::sync::status::SyncStatus;
use plansync_engine::{Config, EventBodies, Fault, Refusal, Refused, replay};
use plansync_log::{Bodies as _, Position, Read as _};

use crate::stage::{SOURCE, SYNC, Stage, call, config, rename, sync, target};

const LEARNER_PUT: u16 = 4;
const COMPONENT_CHANGED: u16 = 23;
const RECORD_OPENED: u16 = 40;
const CHANGE_SET_CHUNK: u16 = 60;
const SYNC_ACCEPTED: u16 = 61;
const SYNC_COMPLETED: u16 = 64;
const COMMAND_ACCEPTED: u16 = 81;

/// A college that was founded by a whole engine, and goes on with one that is broken.
fn broken(faults: &[Fault]) -> Stage {
    let mut stage = Stage::college_with(config());
    stage.restart_with(Config {
        faults: faults.to_vec(),
        ..config()
    });
    stage
}

#[track_caller]
fn refused(answer: Result<plansync_engine::Receipt, Refused>, problem: &str) {
    let Err(Refused {
        refusal: Refusal::Internal { cause },
        ..
    }) = answer
    else {
        panic!("it was not refused: {answer:?}")
    };
    assert!(cause.contains(problem), "{cause}");
}

/// Every commit in the log is read, and folded, by an engine that is whole.
#[track_caller]
fn assert_readable(stage: &Stage) {
    let tip = stage.engine.log().tip();
    assert_eq!(
        replay(stage.engine.log(), &stage.engine.config().keys)
            .unwrap()
            .commits,
        tip.position.get()
    );
    for commit in stage.log.read(Position::FIRST, usize::MAX).unwrap() {
        assert_eq!(EventBodies.read(&commit.decode().unwrap()), Ok(Vec::new()));
    }
}

#[test]
fn an_edit_that_could_not_be_read_again_is_refused_and_others_are_served() {
    let faults = [
        (
            Fault::WritesUnreadably(COMPONENT_CHANGED),
            "`set.name` of ComponentChanged",
        ),
        (
            Fault::WritesAnother(COMPONENT_CHANGED),
            "`set.name` of ComponentChanged (it decodes to another",
        ),
    ];
    for (fault, problem) in faults {
        let mut stage = broken(&[fault]);
        let before = stage.engine.log().tip();
        let answer = stage.next_as("sam", &rename(SOURCE, "New"));
        refused(answer, problem);
        stage.write();
        assert_eq!(stage.engine.log().tip(), before, "nothing is written");
        assert_eq!(stage.name(SOURCE), "Activity 0", "and nothing is folded");
        let open = Command::OpenRecord {
            learner: SOURCE,
            session: crate::stage::SESSION,
        };
        let receipt = stage.next_as("sam", &open).unwrap();
        assert_eq!(receipt.position, before.position.next());
        stage.write();
        assert_readable(&stage);
    }
}

#[test]
fn what_another_kind_of_command_comes_to_is_read_back_as_well() {
    let mut stage = broken(&[
        Fault::WritesUnreadably(LEARNER_PUT),
        Fault::WritesAnother(RECORD_OPENED),
    ]);
    let snapshot = stage.whole();
    let record = snapshot.tenant.learner(SOURCE).unwrap().clone();
    let put = Command::PutLearner {
        learner: target(99),
        record,
    };
    refused(stage.next_as("system", &put), "of LearnerPut");
    let open = Command::OpenRecord {
        learner: SOURCE,
        session: crate::stage::SESSION,
    };
    refused(stage.next_as("sam", &open), "of RecordOpened");
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    stage.write();
    assert_readable(&stage);
}

#[test]
fn a_start_whose_acceptance_or_chunks_could_not_be_read_again_is_refused() {
    for kind in [SYNC_ACCEPTED, CHANGE_SET_CHUNK] {
        let mut stage = broken(&[Fault::WritesUnreadably(kind)]);
        stage.rename("New");
        let long = "x".repeat(20_000);
        if kind == CHANGE_SET_CHUNK {
            (0..12).for_each(|index| stage.add_instructed(index, &long));
        }
        stage.write();
        let before = stage.engine.log().tip();
        let answer = stage.next_as("sam", &sync(SyncKind::AllAttributes));
        refused(answer, "does not decode to the same value");
        stage.work();
        assert_eq!(
            stage.engine.log().tip(),
            before,
            "nothing is written, no chunk either"
        );
        assert_readable(&stage);
    }
}

#[test]
fn a_target_that_could_not_be_read_again_stays_undone_and_stops_nobody() {
    let mut stage = broken(&[Fault::WritesUnreadably(TARGET_REPLAYED)]);
    stage.rename("New");
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.work();
    assert_eq!(stage.name(target(0)), "Activity 0");
    stage.next_as("sam", &rename(target(0), "By hand")).unwrap();
    stage.write();
    assert_readable(&stage);
    // A version that is mended takes the sync up where it stands.
    stage.restart_with(config());
    stage.work();
    assert_eq!(stage.name(target(0)), "New");
    let status = stage.whole().tenant.sync(SYNC).unwrap().status();
    assert_eq!(status, SyncStatus::Completed);
    assert_readable(&stage);
}

#[test]
fn a_completion_that_could_not_be_read_again_stops_nobody() {
    let mut stage = broken(&[Fault::WritesAnother(SYNC_COMPLETED)]);
    stage.rename("New");
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.work();
    assert_eq!(stage.name(target(0)), "New");
    let status = stage.whole().tenant.sync(SYNC).unwrap().status();
    assert_eq!(status, SyncStatus::Running);
    stage.next_as("sam", &rename(target(0), "By hand")).unwrap();
    stage.write();
    assert_readable(&stage);
}

#[test]
fn what_became_of_a_durable_command_is_read_back_as_well() {
    let mut stage = broken(&[Fault::WritesUnreadably(COMMAND_ACCEPTED)]);
    let command = rename(SOURCE, "New");
    let receipt = stage.next_as("sam", &command).unwrap();
    let call = call("sam", 999, &command);
    let recorded = stage.engine.record_accepted(&call, "plan.edit", &receipt);
    let Err(Refusal::Internal { cause }) = recorded else {
        panic!("it was recorded: {recorded:?}")
    };
    assert!(cause.contains("CommandAccepted"), "{cause}");
    stage.write();
    assert_readable(&stage);
}

//! Open records and their recent changes.

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::SessionId;
use plansync_domain::ids::version::Version;
use plansync_domain::permission::Permission;
use plansync_domain::recent::change::RecentKind;
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::value::Value;
use uuid::Uuid;

use super::{ALL, ask, enrolled, put_administrator, put_learner, refused};
use crate::stage::{SESSION, SOURCE, Stage, rename, target};

fn open(stage: &mut Stage, name: &str, learner: plansync_domain::ids::LearnerId) -> SessionId {
    let session = SessionId::from_uuid(Uuid::from_u128(u128::MAX - learner.as_uuid().as_u128()));
    let command = Command::OpenRecord { learner, session };
    stage.next_as(name, &command).unwrap();
    stage.write();
    session
}

#[test]
fn one_sees_ones_own_open_records_oldest_first() {
    let mut stage = Stage::college();
    let first = open(&mut stage, "sam", target(3));
    let second = open(&mut stage, "sam", target(1));
    let closed = open(&mut stage, "sam", target(2));
    stage
        .next_as("sam", &Command::CloseRecord { session: closed })
        .unwrap();
    stage.write();
    let listed = ask(&stage, "sam", |reading| reading.open_records(ALL)).unwrap();
    let sessions: Vec<_> = listed.items.iter().map(|item| item.session).collect();
    assert_eq!((listed.total, sessions), (2, vec![first, second]));
    assert_eq!(listed.items[0].marker, Version::new(1));
    let listed = ask(&stage, "system", |reading| reading.open_records(ALL)).unwrap();
    assert_eq!((listed.total, listed.items), (0, vec![]));
}

#[test]
fn p8_a_record_of_a_learner_whom_one_sees_no_more_is_left_out() {
    let mut stage = Stage::college();
    put_administrator(&mut stage, "ed", Permission::AdvancedDeliveryEdit, "north");
    let session = open(&mut stage, "ed", target(1));
    let gone = enrolled("Learner", Some("south"), EnrolmentStatus::Active);
    put_learner(&mut stage, target(1), gone);
    ask(&stage, "ed", |reading| {
        assert_eq!(reading.open_records(ALL).unwrap().total, 0);
        let asked = reading.recent_changes(session, ALL);
        assert_eq!(asked.unwrap_err(), refused(Rejection::LearnerNotAvailable));
    });
}

#[test]
fn c4_recent_changes_tell_before_and_after_and_the_commit() {
    let mut stage = Stage::college();
    stage.rename("New");
    let receipt = stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();
    stage.write();
    let listed = ask(&stage, "sam", |reading| {
        reading.recent_changes(SESSION, ALL)
    })
    .unwrap();
    let [only] = listed.items.as_slice() else {
        panic!("one change")
    };
    assert_eq!(
        (only.change.kind, only.change.preselected),
        (RecentKind::Updated, true)
    );
    let difference = &only.change.difference;
    assert_eq!(
        difference.before.get(Attribute::Name),
        Some(&Value::from("Activity 0"))
    );
    assert_eq!(
        difference.after.get(Attribute::Name),
        Some(&Value::from("Newer"))
    );
    assert_eq!(only.last_updated.position, receipt.position);
}

#[test]
fn another_administrators_session_is_not_open() {
    let mut stage = Stage::college();
    stage.rename("New");
    put_administrator(&mut stage, "sue", Permission::Supervisor, "north");
    let asked = ask(&stage, "sue", |reading| {
        reading.recent_changes(SESSION, ALL)
    });
    assert_eq!(
        asked.unwrap_err(),
        refused(Rejection::SessionNotOpen(SESSION))
    );
}

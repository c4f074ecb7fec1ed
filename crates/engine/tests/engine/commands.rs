//! Commands, their receipts, and the answers to repeats.

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::version::Version;
use plansync_engine::{Call, Receipt, Refusal, Refused, Reply, Wrote};
use plansync_log::{Position, Read as _};

use crate::stage::{SOURCE, Stage, call, rename};

#[test]
fn readers_see_a_command_only_once_it_is_durable() {
    let mut stage = Stage::college();
    let before = stage.name(SOURCE);
    let receipt = stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    assert_eq!(stage.name(SOURCE), before);
    assert_eq!(stage.write(), Wrote::Upto(receipt.position));
    assert_eq!(stage.name(SOURCE), "New");
}

#[test]
fn i2_a_command_sent_again_gets_its_first_answer_and_changes_nothing() {
    let mut stage = Stage::college();
    let command = rename(SOURCE, "New");
    let first = stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    stage.next_as("sam", &rename(SOURCE, "Newer")).unwrap();
    let again = stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    assert_eq!(
        again,
        Receipt {
            duplicate: true,
            ..first.clone()
        }
    );
    stage.restart();
    let much_later = stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    assert_eq!(
        much_later,
        Receipt {
            duplicate: true,
            ..first
        }
    );
    assert_eq!(stage.name(SOURCE), "Newer");
}

#[test]
fn i2_a_command_that_changes_nothing_is_remembered_too() {
    let mut stage = Stage::college();
    let command = rename(SOURCE, "Activity 0");
    let first = stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    let position = first.position;
    let (version, added) = (Version::new(1), Vec::new());
    assert_eq!(
        first.reply,
        Reply::Edited {
            version,
            position,
            changed: false,
            added
        }
    );
    stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    let again = stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    assert_eq!(
        again,
        Receipt {
            duplicate: true,
            ..first
        }
    );
}

#[test]
fn an_id_that_was_made_for_a_call_is_known_afterwards() {
    let mut stage = Stage::college();
    let command = rename(SOURCE, "New");
    let made = Call {
        id_is_new: true,
        ..call("sam", 99, &command)
    };
    let first = stage.engine.submit(&made, &command).unwrap();
    for restarts in [false, true] {
        stage.write();
        if restarts {
            stage.restart();
        }
        let named = call("sam", 99, &command);
        let again = stage.engine.submit(&named, &command).unwrap();
        assert_eq!((again.position, again.duplicate), (first.position, true));
    }
}

#[test]
fn an_id_used_for_another_command_or_by_somebody_else_is_refused() {
    let stage = Stage::college();
    let command = rename(SOURCE, "New");
    stage
        .engine
        .submit(&call("sam", 99, &command), &command)
        .unwrap();
    let other = rename(SOURCE, "Other");
    for (actor, command) in [("sam", &other), ("system", &command)] {
        let refused = stage
            .engine
            .submit(&call(actor, 99, command), command)
            .unwrap_err();
        assert_eq!(refused.refusal, Refusal::CommandIdReused);
    }
}

#[test]
fn a_refusal_waits_for_what_it_was_judged_on() {
    let mut stage = Stage::college();
    let receipt = stage.next_as("sam", &rename(SOURCE, "New")).unwrap();
    let mut outdated = rename(SOURCE, "Stale");
    if let Command::EditPlan {
        expected_version, ..
    } = &mut outdated
    {
        *expected_version = Some(Version::new(1));
    }
    let rejection = Rejection::VersionConflict {
        actual: Version::new(2),
    };
    assert_eq!(
        stage.next_as("sam", &outdated),
        Err(Refused {
            after: receipt.position,
            refusal: Refusal::Rejected(rejection)
        })
    );
}

#[test]
fn a_tenant_that_nobody_put_is_not_found() {
    let mut stage = Stage::empty();
    let refused = stage.next_as("sam", &rename(SOURCE, "New")).unwrap_err();
    assert_eq!(
        refused.refusal,
        Refusal::Rejected(Rejection::TenantNotFound)
    );
    assert_eq!(stage.log.tip().position, Position::ZERO);
}

#[test]
fn i1_a_restart_finds_the_state_that_was_answered_from() {
    let mut stage = Stage::college();
    stage.rename("New");
    stage.write();
    let before = stage.whole();
    stage.restart();
    let after = stage.whole();
    assert_eq!(after.position, before.position);
    assert_eq!(
        format!("{:?}", after.tenant.resident_plan(SOURCE).unwrap()),
        format!("{:?}", before.tenant.resident_plan(SOURCE).unwrap())
    );
    assert_eq!(stage.name(SOURCE), "New");
}

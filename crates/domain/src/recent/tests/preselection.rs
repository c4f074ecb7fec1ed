//! Tests of what is preselected after a sync (C7).

use crate::command::Edit;
use crate::plan::status::Status;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::sync::request::{StatusFilter, SyncRequest};
use crate::test_support::sync::{SOURCE, TARGET, add, choosing, open_record, rename, request, set};
use crate::test_support::{Given, attributes, component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn preselected(given: &Given) -> Vec<bool> {
    given
        .recent(1)
        .iter()
        .map(|change| change.preselected)
        .collect()
}

fn due_date(number: u128) -> Edit {
    Edit::Change {
        component: component(number),
        set: attributes([(
            Attribute::DueDate,
            Value::Date("2026-12-01".parse().unwrap()),
        )]),
        reason: Some("Later".into()),
    }
}

fn of_completed(request: SyncRequest) -> SyncRequest {
    SyncRequest {
        statuses: StatusFilter {
            statuses: vec![Status::Completed],
            planned_for_qa: false,
        },
        ..request
    }
}

#[test]
fn c7_selected_attributes_clears_no_preselection() {
    let given = open_record().edited("alice", SOURCE, [due_date(1)]);
    let by_template = choosing(request(ChangesOnly, [1], [TARGET]), [Attribute::Name]);

    assert_eq!(
        preselected(&given.started("alice", 1, &by_template)),
        [true]
    );
}

#[test]
fn c7_a_sync_that_reached_nobody_selects_again_when_it_ends() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New"), rename(2, "New")]);
    let given = given.edited(
        "bob",
        TARGET,
        [crate::test_support::sync::progress(2, Status::Completed)],
    );
    let of_completed = of_completed(request(ChangesOnly, [1, 2], [TARGET]));

    let started = given.started("alice", 1, &of_completed);
    assert_eq!(preselected(&started), [false, false]);
    assert_eq!(preselected(&started.run(1)), [true, false]);
}

#[test]
fn c7_a_pair_that_is_so_already_was_reached() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let given = given.edited("bob", TARGET, [rename(1, "New")]);

    let run = given.synced(1, &request(ChangesOnly, [1], [TARGET]));

    assert_eq!(preselected(&run), [false]);
}

#[test]
fn c7_a_sync_that_was_cancelled_before_it_reached_anybody_selects_again() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let started = given.started("alice", 1, &request(ChangesOnly, [1], [TARGET]));

    let cancel = crate::command::Command::CancelSync {
        sync: crate::test_support::sync(1),
    };
    let cancelled = started.done(&crate::test_support::actor("alice"), &cancel);

    assert_eq!(preselected(&cancelled), [true]);
}

#[test]
fn c7_all_attributes_does_not_carry_planned_for_qa() {
    let planned = |number| set(number, Attribute::PlannedForQa, true.into());
    let edits = [planned(1), rename(2, "New"), add(7), planned(7)];
    let given = open_record().edited("alice", SOURCE, edits);
    let all = request(AllAttributes, [1, 2, 7], [TARGET]);

    let run = given.clone().synced(1, &all);
    assert_eq!(preselected(&run), [true, false, true]);

    // What carried all of it does so whatever is sent after it.
    let run = given.synced(1, &request(ChangesOnly, [1, 2, 7], [TARGET]));
    assert_eq!(preselected(&run.synced(2, &all)), [false, false, false]);
}

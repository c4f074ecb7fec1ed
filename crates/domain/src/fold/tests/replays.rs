//! Tests of what a replay does to a target: elements, exercises, and a requester who was removed.

use crate::command::Command;
use crate::ids::Actor;
use crate::reference::settings::OwnerRule;
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome, Reason};
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    SOURCE, TARGET, UNCHANGED, criteria, documents, open_record, owned_by, rename, request, set,
    skipped,
};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

#[test]
fn c3_a_replay_leaves_the_targets_other_elements_alone() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [
                set(1, Attribute::Criteria, criteria(["B1"])),
                set(1, Attribute::Documents, documents(["own"])),
            ],
        )
        .edited(
            "alice",
            SOURCE,
            [
                set(1, Attribute::Criteria, criteria(["K1"])),
                set(1, Attribute::Documents, documents(["z", "a"])),
            ],
        );

    let run = given.synced(1, &request(ChangesOnly, [1], [TARGET]));

    assert_eq!(
        run.value(1, TARGET, Attribute::Criteria),
        criteria(["B1", "K1"])
    );
    assert_eq!(
        run.value(1, TARGET, Attribute::Documents),
        documents(["own", "z", "a"])
    );
}

#[test]
fn c3_elements_that_the_target_has_already_are_unchanged() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [set(1, Attribute::Criteria, criteria(["B1", "K1"]))],
        )
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K1"]))],
        );

    let judged = given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET);

    assert_eq!(judged, [UNCHANGED]);
}

#[test]
fn marking_aid_switched_off_withholds_the_exercise() {
    let exercise = Value::Exercise("018f6d2e-7c1b-7000-8000-0123456789ab".parse().unwrap());
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [
                set(1, Attribute::MarkingAidExercise, exercise),
                rename(1, "New"),
            ],
        )
        .started("alice", 1, &request(AllAttributes, [1], [TARGET]))
        .settings(false, OwnerRule::Keep)
        .run(1);

    assert_eq!(
        given.value(1, TARGET, Attribute::MarkingAidExercise),
        Value::Null
    );
    assert_eq!(given.value(1, TARGET, Attribute::Name), "New".into());
}

#[test]
fn marking_aid_off_leaves_the_exercise_out_of_the_change_set() {
    let exercise = Value::Exercise("018f6d2e-7c1b-7000-8000-0123456789ab".parse().unwrap());
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::MarkingAidExercise, exercise)],
        )
        .settings(false, OwnerRule::Keep);

    let changes = given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET);
    let all = given.judged(&request(AllAttributes, [1], [TARGET]), TARGET);

    assert_eq!(changes, [skipped(Reason::NoRecentChange)]);
    assert_eq!(all, [UNCHANGED]);
}

#[test]
fn a_removed_administrator_reaches_nobody() {
    let removed = Command::RemoveAdministrator("alice".parse().unwrap());
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET]))
        .done(&Actor::System, &removed)
        .run(1);

    assert_eq!(
        given.value(1, TARGET, Attribute::Name),
        "Component 1".into()
    );
    assert_eq!(
        given
            .tenant
            .sync(crate::test_support::sync(1))
            .unwrap()
            .tally()
            .skipped,
        1
    );
}

#[test]
fn a_source_owner_is_taken_over_with_everything_else() {
    let given = open_record().edited("alice", SOURCE, [set(1, Attribute::Owner, owned_by("bob"))]);

    let judged = given.judged(&request(AllAttributes, [1], [TARGET]), TARGET);

    assert_eq!(
        judged,
        [PairOutcome::applied(
            Action::Synchronise,
            OwnerEffect::Source,
            false
        )]
    );
}

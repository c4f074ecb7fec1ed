//! Tests of evidence that a sync would make unreachable (M4).

use crate::command::Edit;
use crate::ids::ExerciseId;
use crate::reference::settings::OwnerRule;
use crate::sync::pair_outcome::{Action, OwnerEffect, PairOutcome};
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::test_support::component;
use crate::test_support::sync::{
    APPLIED, SOURCE, TARGET, UNCHANGED, closed_record, rename, request, set,
};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn exercise(number: u128) -> Edit {
    let id = ExerciseId::from_uuid(uuid::Uuid::from_u128(number));
    set(1, Attribute::MarkingAidExercise, Value::Exercise(id))
}

fn submit() -> Edit {
    Edit::SubmitEvidence {
        component: component(1),
    }
}

#[test]
fn m4_evidence_for_an_exercise_that_would_change_is_warned_of() {
    let judged = |target: &[Edit], source: Edit| {
        let given = target.iter().fold(closed_record(), |given, edit| {
            given.edited("bob", TARGET, [edit.clone()])
        });
        let given = given.opened("alice", SOURCE, 1);
        let given = given.edited("alice", SOURCE, [source]);
        given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET)[0]
    };
    let lost = APPLIED.with_evidence_lost(true);
    assert_eq!(judged(&[exercise(1), submit()], exercise(2)), lost);
    assert_eq!(judged(&[exercise(1)], exercise(2)), APPLIED);
    assert_eq!(judged(&[submit()], exercise(2)), APPLIED);
    let renamed = judged(&[exercise(1), submit()], rename(1, "New"));
    assert_eq!(renamed, APPLIED);
    assert_eq!(judged(&[exercise(2), submit()], exercise(2)), UNCHANGED);
}

#[test]
fn m4_no_evidence_is_lost_where_marking_aid_is_off() {
    let given = closed_record()
        .edited("bob", TARGET, [exercise(1), submit(), rename(1, "Bob's")])
        .opened("alice", SOURCE, 1)
        .edited("alice", SOURCE, [exercise(2)]);
    let request = request(AllAttributes, [1], [TARGET]);
    let started = given.started("alice", 1, &request);

    let off = started.settings(false, OwnerRule::Keep);

    let withheld = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, true);
    assert_eq!(off.run(1).recorded(1, TARGET), [withheld]);
}

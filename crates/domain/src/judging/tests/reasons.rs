//! Tests of the order of reasons (T8), and of those that concern a whole learner (S6).

use std::sync::Arc;

use crate::command::{Command, Edit};
use crate::ids::{Actor, Group};
use crate::judging::judge::Judge;
use crate::permission::Permission::InternalVerifier;
use crate::plan::COMPONENTS_MAX;
use crate::plan::status::Status;
use crate::reference::learner::EnrolmentStatus;
use crate::selection::Selection;
use crate::sync::pair_outcome::{Action, PairOutcome, Reason};
use crate::sync::prepared::Prepared;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    APPLIED, CREATED, OTHER, SOURCE, TARGET, UNCHANGED, add, documents, everything, open_record,
    progress, remove, rename, request, set, skipped,
};
use crate::test_support::{Given, active, administrator, component, learner, named, programme};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// Component 1 is renamed, to learners 1 (the source), 2, 3 and 9.
fn judged_of(given: &Given, number: u128) -> Vec<PairOutcome> {
    given.judged(
        &request(ChangesOnly, [1], [SOURCE, TARGET, OTHER, 9]),
        number,
    )
}

fn renamed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New")])
}

#[test]
fn s6_a_learner_who_fails_s5_is_skipped_with_the_reason() {
    let given = renamed().learner(TARGET, []).learner_as(OTHER, |record| {
        record.enrolments = vec![active(1)];
        record.enrolments[0].status = EnrolmentStatus::PendingChangeOfProgramme;
    });

    assert_eq!(judged_of(&given, 9), [skipped(Reason::LearnerNotAvailable)]);
    assert_eq!(judged_of(&given, SOURCE), [skipped(Reason::IsSource)]);
    assert_eq!(judged_of(&given, TARGET), [skipped(Reason::NotOnProgramme)]);
    assert_eq!(
        judged_of(&given, OTHER),
        [skipped(Reason::ProgrammeStatusExcluded)]
    );
}

#[test]
fn s6_a_learner_whom_one_may_not_see_is_not_available_before_anything_else() {
    let given = renamed()
        .learner_as(TARGET, |record| {
            record.groups = vec!["secret".parse::<Group>().unwrap()];
        })
        .administrator_of(
            "alice",
            [crate::permission::Permission::Supervisor],
            crate::reference::administrator::Groups::Listed([].into()),
        );

    assert_eq!(
        judged_of(&given, TARGET),
        [skipped(Reason::LearnerNotAvailable)]
    );
}

#[test]
fn s6_is_judged_again_at_the_moment_of_replay() {
    let given = renamed()
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET]))
        .learner(TARGET, [])
        .run(1);

    assert_eq!(
        given.value(1, TARGET, Attribute::Name),
        "Component 1".into()
    );
}

#[test]
fn d4_the_targets_of_an_administrator_who_was_removed_are_not_available() {
    let selection = renamed().selected(&request(ChangesOnly, [1], [TARGET]));
    let Selection {
        terms, change_set, ..
    } = selection.unwrap();
    let removal = Command::RemoveAdministrator(administrator("alice"));
    let given = renamed().done(&Actor::System, &removal);

    let prepared = Prepared::new(programme(1), &change_set, given.tenant.values());
    let mut judge = Judge::new(terms, Arc::new(prepared));
    let judged = judge.judge_target(&given.tenant, learner(TARGET)).unwrap();
    let outcomes: Vec<_> = judged.pair_outcomes.iter().collect();
    assert_eq!(outcomes, [skipped(Reason::LearnerNotAvailable)]);
}

#[test]
fn t8_an_unreached_learner_comes_before_the_components_own_reasons() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New"), remove(2), add(7)])
        .learner(TARGET, []);

    let judged = given.judged(&request(ChangesOnly, [1, 2, 3, 7], [TARGET]), TARGET);

    let reason = Reason::NotOnProgramme;
    let expected = [
        skipped(reason),
        PairOutcome::skipped(Action::Delete, reason),
        skipped(reason),
        PairOutcome::skipped(Action::Create, reason),
    ];
    assert_eq!(judged, expected);
}

#[test]
fn t8_no_recent_change_comes_before_what_the_target_lacks() {
    let given = renamed().edited("bob", TARGET, [remove(2)]);

    let judged = given.judged(&request(ChangesOnly, [1, 2], [TARGET]), TARGET);

    assert_eq!(judged, [APPLIED, skipped(Reason::NoRecentChange)]);
}

#[test]
fn t8_a_mismatch_comes_before_the_status() {
    let exam = Edit::Add {
        component: component(1),
        programme: programme(1),
        component_type: "exam".parse().unwrap(),
        attributes: named("Exam"),
    };
    let given = renamed().edited("bob", TARGET, [remove(1), exam]);
    let mut request = request(ChangesOnly, [1], [TARGET]);
    request.statuses.statuses = vec![Status::Returned];

    assert_eq!(
        given.judged(&request, TARGET),
        [skipped(Reason::TypeMismatch)]
    );
}

#[test]
fn t8_the_status_comes_before_unchanged_and_unchanged_before_permission() {
    let given = renamed()
        .edited("bob", TARGET, [rename(1, "New")])
        .administrator("alice", [InternalVerifier]);
    let mut request = request(ChangesOnly, [1], [TARGET]);

    assert_eq!(given.judged(&request, TARGET), [UNCHANGED]);
    request.statuses.statuses = vec![Status::Returned];
    assert_eq!(
        given.judged(&request, TARGET),
        [skipped(Reason::StatusNotSelected)]
    );
}

#[test]
fn t8_permission_comes_before_the_limit() {
    let given = too_many_documents().administrator("alice", [InternalVerifier]);

    let judged = given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET);

    assert_eq!(judged, [skipped(Reason::EditNotPermitted)]);
}

#[test]
fn s7_conditions_are_about_the_targets_component() {
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [rename(1, "New"), rename(2, "New"), rename(3, "New"), add(7)],
        )
        .edited(
            "bob",
            TARGET,
            [
                progress(1, Status::Submitted),
                set(2, Attribute::PlannedForQa, true.into()),
            ],
        );
    let mut request = everything(ChangesOnly);
    request.statuses.statuses = vec![Status::Submitted];
    request.statuses.planned_for_qa = true;

    let judged = given.judged(&request, TARGET);

    let expected = [
        APPLIED,
        APPLIED,
        skipped(Reason::StatusNotSelected),
        CREATED,
    ];
    assert_eq!(judged, expected);
}

#[test]
fn s7_a_condition_applies_to_deletions_too() {
    let given = open_record().edited("alice", SOURCE, [remove(1)]);
    let mut request = everything(ChangesOnly);
    request.components = crate::sync::request::Components::Listed(vec![component(1)]);
    request.statuses.statuses = vec![Status::Completed];

    let judged = given.judged(&request, TARGET);

    assert_eq!(
        judged,
        [PairOutcome::skipped(
            Action::Delete,
            Reason::StatusNotSelected
        )]
    );
}

/// The target has 199 documents; the source was given two.
fn too_many_documents() -> Given {
    let many: Vec<String> = (0..199).map(|number| format!("d{number}")).collect();
    let many = Value::Documents(many.iter().map(|name| name.as_str().into()).collect());
    open_record()
        .edited("bob", TARGET, [set(1, Attribute::Documents, many)])
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Documents, documents(["x", "y"]))],
        )
}

#[test]
fn c3_a_result_past_the_attributes_limit_is_skipped() {
    let given = too_many_documents();
    let request = request(ChangesOnly, [1], [TARGET, OTHER]);

    assert_eq!(
        given.judged(&request, TARGET),
        [skipped(Reason::LimitExceeded)]
    );
    assert_eq!(given.judged(&request, OTHER), [APPLIED]);
}

#[test]
fn a_result_past_a_components_bytes_is_skipped() {
    let wide = |count: usize| "\u{1F600}".repeat(count);
    let many: Vec<String> = (0..100)
        .map(|number| format!("{number:03}{}", wide(50)))
        .collect();
    let many = Value::Documents(many.iter().map(|name| name.as_str().into()).collect());
    let given = open_record()
        .edited("bob", TARGET, [set(1, Attribute::Documents, many)])
        .edited(
            "alice",
            SOURCE,
            [set(
                1,
                Attribute::Instructions,
                wide(20_000).as_str().into(),
            )],
        );
    let request = request(ChangesOnly, [1], [TARGET, OTHER]);

    assert_eq!(
        given.judged(&request, TARGET),
        [skipped(Reason::LimitExceeded)]
    );
    assert_eq!(given.judged(&request, OTHER), [APPLIED]);
}

#[test]
fn a_create_past_a_plans_bound_is_skipped_in_component_id_order() {
    let last = u128::try_from(COMPONENTS_MAX).unwrap() + 96;
    let filler = (100..=last).map(add).collect::<Vec<_>>();
    let full = filler.chunks(1_000).fold(open_record(), |given, edits| {
        let command = Command::EditPlan {
            learner: learner(TARGET),
            expected_version: None,
            edits: edits.to_vec(),
        };
        given.done(&Actor::System, &command)
    });
    let given = full
        .edited("bob", TARGET, [remove(2)])
        .edited("alice", SOURCE, [add(7), add(8)]);

    let judged = given.judged(&request(AllAttributes, [1, 7, 8], [TARGET]), TARGET);

    let exceeded = PairOutcome::skipped(Action::Create, Reason::LimitExceeded);
    assert_eq!(judged, [UNCHANGED, CREATED, exceeded]);
}

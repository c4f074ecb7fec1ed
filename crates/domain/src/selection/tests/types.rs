//! Tests of the three types of a sync (T1–T6).

use crate::command::Edit;
use crate::plan::status::Status;
use crate::reference::settings::OwnerRule;
use crate::reference::template::TemplateComponent;
use crate::sync::pair_outcome::{Action, PairOutcome, Reason};
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly, SelectedAttributes};
use crate::test_support::sync::{
    APPLIED, CREATED, DELETED, SOURCE, TARGET, UNCHANGED, add, choosing, criteria, everything,
    open_record, owned_by, progress, remove, rename, request, set, skipped,
};
use crate::test_support::{Given, attributes, component, learner, programme, template_component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// A template component whose name and criteria differ from what plans got.
fn new_template(number: u128) -> TemplateComponent {
    TemplateComponent {
        attributes: attributes([
            (Attribute::Name, "Template's".into()),
            (Attribute::Criteria, criteria(["K9"])),
        ]),
        ..template_component(number, "assignment")
    }
}

#[test]
fn t1_replays_the_changed_attributes_alone() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [set(1, Attribute::Instructions, "Bob's".into())],
        )
        .edited("alice", SOURCE, [rename(1, "New")]);

    let run = given.synced(1, &request(ChangesOnly, [1], [TARGET]));

    assert_eq!(run.value(1, TARGET, Attribute::Name), "New".into());
    assert_eq!(
        run.value(1, TARGET, Attribute::Instructions),
        "Bob's".into()
    );
}

#[test]
fn t1_a_selected_component_without_a_change_is_skipped() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);

    let judged = given.judged(&request(ChangesOnly, [1, 2], [TARGET]), TARGET);

    assert_eq!(judged, [APPLIED, skipped(Reason::NoRecentChange)]);
}

#[test]
fn t1_creates_deletes_and_misses() {
    let given = open_record().edited("bob", TARGET, [remove(1)]).edited(
        "alice",
        SOURCE,
        [rename(1, "New"), remove(2), add(7)],
    );

    let judged = given.judged(&request(ChangesOnly, [1, 2, 7], [TARGET]), TARGET);

    assert_eq!(judged, [skipped(Reason::MissingOnTarget), DELETED, CREATED]);
}

#[test]
fn t1_onto_a_component_that_is_there_only_what_was_set_explicitly_is_replayed() {
    let planned = |planned: bool| set(7, Attribute::PlannedForQa, planned.into());
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [
                add(7),
                set(7, Attribute::Owner, owned_by("bob")),
                set(7, Attribute::Instructions, "Bob's".into()),
            ],
        )
        .edited(
            "alice",
            SOURCE,
            [add(7), rename(7, "Source's"), planned(true)],
        );
    let request = request(ChangesOnly, [7], [TARGET]);

    assert_eq!(given.judged(&request, TARGET), [APPLIED]);
    let run = given.synced(1, &request);
    assert_eq!(run.value(7, TARGET, Attribute::Name), "Source's".into());
    assert_eq!(run.value(7, TARGET, Attribute::Owner), owned_by("bob"));
    assert_eq!(
        run.value(7, TARGET, Attribute::Instructions),
        "Bob's".into()
    );
    assert_eq!(run.value(7, TARGET, Attribute::PlannedForQa), true.into());
}

#[test]
fn t1_planned_for_qa_is_replayed_as_a_change() {
    let given = open_record().edited(
        "alice",
        SOURCE,
        [set(1, Attribute::PlannedForQa, true.into())],
    );

    let run = given.synced(1, &request(ChangesOnly, [1], [TARGET]));

    assert_eq!(run.value(1, TARGET, Attribute::PlannedForQa), true.into());
}

#[test]
fn t2_overwrites_everything_but_planned_for_qa_and_progress() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [
                rename(1, "Bob's"),
                set(1, Attribute::MinEvidence, Value::Number(9)),
                set(1, Attribute::PlannedForQa, true.into()),
                progress(1, Status::Submitted),
            ],
        )
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::DeliveryViaEmployer, true.into())],
        );

    let run = given.synced(1, &request(AllAttributes, [1], [TARGET]));

    assert_eq!(run.value(1, TARGET, Attribute::Name), "Component 1".into());
    assert_eq!(
        run.value(1, TARGET, Attribute::MinEvidence),
        Value::Number(0)
    );
    assert_eq!(
        run.value(1, TARGET, Attribute::DeliveryViaEmployer),
        true.into()
    );
    assert_eq!(run.value(1, TARGET, Attribute::PlannedForQa), true.into());
    assert_eq!(run.on_plan(1, TARGET).unwrap().status(), Status::Submitted);
}

#[test]
fn t2_where_marking_aid_is_off_all_the_rest_is_overwritten() {
    let given =
        open_record()
            .settings(false, OwnerRule::Keep)
            .edited("alice", SOURCE, [rename(1, "New")]);

    let run = given.synced(1, &request(AllAttributes, [1], [TARGET]));

    assert_eq!(run.value(1, TARGET, Attribute::Name), "New".into());
}

#[test]
fn t2_creates_what_is_missing_and_deletes_what_was_deleted_recently() {
    let given =
        open_record()
            .edited("bob", TARGET, [remove(1)])
            .edited("alice", SOURCE, [remove(2)]);

    let judged = given.judged(&everything(AllAttributes), TARGET);

    assert_eq!(judged, [CREATED, DELETED, UNCHANGED]);
}

#[test]
fn t3_overwrites_the_chosen_attributes_with_the_templates_values() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "Source's")])
        .template(1, [new_template(1)]);
    let request = choosing(
        request(SelectedAttributes, [1], [TARGET]),
        [Attribute::Name],
    );

    let run = given.synced(1, &request);

    for learner in [SOURCE, TARGET] {
        assert_eq!(run.value(1, learner, Attribute::Name), "Template's".into());
        assert_eq!(run.value(1, learner, Attribute::Criteria), criteria([]));
    }
}

#[test]
fn t3_without_template_and_without_component() {
    let given =
        open_record()
            .edited("alice", SOURCE, [add(7)])
            .edited("bob", TARGET, [add(7), remove(1)]);
    let request = choosing(
        request(SelectedAttributes, [1, 7], [TARGET]),
        [Attribute::Name],
    );

    let judged = given.judged(&request, TARGET);

    assert_eq!(
        judged,
        [
            skipped(Reason::MissingOnTarget),
            skipped(Reason::NoTemplate)
        ]
    );
}

#[test]
fn t3_a_source_among_the_learners_is_no_learner() {
    let given = open_record().template(1, [new_template(1)]);
    let request = choosing(
        request(SelectedAttributes, [1], [SOURCE, TARGET]),
        [Attribute::Name],
    );

    let run = given.synced(1, &request);

    let state = run.tenant.sync(crate::test_support::sync(1)).unwrap();
    assert_eq!(state.facts().learners, 1);
    assert_eq!(
        (
            state.tally().applied,
            state.tally().skipped,
            state.done_count()
        ),
        (1, 0, 1)
    );
    assert_eq!(run.value(1, SOURCE, Attribute::Name), "Template's".into());
}

#[test]
fn t3_the_source_is_judged_by_the_same_conditions() {
    let given = open_record()
        .edited("alice", SOURCE, [progress(1, Status::Completed)])
        .template(1, [new_template(1)]);
    let mut request = choosing(
        request(SelectedAttributes, [1], [TARGET]),
        [Attribute::Name],
    );
    request.statuses.statuses = vec![Status::NotStarted];

    assert_eq!(
        given.judged(&request, SOURCE),
        [skipped(Reason::StatusNotSelected)]
    );
    assert_eq!(given.judged(&request, TARGET), [APPLIED]);
}

#[test]
fn t4_a_deletion_that_finds_nothing_is_already_absent() {
    let given =
        open_record()
            .edited("bob", TARGET, [remove(1)])
            .edited("alice", SOURCE, [remove(1)]);

    let judged = given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET);

    assert_eq!(
        judged,
        [PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent)]
    );
}

#[test]
fn t4_what_would_change_nothing_is_unchanged_and_leaves_the_plan_alone() {
    let given = open_record()
        .edited("bob", TARGET, [rename(1, "New")])
        .edited("alice", SOURCE, [rename(1, "New")]);
    let version = given.tenant.plan(learner(TARGET)).version();
    let request = request(ChangesOnly, [1], [TARGET]);

    assert_eq!(given.judged(&request, TARGET), [UNCHANGED]);
    let run = given.synced(1, &request);
    assert_eq!(run.tenant.plan(learner(TARGET)).version(), version);
}

#[test]
fn t5_a_created_component_starts_anew() {
    let given = open_record().edited(
        "alice",
        SOURCE,
        [
            add(7),
            set(7, Attribute::PlannedForQa, true.into()),
            progress(7, Status::Completed),
            Edit::SubmitEvidence {
                component: component(7),
            },
        ],
    );

    let by_changes = given
        .clone()
        .synced(1, &request(ChangesOnly, [7], [TARGET]));
    let by_all = given.synced(1, &request(AllAttributes, [7], [TARGET]));

    let seen = |given: &Given| {
        let created = given.on_plan(7, TARGET).unwrap();
        (
            created.status(),
            created.evidence(),
            created.planned_for_qa(),
            created.from_template(),
        )
    };
    assert_eq!(seen(&by_changes), (Status::NotStarted, 0, true, false));
    assert_eq!(seen(&by_all), (Status::NotStarted, 0, false, false));
}

#[test]
fn t5_another_type_or_programme_is_a_mismatch() {
    let add_as = |component_type: &str, of: u128| Edit::Add {
        component: component(7),
        programme: programme(of),
        component_type: component_type.parse().unwrap(),
        attributes: crate::test_support::named("Component 7"),
    };
    let given = open_record().programme(2).edited("alice", SOURCE, [add(7)]);
    let request = request(ChangesOnly, [7], [TARGET]);

    let exam = given.clone().edited("system", TARGET, [add_as("exam", 1)]);
    let enrolled = given.learner(TARGET, [1, 2]);
    let elsewhere = enrolled.edited("system", TARGET, [add_as("assignment", 2)]);

    assert_eq!(
        exam.judged(&request, TARGET),
        [skipped(Reason::TypeMismatch)]
    );
    assert_eq!(
        elsewhere.judged(&request, TARGET),
        [skipped(Reason::TypeMismatch)]
    );
}

#[test]
fn t6_later_edits_of_the_source_do_not_leak_into_a_running_sync() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "When accepted")])
        .started("alice", 1, &request(AllAttributes, [1], [TARGET]))
        .edited("alice", SOURCE, [rename(1, "Later")])
        .run(1);

    assert_eq!(
        given.value(1, TARGET, Attribute::Name),
        "When accepted".into()
    );
}

#[test]
fn t6_a_later_template_does_not_leak_into_a_running_sync() {
    let chosen = choosing(
        request(SelectedAttributes, [1], [TARGET]),
        [Attribute::Name],
    );
    let given = open_record()
        .edited("alice", TARGET, [rename(1, "Target's")])
        .started("alice", 1, &chosen)
        .template(1, [new_template(1)])
        .run(1);

    assert_eq!(
        given.value(1, TARGET, Attribute::Name),
        "Component 1".into()
    );
}

#[test]
fn t6_targets_are_judged_as_they_are_when_replayed_onto() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET]))
        .edited("bob", TARGET, [remove(1)])
        .run(1);

    assert_eq!(
        given
            .tenant
            .sync(crate::test_support::sync(1))
            .unwrap()
            .tally()
            .skipped,
        1
    );
    assert!(given.on_plan(1, TARGET).is_none());
}

#[test]
fn t5_a_change_set_says_what_is_from_a_template_where_a_target_may_get_it() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let from_template = |kind: SyncKind| {
        let selection = given.selected(&request(kind, [1], [TARGET])).unwrap();
        selection.change_set.entries()[0].from_template
    };
    assert!(from_template(AllAttributes));
    assert!(!from_template(ChangesOnly));
}

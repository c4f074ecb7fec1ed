//! Tests of the summary of a preview (M1, M2, M4, M5).

use crate::command::Edit;
use crate::ids::ExerciseId;
use crate::permission::Permission;
use crate::plan::status::Status;
use crate::preview::summary::{Summary, SummaryRow, Warning, WarningCode, preview};
use crate::sync::pair_outcome::{Action, Outcome, PairOutcome, Reason};
use crate::sync::request::{
    SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes},
    SyncRequest,
};
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, choosing, closed_record, everything, open_record, progress, remove,
    rename, request, set,
};
use crate::test_support::{Given, component, programme, template_component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn summary(given: &Given, request: &SyncRequest) -> Summary {
    let selection = given.selected(request).unwrap();
    preview(&given.tenant, programme(1), &selection).unwrap()
}

/// Component, action, synchronised, of them unchanged, not synchronised.
fn shown(row: &SummaryRow) -> (u128, Action, [u64; 3]) {
    let number = (1..100)
        .find(|number| component(*number) == row.component)
        .unwrap();
    (
        number,
        row.action,
        [row.synchronised, row.unchanged, row.not_synchronised],
    )
}

#[test]
fn m1_counts_components_learners_and_pairs() {
    let given = open_record()
        .edited("bob", OTHER, [rename(1, "New")])
        .edited("alice", SOURCE, [rename(1, "New")]);

    let summary = summary(&given, &request(ChangesOnly, [1, 2], [TARGET, OTHER]));

    assert_eq!((summary.components, summary.learners), (2, 2));
    let tally = summary.tally;
    assert_eq!((tally.applied, tally.unchanged, tally.skipped), (1, 1, 2));
}

#[test]
fn m2_one_row_a_component_and_action_in_the_lists_order() {
    let given = open_record()
        .edited("bob", TARGET, [remove(3)])
        .edited("bob", OTHER, [rename(1, "New")])
        .edited("alice", SOURCE, [remove(2), rename(1, "New"), add(7)]);

    let summary = summary(&given, &everything(AllAttributes));

    let expected = [
        (1, Action::Synchronise, [2, 1, 0]),
        (3, Action::Synchronise, [1, 1, 0]),
        (3, Action::Create, [1, 0, 0]),
        (7, Action::Create, [2, 0, 0]),
        (2, Action::Delete, [2, 0, 0]),
    ];
    assert_eq!(summary.rows.iter().map(shown).collect::<Vec<_>>(), expected);
    let version = given
        .tenant
        .plan(crate::test_support::learner(SOURCE))
        .version();
    assert_eq!(summary.rows[0].last_updated, version);
    assert_eq!(summary.rows[4].last_updated, version);
    assert_eq!(summary.rows[4].name, "Component 2".into());
}

#[test]
fn m2_a_row_has_the_type_that_the_list_shows_whatever_the_templates_is() {
    let given = open_record()
        .edited("alice", SOURCE, [add(7)])
        .template(1, [template_component(7, "review")]);
    let request = choosing(
        request(ChangesOnly, [7], [TARGET]),
        [Attribute::MinEvidence],
    );

    let listed = given.selected(&request).unwrap();
    let shown = summary(&given, &request);

    assert_eq!(
        listed.change_set.entries()[0].component_type.as_str(),
        "review"
    );
    assert_eq!(shown.rows[0].component_type.as_str(), "assignment");
}

#[test]
fn m2_a_pair_skipped_unseen_counts_under_the_change_sets_own_action() {
    let given = open_record()
        .edited("alice", SOURCE, [remove(2), rename(1, "New"), add(7)])
        .learner(TARGET, []);

    let summary = summary(&given, &request(ChangesOnly, [1, 2, 7], [TARGET]));

    let expected = [
        (1, Action::Synchronise, [0, 0, 1]),
        (7, Action::Create, [0, 0, 1]),
        (2, Action::Delete, [0, 0, 1]),
    ];
    assert_eq!(summary.rows.iter().map(shown).collect::<Vec<_>>(), expected);
}

#[test]
fn m4_some_not_synchronised_counts_learners_and_components() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New"), add(7)]);
    let all_there = summary(&given, &request(ChangesOnly, [1, 7], [TARGET, OTHER]));

    let some_not = summary(
        &given.learner(OTHER, []),
        &request(ChangesOnly, [1, 2], [TARGET, OTHER]),
    );

    assert_eq!(all_there.warnings, []);
    let code = WarningCode::SomeNotSynchronised;
    assert_eq!(
        some_not.warnings,
        [Warning {
            code,
            learners: 2,
            components: 2
        }]
    );
    assert_eq!(
        code.message(),
        "Component(s) for some Learners will not be synchronised"
    );
}

#[test]
fn m4_source_will_be_updated_and_is_no_learner() {
    let given = closed_record()
        .template(1, [template_component(1, "assignment")])
        .edited("bob", SOURCE, [rename(1, "Other")])
        .opened("alice", SOURCE, 1);
    let request = choosing(
        request(SelectedAttributes, [1, 2], [SOURCE, TARGET]),
        [Attribute::Name],
    );

    let summary = summary(&given, &request);

    assert_eq!(summary.learners, 1);
    assert_eq!(summary.tally.unchanged, 2);
    let code = WarningCode::SourceWillBeUpdated;
    assert_eq!(
        summary.warnings,
        [Warning {
            code,
            learners: 1,
            components: 1
        }]
    );
}

#[test]
fn m5_the_run_does_what_the_preview_showed() {
    let given = open_record()
        .edited("bob", TARGET, [remove(3), rename(1, "Bob's")])
        .edited("alice", SOURCE, [remove(2), rename(1, "New"), add(7)]);

    for kind in [ChangesOnly, AllAttributes] {
        let shown = summary(&given, &everything(kind)).tally;
        let run = given.clone().synced(1, &everything(kind));
        assert_eq!(
            run.tenant
                .sync(crate::test_support::sync(1))
                .unwrap()
                .tally(),
            shown
        );
    }
}

#[test]
fn m4_evidence_is_counted_by_learners_and_components_between_the_other_warnings() {
    let exercise = |number: u128, id: u128| {
        let id = ExerciseId::from_uuid(uuid::Uuid::from_u128(id));
        set(number, Attribute::MarkingAidExercise, Value::Exercise(id))
    };
    let submit = |number| Edit::SubmitEvidence {
        component: component(number),
    };
    let submitted = [exercise(1, 1), submit(1), exercise(2, 1), submit(2)];
    let given = open_record()
        .edited("bob", TARGET, submitted)
        .edited("bob", OTHER, [exercise(1, 1), submit(1), remove(2)])
        .edited("alice", SOURCE, [exercise(1, 2), exercise(2, 2)]);

    let summary = summary(&given, &request(ChangesOnly, [1, 2], [TARGET, OTHER]));

    let warning = |code, learners, components| Warning {
        code,
        learners,
        components,
    };
    let expected = [
        warning(WarningCode::SomeNotSynchronised, 1, 1),
        warning(WarningCode::MarkingAidEvidence, 2, 2),
    ];
    assert_eq!(summary.warnings, expected);
    assert_eq!(
        WarningCode::MarkingAidEvidence.name(),
        "marking_aid_evidence"
    );
}

#[test]
fn m2_a_component_that_nobody_is_to_get_has_a_row_of_its_own() {
    let given = open_record();
    let request = choosing(request(ChangesOnly, [1], [SOURCE]), [Attribute::Name]);

    let rows: Vec<_> = summary(&given, &request).rows.iter().map(shown).collect();

    assert_eq!(rows, [(1, Action::Synchronise, [0, 0, 0])]);
}

#[test]
fn m4_the_source_is_warned_of_only_where_it_would_be_updated() {
    let given = open_record().edited("alice", SOURCE, [add(7), rename(1, "Other")]);
    let warned = |number: u128| {
        let request = choosing(request(ChangesOnly, [number], [SOURCE]), [Attribute::Name]);
        let warnings = summary(&given, &request).warnings;
        warnings
            .iter()
            .map(|warning| (warning.code, warning.learners, warning.components))
            .collect::<Vec<_>>()
    };
    let code = WarningCode::SourceWillBeUpdated;
    assert_eq!(warned(1), [(code, 1, 1)]);
    // It is in no template: there is nothing to update it with.
    assert_eq!(warned(7), []);
}

#[test]
fn m4_where_the_source_is_skipped_its_row_says_why() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "Other"), rename(2, "Other")])
        .edited("system", SOURCE, [progress(1, Status::Completed)])
        .administrator("alice", [Permission::AdvancedDeliveryEdit]);
    let request = choosing(request(ChangesOnly, [1, 2], [TARGET]), [Attribute::Name]);

    let rows = summary(&given, &request).rows;

    let outcomes = rows.iter().map(|row| row.source.map(PairOutcome::outcome));
    let withheld = Outcome::Skipped(Reason::EditFinishedNotPermitted);
    let expected = [Some(withheld), Some(Outcome::Applied)];
    assert_eq!(outcomes.collect::<Vec<_>>(), expected);
}

#[test]
fn m4_every_warning_of_a_pair_is_one_of_the_whole() {
    let submit = Edit::SubmitEvidence {
        component: component(1),
    };
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [submit.clone(), progress(1, Status::Completed)],
        )
        .edited(
            "bob",
            OTHER,
            [submit.clone(), submit, progress(2, Status::Completed)],
        )
        .edited(
            "alice",
            SOURCE,
            [
                remove(1),
                remove(2),
                set(3, Attribute::PlannedForQa, true.into()),
            ],
        );

    let summary = summary(&given, &request(ChangesOnly, [1, 2, 3], [TARGET, OTHER]));

    let warning = |code, learners, components| Warning {
        code,
        learners,
        components,
    };
    let expected = [
        warning(WarningCode::EvidenceDeleted, 2, 1),
        warning(WarningCode::FinishedDeleted, 2, 2),
    ];
    assert_eq!(summary.warnings, expected);
}

//! Tests of the learners of a preview, one row each (M2a).

use crate::plan::status::Status;
use crate::preview::affected::{AffectedLearner, affected};
use crate::preview::summary::{Baselines, preview};
use crate::sync::pair_outcomes::Tally;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes};
use crate::sync::request::SyncRequest;
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, choosing, everything, open_record, progress, remove, rename,
    request,
};
use crate::test_support::{Given, learner, programme};
use crate::values::attribute::Attribute;

fn rows(given: &Given, request: &SyncRequest) -> Vec<AffectedLearner> {
    let selection = given.selected(request).unwrap();
    affected(&given.tenant, programme(1), &selection, &Baselines::new()).unwrap()
}

/// Applied, unchanged, skipped, created, updated, deleted.
fn counts(row: &AffectedLearner) -> [u64; 6] {
    let tally = row.tally;
    [
        tally.applied,
        tally.unchanged,
        tally.skipped,
        tally.created,
        tally.updated,
        tally.deleted,
    ]
}

fn named(given: Given, number: u128, name: &str) -> Given {
    given.learner_as(number, |record| {
        record.name = name.into();
        record.enrolments = vec![crate::test_support::active(1)];
    })
}

#[test]
fn m2a_every_learner_has_a_row_with_what_would_be_done_to_them() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [rename(1, "New"), progress(2, Status::Completed)],
        )
        .edited("alice", SOURCE, [rename(1, "New"), remove(2), add(7)]);

    let rows = rows(&given, &everything(ChangesOnly));

    let of = |number| rows.iter().find(|row| row.learner == learner(number));
    assert_eq!(counts(of(TARGET).unwrap()), [2, 1, 1, 1, 0, 1]);
    assert_eq!(counts(of(OTHER).unwrap()), [3, 0, 1, 1, 1, 1]);
    let warned = |number| of(number).unwrap().warnings.iter().collect::<Vec<_>>();
    assert_eq!(warned(TARGET), [("finished_deleted", 1)]);
    assert_eq!(warned(OTHER), []);
}

#[test]
fn m2a_they_are_in_the_order_of_names_and_who_is_not_available_is_last_and_nameless() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let given = named(named(given, OTHER, "Abe"), TARGET, "Zoe");

    let rows = rows(&given, &request(ChangesOnly, [1], [99, TARGET, OTHER]));

    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.name.as_ref().map(|name| name.as_str().to_owned()),
                counts(row),
            )
        })
        .collect();
    let expected = [
        (Some("Abe".to_owned()), [1, 0, 0, 0, 1, 0]),
        (Some("Zoe".to_owned()), [1, 0, 0, 0, 1, 0]),
        (None, [0, 0, 1, 0, 0, 0]),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn m2a_the_rows_add_up_to_the_preview_without_the_source_that_comes_first() {
    let given = open_record().edited("bob", OTHER, [remove(3)]).edited(
        "alice",
        SOURCE,
        [rename(1, "New"), add(7)],
    );
    let named = choosing(everything(SelectedAttributes), [Attribute::Name]);
    for request in [everything(AllAttributes), everything(ChangesOnly), named] {
        let selection = given.selected(&request).unwrap();
        let summary = preview(&given.tenant, programme(1), &selection).unwrap();
        let rows = rows(&given, &request);
        let (source, learners) = rows.split_at(usize::from(request.kind == SelectedAttributes));
        let all = learners.iter().map(|row| row.tally);
        assert_eq!(all.fold(Tally::default(), Tally::plus), summary.tally);
        assert_eq!(learners.len(), summary.learners);
        assert!(learners.iter().all(|row| !row.is_source));
        for row in source {
            assert_eq!((row.learner, row.is_source), (learner(SOURCE), true));
            assert_eq!(counts(row), [1, 2, 1, 0, 1, 0]);
        }
    }
}

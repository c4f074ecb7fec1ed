//! The frozen codes of pair outcomes: these numbers are in released logs and never change.

use super::{Action, Lost, Outcome, OwnerEffect, PairOutcome, Reason, ReviewEffect};
use crate::sync::pair_outcomes::{PairOutcomes, Tally};

const CHANGED: PairOutcome = PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false);

const fn recreated(tasks: u8) -> ReviewEffect {
    ReviewEffect::Recreated { tasks }
}

const GOLDEN: &[(u64, PairOutcome)] = &[
    (
        0,
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false),
    ),
    (
        1,
        PairOutcome::applied(Action::Create, OwnerEffect::Kept, false),
    ),
    (
        2,
        PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false),
    ),
    (4, PairOutcome::unchanged(Action::Synchronise)),
    (
        256,
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Source, false),
    ),
    (
        513,
        PairOutcome::applied(Action::Create, OwnerEffect::TargetCaseOwner, false),
    ),
    (
        1024,
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, true),
    ),
    (
        8,
        PairOutcome::skipped(Action::Synchronise, Reason::Cancelled),
    ),
    (
        12,
        PairOutcome::skipped(Action::Synchronise, Reason::LearnerNotAvailable),
    ),
    (
        16,
        PairOutcome::skipped(Action::Synchronise, Reason::IsSource),
    ),
    (
        20,
        PairOutcome::skipped(Action::Synchronise, Reason::NotOnProgramme),
    ),
    (
        24,
        PairOutcome::skipped(Action::Synchronise, Reason::ProgrammeStatusExcluded),
    ),
    (
        28,
        PairOutcome::skipped(Action::Synchronise, Reason::ChangedSincePreview),
    ),
    (
        32,
        PairOutcome::skipped(Action::Synchronise, Reason::NoRecentChange),
    ),
    (
        36,
        PairOutcome::skipped(Action::Synchronise, Reason::NoTemplate),
    ),
    (
        40,
        PairOutcome::skipped(Action::Synchronise, Reason::MissingOnTarget),
    ),
    (
        46,
        PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent),
    ),
    (
        48,
        PairOutcome::skipped(Action::Synchronise, Reason::TypeMismatch),
    ),
    (
        52,
        PairOutcome::skipped(Action::Synchronise, Reason::StatusNotSelected),
    ),
    (
        57,
        PairOutcome::skipped(Action::Create, Reason::AddNotPermitted),
    ),
    (
        60,
        PairOutcome::skipped(Action::Synchronise, Reason::EditNotPermitted),
    ),
    (
        64,
        PairOutcome::skipped(Action::Synchronise, Reason::EditFinishedNotPermitted),
    ),
    (
        70,
        PairOutcome::skipped(Action::Delete, Reason::DeleteNotPermitted),
    ),
    (
        74,
        PairOutcome::skipped(Action::Delete, Reason::DeleteFinishedNotPermitted),
    ),
    (
        77,
        PairOutcome::skipped(Action::Create, Reason::LimitExceeded),
    ),
    (
        80,
        PairOutcome::skipped(Action::Synchronise, Reason::Failed),
    ),
    (1 << 11, CHANGED.with_review(recreated(0))),
    (2 << 11, CHANGED.with_review(recreated(1))),
    (3 << 11, CHANGED.with_review(recreated(2))),
    (4 << 11, CHANGED.with_review(ReviewEffect::CompletedKept)),
    (1 << 14, CHANGED.with_review_type_kept(true)),
    (
        (1 << 14) | 4,
        PairOutcome::unchanged(Action::Synchronise).with_review_type_kept(true),
    ),
    (1 << 15, CHANGED.with_evidence_lost(true)),
    (
        0b1101_1101_0000_0000,
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Source, true)
            .with_review(recreated(2))
            .with_review_type_kept(true)
            .with_evidence_lost(true),
    ),
    (
        (1 << 11) | (1 << 16),
        CHANGED.with_review(recreated(0)).with_made(0),
    ),
    (
        (3 << 11) | (3 << 16),
        CHANGED.with_review(recreated(2)).with_made(2),
    ),
    (
        2 | (2 << 18) | (1 << 20) | (7 << 32),
        PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false).with_lost(Lost {
            tasks: 2,
            evidence: 7,
            finished: true,
        }),
    ),
    (
        1 << 21,
        CHANGED.with_rest_withheld(Reason::EditNotPermitted),
    ),
    (
        2 << 21,
        CHANGED.with_rest_withheld(Reason::EditFinishedNotPermitted),
    ),
];

#[test]
fn pair_outcome_codes_are_frozen_both_ways() {
    let encoded: Vec<u64> = GOLDEN
        .iter()
        .map(|(_, pair_outcome)| pair_outcome.code())
        .collect();
    let decoded: Vec<_> = GOLDEN
        .iter()
        .map(|(code, _)| PairOutcome::from_code(*code))
        .collect();

    assert_eq!(
        encoded,
        GOLDEN.iter().map(|(code, _)| *code).collect::<Vec<_>>()
    );
    assert_eq!(
        decoded,
        GOLDEN
            .iter()
            .map(|(_, pair_outcome)| Some(*pair_outcome))
            .collect::<Vec<_>>()
    );
}

#[test]
fn every_code_that_decodes_encodes_to_itself() {
    let strays: Vec<u64> = (0..1 << 16)
        .chain((0..1 << 12).map(|code| code << 16))
        .chain([1 << 32, (7 << 32) | 2])
        .filter(|code| PairOutcome::from_code(*code).is_some_and(|known| known.code() != *code))
        .collect();

    assert_eq!(strays, Vec::<u64>::new());
}

#[test]
fn a_pair_outcome_tells_of_each_part_what_it_was_made_of() {
    let owners = [
        OwnerEffect::Kept,
        OwnerEffect::Source,
        OwnerEffect::TargetCaseOwner,
    ];
    let reviews = [
        ReviewEffect::Unaffected,
        recreated(0),
        recreated(1),
        recreated(2),
        ReviewEffect::CompletedKept,
    ];
    for action in Action::ALL {
        for (owner, review) in owners
            .into_iter()
            .flat_map(|one| reviews.map(|two| (one, two)))
        {
            let lost = Lost {
                tasks: 1,
                evidence: u32::MAX,
                finished: true,
            };
            let plain = PairOutcome::applied(action, owner, true).with_review(review);
            let full = plain
                .with_review_type_kept(true)
                .with_evidence_lost(true)
                .with_made(1)
                .with_lost(lost)
                .with_rest_withheld(Reason::EditFinishedNotPermitted);
            for pair_outcome in [plain, full] {
                assert!(pair_outcome.is_applied());
                assert_eq!(pair_outcome.outcome(), Outcome::Applied);
                assert_eq!(
                    (pair_outcome.action(), pair_outcome.owner()),
                    (action, owner)
                );
                assert_eq!(
                    (pair_outcome.review(), pair_outcome.exercise_withheld()),
                    (review, true)
                );
            }
            let of = |one: PairOutcome| {
                let kept = (one.review_type_kept(), one.evidence_lost());
                (kept, one.made(), one.lost(), one.rest_withheld())
            };
            assert_eq!(of(plain), ((false, false), None, Lost::default(), None));
            let withheld = Some(Reason::EditFinishedNotPermitted);
            assert_eq!(of(full), ((true, true), Some(1), lost, withheld));
            let again = full.with_made(0).with_lost(Lost::default());
            assert_eq!((again.made(), again.lost()), (Some(0), Lost::default()));
        }
        for reason in Reason::ALL {
            let skipped = PairOutcome::skipped(action, *reason);
            let outcome = Outcome::Skipped(*reason);
            assert_eq!((skipped.action(), skipped.outcome()), (action, outcome));
            assert!(!skipped.is_applied());
        }
        assert_eq!(PairOutcome::unchanged(action).outcome(), Outcome::Unchanged);
    }
}

#[test]
fn a_code_of_a_later_version_is_none_of_ours() {
    let first = [3, 22 << 2, 3 << 8, 5 << 11, 6 << 11, 7 << 11];
    let second = [3 << 18, 3 << 21, 1 << 23, 1 << 31];

    assert_eq!(first.map(PairOutcome::from_code), [None; 6]);
    assert_eq!(second.map(PairOutcome::from_code), [None; 4]);
}

#[test]
fn t8_reasons_are_listed_in_the_order_in_which_the_first_holds() {
    let names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();

    assert_eq!(
        names.join(" "),
        "cancelled learner_not_available learner_erased is_source not_on_programme programme_status_excluded \
         changed_since_preview no_recent_change no_template missing_on_target already_absent \
         type_mismatch status_not_selected add_not_permitted edit_not_permitted \
         edit_finished_not_permitted delete_not_permitted delete_finished_not_permitted \
         limit_exceeded failed"
    );
}

#[test]
fn t8_where_a_target_fails_only_what_was_to_change_fails() {
    let skipped = PairOutcome::skipped(Action::Create, Reason::AddNotPermitted);
    let unchanged = PairOutcome::unchanged(Action::Synchronise);
    let removed = PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false);
    let judged: PairOutcomes = [CHANGED, CHANGED, skipped, unchanged, removed]
        .into_iter()
        .collect();
    let failed = |action| PairOutcome::skipped(action, Reason::Failed);
    let expected = [
        failed(Action::Synchronise),
        failed(Action::Synchronise),
        skipped,
        unchanged,
        failed(Action::Delete),
    ];
    assert!(judged.failed().iter().eq(expected));
    assert!(!judged.failed().change_the_plan());
}

#[test]
fn names_are_those_of_the_wire() {
    let actions = [Action::Synchronise, Action::Create, Action::Delete].map(Action::name);
    assert_eq!(actions, ["synchronise", "create", "delete"]);
    let outcomes = [
        Outcome::Applied,
        Outcome::Unchanged,
        Outcome::Skipped(Reason::Failed),
    ];
    assert_eq!(
        outcomes.map(Outcome::name),
        ["applied", "unchanged", "skipped"]
    );
    let reasons = outcomes.map(Outcome::reason);
    assert_eq!(reasons, [None, None, Some(Reason::Failed)]);
}

#[test]
fn whether_the_exercise_was_withheld_is_as_it_was_decided() {
    let decided = |withheld| PairOutcome::applied(Action::Create, OwnerEffect::Kept, withheld);
    assert_eq!(
        [true, false].map(|withheld| decided(withheld).exercise_withheld()),
        [true, false]
    );
}

#[test]
fn runs_are_joined_and_expand_to_what_was_pushed() {
    let one = PairOutcome::unchanged(Action::Synchronise);
    let other = PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent);
    let pushed = [one, one, other, one];

    let pair_outcomes: PairOutcomes = pushed.into_iter().collect();

    assert_eq!(pair_outcomes.runs().len(), 3);
    assert_eq!(pair_outcomes.iter().collect::<Vec<_>>(), pushed);
    assert_eq!(pair_outcomes.get(2), Some(other));
    assert_eq!(pair_outcomes.get(4), None);
    assert_eq!(pair_outcomes.counts(), [(one, 3), (other, 1)]);
}

#[test]
fn a_tally_counts_applied_pairs_by_what_was_done() {
    let pair_outcomes: PairOutcomes = [
        PairOutcome::applied(Action::Create, OwnerEffect::Source, false),
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false),
        PairOutcome::applied(Action::Synchronise, OwnerEffect::Kept, false),
        PairOutcome::applied(Action::Delete, OwnerEffect::Kept, false),
        PairOutcome::unchanged(Action::Synchronise),
        PairOutcome::skipped(Action::Create, Reason::AddNotPermitted),
    ]
    .into_iter()
    .collect();

    assert_eq!(
        pair_outcomes.tally(),
        Tally {
            applied: 4,
            unchanged: 1,
            skipped: 1,
            created: 1,
            updated: 2,
            deleted: 1
        }
    );
}

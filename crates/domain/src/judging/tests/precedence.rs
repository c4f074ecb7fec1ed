//! Tests of pairs to which two reasons apply that are adjacent in the order: the first is recorded
//! (T8).

use crate::command::Edit;
use crate::permission::Permission::{InternalVerifier, Supervisor};
use crate::plan::status::Status;
use crate::reference::administrator::Groups;
use crate::reference::learner::EnrolmentStatus;
use crate::sync::pair_outcome::{Action, PairOutcome, Reason};
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes};
use crate::sync::request::SyncRequest;
use crate::test_support::sync::{
    APPLIED, SOURCE, TARGET, add, choosing, open_record, progress, remove, rename, request, set,
    skipped,
};
use crate::test_support::{Given, active, component, named, programme};
use crate::values::attribute::Attribute;

fn renamed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New"), rename(2, "New")])
}

/// What becomes of a learner if this happens between the acceptance and their turn.
fn run_after(
    given: Given,
    (request, of): (&SyncRequest, u128),
    happens: impl FnOnce(Given) -> Given,
) -> Vec<PairOutcome> {
    happens(given.started("alice", 1, request))
        .run(1)
        .recorded(1, of)
}

/// The same between a preview and the sync that confirms it.
fn confirmed_after(
    given: Given,
    request: &SyncRequest,
    happens: impl FnOnce(Given) -> Given,
) -> Vec<PairOutcome> {
    let confirmed = given.confirming(request);
    happens(given).synced(1, &confirmed).recorded(1, TARGET)
}

fn only(statuses: &[Status], request: SyncRequest) -> SyncRequest {
    let mut request = request;
    request.statuses.statuses = statuses.to_vec();
    request
}

fn exam(number: u128) -> Edit {
    Edit::Add {
        component: component(number),
        programme: programme(1),
        component_type: "exam".parse().unwrap(),
        attributes: named("Exam"),
    }
}

#[test]
fn t8_an_unseen_source_is_not_available_before_it_is_the_source() {
    let request = request(ChangesOnly, [1], [SOURCE, TARGET]);
    let unseen = |given: Given| {
        given
            .learner_as(SOURCE, |record| {
                record.groups = vec!["secret".parse().unwrap()];
            })
            .administrator_of("alice", [Supervisor], Groups::Listed([].into()))
    };
    let found = run_after(renamed(), (&request, SOURCE), unseen);
    assert_eq!(found, [skipped(Reason::LearnerNotAvailable)]);
}

#[test]
fn t8_the_source_is_the_source_before_its_enrolment_is_looked_at() {
    let request = request(ChangesOnly, [1], [SOURCE]);
    let found = run_after(renamed(), (&request, SOURCE), |given| {
        given.learner(SOURCE, [])
    });
    assert_eq!(found, [skipped(Reason::IsSource)]);
    let archived = |given: Given| {
        given.learner_as(SOURCE, |record| {
            record.enrolments = vec![active(1)];
            record.enrolments[0].status = EnrolmentStatus::Archived;
        })
    };
    let found = run_after(renamed(), (&request, SOURCE), archived);
    assert_eq!(found, [skipped(Reason::IsSource)]);
}

#[test]
fn t8_an_excluded_status_comes_before_what_changed_since_the_preview() {
    let archived = |given: Given| {
        given.learner_as(TARGET, |record| {
            record.enrolments = vec![active(1)];
            record.enrolments[0].status = EnrolmentStatus::Archived;
        })
    };
    let request = request(ChangesOnly, [1], [TARGET]);
    assert_eq!(
        confirmed_after(renamed(), &request, archived),
        [skipped(Reason::ProgrammeStatusExcluded)]
    );
}

#[test]
fn t8_what_changed_since_the_preview_comes_before_all_that_the_target_is() {
    let drifted = |action| PairOutcome::skipped(action, Reason::ChangedSincePreview);
    let edits = request(ChangesOnly, [1, 2], [TARGET]);
    let gone = confirmed_after(renamed(), &edits, |given| {
        given.edited("bob", TARGET, [remove(1)])
    });
    assert_eq!(gone, [drifted(Action::Synchronise), APPLIED]);

    let deletes = open_record().edited("alice", SOURCE, [remove(1), rename(2, "New")]);
    let absent = confirmed_after(deletes, &edits, |given| {
        given.edited("bob", TARGET, [remove(1)])
    });
    assert_eq!(absent, [drifted(Action::Delete), APPLIED]);

    let other = confirmed_after(renamed(), &edits, |given| {
        given.edited("bob", TARGET, [remove(1), exam(1)])
    });
    assert_eq!(other, [drifted(Action::Synchronise), APPLIED]);

    let begun = only(&[Status::NotStarted], edits.clone());
    let status = confirmed_after(renamed(), &begun, |given| {
        given.edited("bob", TARGET, [progress(1, Status::Submitted)])
    });
    assert_eq!(status, [drifted(Action::Synchronise), APPLIED]);

    let same = confirmed_after(renamed(), &edits, |given| {
        given.edited("bob", TARGET, [rename(1, "New")])
    });
    assert_eq!(same, [drifted(Action::Synchronise), APPLIED]);
}

#[test]
fn t8_what_there_is_to_replay_comes_before_what_the_target_is() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(2, "New"), add(7)])
        .edited("bob", TARGET, [remove(1), exam(1)]);
    let nothing_recent = only(&[Status::Returned], request(ChangesOnly, [1, 3], [TARGET]));
    assert_eq!(
        given.judged(&nothing_recent, TARGET),
        [skipped(Reason::NoRecentChange); 2]
    );
    let by_template = choosing(
        request(SelectedAttributes, [7], [TARGET]),
        [Attribute::Name],
    );
    assert_eq!(
        given.judged(&by_template, TARGET),
        [skipped(Reason::NoTemplate)]
    );
    let on_target = given.edited("bob", TARGET, [exam(7)]);
    assert_eq!(
        on_target.judged(&by_template, TARGET),
        [skipped(Reason::NoTemplate)]
    );
}

#[test]
fn t8_what_the_target_lacks_comes_before_permission() {
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [rename(1, "New"), remove(2), rename(3, "New")],
        )
        .edited("bob", TARGET, [remove(1), remove(2), remove(3), exam(3)])
        .administrator("alice", [InternalVerifier]);
    let found = given.judged(&request(ChangesOnly, [1, 2, 3], [TARGET]), TARGET);
    let expected = [
        skipped(Reason::MissingOnTarget),
        PairOutcome::skipped(Action::Delete, Reason::AlreadyAbsent),
        skipped(Reason::TypeMismatch),
    ];
    assert_eq!(found, expected);
}

#[test]
fn t8_the_status_comes_before_permission_for_deletions_too() {
    let given = open_record()
        .edited("alice", SOURCE, [remove(1), rename(2, "New")])
        .administrator("alice", [InternalVerifier]);
    let returned = only(&[Status::Returned], request(ChangesOnly, [1, 2], [TARGET]));
    let expected = [
        PairOutcome::skipped(Action::Delete, Reason::StatusNotSelected),
        skipped(Reason::StatusNotSelected),
    ];
    assert_eq!(given.judged(&returned, TARGET), expected);
}

#[test]
fn t8_a_create_is_not_permitted_before_it_is_too_much() {
    let last = u128::try_from(crate::plan::COMPONENTS_MAX).unwrap() + 96;
    let filler: Vec<Edit> = (100..=last).map(add).collect();
    let full = filler.chunks(1_000).fold(open_record(), |given, edits| {
        let command = crate::command::Command::EditPlan {
            learner: crate::test_support::learner(TARGET),
            expected_version: None,
            edits: edits.to_vec(),
        };
        given.done(&crate::ids::Actor::System, &command)
    });
    let given = full.edited(
        "alice",
        SOURCE,
        [add(7), set(1, Attribute::PlannedForQa, true.into())],
    );
    let request = request(AllAttributes, [7], [TARGET]);
    let too_much = PairOutcome::skipped(Action::Create, Reason::LimitExceeded);
    let no_add = PairOutcome::skipped(Action::Create, Reason::AddNotPermitted);
    assert_eq!(given.judged(&request, TARGET), [too_much]);
    let verifier = given.administrator("alice", [InternalVerifier]);
    assert_eq!(verifier.judged(&request, TARGET), [no_add]);
}

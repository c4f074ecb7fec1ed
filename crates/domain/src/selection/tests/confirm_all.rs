//! Tests that "all" and filters of a confirmed preview mean the learners that it showed (M5).

use crate::command::Command;
use crate::command::rejection::Rejection;
use crate::ids::LearnerId;
use crate::ids::position::Position;
use crate::permission::Permission;
use crate::reference::administrator::Groups;
use crate::reference::learner::{EnrolmentStatus, Learner};
use crate::sync::confirm::Confirm;
use crate::sync::pair_outcome::Reason;
use crate::sync::request::SyncKind::{ChangesOnly, SelectedAttributes};
use crate::sync::request::{LearnerFilter, Learners, SyncRequest};
use crate::test_support::sync::{
    APPLIED, OTHER, SOURCE, TARGET, everything, open_record, rename, skipped,
};
use crate::test_support::{Given, active, actor, administrator, learner, session, sync};

/// A learner who joins late.
const LATE: u128 = 7;

fn renamed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New")])
}

fn recent(learners: Learners) -> SyncRequest {
    SyncRequest {
        learners,
        components: crate::sync::request::Components::Recent,
        ..everything(ChangesOnly)
    }
}

fn of_filter(change: impl FnOnce(&mut LearnerFilter)) -> SyncRequest {
    let mut filter = LearnerFilter::default();
    change(&mut filter);
    recent(Learners::Filtered(filter))
}

fn start(request: &SyncRequest) -> Command {
    Command::StartSync {
        sync: sync(1),
        request: request.clone(),
    }
}

fn learners(numbers: &[u128]) -> Vec<LearnerId> {
    numbers.iter().map(|number| learner(*number)).collect()
}

/// Whom a request takes that confirms what was shown before something happened.
fn taken_after(
    given: Given,
    request: &SyncRequest,
    happens: impl FnOnce(Given) -> Given,
) -> Vec<LearnerId> {
    let confirmed = given.confirming(request);
    happens(given).selected(&confirmed).unwrap().learners
}

fn enrolled(given: Given, number: u128, change: impl FnOnce(&mut Learner)) -> Given {
    given.learner_as(number, |record| {
        record.enrolments = vec![active(1)];
        change(record);
    })
}

#[test]
fn m5_who_was_shown_and_has_left_has_an_outcome_that_says_why() {
    let given = renamed();
    let confirmed = given.confirming(&recent(Learners::All));
    let excluded = enrolled(given.clone(), TARGET, |record| {
        record.enrolments[0].status = EnrolmentStatus::Expired;
    });
    let gone = given.clone().learner(TARGET, []);
    let hidden = enrolled(given, TARGET, |record| {
        record.groups = vec!["secret".parse().unwrap()];
    })
    .administrator_of("alice", [Permission::Supervisor], Groups::Listed([].into()));
    let reasons = [
        (excluded, Reason::ProgrammeStatusExcluded),
        (gone, Reason::NotOnProgramme),
        (hidden, Reason::LearnerNotAvailable),
    ];
    for (given, reason) in reasons {
        let run = given.synced(1, &confirmed);
        assert_eq!(run.recorded(1, TARGET), [skipped(reason)]);
        assert_eq!(run.recorded(1, OTHER), [APPLIED]);
        run.assert_refolds();
    }
}

#[test]
fn m5_who_has_joined_since_is_no_part_of_it() {
    let joins = |given: Given| given.learner(LATE, [1]);
    let all = recent(Learners::All);
    assert_eq!(
        taken_after(renamed(), &all, joins),
        learners(&[TARGET, OTHER])
    );
    let now = joins(renamed()).selected(&all).unwrap().learners;
    assert_eq!(now, learners(&[TARGET, OTHER, LATE]));
    let comes_back = enrolled(renamed(), OTHER, |record| record.enrolments.clear());
    let back = |given: Given| given.learner(OTHER, [1]);
    assert_eq!(taken_after(comes_back, &all, back), learners(&[TARGET]));
}

#[test]
fn m5_who_left_and_came_back_is_left_alone() {
    let given = renamed();
    let confirmed = given.confirming(&recent(Learners::All));
    let run = given
        .learner(TARGET, [])
        .learner(TARGET, [1])
        .synced(1, &confirmed);
    assert_eq!(
        run.recorded(1, TARGET),
        [skipped(Reason::ChangedSincePreview)]
    );
}

#[test]
fn m5_every_filter_means_what_it_meant_when_it_was_shown() {
    let north = || vec!["north".parse().unwrap()];
    let tom = || vec![administrator("tom")];
    let as_it_was = |record: &mut Learner| {
        record.name = "Zoë".into();
        record.groups = north();
        record.tutors = tom();
    };
    let given = enrolled(renamed(), TARGET, as_it_was);
    let filters = [
        of_filter(|filter| filter.search = "zoë".into()),
        of_filter(|filter| filter.groups = north()),
        of_filter(|filter| filter.tutors = tom()),
        of_filter(|filter| {
            filter.programme_statuses = vec![EnrolmentStatus::Active];
            filter.except = learners(&[OTHER]);
        }),
    ];
    for filter in filters {
        let swapped = |given: Given| {
            let given = enrolled(given, TARGET, |record| {
                record.name = "Somebody".into();
                record.enrolments[0].status = EnrolmentStatus::OnBreak;
            });
            enrolled(given, OTHER, as_it_was)
        };
        let taken = taken_after(given.clone(), &filter, swapped);
        assert_eq!(taken, learners(&[TARGET]), "{filter:?}");
    }
}

#[test]
fn m5_whom_one_saw_counts_as_it_was_when_it_was_shown() {
    let group = |name: &str| Groups::Listed([name.parse().unwrap()].into());
    let seeing =
        |given: Given, groups| given.administrator_of("alice", [Permission::Supervisor], groups);
    let given = enrolled(renamed(), TARGET, |record| {
        record.groups = vec!["north".parse().unwrap()];
    });
    let given = enrolled(given, OTHER, |record| {
        record.groups = vec!["south".parse().unwrap()];
    });
    let north = seeing(given, group("north"));
    let confirmed = north.confirming(&recent(Learners::All));
    let south = seeing(north, group("south"));
    assert_eq!(
        south.selected(&confirmed).unwrap().learners,
        learners(&[TARGET])
    );
    let run = south.synced(1, &confirmed);
    assert_eq!(
        run.recorded(1, TARGET),
        [skipped(Reason::LearnerNotAvailable)]
    );
}

#[test]
fn s4_the_limit_counts_those_whom_the_preview_showed() {
    let mut given = renamed();
    given.limits.learners = 2;
    let confirmed = given.confirming(&recent(Learners::All));
    let grown = given.learner(LATE, [1]);
    assert_eq!(
        grown.selected(&confirmed).unwrap().learners,
        learners(&[TARGET, OTHER])
    );
    grown
        .when(&actor("alice"), &start(&recent(Learners::All)))
        .then_refused(Rejection::TooManyLearners { limit: 2 });
}

#[test]
fn m5_a_position_before_the_record_was_opened_is_of_no_preview() {
    let given = renamed();
    let opened_at = given.tenant.session(session(1)).unwrap().opened_at();
    let confirmed = given.confirming(&recent(Learners::All));
    let at = |position: u64| SyncRequest {
        confirm: confirmed.confirm.map(|confirm| Confirm {
            position: Position::new(position),
            ..confirm
        }),
        ..confirmed.clone()
    };
    assert!(given.selected(&at(opened_at.get())).is_ok());
    for position in [opened_at.get() - 1, 0] {
        given
            .when(&actor("alice"), &start(&at(position)))
            .then_refused(Rejection::SourceChanged);
    }
}

#[test]
fn m5_a_preview_from_before_what_is_remembered_is_refused_where_it_chose_by_filters() {
    let given = renamed();
    let all = given.confirming(&recent(Learners::All));
    let listed = given.confirming(&recent(Learners::Listed(learners(&[TARGET]))));
    let others = (0..4_097).fold(given, |given, number| given.learner(1_000 + number, [2]));
    others
        .when(&actor("alice"), &start(&all))
        .then_refused(Rejection::PreviewTooOld);
    assert_eq!(
        others.selected(&listed).unwrap().learners,
        learners(&[TARGET])
    );
    let again = others.confirming(&recent(Learners::All));
    assert_eq!(
        others.selected(&again).unwrap().learners,
        learners(&[TARGET, OTHER])
    );
}

#[test]
fn t3_the_updated_source_is_no_learner_of_a_confirmed_all_either() {
    let given = open_record()
        .template(
            1,
            [crate::test_support::template_component(1, "assignment")],
        )
        .edited("bob", SOURCE, [rename(1, "Old")]);
    let mut request = everything(SelectedAttributes);
    request.attributes = [crate::values::attribute::Attribute::Name]
        .into_iter()
        .collect();
    let taken = taken_after(given, &request, |given| given.learner(LATE, [1]));
    assert_eq!(taken, learners(&[TARGET, OTHER]));
}

//! Tests of records: opening, closing, and the answer for an open one.

use super::*;
use crate::command::Command;
use crate::event::RecordClosed;
use crate::ids::Actor;
use crate::ids::version::Version;
use crate::permission::Permission;
use crate::recent::closings::SessionEnd;
use crate::reference::learner::{Enrolment, EnrolmentStatus};
use crate::test_support::{
    Given, active, actor, administrator, given, learner, programme, session,
};

fn open(of: u128, as_session: u128) -> Command {
    Command::OpenRecord {
        learner: learner(of),
        session: session(as_session),
    }
}

fn close(of: u128) -> Command {
    Command::CloseRecord {
        session: session(of),
    }
}

fn opened(of: u128, as_session: u128) -> RecordOpened {
    RecordOpened {
        session: session(as_session),
        learner: learner(of),
        administrator: administrator("alice"),
        marker: Version::ZERO,
        can_sync: true,
        programmes: Vec::new(),
        replaced: None,
    }
}

fn ended(number: u128, end: SessionEnd) -> Rejection {
    Rejection::SessionClosed {
        session: session(number),
        end,
    }
}

fn world() -> Given {
    given()
        .administrator("alice", [Permission::AdvancedDeliveryEdit])
        .administrator("bob", [Permission::Supervisor])
        .learner(1, [])
        .learner(2, [])
}

fn choice(number: u128, preselected: bool) -> ProgrammeChoice {
    ProgrammeChoice {
        programme: programme(number),
        name: format!("Programme {number}"),
        preselected,
    }
}

#[test]
fn opening_fixes_the_marker_at_the_plans_version() {
    let edited = world().programme(1).done(
        &Actor::System,
        &Command::EditPlan {
            learner: learner(1),
            expected_version: None,
            edits: vec![crate::command::Edit::Add {
                component: crate::test_support::component(1),
                programme: programme(1),
                component_type: "exam".parse().unwrap(),
                attributes: crate::test_support::named("Exam"),
            }],
        },
    );
    edited.when(&actor("alice"), &open(1, 1)).then(
        Stream::Record(session(1)),
        [Event::RecordOpened(RecordOpened {
            marker: Version::new(1),
            ..opened(1, 1)
        })],
    );
}

#[test]
fn p6_a_record_tells_whether_one_can_sync() {
    let powerless = world().administrator("alice", [Permission::EditDeleteFinished]);
    powerless.when(&actor("alice"), &open(1, 1)).then(
        Stream::Record(session(1)),
        [Event::RecordOpened(RecordOpened {
            can_sync: false,
            ..opened(1, 1)
        })],
    );
}

#[test]
fn p8_a_record_opens_only_of_those_one_sees() {
    world()
        .when(&actor("alice"), &open(9, 1))
        .then_refused(Rejection::LearnerNotAvailable);
}

#[test]
fn c6_opening_the_same_record_again_closes_the_earlier_session() {
    let open_once = world().done(&actor("alice"), &open(1, 1));
    open_once.when(&actor("alice"), &open(1, 2)).then(
        Stream::Record(session(2)),
        [Event::RecordOpened(RecordOpened {
            replaced: Some(session(1)),
            ..opened(1, 2)
        })],
    );
    let open_again = open_once.done(&actor("alice"), &open(1, 2));
    open_again
        .when(&actor("alice"), &close(1))
        .then_refused(ended(1, SessionEnd::Replaced(session(2))));
    let records = open_again.tenant.records();
    assert_eq!(
        records.open_session(&administrator("alice"), learner(1)),
        Some(session(2))
    );
    assert_eq!(records.open_count(&administrator("alice")), 1);
}

#[test]
fn c6_opening_another_record_or_by_another_closes_nothing() {
    let several = world()
        .done(&actor("alice"), &open(1, 1))
        .done(&actor("alice"), &open(2, 2))
        .done(&actor("bob"), &open(1, 3));
    let records = several.tenant.records();
    let open_of = |name| -> Vec<SessionId> {
        let administrator = administrator(name);
        let open = records.open_of(&administrator);
        open.map(|(session, _)| session).collect()
    };
    assert_eq!(open_of("alice"), [session(1), session(2)]);
    assert_eq!(open_of("bob"), [session(3)]);
}

#[test]
fn c6_closing_ends_ones_own_session_once() {
    let open_once = world().done(&actor("alice"), &open(1, 1));
    let refused = Rejection::SessionNotOpen(session(1));
    open_once
        .when(&actor("bob"), &close(1))
        .then_refused(refused.clone());
    open_once
        .when(&Actor::System, &close(1))
        .then_refused(refused.clone());
    let closed = RecordClosed {
        session: session(1),
        learner: learner(1),
        administrator: administrator("alice"),
        reason: CloseReason::Closed,
    };
    open_once
        .when(&actor("alice"), &close(1))
        .then(Stream::Record(session(1)), [Event::RecordClosed(closed)]);
    let closed = open_once.done(&actor("alice"), &close(1));
    closed
        .when(&actor("alice"), &close(1))
        .then_refused(ended(1, SessionEnd::Closed));
    closed.when(&actor("bob"), &close(1)).then_refused(refused);
    assert_eq!(
        closed.tenant.records().open_count(&administrator("alice")),
        0
    );
}

#[test]
fn a_sessions_id_is_used_once() {
    let closed = world()
        .done(&actor("alice"), &open(1, 1))
        .done(&actor("alice"), &close(1));
    closed
        .when(&actor("bob"), &open(2, 1))
        .then_refused(Rejection::SessionExists(session(1)));
}

#[test]
fn c6_a_record_that_is_opened_again_displaces_no_other() {
    let mut world = world().done(&actor("alice"), &open(1, 1));
    world.limits.open_records = 1;
    let again = RecordOpened {
        replaced: Some(session(1)),
        ..opened(1, 2)
    };
    world
        .when(&actor("alice"), &open(1, 2))
        .then(Stream::Record(session(2)), [Event::RecordOpened(again)]);
}

#[test]
fn s2_the_first_delivery_programme_is_preselected_among_those_known() {
    let world = world()
        .programme_under(1, Some(3))
        .programme(3)
        .programme(4)
        .learner_as(1, |record| {
            record.enrolments = [1, 2, 3, 4].map(active).into();
        });
    let choices = programme_choices(&world.tenant, world.tenant.learner(learner(1)).unwrap());
    assert_eq!(
        choices,
        [choice(1, false), choice(3, true), choice(4, false)]
    );
}

#[test]
fn s2_the_only_programme_is_preselected_whatever_it_is() {
    let world = world().programme_under(1, Some(3)).learner(1, [1, 2]);
    let choices = programme_choices(&world.tenant, world.tenant.learner(learner(1)).unwrap());
    assert_eq!(choices, [choice(1, true)]);
}

#[test]
fn s2_without_a_delivery_programme_none_of_several_is_preselected() {
    let world = world()
        .programme_under(1, Some(3))
        .programme_under(2, Some(3))
        .learner(1, [1, 2]);
    let choices = programme_choices(&world.tenant, world.tenant.learner(learner(1)).unwrap());
    assert_eq!(choices, [choice(1, false), choice(2, false)]);
}

fn choices_with(statuses: [EnrolmentStatus; 3]) -> Vec<bool> {
    let world = world()
        .programme(1)
        .programme(2)
        .programme_under(3, Some(2))
        .learner_as(1, |record| {
            let enrolments = [1, 2, 3].into_iter().zip(statuses);
            let enrolments = enrolments.map(|(number, status)| Enrolment {
                status,
                ..active(number)
            });
            record.enrolments = enrolments.collect();
        });
    let choices = programme_choices(&world.tenant, world.tenant.learner(learner(1)).unwrap());
    choices.iter().map(|choice| choice.preselected).collect()
}

#[test]
fn s2_an_enrolment_that_is_over_is_preselected_only_where_there_is_no_other() {
    use EnrolmentStatus as Is;
    let first = [true, false, false];
    let second = [false, true, false];
    for over in Is::ALL.into_iter().filter(|status| status.is_excluded()) {
        assert_eq!(choices_with([over, Is::Active, Is::Active]), second);
        assert_eq!(choices_with([over, Is::Withdrawn, over]), second);
        assert_eq!(choices_with([Is::OnBreak, over, Is::Active]), first);
        // The only one that is not over, though it is part of another.
        assert_eq!(choices_with([over, over, Is::Active]), [false, false, true]);
        assert_eq!(choices_with([over, over, over]), first);
    }
    for status in Is::ALL.into_iter().filter(|status| !status.is_excluded()) {
        assert_eq!(choices_with([status, Is::Active, Is::Active]), first);
    }
}

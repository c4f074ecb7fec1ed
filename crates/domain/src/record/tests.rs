//! Tests of records: opening, closing, and what is shown of an open one.

use super::*;
use crate::command::Command;
use crate::kit::{Given, active, actor, administrator, given, learner, programme, session};
use crate::permission::Permission;
use crate::version::Version;

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
                component: crate::kit::component(1),
                programme: programme(1),
                component_type: "exam".parse().unwrap(),
                attributes: crate::kit::named("Exam"),
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
        .then_refused(Rejection::SessionNotOpen(session(1)));
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
    };
    open_once
        .when(&actor("alice"), &close(1))
        .then(Stream::Record(session(1)), [Event::RecordClosed(closed)]);
    let closed = open_once.done(&actor("alice"), &close(1));
    closed
        .when(&actor("alice"), &close(1))
        .then_refused(refused);
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
fn open_records_are_bounded_but_one_may_be_opened_again() {
    let mut world = world().done(&actor("alice"), &open(1, 1));
    world.limits.open_records = 1;
    world
        .when(&actor("alice"), &open(2, 2))
        .then_refused(Rejection::Overloaded {
            problem: "you have too many records open; close one with `record.close`",
        });
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

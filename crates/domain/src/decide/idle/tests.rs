//! Tests of records that nobody uses: touches, closing of idle records, and displaced records.

use super::*;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::event::{Event, RecordOpened, RecordResumed};
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::permission::Permission;
use crate::recent::closings::SessionEnd;
use crate::reference::settings::{IdleHours, OwnerRule, TenantSettings};
use crate::state::image::TenantImage;
use crate::test_support::{
    Given, active, actor, administrator, component, given, learner, named, programme, session,
};

fn open(of: u128, number: u128) -> Command {
    Command::OpenRecord {
        learner: learner(of),
        session: session(number),
    }
}

fn resume(of: u128, number: u128) -> Command {
    Command::ResumeRecord {
        learner: learner(of),
        session: session(number),
    }
}

fn add(of: u128, number: u128) -> Command {
    Command::EditPlan {
        learner: learner(of),
        expected_version: None,
        edits: vec![Edit::Add {
            component: component(number),
            programme: programme(1),
            component_type: "exam".parse().unwrap(),
            attributes: named("Exam"),
        }],
    }
}

/// A college with three learners, in which alice has the records of 1 and 2 open.
fn two_open() -> Given {
    let world = given()
        .administrator("alice", [Permission::Supervisor])
        .administrator("bob", [Permission::Supervisor])
        .programme(1);
    (1..=3)
        .fold(world, |world, number| world.learner(number, [1]))
        .done(&actor("alice"), &open(1, 1))
        .done(&actor("alice"), &open(2, 2))
}

/// Which sessions are due after so many hours more.
fn due_after(given: &Given, hours: u16) -> Vec<SessionId> {
    let later = given.clone().hours_later(hours);
    let idle = due(&later.tenant, later.now, usize::MAX);
    idle.map(|closed| closed.session).collect()
}

fn idle(number: u128, of: u128) -> RecordClosed {
    RecordClosed {
        session: session(number),
        learner: learner(of),
        administrator: administrator("alice"),
        reason: CloseReason::Idle,
    }
}

/// Closes what is due, as the engine does.
fn swept(given: Given) -> Given {
    let closed: Vec<_> = due(&given.tenant, given.now, usize::MAX).collect();
    closed.into_iter().fold(given, |given, closed| {
        let stream = Stream::Record(closed.session);
        given.commit(&Actor::System, &stream, &[Event::RecordClosed(closed)])
    })
}

#[test]
fn c6_a_record_is_due_when_its_idle_hours_have_passed_and_not_before() {
    let given = two_open();
    assert_eq!(due_after(&given, 23), []);
    assert_eq!(due_after(&given, 24), [session(1), session(2)]);
    let first = due(&given.tenant, given.clone().hours_later(24).now, 1);
    assert_eq!(first.collect::<Vec<_>>(), [idle(1, 1)]);
}

#[test]
fn c6_the_tenant_says_how_long_and_may_change_it_for_records_that_are_open() {
    let put = |hours| {
        Command::PutTenant(TenantSettings {
            marking_aid: true,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::new(hours).unwrap(),
        })
    };
    let short = two_open().done(&Actor::System, &put(1));
    assert_eq!(due_after(&short, 1), [session(1), session(2)]);
    let long = short.done(&Actor::System, &put(720));
    assert_eq!(due_after(&long, 719), []);
    assert_eq!(due_after(&long, 720), [session(1), session(2)]);
    assert_eq!([0, 721].map(IdleHours::new), [None, None]);
}

#[test]
fn d4_the_records_of_an_administrator_who_was_removed_stay_open_until_they_are_idle() {
    let removed = two_open().done(
        &Actor::System,
        &Command::RemoveAdministrator(administrator("alice")),
    );
    assert_eq!(due_after(&removed, 23), []);
    assert_eq!(due_after(&removed, 24), [session(1), session(2)]);
}

#[test]
fn c6_an_edit_of_the_administrator_and_going_on_are_touches() {
    let edited = two_open().hours_later(20).done(&actor("alice"), &add(1, 1));
    assert_eq!(due_after(&edited, 4), [session(2)]);
    let resumed = edited.done(&actor("alice"), &resume(2, 9));
    assert_eq!(due_after(&resumed, 23), []);
    assert_eq!(due_after(&resumed, 24), [session(1), session(2)]);
}

#[test]
fn c6_what_others_do_to_the_plan_is_no_touch() {
    let edited = two_open()
        .hours_later(20)
        .done(&actor("bob"), &add(1, 1))
        .done(&Actor::System, &add(2, 2));
    assert_eq!(due_after(&edited, 4), [session(1), session(2)]);
}

#[test]
fn c6_an_idle_record_is_closed_and_says_so_to_its_administrator_alone() {
    let closed = swept(two_open().hours_later(24));
    assert_eq!(
        closed.tenant.records().open_count(&administrator("alice")),
        0
    );
    let close = Command::CloseRecord {
        session: session(1),
    };
    closed
        .when(&actor("alice"), &close)
        .then_refused(Rejection::SessionClosed {
            session: session(1),
            end: SessionEnd::Idle,
        });
    closed
        .when(&actor("bob"), &close)
        .then_refused(Rejection::SessionNotOpen(session(1)));
    closed
        .when(&actor("bob"), &open(3, 1))
        .then_refused(Rejection::SessionExists(session(1)));
    closed.assert_refolds();
}

fn opened(of: u128, number: u128) -> RecordOpened {
    RecordOpened {
        session: session(number),
        learner: learner(of),
        administrator: administrator("alice"),
        marker: Version::ZERO,
        can_sync: true,
        programmes: vec![crate::event::ProgrammeChoice {
            programme: programme(1),
            name: "Programme 1".to_owned(),
            preselected: true,
        }],
        replaced: None,
    }
}

#[test]
fn c6_one_record_too_many_displaces_the_one_touched_least_lately() {
    let mut given = two_open().done(&actor("alice"), &add(1, 1));
    given.limits.open_records = 2;
    let displacing = given.when(&actor("alice"), &open(3, 3));
    let displaced = RecordClosed {
        reason: CloseReason::Displaced,
        ..idle(2, 2)
    };
    let opened = opened(3, 3);
    assert_eq!(displacing.0, Ok(Decided::Displacing { displaced, opened }));
    let after = given.done(&actor("alice"), &open(3, 3));
    let refused = Rejection::SessionClosed {
        session: session(2),
        end: SessionEnd::Displaced,
    };
    after
        .when(
            &actor("alice"),
            &Command::CloseRecord {
                session: session(2),
            },
        )
        .then_refused(refused);
    assert_eq!(
        after.tenant.records().open_count(&administrator("alice")),
        2
    );
    let others = after.done(&actor("bob"), &open(1, 4));
    assert_eq!(others.tenant.records().open_count(&administrator("bob")), 1);
}

#[test]
fn c5_the_order_of_touches_is_the_logs_where_its_time_stands_still() {
    let mut given = two_open()
        .done(&actor("alice"), &open(3, 3))
        .done(&actor("alice"), &resume(1, 9));
    given.limits.open_records = 3;
    let longest = given
        .tenant
        .records()
        .longest_idle_of(&administrator("alice"));
    assert_eq!(longest.map(|(id, _)| id), Some(session(2)));
}

#[test]
fn c6_resuming_gives_the_open_session_back_with_its_marker() {
    let given = two_open().done(&actor("alice"), &add(1, 1));
    let resumed = RecordResumed {
        session: session(1),
        learner: learner(1),
        administrator: administrator("alice"),
        marker: Version::ZERO,
        can_sync: true,
        programmes: opened(1, 1).programmes,
    };
    for named in [1, 2, 9] {
        given.when(&actor("alice"), &resume(1, named)).then(
            Stream::Record(session(1)),
            [Event::RecordResumed(resumed.clone())],
        );
    }
    let recent = |given: &Given| {
        let open = given.tenant.session(session(1)).unwrap();
        open.recent_changes(given.tenant.plan(learner(1)), given.tenant.values())
    };
    let after = given.clone().done(&actor("alice"), &resume(1, 9));
    assert_eq!(recent(&after), recent(&given));
    assert_eq!(after.tenant.version_of(&Stream::Record(session(1))), 2);
    after.assert_refolds();
}

#[test]
fn c6_resuming_opens_a_record_where_none_is_open() {
    let given = two_open();
    given.when(&actor("alice"), &resume(3, 3)).then(
        Stream::Record(session(3)),
        [Event::RecordOpened(opened(3, 3))],
    );
    let theirs = RecordOpened {
        administrator: administrator("bob"),
        ..opened(1, 4)
    };
    given
        .when(&actor("bob"), &resume(1, 4))
        .then(Stream::Record(session(4)), [Event::RecordOpened(theirs)]);
    given
        .when(&actor("alice"), &resume(3, 1))
        .then_refused(Rejection::SessionExists(session(1)));
}

#[test]
fn p8_a_record_of_a_learner_who_is_not_seen_any_more_is_not_resumed() {
    let moved = two_open().learner_as(1, |record| {
        record.enrolments = vec![active(1)];
        record.groups = vec!["secret".parse().unwrap()];
    });
    let nobody = crate::reference::administrator::Groups::Listed([].into());
    moved
        .administrator_of("alice", [Permission::Supervisor], nobody)
        .when(&actor("alice"), &resume(1, 9))
        .then_refused(Rejection::LearnerNotAvailable);
}

#[test]
fn i1_a_kept_state_remembers_touches_closings_and_what_lists_went_by() {
    let given = swept(
        two_open()
            .hours_later(20)
            .done(&actor("alice"), &add(1, 1))
            .hours_later(4),
    )
    .done(&actor("alice"), &open(3, 3))
    .done(&actor("alice"), &resume(1, 9));
    let bytes = |image: &TenantImage| rmp_serde::to_vec_named(image).unwrap();
    let image = TenantImage::of(&given.tenant);
    let kept: TenantImage = rmp_serde::from_slice(&bytes(&image)).unwrap();
    let restored = kept.restore().unwrap();

    assert_eq!(bytes(&TenantImage::of(&restored)), bytes(&image));
    let records = restored.records();
    assert_eq!(
        records.closings().of(session(2), &administrator("alice")),
        Some(SessionEnd::Idle)
    );
    let longest = records.longest_idle_of(&administrator("alice"));
    assert_eq!(longest.map(|(id, _)| id), Some(session(3)));
    let again = |tenant: &Tenant| {
        let idle = due(tenant, given.clone().hours_later(24).now, usize::MAX);
        idle.collect::<Vec<_>>()
    };
    assert_eq!(again(&restored), again(&given.tenant));
    assert_eq!(restored.version_of(&Stream::Record(session(1))), 2);
}

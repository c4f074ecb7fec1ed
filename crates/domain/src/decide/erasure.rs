//! Erasing a learner's personal text, and the legal holds that forbid it (D6, D7).
//!
//! A decision only says that an erasure was asked for. Keys are destroyed by the engine, which then records that it
//! is done.

use crate::access::erasure::refuse_erased;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{Event, LearnerErasureRequested, LearnerHeld, LearnerReleased};
use crate::ids::LearnerId;
use crate::ids::stream::Stream;
use crate::state::tenant::Tenant;

/// `learner.erase`: of a learner who is known and not held. One who is erased already stays so.
pub(crate) fn decide_erase(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    if tenant.erasures().is_held(learner) {
        return Err(Rejection::LearnerHeld);
    }
    let requested = LearnerErasureRequested { learner };
    let differs = !tenant.erasures().is_erased(learner);
    let event = Event::LearnerErasureRequested(requested);
    Ok(changed(learner, differs, event))
}

/// `learner.hold`: of a learner who is known and not erased.
pub(crate) fn decide_hold(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    refuse_erased(tenant, learner)?;
    let differs = !tenant.erasures().is_held(learner);
    let event = Event::LearnerHeld(LearnerHeld { learner });
    Ok(changed(learner, differs, event))
}

/// `learner.release`: of a learner who is known and not erased.
pub(crate) fn decide_release(tenant: &Tenant, learner: LearnerId) -> Result<Decided, Rejection> {
    known(tenant, learner)?;
    refuse_erased(tenant, learner)?;
    let differs = tenant.erasures().is_held(learner);
    let event = Event::LearnerReleased(LearnerReleased { learner });
    Ok(changed(learner, differs, event))
}

fn known(tenant: &Tenant, learner: LearnerId) -> Result<(), Rejection> {
    let known = tenant.learner(learner);
    known.map(|_| ()).ok_or(Rejection::LearnerNotAvailable)
}

fn changed(learner: LearnerId, differs: bool, event: Event) -> Decided {
    if differs {
        Decided::Events {
            stream: Stream::Learner(learner),
            events: vec![event],
        }
    } else {
        Decided::Unchanged(CommandOutcome::Put)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::target_eligibility;
    use crate::command::{Command, Edit};
    use crate::event::LearnerErased;
    use crate::ids::Actor;
    use crate::permission::{Permission, PermissionReason};
    use crate::sync::pair_outcome::Reason;
    use crate::test_support::{
        Given, actor, administrator, component, given, learner, programme, session,
    };

    fn known() -> Given {
        given()
            .programme(1)
            .administrator("alice", [Permission::Supervisor])
            .learner(1, [1])
            .learner(2, [1])
    }

    fn erased() -> Given {
        known().done(&Actor::System, &Command::EraseLearner(learner(1)))
    }

    #[test]
    fn d6_an_erasure_is_asked_for_once() {
        let requested = LearnerErasureRequested {
            learner: learner(1),
        };
        known()
            .when(&Actor::System, &Command::EraseLearner(learner(1)))
            .then(
                Stream::Learner(learner(1)),
                [Event::LearnerErasureRequested(requested)],
            );
        erased()
            .when(&Actor::System, &Command::EraseLearner(learner(1)))
            .then_unchanged(CommandOutcome::Put);
    }

    #[test]
    fn d6_only_system_erases_and_only_who_is_known() {
        let erase = Command::EraseLearner(learner(1));
        known()
            .when(&actor("alice"), &erase)
            .then_refused(Rejection::NotPermitted(PermissionReason::SystemOnly));
        known()
            .when(&Actor::System, &Command::EraseLearner(learner(9)))
            .then_refused(Rejection::LearnerNotAvailable);
    }

    #[test]
    fn d6_of_an_erased_learner_remains_who_is_responsible_and_who_sees_them() {
        let given = erased();
        let record = given.tenant.learner(learner(1)).unwrap();
        assert!(record.name.is_erased() && record.enrolments.is_empty());
        let listed: Vec<_> = given.tenant.directory().iter().collect();
        assert_eq!(
            listed,
            [learner(1), learner(2)],
            "without a name, before all names"
        );
        let past = given
            .tenant
            .past()
            .at(crate::ids::position::Position::default());
        let then = past.unwrap();
        let names: Vec<_> = then
            .learners()
            .filter_map(|(_, record)| Some(record?.name.clone()))
            .collect();
        assert!(
            names.iter().all(crate::text::personal::Personal::is_erased),
            "{names:?}"
        );
    }

    #[test]
    fn d6_nothing_about_an_erased_learner_changes_any_more() {
        let record = known().tenant.learner(learner(1)).unwrap().clone();
        let put = Command::PutLearner {
            learner: learner(1),
            record,
        };
        let instantiate = Command::InstantiatePlan {
            learner: learner(1),
            programme: programme(1),
        };
        let edit = Command::EditPlan {
            learner: learner(1),
            expected_version: None,
            edits: vec![Edit::Remove {
                component: component(1),
            }],
        };
        let hold = Command::HoldLearner(learner(1));
        let release = Command::ReleaseLearner(learner(1));
        for command in [put, instantiate, edit, hold, release] {
            erased()
                .when(&Actor::System, &command)
                .then_refused(Rejection::LearnerErased);
        }
        let (learner, session) = (learner(1), session(1));
        for command in [
            Command::OpenRecord { learner, session },
            Command::ResumeRecord { learner, session },
        ] {
            erased()
                .when(&actor("alice"), &command)
                .then_refused(Rejection::LearnerErased);
        }
    }

    #[test]
    fn d6_no_sync_reaches_an_erased_learner() {
        let given = erased();
        let of = |target| {
            let alice = administrator("alice");
            let found = target_eligibility::of_target(
                &given.tenant,
                &alice,
                learner(3),
                programme(1),
                target,
            );
            found.err()
        };
        assert_eq!(of(learner(1)), Some(Reason::LearnerErased));
        assert_eq!(of(learner(2)), None);
    }

    #[test]
    fn d6_the_erasure_that_is_done_changes_nothing_more() {
        let mut given = erased();
        let before = given.tenant.erasures().clone();
        assert_eq!(before.requested_ones().collect::<Vec<_>>(), [learner(1)]);
        let done = Event::LearnerErased(LearnerErased {
            learner: learner(1),
            searches: 0,
        });
        crate::state::evolve::evolve(
            &mut given.tenant,
            (&Stream::Learner(learner(1)), 3),
            crate::time::log_time::Stamp::default(),
            &Actor::System,
            &[done],
        );
        assert_eq!(given.tenant.erasures().requested_ones().count(), 0);
        assert!(given.tenant.erasures().is_erased(learner(1)));
        assert_eq!(given.tenant.erasures().erased_count(), 1);
    }

    #[test]
    fn d7_a_hold_stands_until_it_is_lifted() {
        let hold = Command::HoldLearner(learner(1));
        let held = known().done(&Actor::System, &hold);
        held.when(&Actor::System, &Command::EraseLearner(learner(1)))
            .then_refused(Rejection::LearnerHeld);
        held.when(&Actor::System, &hold)
            .then_unchanged(CommandOutcome::Put);
        let released = held.done(&Actor::System, &Command::ReleaseLearner(learner(1)));
        let requested = LearnerErasureRequested {
            learner: learner(1),
        };
        released
            .when(&Actor::System, &Command::EraseLearner(learner(1)))
            .then(
                Stream::Learner(learner(1)),
                [Event::LearnerErasureRequested(requested)],
            );
        known()
            .when(&Actor::System, &Command::ReleaseLearner(learner(1)))
            .then_unchanged(CommandOutcome::Put);
        known()
            .when(&Actor::System, &Command::HoldLearner(learner(9)))
            .then_refused(Rejection::LearnerNotAvailable);
    }
}

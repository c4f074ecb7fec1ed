//! Tenants, administrators, learners and programmes: what `system` puts and removes.
//!
//! A put is recorded as an event only if it changes something. Who may put is checked before (P10);
//! templates have a file of their own.

use crate::access::erasure::refuse_erased;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::event::command_outcome::CommandOutcome;
use crate::event::{AdministratorPut, AdministratorRemoved, Event, LearnerPut, ProgrammePut};
use crate::ids::stream::Stream;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId};
use crate::reference::administrator::Administrator;
use crate::reference::learner::Learner;
use crate::reference::programme::Programme;
use crate::reference::settings::TenantSettings;
use crate::state::tenant::Tenant;

/// An event if it differs from what was put before; otherwise nothing changes.
fn put(stream: Stream, differs: bool, event: Event) -> Decided {
    if differs {
        Decided::Events {
            stream,
            events: vec![event],
        }
    } else {
        Decided::Unchanged(CommandOutcome::Put)
    }
}

pub(crate) fn decide_put_tenant(tenant: &Tenant, settings: TenantSettings) -> Decided {
    let differs = tenant.settings() != Some(&settings);
    put(Stream::Tenant, differs, Event::TenantPut(settings))
}

pub(crate) fn decide_put_administrator(
    tenant: &Tenant,
    administrator: &AdministratorId,
    record: &Administrator,
) -> Decided {
    let differs = tenant.administrator(administrator) != Some(record);
    let event = AdministratorPut {
        administrator: administrator.clone(),
        record: record.clone(),
    };
    let stream = Stream::Administrator(administrator.clone());
    put(stream, differs, Event::AdministratorPut(event))
}

pub(crate) fn decide_remove_administrator(
    tenant: &Tenant,
    administrator: &AdministratorId,
) -> Result<Decided, Rejection> {
    if tenant.administrator(administrator).is_none() {
        return Err(Rejection::AdministratorNotFound(administrator.clone()));
    }
    let event = AdministratorRemoved {
        administrator: administrator.clone(),
    };
    let stream = Stream::Administrator(administrator.clone());
    Ok(put(stream, true, Event::AdministratorRemoved(event)))
}

pub(crate) fn decide_put_learner(
    tenant: &Tenant,
    learner: LearnerId,
    given: &Learner,
) -> Result<Decided, Rejection> {
    refuse_erased(tenant, learner)?;
    let record = given.with_each_once();
    let differs = tenant.learner(learner) != Some(&record);
    let event = LearnerPut { learner, record };
    let event = Event::LearnerPut(event);
    Ok(put(Stream::Learner(learner), differs, event))
}

pub(crate) fn decide_put_programme(
    tenant: &Tenant,
    programme: ProgrammeId,
    record: &Programme,
) -> Decided {
    let differs = tenant.programme(programme) != Some(record);
    let event = ProgrammePut {
        programme,
        record: record.clone(),
    };
    let stream = Stream::Programme(programme);
    put(stream, differs, Event::ProgrammePut(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::ids::Actor;
    use crate::reference::settings::{IdleHours, OwnerRule};
    use crate::test_support::{active, administrator, given, learner, programme};

    fn record(groups: &[&str], tutors: &[&str]) -> Learner {
        Learner {
            name: "Ada".into(),
            case_owner: Some(administrator("nobody_yet")),
            groups: groups.iter().map(|name| name.parse().unwrap()).collect(),
            tutors: tutors.iter().map(|name| administrator(name)).collect(),
            enrolments: vec![active(9)],
        }
    }

    fn put(record: Learner) -> Command {
        Command::PutLearner {
            learner: learner(1),
            record,
        }
    }

    #[test]
    fn d1_a_learner_may_name_what_is_not_known_yet_and_each_group_counts_once() {
        let given_twice = record(&["b", "a", "b"], &["tom", "tom"]);
        let event = LearnerPut {
            learner: learner(1),
            record: record(&["b", "a"], &["tom"]),
        };
        given()
            .when(&Actor::System, &put(given_twice))
            .then(Stream::Learner(learner(1)), [Event::LearnerPut(event)]);
    }

    #[test]
    fn d1_putting_what_is_there_already_changes_nothing() {
        let settings = TenantSettings {
            marking_aid: true,
            owner_rule: OwnerRule::Keep,
            record_idle_hours: IdleHours::default(),
        };
        let given = given()
            .programme(1)
            .administrator("alice", [])
            .done(&Actor::System, &put(record(&["a"], &[])));
        let alice = given.tenant.administrator(&administrator("alice")).unwrap();
        let same = [
            Command::PutTenant(settings),
            put(record(&["a", "a"], &[])),
            Command::PutProgramme {
                programme: programme(1),
                record: given.tenant.programme(programme(1)).unwrap().clone(),
            },
            Command::PutAdministrator {
                administrator: administrator("alice"),
                record: alice.clone(),
            },
        ];
        for command in same {
            given
                .when(&Actor::System, &command)
                .then_unchanged(CommandOutcome::Put);
        }
    }

    #[test]
    fn d4_only_an_administrator_who_is_known_can_be_removed() {
        given()
            .when(
                &Actor::System,
                &Command::RemoveAdministrator(administrator("alice")),
            )
            .then_refused(Rejection::AdministratorNotFound(administrator("alice")));
    }
}

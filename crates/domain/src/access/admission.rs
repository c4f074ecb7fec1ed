//! Checks that come before the rule of a command: the bounds of its fields, the tenant, the actor,
//! and which actors may send the command (P10).

use crate::command::bounds;
use crate::command::rejection::Rejection;
use crate::command::{Command, Speaker};
use crate::ids::Actor;
use crate::permission::PermissionReason;
use crate::state::tenant::Tenant;

/// Checks whether a command is admitted: first the bounds of its fields, then `tenant_not_found`,
/// `unknown_actor`, and P10 (`system_only`).
pub fn admit(tenant: &Tenant, actor: &Actor, command: &Command) -> Result<(), Rejection> {
    bounds::check(command)?;
    let makes_tenant = matches!(command, Command::PutTenant(_)) && *actor == Actor::System;
    if !makes_tenant {
        admit_actor(tenant, actor)?;
    }
    match (actor, command.speaker()) {
        (Actor::Administrator(_), Speaker::System) => {
            Err(Rejection::NotPermitted(PermissionReason::SystemOnly))
        }
        (Actor::System, Speaker::Administrator) => {
            Err(Rejection::NotPermitted(PermissionReason::AdministratorOnly))
        }
        (Actor::System | Actor::Administrator(_), _) => Ok(()),
    }
}

/// Checks whether an actor may send requests to a tenant: `tenant_not_found`, `unknown_actor`.
pub fn admit_actor(tenant: &Tenant, actor: &Actor) -> Result<(), Rejection> {
    if tenant.settings().is_none() {
        return Err(Rejection::TenantNotFound);
    }
    match actor.administrator() {
        Some(id) if tenant.administrator(id).is_none() => Err(Rejection::UnknownActor),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::bounds::NAME_MAX;
    use crate::command::limits::Limits;
    use crate::event::Event;
    use crate::ids::stream::Stream;
    use crate::permission::{Permission, PermissionSet};
    use crate::reference::administrator::{Administrator, Groups};
    use crate::reference::settings::{IdleHours, OwnerRule, TenantSettings};
    use crate::test_support::{Given, actor, administrator, given, learner, session};
    use crate::time::log_time::LogTime;

    fn unput() -> Given {
        Given {
            tenant: Tenant::default(),
            limits: Limits::default(),
            commits: Vec::new(),
            now: LogTime::default(),
        }
    }

    fn put_bob(name: &str) -> Command {
        Command::PutAdministrator {
            administrator: administrator("bob"),
            record: Administrator {
                name: name.into(),
                permissions: PermissionSet::EMPTY,
                groups: Groups::All,
            },
        }
    }

    fn open() -> Command {
        Command::OpenRecord {
            learner: learner(1),
            session: session(1),
        }
    }

    #[test]
    fn r1_a_tenant_must_be_put_before_anything_else() {
        let put = Command::PutTenant(TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::FollowCaseOwner,
            record_idle_hours: IdleHours::default(),
        });
        let refused = Rejection::TenantNotFound;
        unput()
            .when(&Actor::System, &put_bob("Bob"))
            .then_refused(refused.clone());
        unput()
            .when(&actor("alice"), &put)
            .then_refused(refused.clone());
        unput().when(&actor("alice"), &open()).then_refused(refused);
        let settings = TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::FollowCaseOwner,
            record_idle_hours: IdleHours::default(),
        };
        unput()
            .when(&Actor::System, &put)
            .then(Stream::Tenant, [Event::TenantPut(settings)]);
    }

    #[test]
    fn r1_bounds_of_fields_are_refused_before_the_tenant_is_looked_for() {
        let too_long = put_bob(&"x".repeat(NAME_MAX + 1));
        let problem = "expected 1 to 200 characters, found 201";
        unput()
            .when(&actor("alice"), &too_long)
            .then_refused(Rejection::invalid("name", problem));
    }

    #[test]
    fn d4_an_administrator_who_was_removed_is_unknown() {
        let removed = given()
            .administrator("alice", [Permission::Supervisor])
            .learner(1, [])
            .done(
                &Actor::System,
                &Command::RemoveAdministrator(administrator("alice")),
            );
        removed
            .when(&actor("alice"), &open())
            .then_refused(Rejection::UnknownActor);
        let admitted = admit_actor(&removed.tenant, &actor("alice"));
        assert_eq!(admitted, Err(Rejection::UnknownActor));
    }

    #[test]
    fn p10_reference_data_is_written_by_system_alone() {
        given()
            .administrator("alice", [Permission::Supervisor, Permission::ComplianceQa])
            .when(&actor("alice"), &put_bob("Bob"))
            .then_refused(Rejection::NotPermitted(PermissionReason::SystemOnly));
    }

    #[test]
    fn p13_system_has_no_record_open() {
        given()
            .learner(1, [])
            .when(&Actor::System, &open())
            .then_refused(Rejection::NotPermitted(PermissionReason::AdministratorOnly));
    }
}

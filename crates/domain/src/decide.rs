//! Decide: from a state and a command to events, or to a refusal. Pure.
//!
//! Owns who is admitted and which rule family a command goes to. Knows no clock and no log.

use crate::bounds;
use crate::change_set::ChangeSet;
use crate::command::{Command, Speaker};
use crate::confirm::Position;
use crate::digest::Digest;
use crate::edit;
use crate::event::Event;
use crate::ids::Actor;
use crate::instantiate;
use crate::limits::Limits;
use crate::noted::Noted;
use crate::permission::PermissionReason;
use crate::record;
use crate::reference;
use crate::rejection::Rejection;
use crate::request::SyncRequest;
use crate::stream::Stream;
use crate::sync;
use crate::sync_event::SyncAccepted;
use crate::template_change;
use crate::tenant::Tenant;

/// What a decision may take into account beside state and command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// The server's bounds.
    pub limits: &'a Limits,
    /// Where the state stands in the log.
    pub position: Position,
    /// How a request, without its confirmation, and its change set are digested; none if they
    /// cannot be, which confirms nothing. The bytes are the log's, so it is not done here.
    pub digest: Digester,
}

/// A digest over a request and the change set that it comes to.
pub type Digester = fn(&SyncRequest, &ChangeSet) -> Option<Digest>;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// One commit of one stream.
    Events {
        /// Which stream.
        stream: Stream,
        /// What happened, in order.
        events: Vec<Event>,
    },
    /// Nothing changes; the answer is all there is to keep.
    Unchanged(Noted),
    /// A sync is accepted. Its digest, and how its change set is cut into commits, is up to
    /// whoever writes the log.
    Sync {
        /// What is replayed.
        change_set: ChangeSet,
        /// The rest.
        accepted: SyncAccepted,
    },
}

/// Whether a command may come in at all, before it is looked at: the bounds of its fields, then
/// `tenant_not_found`, `unknown_actor`, and P10 (`system_only`).
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

/// Whether an actor may ask anything of a tenant: `tenant_not_found`, `unknown_actor`.
pub fn admit_actor(tenant: &Tenant, actor: &Actor) -> Result<(), Rejection> {
    if tenant.settings().is_none() {
        return Err(Rejection::TenantNotFound);
    }
    match actor.administrator() {
        Some(id) if tenant.administrator(id).is_none() => Err(Rejection::UnknownActor),
        Some(_) | None => Ok(()),
    }
}

/// What an admitted command comes to.
pub fn decide(
    tenant: &Tenant,
    context: &Context<'_>,
    command: &Command,
) -> Result<Decided, Rejection> {
    match command {
        Command::PutTenant(settings) => Ok(reference::decide_put_tenant(tenant, *settings)),
        Command::PutAdministrator {
            administrator,
            record,
        } => Ok(reference::decide_put_administrator(
            tenant,
            administrator,
            record,
        )),
        Command::RemoveAdministrator(administrator) => {
            reference::decide_remove_administrator(tenant, administrator)
        }
        Command::PutLearner { learner, record } => {
            Ok(reference::decide_put_learner(tenant, *learner, record))
        }
        Command::PutProgramme { programme, record } => {
            Ok(reference::decide_put_programme(tenant, *programme, record))
        }
        Command::PutTemplate {
            programme,
            components,
        } => template_change::decide_put_template(tenant, *programme, components),
        Command::RemoveTemplate {
            programme,
            components,
        } => template_change::decide_remove_template(tenant, *programme, components),
        Command::InstantiatePlan { learner, programme } => {
            instantiate::decide_instantiate(tenant, context, *learner, *programme)
        }
        Command::EditPlan {
            learner,
            expected_version,
            edits,
        } => edit::decide_edits(tenant, context, *learner, *expected_version, edits),
        Command::OpenRecord { learner, session } => {
            record::decide_open(tenant, context, *learner, *session)
        }
        Command::CloseRecord { session } => record::decide_close(tenant, context, *session),
        Command::StartSync { sync, request } => sync::decide_start(tenant, context, *sync, request),
        Command::CancelSync { sync } => sync::decide_cancel(tenant, context, *sync),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administrator::{Administrator, Groups};
    use crate::bounds::NAME_MAX;
    use crate::kit::{Given, actor, administrator, given, learner, session};
    use crate::permission::{Permission, PermissionSet};
    use crate::settings::{OwnerRule, TenantSettings};

    fn unput() -> Given {
        Given {
            tenant: Tenant::default(),
            limits: Limits::default(),
            commits: Vec::new(),
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
    fn a_tenant_must_be_put_before_anything_else() {
        let put = Command::PutTenant(TenantSettings {
            marking_aid: false,
            owner_rule: OwnerRule::FollowCaseOwner,
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
        };
        unput()
            .when(&Actor::System, &put)
            .then(Stream::Tenant, [Event::TenantPut(settings)]);
    }

    #[test]
    fn bounds_of_fields_are_refused_before_the_tenant_is_looked_for() {
        let too_long = put_bob(&"x".repeat(NAME_MAX + 1));
        let problem = "expected 1 to 200 characters, found 201";
        unput()
            .when(&actor("alice"), &too_long)
            .then_refused(Rejection::invalid("name", problem));
    }

    #[test]
    fn an_administrator_who_was_removed_is_unknown() {
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
    fn system_has_no_record_open() {
        given()
            .learner(1, [])
            .when(&Actor::System, &open())
            .then_refused(Rejection::NotPermitted(PermissionReason::AdministratorOnly));
    }
}

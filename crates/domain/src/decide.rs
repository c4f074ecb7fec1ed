//! Decide: a pure function from a state and a command to events or a rejection.
//!
//! This module dispatches each command to its rules; the rules are in the files of this folder, one
//! for each kind of command. A decision reads no clock, no log and no random source.
//!
//! May import: `access`, `command`, `event`, `fold`, `ids`, `permission`, `plan`, `recent`, `reference`,
//! `review`, `selection`, `state`, `sync`, `text`, `time`, `values`.

pub mod edit;
pub(crate) mod erasure;
pub mod idle;
pub mod instantiate;
pub mod marking_aid;
pub mod record;
pub(crate) mod reference;
pub mod sync;
pub(crate) mod template;

use crate::command::Command;
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::undecided::Undecided;
use crate::state::tenant::Tenant;

/// Decides an admitted command.
///
/// # Errors
///
/// The rejection, or [`Undecided::NotResident`] if a plan must be fetched first.
///
/// ```
/// use plansync_domain::command::Command;
/// use plansync_domain::command::context::Context;
/// use plansync_domain::command::limits::Limits;
/// use plansync_domain::command::rejection::Rejection;
/// use plansync_domain::command::undecided::Undecided;
/// use plansync_domain::decide::decide;
/// use plansync_domain::ids::position::Position;
/// use plansync_domain::ids::{Actor, AdministratorId};
/// use plansync_domain::state::tenant::Tenant;
///
/// let alice: AdministratorId = "alice".parse()?;
/// let context = Context {
///     actor: &Actor::System,
///     limits: &Limits::default(),
///     position: Position::default(),
///     digest: &|_: &_, _: &_| None,
///     closed_session: None,
/// };
/// let command = Command::RemoveAdministrator(alice.clone());
/// let rejection = Rejection::AdministratorNotFound(alice);
/// assert_eq!(
///     decide(&Tenant::default(), &context, &command),
///     Err(Undecided::Rejected(rejection)),
/// );
/// # Ok::<(), plansync_domain::ids::IdError>(())
/// ```
pub fn decide(
    tenant: &Tenant,
    context: &Context<'_>,
    command: &Command,
) -> Result<Decided, Undecided> {
    let decided = match command {
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
            reference::decide_put_learner(tenant, *learner, record)
        }
        Command::EraseLearner(learner) => erasure::decide_erase(tenant, *learner),
        Command::HoldLearner(learner) => erasure::decide_hold(tenant, *learner),
        Command::ReleaseLearner(learner) => erasure::decide_release(tenant, *learner),
        Command::PutProgramme { programme, record } => {
            Ok(reference::decide_put_programme(tenant, *programme, record))
        }
        Command::PutTemplate {
            programme,
            components,
        } => template::decide_put_template(tenant, *programme, components),
        Command::RemoveTemplate {
            programme,
            components,
        } => template::decide_remove_template(tenant, *programme, components),
        Command::InstantiatePlan { learner, programme } => {
            return instantiate::decide_instantiate(tenant, context, *learner, *programme);
        }
        Command::EditPlan {
            learner,
            expected_version,
            edits,
        } => return edit::decide_edits(tenant, context, *learner, *expected_version, edits),
        Command::OpenRecord { learner, session } => {
            record::decide_open(tenant, context, *learner, *session)
        }
        Command::ResumeRecord { learner, session } => {
            record::decide_resume(tenant, context, *learner, *session)
        }
        Command::CloseRecord { session } => record::decide_close(tenant, context, *session),
        Command::StartSync { sync, request } => {
            return sync::decide_start(tenant, context, *sync, request);
        }
        Command::CancelSync { sync } => sync::decide_cancel(tenant, context, *sync),
    };
    Ok(decided?)
}

#[cfg(test)]
mod tests;

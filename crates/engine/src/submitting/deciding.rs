//! The inputs of a decision other than the state: its context, the plans that it is known to need, and how
//! its events are encoded.

use plansync_domain::command::Command;
use plansync_domain::command::context::Context;
use plansync_domain::ids::{LearnerId, position};
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use crate::call::Call;
use crate::codec::writing::Writing;
use crate::config::Config;
use crate::fault::Fault;

/// The context of a command that is decided on the state at `position`.
pub(super) fn context<'a>(config: &'a Config, call: &'a Call, position: Position) -> Context<'a> {
    Context {
        actor: &call.actor,
        limits: &config.limits,
        position: position::Position::new(position.get()),
        digest: config,
        closed_session: None,
    }
}

/// The plans that a decision is known to need. If it needs another one, the decision says so.
pub(super) fn plans_needed(config: &Config, command: &Command, tenant: &Tenant) -> Vec<LearnerId> {
    if config.has(Fault::FetchesNothingAhead) {
        return Vec::new();
    }
    command.plan_needed(tenant).into_iter().collect()
}

/// Encodes the events of a command.
pub(super) fn writing<'a>(config: &'a Config, command: &'a Command) -> Writing<'a> {
    Writing {
        config,
        operation: command.operation(),
    }
}

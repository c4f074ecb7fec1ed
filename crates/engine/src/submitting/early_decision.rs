//! Decides the start of a sync before the sequencer's lock is taken for its commit, because deciding,
//! digesting and encoding a large start would hold the lock too long.

use std::sync::Arc;

use plansync_domain::access::admission::admit;
use plansync_domain::command::Command;
use plansync_domain::command::decided::Decided;
use plansync_domain::command::limits::Limits;
use plansync_domain::command::undecided::Undecided;
use plansync_domain::decide::decide;
use plansync_domain::decide::sync::still_starts;
use plansync_domain::event::sync::SyncAccepted;
use plansync_domain::state::tenant::Tenant;

use super::commits::Commits;
use super::deciding::{context, plans_needed, writing};
use crate::call::{Call, Refusal};
use crate::config::Config;
use crate::plans::loader::PlanLoader;

/// The start of a sync, as it was decided on some state.
pub(super) struct EarlyDecision {
    then: Arc<Tenant>,
    /// What was accepted, without entries.
    accepted: SyncAccepted,
    commits: Commits,
}

impl EarlyDecision {
    /// Decides the start of a sync without the sequencer's lock; `None` for other commands. A refusal is not
    /// final, and neither is a plan that is not resident: both are decided under the lock.
    pub(super) fn decide(
        config: &Config,
        plans: &PlanLoader,
        call: &Call,
        command: &Command,
    ) -> Result<Option<Self>, Refusal> {
        if !matches!(command, Command::StartSync { .. }) {
            return Ok(None);
        }
        let needed = |tenant: &Tenant| plans_needed(config, command, tenant);
        let sequencer = plans.lock_with(&call.tenant, needed)?;
        let then = sequencer.snapshot(&call.tenant);
        drop(sequencer);
        let context = context(config, call, then.position);
        let admitted = admit(&then.tenant, &call.actor, command);
        let admitted = admitted.map_err(Undecided::from);
        let decided = admitted.and_then(|()| decide(&then.tenant, &context, command));
        let Ok(Decided::Sync {
            change_set,
            accepted,
        }) = decided
        else {
            return Ok(None);
        };
        let decided = Decided::Sync {
            change_set,
            accepted: accepted.clone(),
        };
        Ok(Some(Self {
            then: then.tenant,
            accepted,
            commits: Commits::of(writing(config, command), call, decided)?,
        }))
    }

    /// The commits, if the decision is still the same.
    pub(super) fn still(self, limits: &Limits, now: &Tenant) -> Option<Commits> {
        still_starts(&self.then, now, limits, &self.accepted).then_some(self.commits)
    }
}

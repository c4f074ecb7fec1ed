//! The states of lists that are read page by page: the state of the first page is held for the following
//! ones, so that all pages are of the same list, whatever is committed meanwhile.
//!
//! Their number and their time are bounded, because a held state keeps in memory the reference data,
//! records and syncs that were replaced since. Of plans, it keeps only the one of its source.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_log::{Position, Recorded};

use crate::state::snapshot::Snapshot;

/// The most states that are held at the same time, for all actors.
const HELD_MAX: usize = 64;
/// The most states that are held at the same time for one actor.
const HELD_OF_ACTOR_MAX: usize = 8;
/// How long a state is held after the last page that was read from it.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// The held states, the most recently used last.
#[derive(Default)]
pub(super) struct HeldStates {
    states: Mutex<Vec<HeldState>>,
}

/// A held state, and who reads it.
pub(super) struct HeldState {
    pub(super) tenant: TenantId,
    pub(super) actor: Actor,
    pub(super) snapshot: Snapshot,
    /// Whose plans the state still has.
    pub(super) sources: BTreeSet<LearnerId>,
    pub(super) used_at: Recorded,
}

impl HeldState {
    fn is_of(&self, tenant: &TenantId, actor: &Actor) -> bool {
        self.tenant == *tenant && self.actor == *actor
    }

    fn is_old(&self, now: Recorded) -> bool {
        let idle = now.get().abs_diff(self.used_at.get());
        u128::from(idle) > IDLE_MAX.as_micros()
    }
}

impl HeldStates {
    fn states(&self) -> MutexGuard<'_, Vec<HeldState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops all states.
    pub(super) fn forget_all(&self) {
        self.states().clear();
    }

    /// Drops the states that nobody has read from lately. The clock is read only if there are any.
    pub(super) fn forget_old(&self, now: impl FnOnce() -> Recorded) {
        let mut states = self.states();
        if !states.is_empty() {
            let now = now();
            states.retain(|held| !held.is_old(now));
        }
    }

    /// Holds a state with the plans of its sources. If the actor has it held already, it keeps those sources'
    /// plans, too.
    pub(super) fn hold(&self, mut new: HeldState) {
        let mut states = self.states();
        let position = new.snapshot.position;
        let (tenant, actor) = (new.tenant.clone(), new.actor.clone());
        states.retain(|held| {
            let same = held.is_of(&tenant, &actor) && held.snapshot.position == position;
            if same {
                new.sources.extend(&held.sources);
            }
            !same
        });
        new.snapshot.tenant = Arc::new(new.snapshot.tenant.with_plans_of(&new.sources));
        states.push(new);
        let own = |held: &HeldState| held.is_of(&tenant, &actor);
        if states.iter().filter(|held| own(held)).count() > HELD_OF_ACTOR_MAX {
            remove_first(&mut states, own);
        }
        if states.len() > HELD_MAX {
            let of = |tenant: &TenantId| states.iter().filter(|h| h.tenant == *tenant).count();
            let most = states.iter().map(|held| &held.tenant);
            let most = most.max_by_key(|tenant| of(tenant)).cloned();
            remove_first(&mut states, |held| Some(&held.tenant) == most.as_ref());
        }
    }

    /// A held state and its sources, which counts as used now.
    pub(super) fn find(
        &self,
        (tenant, actor): (&TenantId, &Actor),
        position: Position,
        now: Recorded,
    ) -> Option<(Snapshot, BTreeSet<LearnerId>)> {
        let mut states = self.states();
        let index = states.iter().position(|held| {
            held.is_of(tenant, actor) && held.snapshot.position == position && !held.is_old(now)
        })?;
        let mut held = states.remove(index);
        held.used_at = now;
        let found = (held.snapshot.clone(), held.sources.clone());
        states.push(held);
        Some(found)
    }
}

/// Removes the least recently used one.
fn remove_first(states: &mut Vec<HeldState>, is_one: impl Fn(&HeldState) -> bool) {
    if let Some(index) = states.iter().position(is_one) {
        states.remove(index);
    }
}

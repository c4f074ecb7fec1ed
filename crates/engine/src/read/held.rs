//! Lists that are read page by page: the state that the first page was read from is held for the pages
//! that follow, so that all of them are of one list, whatever happens meanwhile.
//!
//! Owns how many states are held, and for how long. A state that is held keeps in memory what was
//! replaced since of reference data, records and syncs, and of plans that of its source alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plansync_domain::access::admission::admit_actor;
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_log::{Position, Recorded};

use crate::call::Refusal;
use crate::engine::Engine;
use crate::read::Reading;
use crate::snapshot::Snapshot;

/// States that are held at once, for everybody.
const HELD_MAX: usize = 64;
/// States that are held at once for one actor.
const HELD_OF_ACTOR_MAX: usize = 8;
/// How long a state is held after the last page that was read from it.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// The states that are held, the one used last at the end.
#[derive(Default)]
pub(crate) struct HeldReadings {
    readings: Mutex<Vec<HeldReading>>,
}

struct HeldReading {
    tenant: TenantId,
    actor: Actor,
    snapshot: Snapshot,
    /// Whose plans the state still has.
    sources: BTreeSet<LearnerId>,
    used_at: Recorded,
}

impl HeldReading {
    fn is_of(&self, tenant: &TenantId, actor: &Actor) -> bool {
        self.tenant == *tenant && self.actor == *actor
    }

    fn is_old(&self, now: Recorded) -> bool {
        let idle = now.get().abs_diff(self.used_at.get());
        u128::from(idle) > IDLE_MAX.as_micros()
    }
}

impl HeldReadings {
    fn readings(&self) -> MutexGuard<'_, Vec<HeldReading>> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of what nobody has read from lately.
    pub(crate) fn forget_old(&self, now: impl FnOnce() -> Recorded) {
        let mut readings = self.readings();
        if !readings.is_empty() {
            let now = now();
            readings.retain(|held| !held.is_old(now));
        }
    }

    /// Holds a state with the plans of its sources, and of those for whom it was held already.
    fn hold(&self, mut new: HeldReading) {
        let mut readings = self.readings();
        let position = new.snapshot.position;
        let (tenant, actor) = (new.tenant.clone(), new.actor.clone());
        readings.retain(|held| {
            let same = held.is_of(&tenant, &actor) && held.snapshot.position == position;
            if same {
                new.sources.extend(&held.sources);
            }
            !same
        });
        new.snapshot.tenant = Arc::new(new.snapshot.tenant.with_plans_of(&new.sources));
        readings.push(new);
        let own = |held: &HeldReading| held.is_of(&tenant, &actor);
        if readings.iter().filter(|held| own(held)).count() > HELD_OF_ACTOR_MAX {
            remove_first(&mut readings, own);
        }
        if readings.len() > HELD_MAX {
            let of = |tenant: &TenantId| readings.iter().filter(|h| h.tenant == *tenant).count();
            let most = readings.iter().map(|held| &held.tenant);
            let most = most.max_by_key(|tenant| of(tenant)).cloned();
            remove_first(&mut readings, |held| Some(&held.tenant) == most.as_ref());
        }
    }

    fn find(
        &self,
        (tenant, actor): (&TenantId, &Actor),
        position: Position,
        now: Recorded,
    ) -> Option<(Snapshot, BTreeSet<LearnerId>)> {
        let mut readings = self.readings();
        let index = readings.iter().position(|held| {
            held.is_of(tenant, actor) && held.snapshot.position == position && !held.is_old(now)
        })?;
        let mut held = readings.remove(index);
        held.used_at = now;
        let found = (held.snapshot.clone(), held.sources.clone());
        readings.push(held);
        Some(found)
    }
}

/// The one that was used least lately.
fn remove_first(readings: &mut Vec<HeldReading>, is_one: impl Fn(&HeldReading) -> bool) {
    if let Some(index) = readings.iter().position(is_one) {
        readings.remove(index);
    }
}

impl Engine {
    /// What the actor saw at a position that was held: `tenant_not_found`, `unknown_actor`, and
    /// [`Refusal::ReadingExpired`] where it is held no more, or where other rights are the actor's by now.
    pub fn reading_held<'a>(
        &'a self,
        tenant: &'a TenantId,
        actor: &'a Actor,
        position: Position,
    ) -> Result<Reading<'a>, Refusal> {
        let now = self.snapshot(tenant);
        admit_actor(&now.tenant, actor)?;
        let held = &self.parts.held;
        let (snapshot, sources) = held
            .find((tenant, actor), position, self.now())
            .ok_or(Refusal::ReadingExpired)?;
        let rights = |of: &Snapshot| {
            let id = actor.administrator()?;
            of.tenant.administrator(id).cloned()
        };
        if rights(&snapshot) != rights(&now) {
            return Err(Refusal::ReadingExpired);
        }
        Ok(Reading {
            held: Some(sources),
            ..Reading::of(self, tenant, actor, snapshot)
        })
    }
}

impl Reading<'_> {
    /// Holds this state for the pages that follow, which are read by its position. One that is held
    /// already stays as it is.
    pub fn hold(&self) {
        if self.held.is_some() {
            return;
        }
        self.engine.parts.held.hold(HeldReading {
            tenant: self.tenant_id.clone(),
            actor: self.actor.clone(),
            snapshot: self.snapshot.clone(),
            sources: self.source.get().copied().into_iter().collect(),
            used_at: self.engine.now(),
        });
    }
}

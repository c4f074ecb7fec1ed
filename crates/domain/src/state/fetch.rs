//! Fetching a plan that is not resident: its commits are folded again, and the records in which it
//! is open remember again what was touched. The result is the same as if the plan had always been
//! resident.
//!
//! The commits are passed in; no log is read here.

use std::sync::Arc;

use crate::event::Event;
use crate::fold::plan::{Interned, fold_commit};
use crate::ids::version::Version;
use crate::ids::{Actor, LearnerId};
use crate::plan::Plan;
use crate::recent::hand_additions::HandAdditions;
use crate::state::current::Current;
use crate::state::fold_cache::{CachedSources, ChangeSets, FoldCache};
use crate::state::tenant::Tenant;

/// A commit on a plan's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanCommit {
    /// The version that it gave the plan.
    pub version: Version,
    /// The actor who sent the command.
    pub by: Actor,
    /// The events.
    pub events: Vec<Event>,
}

/// The latest version at which a plan may be taken from an image: an open record must see every
/// commit since its marker.
pub fn image_version_max(tenant: &Tenant, learner: LearnerId) -> Version {
    let markers = tenant.records.markers_of(learner);
    markers.min().unwrap_or(Version::new(u32::MAX))
}

/// A plan that is being fetched. Its commits are folded outside the state, in any number of steps;
/// then it arrives in the state. Its values are those of the tenant, of one generation.
#[derive(Debug)]
pub struct Arriving {
    learner: LearnerId,
    start: Arc<Plan>,
    plan: Arc<Plan>,
    /// The steps that open records must see, if there are open records.
    seen: Option<Vec<Seen>>,
}

/// A change of the plan: by whom, from which plan to which.
#[derive(Debug)]
struct Seen {
    by: Actor,
    before: Arc<Plan>,
    after: Arc<Plan>,
    additions: HandAdditions,
}

impl Arriving {
    /// Begins with `start`, which is empty or from an image, and not newer than
    /// [`image_version_max`].
    pub fn begin(tenant: &Tenant, learner: LearnerId, start: Arc<Plan>) -> Self {
        Self {
            learner,
            plan: Arc::clone(&start),
            start,
            seen: is_open(tenant, learner).then(Vec::new),
        }
    }

    /// Folds one more commit.
    pub fn fold(
        &mut self,
        tenant: &mut Tenant,
        commit: &PlanCommit,
        change_sets: &ChangeSets,
        fold_cache: &mut FoldCache,
    ) {
        let after = Arc::new(folded(tenant, &self.plan, commit, change_sets, fold_cache));
        let before = std::mem::replace(&mut self.plan, Arc::clone(&after));
        if let Some(seen) = &mut self.seen {
            let by = commit.by.clone();
            let additions = HandAdditions::of(&commit.events);
            seen.push(Seen {
                by,
                before,
                after,
                additions,
            });
        }
    }

    /// Puts the plan into the state. False if somebody has opened a record of it since the
    /// beginning: that record needs steps that were not kept.
    #[must_use]
    pub fn arrive(self, tenant: &mut Tenant) -> bool {
        let learner = self.learner;
        let Some(seen) = self.seen else {
            if is_open(tenant, learner) {
                return false;
            }
            tenant.plans.put(learner, self.plan);
            return true;
        };
        tenant.records.remember(learner, &self.start);
        for Seen {
            by,
            before,
            after,
            additions,
        } in seen
        {
            let by = by.administrator();
            let plans = (&*before, &*after);
            tenant
                .records
                .observe_additions(learner, by, plans, &additions);
            tenant.records.remember(learner, &after);
        }
        tenant.plans.put(learner, self.plan);
        true
    }
}

fn is_open(tenant: &Tenant, learner: LearnerId) -> bool {
    tenant.records.markers_of(learner).next().is_some()
}

/// The plan after one more commit, wherever it is kept. Its values are those of the tenant.
pub fn folded(
    tenant: &mut Tenant,
    plan: &Plan,
    commit: &PlanCommit,
    change_sets: &ChangeSets,
    fold_cache: &mut FoldCache,
) -> Plan {
    fold_cache.ready(tenant, &commit.events, change_sets);
    let Tenant {
        values,
        shapes,
        replay_cache,
        templates,
        syncs,
        ..
    } = tenant;
    let sources = CachedSources {
        current: Current { templates, syncs },
        fold_cache,
    };
    let mut interned = Interned {
        values,
        shapes,
        replay_cache,
    };
    fold_commit(
        plan,
        &sources,
        &mut interned,
        commit.version,
        &commit.events,
    )
}

/// Evicts a plan: only its version stays, and what open records remember of it is dropped until it
/// is fetched.
pub fn evict_plan(tenant: &mut Tenant, learner: LearnerId) {
    let version = tenant.plans.version(learner);
    tenant.records.forget(learner);
    tenant.plans.evict(learner, version);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::permission::Permission;
    use crate::test_support::{Given, actor, given, learner, session};

    fn not_resident() -> Given {
        let mut given = given()
            .administrator("alice", [Permission::Supervisor])
            .programme(1)
            .learner(1, [1]);
        evict_plan(&mut given.tenant, learner(1));
        given
    }

    fn begun(given: &Given) -> Arriving {
        Arriving::begin(&given.tenant, learner(1), Arc::new(Plan::default()))
    }

    fn opened(given: Given) -> Given {
        let (learner, session) = (learner(1), session(1));
        given.done(&actor("alice"), &Command::OpenRecord { learner, session })
    }

    #[test]
    fn a_plan_whose_record_was_opened_on_its_way_does_not_arrive_without_what_that_wants_to_see() {
        let given = not_resident();
        assert!(begun(&given).arrive(&mut given.tenant.clone()));
        let late = begun(&given);
        let mut given = opened(not_resident());
        evict_plan(&mut given.tenant, learner(1));
        assert!(!late.arrive(&mut given.tenant));
        assert!(!given.tenant.plans().is_resident(learner(1)));
        assert!(begun(&given).arrive(&mut given.tenant));
        assert!(given.tenant.plans().is_resident(learner(1)));
    }
}

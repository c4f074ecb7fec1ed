//! Fetching a plan that is away: its commits are folded once more, and the records in which it is
//! open remember again what was touched.
//!
//! Owns how both come back as if the plan had never been away. Refuses to read any log.

use std::sync::Arc;

use crate::event::Event;
use crate::ids::{Actor, LearnerId};
use crate::plan::Plan;
use crate::plan_fold::{Current, Interned, fold_commit};
use crate::recall::{ChangeSets, Recall, Recalled};
use crate::tenant::Tenant;
use crate::version::Version;

/// One commit of a plan's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanCommit {
    /// The version that it gave the plan.
    pub version: Version,
    /// Who asked for it.
    pub by: Actor,
    /// What happened.
    pub events: Vec<Event>,
}

/// Up to which version a plan may be taken from an image of it: an open record wants to see every
/// commit since its marker.
pub fn image_version_max(tenant: &Tenant, learner: LearnerId) -> Version {
    let markers = tenant.records.markers_of(learner);
    markers.min().unwrap_or(Version::new(u32::MAX))
}

/// Brings a plan here: `start`, made from an image or empty, and every commit after it. `start` is
/// no newer than [`image_version_max`], and its values are the tenant's.
pub fn bring(
    tenant: &mut Tenant,
    learner: LearnerId,
    start: Arc<Plan>,
    commits: &[PlanCommit],
    change_sets: &ChangeSets,
    recall: &mut Recall,
) {
    tenant.records.remember(learner, &start);
    tenant.plans.put(learner, start);
    for commit in commits {
        let before = Arc::clone(tenant.plan(learner));
        let after = Arc::new(folded(tenant, &before, commit, change_sets, recall));
        let by = commit.by.administrator();
        tenant.records.observe(learner, by, &before, &after);
        tenant.records.remember(learner, &after);
        tenant.plans.put(learner, after);
    }
}

/// The plan after one more commit, wherever it is kept; its values are the tenant's.
pub fn folded(
    tenant: &mut Tenant,
    plan: &Plan,
    commit: &PlanCommit,
    change_sets: &ChangeSets,
    recall: &mut Recall,
) -> Plan {
    recall.ready(tenant, &commit.events, change_sets);
    let Tenant {
        values,
        shapes,
        last_replays,
        templates,
        syncs,
        ..
    } = tenant;
    let sources = Recalled {
        current: Current { templates, syncs },
        recall,
    };
    let mut interned = Interned {
        values,
        shapes,
        last_replays,
    };
    fold_commit(
        plan,
        &sources,
        &mut interned,
        commit.version,
        &commit.events,
    )
}

/// Sends a plan away: only its version stays, and what open records are to remember is forgotten
/// until it is fetched.
pub fn send_away(tenant: &mut Tenant, learner: LearnerId) {
    let version = tenant.plans.version(learner);
    tenant.records.forget(learner);
    tenant.plans.put_away(learner, version);
}

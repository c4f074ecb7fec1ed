//! Whom an administrator may see (P8).
//!
//! Permissions do not widen it. Knows nothing of what one may do to those one sees.

use crate::administrator::{Administrator, Groups};
use crate::ids::{Actor, LearnerId};
use crate::learner::Learner;
use crate::rejection::Rejection;
use crate::tenant::Tenant;

/// Whether an administrator sees a learner: every group of the learner must be among theirs.
pub fn sees(administrator: &Administrator, learner: &Learner) -> bool {
    match &administrator.groups {
        Groups::All => true,
        Groups::Listed(groups) => learner.groups.iter().all(|group| groups.contains(group)),
    }
}

/// Whether an actor sees a learner; `system` sees everybody, somebody unknown nobody.
pub fn actor_sees(tenant: &Tenant, actor: &Actor, learner: &Learner) -> bool {
    match actor {
        Actor::System => true,
        Actor::Administrator(administrator) => tenant
            .administrator(administrator)
            .is_some_and(|administrator| sees(administrator, learner)),
    }
}

/// The learner of an id, as far as this actor is concerned.
pub fn visible_learner<'a>(
    tenant: &'a Tenant,
    actor: &Actor,
    learner: LearnerId,
) -> Result<&'a Learner, Rejection> {
    tenant
        .learner(learner)
        .filter(|learner| actor_sees(tenant, actor, learner))
        .ok_or(Rejection::LearnerNotAvailable)
}

//! Whether a learner is eligible as a target of a sync (S5, S6).
//!
//! The reasons that exclude a whole learner are checked here in their order. No plan is read, so a
//! learner can be excluded while their plan is not resident.

use crate::access::visibility;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId};
use crate::reference::learner::Learner;
use crate::state::tenant::Tenant;
use crate::sync::pair_outcome::Reason;

/// The learner with this id, if this administrator sees them (P8).
pub fn seen<'a>(
    tenant: &'a Tenant,
    administrator: &AdministratorId,
    learner: LearnerId,
) -> Result<&'a Learner, Reason> {
    let unavailable = Reason::LearnerNotAvailable;
    let record = tenant.learner(learner).ok_or(unavailable)?;
    let administrator = tenant.administrator(administrator).ok_or(unavailable)?;
    if visibility::sees(administrator, record) {
        Ok(record)
    } else {
        Err(unavailable)
    }
}

/// The same, if the learner was not erased (D6).
pub fn seen_and_kept<'a>(
    tenant: &'a Tenant,
    administrator: &AdministratorId,
    learner: LearnerId,
) -> Result<&'a Learner, Reason> {
    let record = seen(tenant, administrator, learner)?;
    if tenant.erasures().is_erased(learner) {
        Err(Reason::LearnerErased)
    } else {
        Ok(record)
    }
}

/// The learner, if a sync from this source reaches them; otherwise the first reason that excludes
/// them.
pub fn of_target<'a>(
    tenant: &'a Tenant,
    administrator: &AdministratorId,
    source: LearnerId,
    programme: ProgrammeId,
    learner: LearnerId,
) -> Result<&'a Learner, Reason> {
    let record = seen_and_kept(tenant, administrator, learner)?;
    if learner == source {
        return Err(Reason::IsSource);
    }
    match record.enrolment(programme) {
        None => Err(Reason::NotOnProgramme),
        Some(enrolment) if enrolment.status.is_excluded() => Err(Reason::ProgrammeStatusExcluded),
        Some(_) => Ok(record),
    }
}

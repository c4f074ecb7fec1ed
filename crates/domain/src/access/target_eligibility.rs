//! Whether a learner is eligible as a target: whether a sync reaches them at all (S5, S6).
//!
//! Owns the order of the reasons that concern a whole learner. Refuses to look at plans.

use crate::access::visibility;
use crate::ids::{AdministratorId, LearnerId, ProgrammeId};
use crate::reference::learner::Learner;
use crate::state::tenant::Tenant;
use crate::sync::pair_outcome::Reason;

/// The learner, if this administrator sees one of this id (P8).
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

/// The learner, if a sync from this source reaches them; otherwise the first reason against it.
pub fn of_target<'a>(
    tenant: &'a Tenant,
    administrator: &AdministratorId,
    source: LearnerId,
    programme: ProgrammeId,
    learner: LearnerId,
) -> Result<&'a Learner, Reason> {
    let record = seen(tenant, administrator, learner)?;
    if learner == source {
        return Err(Reason::IsSource);
    }
    match record.enrolment(programme) {
        None => Err(Reason::NotOnProgramme),
        Some(enrolment) if enrolment.status.is_excluded() => Err(Reason::ProgrammeStatusExcluded),
        Some(_) => Ok(record),
    }
}

//! Whether a learner was erased: then nothing about them changes any more (D6).

use crate::command::rejection::Rejection;
use crate::ids::LearnerId;
use crate::state::tenant::Tenant;

/// Refuses a change of what concerns an erased learner: `learner_erased`. From the request of the erasure on,
/// nothing new is sealed with the key that is destroyed.
pub fn refuse_erased(tenant: &Tenant, learner: LearnerId) -> Result<(), Rejection> {
    if tenant.erasures().is_erased(learner) {
        Err(Rejection::LearnerErased)
    } else {
        Ok(())
    }
}

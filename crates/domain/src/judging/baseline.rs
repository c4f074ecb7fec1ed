//! The versions of a target's streams at the position of a preview, and whether the target has
//! changed since (M5).
//!
//! A preview is identified by its position in the log. Which version a stream had there is looked
//! up in the log, so the state need not remember positions. Permissions are not part of it: they are
//! those at the time of judging.

use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{ComponentId, LearnerId, ProgrammeId};
use crate::plan::Plan;
use crate::state::tenant::Tenant;

/// The versions of the streams of a target at the position of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Baseline {
    /// The tenant's settings.
    pub tenant: u64,
    /// The learner's record.
    pub learner: u64,
    /// The learner's plan.
    pub plan: Version,
}

impl Baseline {
    /// Whether the tenant's settings, or the learner's groups, case owner or enrolment on this
    /// programme, changed after it.
    pub fn is_passed_by(
        &self,
        tenant: &Tenant,
        programme: ProgrammeId,
        learner: LearnerId,
    ) -> bool {
        tenant.version_of(&Stream::Tenant) > self.tenant
            || tenant.learner_versions().last(learner, programme) > self.learner
    }
}

/// Whether a component was changed, added or removed after this version.
pub(crate) fn has_changed(plan: &Plan, component: ComponentId, since: Version) -> bool {
    let last = match plan.component(component) {
        Some(view) => Some(view.last_changed()),
        None => plan.gone_at(component),
    };
    last.is_some_and(|last| last > since)
}

//! Where a target was when a preview was judged, and whether it has moved since (M5).
//!
//! A preview is named by its position in the log; what a stream's version was there is up to whoever
//! keeps the log, so that the state need not remember positions. Judges nothing else: permissions are
//! looked at anew.

use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{ComponentId, LearnerId, ProgrammeId};
use crate::plan::Plan;
use crate::state::tenant::Tenant;

/// How many commits the streams behind a target had where a preview was judged.
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

/// Whether anything about a component changed after this version, its coming and going included.
pub(crate) fn has_changed(plan: &Plan, component: ComponentId, since: Version) -> bool {
    let last = match plan.component(component) {
        Some(view) => Some(view.last_changed()),
        None => plan.gone_at(component),
    };
    last.is_some_and(|last| last > since)
}

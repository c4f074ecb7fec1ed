//! One tenant of a state: what a decision or a reader works on.

use std::sync::Arc;

use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::tenant::Tenant;
use plansync_log::Position;

use super::{Images, KeptImage, State};

/// One tenant at one position. It never changes.
#[derive(Clone)]
pub struct Snapshot {
    /// The last commit that this state includes.
    pub position: Position,
    /// The tenant's whole state; empty for a tenant that does not exist.
    pub tenant: Arc<Tenant>,
    images: Images,
}

impl Snapshot {
    /// One tenant of a state.
    pub(crate) fn of(state: &State, tenant: &TenantId) -> Self {
        Self {
            position: state.position(),
            tenant: Arc::clone(state.tenant(tenant)),
            images: state.images().clone(),
        }
    }

    /// The same position with another state of the tenant.
    pub(crate) fn with_tenant(&self, tenant: Arc<Tenant>) -> Self {
        Self {
            position: self.position,
            tenant,
            images: self.images.clone(),
        }
    }

    /// The latest image of a plan, if it has one.
    pub(crate) fn image(&self, tenant: &TenantId, learner: LearnerId) -> Option<&KeptImage> {
        self.images.get(&(tenant.clone(), learner))
    }

    /// How many commits of a plan follow its image.
    pub(crate) fn commits_to_read(&self, tenant: &TenantId, learner: LearnerId) -> u32 {
        let kept = self.image(tenant, learner);
        let from = kept.map_or(Version::ZERO, |kept| kept.version);
        let version = self.tenant.plans().version(learner);
        version.get().saturating_sub(from.get())
    }
}

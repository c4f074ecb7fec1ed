//! What a reader sees: the whole state at one durable position, which never changes again.

use std::sync::Arc;

use imbl::HashMap;
use plansync_domain::ids::TenantId;
use plansync_domain::tenant::Tenant;
use plansync_log::Position;

/// The state of every tenant after one commit.
#[derive(Clone)]
pub(crate) struct State {
    /// The last commit folded in.
    pub(crate) position: Position,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    unknown: Arc<Tenant>,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            position: Position::ZERO,
            tenants: HashMap::new(),
            unknown: Arc::new(Tenant::default()),
        }
    }

    /// A tenant's state; an empty one for a tenant that nothing was ever said of.
    pub(crate) fn tenant(&self, tenant: &TenantId) -> &Arc<Tenant> {
        self.tenants.get(tenant).unwrap_or(&self.unknown)
    }

    /// A tenant's state, to fold a commit into.
    pub(crate) fn tenant_mut(&mut self, tenant: &TenantId) -> &mut Tenant {
        let entry = self.tenants.entry(tenant.clone()).or_default();
        Arc::make_mut(entry)
    }

    /// All tenants that the log speaks of, in no particular order.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (&TenantId, &Arc<Tenant>)> {
        self.tenants.iter()
    }
}

/// One tenant at one durable position.
#[derive(Clone)]
pub struct Snapshot {
    /// The last commit that this state knows of.
    pub position: Position,
    /// The tenant's whole state; empty for a tenant that does not exist.
    pub tenant: Arc<Tenant>,
}

impl State {
    pub(crate) fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        Snapshot {
            position: self.position,
            tenant: Arc::clone(self.tenant(tenant)),
        }
    }
}

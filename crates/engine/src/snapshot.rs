//! What a reader sees: the whole state at one durable position, which never changes again.

use std::sync::Arc;

use imbl::HashMap;
use plansync_domain::event::Event;
use plansync_domain::evolve::evolve;
use plansync_domain::ids::{Actor, TenantId};
use plansync_domain::stream::Stream;
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

    /// Folds the events of one commit in.
    pub(crate) fn fold(
        &mut self,
        position: Position,
        tenant: &TenantId,
        (stream, version): (&Stream, u64),
        actor: &Actor,
        events: &[Event],
    ) {
        self.position = position;
        // What became of a command is nobody's state, and its tenant may be a name that nobody
        // ever put.
        if !matches!(stream, Stream::Command(_)) {
            let entry = self.tenants.entry(tenant.clone()).or_default();
            evolve(Arc::make_mut(entry), stream, version, actor, events);
        }
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

//! What a reader sees: the whole state at one durable position, which never changes again.

use std::sync::Arc;

use imbl::HashMap;
use plansync_domain::event::Event;
use plansync_domain::evolve::{evolve, evolve_past_plans};
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_domain::stream::Stream;
use plansync_domain::tenant::Tenant;
use plansync_domain::version::Version;
use plansync_log::{ImagePlace, Position};

use crate::residents::PlanName;

/// The state of every tenant after one commit.
#[derive(Clone)]
pub(crate) struct State {
    /// The last commit folded in.
    pub(crate) position: Position,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    unknown: Arc<Tenant>,
    /// The latest image of each plan that has one.
    pub(crate) images: Images,
}

/// The images of plans that are kept beside the log.
pub(crate) type Images = HashMap<PlanName, KeptImage>;

/// An image of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptImage {
    /// The version that the plan had.
    pub(crate) version: Version,
    pub(crate) place: ImagePlace,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            position: Position::ZERO,
            tenants: HashMap::new(),
            unknown: Arc::new(Tenant::default()),
            images: Images::new(),
        }
    }

    /// A state that was kept.
    pub(crate) fn kept(
        position: Position,
        tenants: impl Iterator<Item = (TenantId, Tenant)>,
        images: Images,
    ) -> Self {
        Self {
            position,
            tenants: tenants
                .map(|(name, tenant)| (name, Arc::new(tenant)))
                .collect(),
            images,
            ..Self::new()
        }
    }

    /// A tenant's state; an empty one for a tenant that nothing was ever said of.
    pub(crate) fn tenant(&self, tenant: &TenantId) -> &Arc<Tenant> {
        self.tenants.get(tenant).unwrap_or(&self.unknown)
    }

    /// A tenant's state, to fetch plans or send them away.
    pub(crate) fn tenant_mut(&mut self, tenant: &TenantId) -> &mut Tenant {
        Arc::make_mut(self.tenants.entry(tenant.clone()).or_default())
    }

    /// Folds the events of one commit in, past plans: as an opening does.
    pub(crate) fn fold_past_plans(
        &mut self,
        position: Position,
        tenant: &TenantId,
        (stream, version): (&Stream, u64),
        actor: &Actor,
        events: &[Event],
    ) {
        self.position = position;
        if !matches!(stream, Stream::Command(_)) {
            evolve_past_plans(self.tenant_mut(tenant), stream, version, actor, events);
        }
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
            evolve(self.tenant_mut(tenant), stream, version, actor, events);
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
    pub(crate) images: Images,
}

impl Snapshot {
    /// How many commits of a plan come behind its image.
    pub(crate) fn commits_to_read(&self, tenant: &TenantId, learner: LearnerId) -> u32 {
        let kept = self.images.get(&(tenant.clone(), learner));
        let from = kept.map_or(Version::ZERO, |kept| kept.version);
        let version = self.tenant.plans().version(learner);
        version.get().saturating_sub(from.get())
    }
}

impl State {
    pub(crate) fn snapshot(&self, tenant: &TenantId) -> Snapshot {
        Snapshot {
            position: self.position,
            tenant: Arc::clone(self.tenant(tenant)),
            images: self.images.clone(),
        }
    }
}

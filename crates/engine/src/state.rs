//! The state that a log gives: every tenant, the log's clock, and where the images of plans are.
//!
//! It is a persistent data structure, so that a copy for readers or for a checkpoint costs a few
//! reference counts.
//!
//! May import: no other folder.

pub(crate) mod snapshot;

use std::sync::Arc;

use imbl::HashMap;
use plansync_domain::event::Event;
use plansync_domain::ids::position;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{Actor, LearnerId, TenantId};
use plansync_domain::state::evolve::{evolve, evolve_past_plans};
use plansync_domain::state::tenant::Tenant;
use plansync_domain::time::log_time::{LogClock, Stamp};
use plansync_log::{ImagePlace, Position, Recorded};

/// A learner's plan in its tenant.
pub(crate) type PlanName = (TenantId, LearnerId);

/// The state of every tenant after one commit.
#[derive(Clone)]
pub(crate) struct State {
    /// The last commit folded in.
    position: Position,
    /// The log's time there.
    clock: LogClock,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    /// What belongs to no tenant that was put: only the count of rejected commands.
    unknown: Arc<Tenant>,
    /// The latest image of each plan that has one.
    images: Images,
}

/// The images of plans that are stored beside the log.
pub(crate) type Images = HashMap<PlanName, KeptImage>;

/// Where the image of a plan is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptImage {
    /// The plan's version in the image.
    pub(crate) version: Version,
    pub(crate) place: ImagePlace,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            position: Position::ZERO,
            clock: LogClock::default(),
            tenants: HashMap::new(),
            unknown: Arc::new(Tenant::default()),
            images: Images::new(),
        }
    }

    /// The state of a checkpoint.
    pub(crate) fn restored(
        (position, clock): (Position, LogClock),
        tenants: impl Iterator<Item = (TenantId, Tenant)>,
        unknown: Tenant,
        images: Images,
    ) -> Self {
        Self {
            position,
            clock,
            unknown: Arc::new(unknown),
            tenants: tenants
                .map(|(name, tenant)| (name, Arc::new(tenant)))
                .collect(),
            images,
        }
    }

    /// The last commit folded in.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// The log's clock after that commit.
    pub(crate) fn clock(&self) -> LogClock {
        self.clock
    }

    /// The latest image of each plan that has one.
    pub(crate) fn images(&self) -> &Images {
        &self.images
    }

    /// Adds images of plans, in place of their earlier ones.
    pub(crate) fn add_images(&mut self, images: &[(PlanName, KeptImage)]) {
        for (name, kept) in images {
            self.images.insert(name.clone(), *kept);
        }
    }

    /// A tenant's state; an empty one for a tenant that the log does not mention.
    pub(crate) fn tenant(&self, tenant: &TenantId) -> &Arc<Tenant> {
        self.tenants.get(tenant).unwrap_or(&self.unknown)
    }

    /// A tenant's state, to load plans into it or evict them.
    pub(crate) fn tenant_mut(&mut self, tenant: &TenantId) -> &mut Tenant {
        Arc::make_mut(self.tenants.entry(tenant.clone()).or_default())
    }

    /// Advances to a commit of this position and time.
    fn stamp(&mut self, (position, at): (Position, Recorded)) -> Stamp {
        self.position = position;
        self.clock = self.clock.after(at.get());
        Stamp {
            position: position::Position::new(position.get()),
            time: self.clock.time(),
        }
    }

    /// Folds the events of one commit, but leaves the plans out, as opening the engine does.
    pub(crate) fn fold_past_plans(
        &mut self,
        place: (Position, Recorded),
        tenant: &TenantId,
        version: (&Stream, u64),
        actor: &Actor,
        events: &[Event],
    ) {
        self.fold_by(evolve_past_plans, place, tenant, version, actor, events);
    }

    fn fold_by(
        &mut self,
        evolve: impl FnOnce(&mut Tenant, (&Stream, u64), Stamp, &Actor, &[Event]),
        place: (Position, Recorded),
        tenant: &TenantId,
        (stream, version): (&Stream, u64),
        actor: &Actor,
        events: &[Event],
    ) {
        let stamp = self.stamp(place);
        if matches!(stream, Stream::Command(_)) {
            self.fold_outcome(tenant, (stream, version), stamp, (actor, events));
        } else {
            evolve(
                self.tenant_mut(tenant),
                (stream, version),
                stamp,
                actor,
                events,
            );
        }
    }

    /// The outcome of a command is counted and has no other state. Its tenant may be a name that was never
    /// put: all of those count together.
    fn fold_outcome(
        &mut self,
        tenant: &TenantId,
        stream: (&Stream, u64),
        stamp: Stamp,
        (actor, events): (&Actor, &[Event]),
    ) {
        if !events.iter().any(is_rejection) {
            return;
        }
        let is_put = self.tenant(tenant).settings().is_some();
        let counts = if is_put {
            self.tenant_mut(tenant)
        } else {
            Arc::make_mut(&mut self.unknown)
        };
        evolve(counts, stream, stamp, actor, events);
    }

    /// How many bytes of rejected commands the log holds for a tenant, or for all tenants that were never
    /// put.
    pub(crate) fn rejected_bytes(&self, tenant: &TenantId) -> u64 {
        let tenant = self.tenant(tenant);
        let counts = tenant.settings().map_or(&self.unknown, |_| tenant);
        counts.rejected_bytes()
    }

    /// What belongs to no tenant that was put.
    pub(crate) fn unknown(&self) -> &Tenant {
        &self.unknown
    }

    /// Folds the events of one commit.
    pub(crate) fn fold(
        &mut self,
        place: (Position, Recorded),
        tenant: &TenantId,
        version: (&Stream, u64),
        actor: &Actor,
        events: &[Event],
    ) {
        self.fold_by(evolve, place, tenant, version, actor, events);
    }

    /// All tenants that the log mentions, in no particular order.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (&TenantId, &Arc<Tenant>)> {
        self.tenants.iter()
    }
}

fn is_rejection(event: &Event) -> bool {
    matches!(event, Event::CommandRejected(_))
}

//! What a reader sees: the whole state at one durable position, which never changes again.

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

use crate::residents::PlanName;

/// The state of every tenant after one commit.
#[derive(Clone)]
pub(crate) struct State {
    /// The last commit folded in.
    pub(crate) position: Position,
    /// The log's time there.
    pub(crate) clock: LogClock,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    /// What is not of any tenant that was put: empty but for the count of rejected commands.
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
            clock: LogClock::default(),
            tenants: HashMap::new(),
            unknown: Arc::new(Tenant::default()),
            images: Images::new(),
        }
    }

    /// A state that was kept.
    pub(crate) fn kept(
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

    /// A tenant's state; an empty one for a tenant that nothing was ever said of.
    pub(crate) fn tenant(&self, tenant: &TenantId) -> &Arc<Tenant> {
        self.tenants.get(tenant).unwrap_or(&self.unknown)
    }

    /// A tenant's state, to fetch plans or evict them.
    pub(crate) fn tenant_mut(&mut self, tenant: &TenantId) -> &mut Tenant {
        Arc::make_mut(self.tenants.entry(tenant.clone()).or_default())
    }

    /// Moves on to a commit of this place and time.
    fn stamp(&mut self, (position, at): (Position, Recorded)) -> Stamp {
        self.position = position;
        self.clock = self.clock.after(at.get());
        Stamp {
            position: position::Position::new(position.get()),
            time: self.clock.time(),
        }
    }

    /// Folds the events of one commit in, past plans: as an opening does.
    pub(crate) fn fold_past_plans(
        &mut self,
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
            let tenant = self.tenant_mut(tenant);
            evolve_past_plans(tenant, (stream, version), stamp, actor, events);
        }
    }

    /// What became of a command is counted, and is nobody's state otherwise. Its tenant may be a name
    /// that nobody ever put: all of those count together.
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

    /// How many bytes of rejected commands the log keeps: of a tenant, or of all that were never put.
    pub(crate) fn rejected_bytes(&self, tenant: &TenantId) -> u64 {
        let tenant = self.tenant(tenant);
        let counts = tenant.settings().map_or(&self.unknown, |_| tenant);
        counts.rejected_bytes()
    }

    /// What is not of any tenant that was put.
    pub(crate) fn unknown(&self) -> &Tenant {
        &self.unknown
    }

    /// Folds the events of one commit in.
    pub(crate) fn fold(
        &mut self,
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
            let tenant = self.tenant_mut(tenant);
            evolve(tenant, (stream, version), stamp, actor, events);
        }
    }

    /// All tenants that the log speaks of, in no particular order.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (&TenantId, &Arc<Tenant>)> {
        self.tenants.iter()
    }
}

fn is_rejection(event: &Event) -> bool {
    matches!(event, Event::CommandRejected(_))
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

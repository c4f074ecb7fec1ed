//! The whole state of one tenant: persistent, so that a clone is cheap and never changes.
//!
//! Owns what is where. Only evolve writes it; checks no rule.

use std::sync::Arc;

use crate::administrator::Administrator;
use crate::ids::{AdministratorId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use crate::learner::Learner;
use crate::moves::Moves;
use crate::plan::Plan;
use crate::plans::Plans;
use crate::programme::Programme;
use crate::recent::RecordSession;
use crate::record::Records;
use crate::settings::TenantSettings;
use crate::shape::Shapes;
use crate::stream::Stream;
use crate::sync_state::{SyncState, Syncs};
use crate::template::{Template, TemplateContent};
use crate::template_change::TemplateIdentity;
use crate::twin::LastReplays;
use crate::values::Values;

/// The state of one tenant.
#[derive(Debug, Clone, Default)]
pub struct Tenant {
    pub(crate) settings: Option<TenantSettings>,
    pub(crate) administrators: imbl::OrdMap<AdministratorId, Arc<Administrator>>,
    pub(crate) learners: imbl::OrdMap<LearnerId, Arc<Learner>>,
    pub(crate) programmes: imbl::OrdMap<ProgrammeId, Arc<Programme>>,
    pub(crate) templates: imbl::HashMap<ProgrammeId, Template>,
    pub(crate) plans: Plans,
    pub(crate) values: Values,
    pub(crate) shapes: Shapes,
    pub(crate) last_replays: LastReplays,
    /// Who is enrolled where, whatever the enrolment's status.
    pub(crate) enrolled: imbl::HashMap<ProgrammeId, imbl::OrdSet<LearnerId>>,
    /// Whose template an id belongs to, once and for all.
    pub(crate) template_of: imbl::HashMap<ComponentId, TemplateIdentity>,
    /// When learners last changed in what a sync goes by.
    pub(crate) moves: Moves,
    pub(crate) records: Records,
    /// Every sync there was.
    pub(crate) syncs: Syncs,
    /// The versions of the streams that a command may meet again.
    pub(crate) versions: imbl::HashMap<Stream, u64>,
}

impl Tenant {
    /// The tenant's settings, once it was put.
    pub fn settings(&self) -> Option<&TenantSettings> {
        self.settings.as_ref()
    }

    /// Whether the tenant has Marking Aid.
    pub fn marking_aid(&self) -> bool {
        self.settings.is_some_and(|settings| settings.marking_aid)
    }

    /// An administrator, if known.
    pub fn administrator(&self, id: &AdministratorId) -> Option<&Administrator> {
        self.administrators.get(id).map(|record| &**record)
    }

    /// Every administrator, by id.
    pub fn administrators(&self) -> impl Iterator<Item = (&AdministratorId, &Administrator)> {
        self.administrators
            .iter()
            .map(|(id, record)| (id, &**record))
    }

    /// A learner, if known, whoever may see them.
    pub fn learner(&self, id: LearnerId) -> Option<&Learner> {
        self.learners.get(&id).map(|record| &**record)
    }

    /// Every learner, by id, whoever may see them.
    pub fn learners(&self) -> impl Iterator<Item = (LearnerId, &Learner)> {
        self.learners.iter().map(|(id, record)| (*id, &**record))
    }

    /// The learners enrolled on this very programme, by id, whatever the enrolment's status.
    pub fn enrolled(&self, programme: ProgrammeId) -> impl Iterator<Item = (LearnerId, &Learner)> {
        self.enrolled
            .get(&programme)
            .into_iter()
            .flatten()
            .filter_map(|id| self.learner(*id).map(|learner| (*id, learner)))
    }

    /// A programme, if known.
    pub fn programme(&self, id: ProgrammeId) -> Option<&Programme> {
        self.programmes.get(&id).map(|record| &**record)
    }

    /// Every programme, by id.
    pub fn programmes(&self) -> impl Iterator<Item = (ProgrammeId, &Programme)> {
        self.programmes.iter().map(|(id, record)| (*id, &**record))
    }

    /// The template of a programme, as it is now; none if it never had a component.
    pub fn template(&self, programme: ProgrammeId) -> Option<&Arc<TemplateContent>> {
        self.templates.get(&programme).map(Template::current)
    }

    /// The plan of a learner: empty, at version zero, as long as nothing was added to it.
    ///
    /// # Panics
    ///
    /// Where the plan is away: see [`Plans::get`].
    pub fn plan(&self, learner: LearnerId) -> &Arc<Plan> {
        self.plans.get(learner)
    }

    /// The plans, here and away.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// When learners last changed in what a sync goes by.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// The record sessions, open and closed.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// A record session, open or closed.
    pub fn session(&self, id: SessionId) -> Option<&RecordSession> {
        self.records.session(id)
    }

    /// The syncs, running and ended.
    pub fn syncs(&self) -> &Syncs {
        &self.syncs
    }

    /// A sync, running or ended.
    pub fn sync(&self, id: SyncId) -> Option<&SyncState> {
        self.syncs.get(id)
    }

    /// The syncs that go on.
    pub fn running_syncs(&self) -> impl Iterator<Item = &SyncState> {
        self.syncs.running()
    }

    /// A copy to look at something with, such as an earlier plan: what it gets to know goes with it.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self {
            values: self.values.to_try(),
            ..self.clone()
        }
    }

    /// Every distinct value of this tenant's plans and templates.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// How many commits a stream has; 0 for one that was never written. Streams of one commit
    /// (targets, commands) are not kept here: their ids are unique in the log.
    pub fn version_of(&self, stream: &Stream) -> u64 {
        match stream {
            Stream::Plan(learner) => u64::from(self.plans.version(*learner)),
            Stream::Tenant
            | Stream::Administrator(_)
            | Stream::Learner(_)
            | Stream::Programme(_)
            | Stream::Record(_)
            | Stream::Sync(_)
            | Stream::Target(_)
            | Stream::Command(_) => self.versions.get(stream).copied().unwrap_or(0),
        }
    }
}

//! The state of one tenant. It is persistent: a clone is cheap and is not changed by later events.
//!
//! Only `evolve` changes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::fold::replay_cache::ReplayCache;
use crate::ids::stream::Stream;
use crate::ids::version::TemplateVersion;
use crate::ids::{AdministratorId, ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use crate::plan::Plan;
use crate::plan::not_resident::NotResident;
use crate::plan::shape::Shapes;
use crate::progress::state::{SyncState, Syncs};
use crate::recent::RecordSession;
use crate::recent::records::Records;
use crate::reference::administrator::Administrator;
use crate::reference::directory::Directory;
use crate::reference::learner::Learner;
use crate::reference::programme::Programme;
use crate::reference::settings::TenantSettings;
use crate::reference::template::TemplateIdentity;
use crate::reference::template::{Template, TemplateContent};
use crate::state::erasures::Erasures;
use crate::state::learner_versions::LearnerVersions;
use crate::state::past::Past;
use crate::state::plans::Plans;
use crate::text::by_name::ByName;
use crate::values::Values;

/// The state of one tenant.
#[derive(Debug, Clone, Default)]
pub struct Tenant {
    pub(crate) settings: Option<TenantSettings>,
    pub(crate) administrators: imbl::OrdMap<AdministratorId, Arc<Administrator>>,
    pub(crate) learners: imbl::OrdMap<LearnerId, Arc<Learner>>,
    pub(crate) programmes: imbl::OrdMap<ProgrammeId, Arc<Programme>>,
    pub(crate) administrators_by_name: ByName<AdministratorId>,
    pub(crate) programmes_by_name: ByName<ProgrammeId>,
    pub(crate) templates: imbl::HashMap<ProgrammeId, Template>,
    pub(crate) plans: Plans,
    pub(crate) values: Values,
    pub(crate) shapes: Shapes,
    pub(crate) replay_cache: ReplayCache,
    /// The learners by name, with the data that lists are filtered by.
    pub(crate) directory: Directory,
    /// The template to which an id belongs for good.
    pub(crate) template_of: imbl::HashMap<ComponentId, TemplateIdentity>,
    /// When learners last changed in a property that matters to syncs.
    pub(crate) learner_versions: LearnerVersions,
    pub(crate) records: Records,
    /// Which learners are held, and which are erased.
    pub(crate) erasures: Erasures,
    /// The records that lists of learners depended on at earlier positions.
    pub(crate) past: Past,
    /// Every sync.
    pub(crate) syncs: Syncs,
    /// The versions of the streams of learners whose records were put more than once.
    pub(crate) learner_stream_versions: imbl::OrdMap<LearnerId, u64>,
    /// The versions of the other streams that continue indefinitely, and of chunks that precede
    /// their acceptance.
    pub(crate) versions: imbl::HashMap<Stream, u64>,
    /// The number of bytes of rejected commands that the log keeps.
    pub(crate) rejected_bytes: u64,
}

impl Tenant {
    /// The tenant's settings; none before they were first put.
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

    /// The administrators in the order of names.
    pub fn administrators_by_name(&self) -> &ByName<AdministratorId> {
        &self.administrators_by_name
    }

    /// A learner, if known, regardless of visibility.
    pub fn learner(&self, id: LearnerId) -> Option<&Learner> {
        self.learners.get(&id).map(|record| &**record)
    }

    /// Every learner, by id, regardless of visibility.
    pub fn learners(&self) -> impl Iterator<Item = (LearnerId, &Learner)> {
        self.learners.iter().map(|(id, record)| (*id, &**record))
    }

    /// The number of learners.
    pub fn learner_count(&self) -> usize {
        self.learners.len()
    }

    /// The learners of this id and of those after it, by id, regardless of visibility.
    pub fn learners_from(&self, first: LearnerId) -> impl Iterator<Item = LearnerId> {
        self.learners.range(first..).map(|(id, _)| *id)
    }

    /// The directory of learners, for lists.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A programme, if known.
    pub fn programme(&self, id: ProgrammeId) -> Option<&Programme> {
        self.programmes.get(&id).map(|record| &**record)
    }

    /// Every programme, by id.
    pub fn programmes(&self) -> impl Iterator<Item = (ProgrammeId, &Programme)> {
        self.programmes.iter().map(|(id, record)| (*id, &**record))
    }

    /// The programmes in the order of names.
    pub fn programmes_by_name(&self) -> &ByName<ProgrammeId> {
        &self.programmes_by_name
    }

    /// The present template of a programme; none if it never had a component.
    pub fn template(&self, programme: ProgrammeId) -> Option<&Arc<TemplateContent>> {
        self.templates.get(&programme).map(Template::current)
    }

    /// The components that a programme's template had at a version, in their rows; none without a template.
    pub fn template_components_at(
        &self,
        programme: ProgrammeId,
        version: TemplateVersion,
    ) -> Vec<ComponentId> {
        let template = self.templates.get(&programme);
        template.map_or_else(Vec::new, |template| template.components_at(version))
    }

    /// The plan of a learner: empty and at version zero if nothing was added to it.
    ///
    /// # Errors
    ///
    /// [`NotResident`] if it must be fetched first.
    pub fn resident_plan(&self, learner: LearnerId) -> Result<&Arc<Plan>, NotResident> {
        self.plans.get(learner)
    }

    /// The plan of a learner that a test knows to be resident.
    #[cfg(test)]
    #[track_caller]
    pub(crate) fn plan(&self, learner: LearnerId) -> &Arc<Plan> {
        self.plans.get(learner).unwrap()
    }

    /// The plans, resident or not.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// When learners last changed in a property that matters to syncs.
    pub fn learner_versions(&self) -> &LearnerVersions {
        &self.learner_versions
    }

    /// The records that lists of learners depended on at earlier positions.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// Which learners are held, and which are erased.
    pub fn erasures(&self) -> &Erasures {
        &self.erasures
    }

    /// The open record sessions.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// An open record session.
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

    /// The running syncs.
    pub fn running_syncs(&self) -> impl Iterator<Item = &SyncState> {
        self.syncs.running()
    }

    /// A copy for temporary use, such as reading an earlier plan. Values that it adds are dropped
    /// with it.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self {
            values: self.values.to_try(),
            ..self.clone()
        }
    }

    /// The number of bytes of rejected commands that the log keeps for this tenant.
    pub fn rejected_bytes(&self) -> u64 {
        self.rejected_bytes
    }

    /// A copy that has only the plans of these learners, resident or not, so that it can be held
    /// for long without keeping all other plans in memory. The others must not be requested from
    /// it.
    #[must_use]
    pub fn with_plans_of(&self, learners: &BTreeSet<LearnerId>) -> Self {
        Self {
            plans: self.plans.only(learners),
            ..self.clone()
        }
    }

    /// The state that one target is judged on: the settings and records of another state, and this
    /// learner's plan, which refers to the values of this one.
    #[must_use]
    pub fn judged_on(&self, records: &Self, learner: LearnerId, plan: Arc<Plan>) -> Self {
        let mut plans = Plans::default();
        plans.put(learner, plan);
        Self {
            plans,
            values: self.values.clone(),
            shapes: self.shapes.clone(),
            ..records.clone()
        }
    }

    /// Every distinct value of this tenant's plans and templates.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The number of commits on a stream; 0 for one that was never written. The state does not know
    /// streams that have ended: those of targets and commands, which have one commit, and of closed
    /// records. Their ids are unique in the log, and nothing more is written to them.
    pub fn version_of(&self, stream: &Stream) -> u64 {
        match stream {
            Stream::Plan(learner) => u64::from(self.plans.version(*learner)),
            // An open record has the commit that opened it, and those that continued it.
            Stream::Record(session) => {
                let open = self.session(*session);
                open.map_or(0, |open| open.usage.version)
            }
            Stream::Sync(sync) => match self.syncs.get(*sync) {
                Some(sync) => sync.version(),
                None => self.kept_version(stream),
            },
            Stream::Learner(id) => {
                let once = u64::from(self.learners.contains_key(id));
                self.learner_stream_versions
                    .get(id)
                    .copied()
                    .unwrap_or(once)
            }
            Stream::Tenant | Stream::Administrator(_) | Stream::Programme(_) | Stream::Engine => {
                self.kept_version(stream)
            }
            Stream::Target(_) | Stream::Command(_) => 0,
        }
    }

    fn kept_version(&self, stream: &Stream) -> u64 {
        self.versions.get(stream).copied().unwrap_or(0)
    }
}

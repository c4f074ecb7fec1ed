//! A whole tenant: everything that was ever said of it, and the one door through which it is
//! asked. Every command is a step; steps are its clock.

use std::collections::{BTreeMap, BTreeSet};

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use serde_json::Value as Json;

use crate::ask::{
    Administrator, Ask, Edit, Groups, Learner, Programme, Settings, TemplateComponent,
};
use crate::attribute::Attribute;
use crate::permission::Permissions;
use crate::plan::Plan;
use crate::record::Session;
use crate::refusal::{Refusal, refuse, refuse_for};
use crate::sync::Sync;

/// How much one sync and one administrator may take.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)] // The names say it.
pub struct Limits {
    pub components: usize,
    pub learners: usize,
    pub open_records: usize,
    pub running_syncs: usize,
}

/// A tenant.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // The names say it.
pub struct World {
    pub limits: Limits,
    pub step: u64,
    /// How much time has passed, in microseconds.
    pub now: u64,
    pub settings: Option<Settings>,
    pub settings_at: u64,
    pub administrators: BTreeMap<String, Administrator>,
    pub learners: BTreeMap<LearnerId, Learner>,
    pub held: BTreeSet<LearnerId>,
    pub erased: BTreeSet<LearnerId>,
    pub learners_at: BTreeMap<LearnerId, u64>,
    pub enrolments_at: BTreeMap<(LearnerId, ProgrammeId), u64>,
    pub programmes: BTreeMap<ProgrammeId, Programme>,
    pub templates: BTreeMap<ProgrammeId, Vec<TemplateComponent>>,
    pub plans: BTreeMap<LearnerId, Plan>,
    pub sessions: BTreeMap<SessionId, Session>,
    pub syncs: BTreeMap<SyncId, Sync>,
}

impl World {
    /// An empty tenant.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            step: 0,
            now: 0,
            settings: None,
            settings_at: 0,
            administrators: BTreeMap::new(),
            learners: BTreeMap::new(),
            held: BTreeSet::new(),
            erased: BTreeSet::new(),
            learners_at: BTreeMap::new(),
            enrolments_at: BTreeMap::new(),
            programmes: BTreeMap::new(),
            templates: BTreeMap::new(),
            plans: BTreeMap::new(),
            sessions: BTreeMap::new(),
            syncs: BTreeMap::new(),
        }
    }

    /// A command: its reply without positions, or its refusal, which changes nothing.
    pub fn ask(&mut self, actor: &str, ask: &Ask) -> Result<Json, Refusal> {
        self.step += 1;
        if !well_formed(ask) {
            return refuse("invalid_request");
        }
        self.admit(actor, ask)?;
        match ask {
            Ask::PutTenant(settings) => Ok(self.put_tenant(settings)),
            Ask::PutAdministrator(record) => Ok(self.put_administrator(record)),
            Ask::RemoveAdministrator { administrator } => self.remove_administrator(administrator),
            Ask::PutLearner(record) => self.put_learner(record),
            Ask::EraseLearner { learner } => self.erase(*learner),
            Ask::HoldLearner { learner } => self.hold(*learner),
            Ask::ReleaseLearner { learner } => self.release(*learner),
            Ask::PutProgramme(record) => Ok(self.put_programme(record)),
            Ask::PutTemplate {
                programme,
                components,
            } => self.put_template(*programme, components),
            Ask::RemoveTemplate {
                programme,
                components,
            } => self.remove_template(*programme, components),
            Ask::Instantiate { learner, programme } => {
                self.instantiate(actor, *learner, *programme)
            }
            Ask::Edit {
                learner,
                expected_version,
                edits,
            } => self.edit(actor, *learner, *expected_version, edits),
            Ask::OpenRecord {
                learner,
                session,
                resume,
            } => self.open_record(actor, *learner, *session, *resume),
            Ask::CloseRecord { session } => self.close_record(actor, *session),
            Ask::StartSync { sync, request } => self.start_sync(actor, *sync, request, None),
            Ask::CancelSync { sync } => self.cancel_sync(actor, *sync),
        }
    }

    /// The first of all refusals: no tenant, nobody known, or P10.
    fn admit(&self, actor: &str, ask: &Ask) -> Result<(), Refusal> {
        let first = matches!(ask, Ask::PutTenant(_)) && actor == "system";
        if !first {
            self.admit_actor(actor)?;
        }
        let reference = match ask {
            Ask::PutTenant(_)
            | Ask::PutAdministrator(_)
            | Ask::RemoveAdministrator { .. }
            | Ask::PutLearner(_)
            | Ask::EraseLearner { .. }
            | Ask::HoldLearner { .. }
            | Ask::ReleaseLearner { .. }
            | Ask::PutProgramme(_)
            | Ask::PutTemplate { .. }
            | Ask::RemoveTemplate { .. } => true,
            Ask::Instantiate { .. }
            | Ask::Edit { .. }
            | Ask::OpenRecord { .. }
            | Ask::CloseRecord { .. }
            | Ask::StartSync { .. }
            | Ask::CancelSync { .. } => false,
        };
        if reference && actor != "system" {
            return refuse_for("system_only");
        }
        Ok(())
    }

    /// Whether the tenant is known, and then who asks.
    pub fn admit_actor(&self, actor: &str) -> Result<(), Refusal> {
        if self.settings.is_none() {
            return refuse("tenant_not_found");
        }
        if actor == "system" || self.administrators.contains_key(actor) {
            Ok(())
        } else {
            refuse("unknown_actor")
        }
    }

    /// Whether there is a Marking Aid.
    pub fn marking_aid(&self) -> bool {
        self.settings
            .as_ref()
            .is_some_and(|settings| settings.marking_aid)
    }

    /// The permissions of an administrator; none of one who is not known.
    pub fn permissions(&self, administrator: &str) -> Permissions {
        let record = self.administrators.get(administrator);
        record
            .map(|record| record.permissions.clone())
            .unwrap_or_default()
    }

    /// P8: a learner whom somebody sees.
    pub fn seen(&self, actor: &str, learner: LearnerId) -> Option<&Learner> {
        let record = self.learners.get(&learner)?;
        if actor == "system" {
            return Some(record);
        }
        let sees = match &self.administrators.get(actor)?.groups {
            Groups::All(_) => true,
            Groups::These(groups) => record.groups.iter().all(|group| groups.contains(group)),
        };
        sees.then_some(record)
    }

    /// P8 where an id was given.
    pub fn learner(&self, actor: &str, learner: LearnerId) -> Result<Learner, Refusal> {
        match self.seen(actor, learner) {
            Some(record) => Ok(record.clone()),
            None => refuse("learner_not_available"),
        }
    }

    /// A learner's plan; an empty one where nothing was ever added.
    pub fn plan(&self, learner: LearnerId) -> Plan {
        self.plans.get(&learner).cloned().unwrap_or_default()
    }

    /// A template's component.
    pub fn template_component(
        &self,
        programme: ProgrammeId,
        component: ComponentId,
    ) -> Option<&TemplateComponent> {
        let template = self.templates.get(&programme)?;
        template.iter().find(|one| one.component == component)
    }

    /// Everybody, for lists.
    pub fn everybody(&self) -> BTreeSet<LearnerId> {
        self.learners.keys().copied().collect()
    }
}

/// A component that is added by hand has a name.
fn well_formed(ask: &Ask) -> bool {
    if let Ask::PutLearner(record) = ask {
        return !record.name.is_empty();
    }
    let Ask::Edit { edits, .. } = ask else {
        return true;
    };
    edits.iter().all(|edit| match edit {
        Edit::Add { attributes, .. } => attributes.contains_key(&Attribute::Name),
        Edit::Readd { .. }
        | Edit::Change { .. }
        | Edit::Remove { .. }
        | Edit::SetStatus { .. }
        | Edit::SubmitEvidence { .. }
        | Edit::SetReviewStatus { .. } => true,
    })
}

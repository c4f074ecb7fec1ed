//! S1–S7: what a sync can be about, and what a request chooses.

use std::collections::BTreeSet;

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId};

use crate::ask::Learner;
use crate::attribute::{Attribute, SELECTABLE};
use crate::component::Component;
use crate::permission;
use crate::plan::Plan;
use crate::recent::{Kind, Recent, recent_changes};
use crate::record::Session;
use crate::refusal::{Refusal, refuse};
use crate::request::{Components, LearnerFilter, Learners, SyncRequest, SyncType};
use crate::search::contains;
use crate::sync::Confirmed;
use crate::world::World;

/// S5: enrolments that keep a learner out.
pub const EXCLUDED: [&str; 4] = [
    "expired",
    "cancelled",
    "archived",
    "pending_change_of_programme",
];

/// The source of a sync.
#[derive(Debug, Clone)]
pub struct Source {
    /// Whose session.
    pub session: Session,
    /// The source learner.
    pub learner: Learner,
    /// Their plan.
    pub plan: Plan,
    /// The recent changes, of every programme.
    pub recent: Vec<Recent>,
}

/// A component of the list (S1).
#[derive(Debug, Clone)]
pub struct Listed {
    /// As it is, or as it last was.
    pub component: Component,
    /// Its recent change.
    pub recent: Option<Recent>,
}

/// What a request comes to.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// From where.
    pub source: Source,
    /// The programme's list, the chosen and the others.
    pub listed: Vec<Listed>,
    /// In order of their ids.
    pub components: BTreeSet<ComponentId>,
    /// In order of their ids.
    pub learners: BTreeSet<LearnerId>,
}

impl World {
    /// The source that a session stands for.
    pub fn source(
        &self,
        actor: &str,
        session: plansync_domain::ids::SessionId,
    ) -> Result<Source, Refusal> {
        let session = self.session(actor, session)?;
        let learner = self.learner(actor, session.learner)?;
        self.kept(session.learner)?;
        let plan = self.plan(session.learner);
        let recent = recent_changes(&session, &plan);
        Ok(Source {
            session,
            learner,
            plan,
            recent,
        })
    }

    /// S2.
    pub fn check_programme(&self, source: &Source, programme: ProgrammeId) -> Result<(), Refusal> {
        let known = self.programmes.contains_key(&programme);
        if known && source.learner.enrolment(programme).is_some() {
            Ok(())
        } else {
            refuse("programme_not_found")
        }
    }

    /// S5, by name, then id.
    pub fn learner_list(
        &self,
        actor: &str,
        source: LearnerId,
        programme: ProgrammeId,
        filter: &LearnerFilter,
    ) -> Vec<Learner> {
        let mut list: Vec<Learner> = self
            .everybody()
            .into_iter()
            .filter(|learner| *learner != source)
            .filter_map(|learner| self.seen(actor, learner))
            .filter(|learner| {
                let enrolment = learner.enrolment(programme);
                enrolment.is_some_and(|one| !EXCLUDED.contains(&one.status.as_str()))
            })
            .filter(|learner| keeps(filter, learner, programme))
            .cloned()
            .collect();
        list.sort_by_key(|learner| (learner.name.clone(), learner.learner));
        list
    }

    /// A request's choice, or the first reason to refuse it.
    pub fn choose(
        &self,
        actor: &str,
        request: &SyncRequest,
        confirmed: Option<&Confirmed>,
    ) -> Result<Chosen, Refusal> {
        let source = self.source(actor, request.session)?;
        if !permission::can_sync(&self.permissions(actor)) {
            return refuse("sync_not_permitted");
        }
        self.check_programme(&source, request.programme)?;
        self.check_attributes(request)?;
        let listed = component_list(&source, request.programme);
        let components = chosen_components(request, &listed);
        // M5: whom the preview showed, if it can have been one of this record.
        let then = confirmed.map(|confirmed| &*confirmed.then);
        let then = then.filter(|then| source.session.opened <= then.step);
        // D6: whoever was erased since is not found by a name any more.
        let then = then.map(|then| then.without_names_of(&self.erased));
        let learners = then
            .as_deref()
            .unwrap_or(self)
            .chosen_learners(actor, request, &source);
        if components.is_empty() || learners.is_empty() {
            return refuse("nothing_selected");
        }
        if components.len() > self.limits.components {
            return refuse("too_many_components");
        }
        if learners.len() > self.limits.learners {
            return refuse("too_many_learners");
        }
        let known = |id: &ComponentId| listed.iter().any(|one| one.component.id == *id);
        if !components.iter().all(known) {
            return refuse("component_not_found");
        }
        Ok(Chosen {
            source,
            listed,
            components,
            learners,
        })
    }

    /// T1 is refused where nothing of the programme has a recent change.
    pub(crate) fn check_recent(request: &SyncRequest, chosen: &Chosen) -> Result<(), Refusal> {
        let recent = chosen.listed.iter().any(|one| one.recent.is_some());
        if request.sync_type == SyncType::ChangesOnly && !recent {
            return refuse("no_recent_changes");
        }
        Ok(())
    }

    fn check_attributes(&self, request: &SyncRequest) -> Result<(), Refusal> {
        if request.sync_type != SyncType::SelectedAttributes {
            return Ok(());
        }
        let all_may = request
            .attributes
            .iter()
            .all(|one| SELECTABLE.contains(one));
        let exercise = request.attributes.contains(&Attribute::MarkingAidExercise);
        if request.attributes.is_empty() || !all_may || (exercise && !self.marking_aid()) {
            return refuse("attribute_not_allowed");
        }
        Ok(())
    }

    fn chosen_learners(
        &self,
        actor: &str,
        request: &SyncRequest,
        source: &Source,
    ) -> BTreeSet<LearnerId> {
        let everybody = LearnerFilter::default();
        let filter = match &request.learners {
            Learners::Listed(ids) => return ids.iter().copied().collect(),
            Learners::Word(_) => &everybody,
            Learners::Filtered(filter) => filter,
        };
        let list = self.learner_list(actor, source.learner.learner, request.programme, filter);
        list.iter().map(|learner| learner.learner).collect()
    }
}

/// S1: in plan order, and then what was recently deleted.
pub fn component_list(source: &Source, programme: ProgrammeId) -> Vec<Listed> {
    let recent_of = |id: ComponentId| {
        let recent = source
            .recent
            .iter()
            .find(|recent| recent.component.id == id);
        recent.cloned()
    };
    let present = source.plan.components().iter().cloned();
    let deleted = source
        .recent
        .iter()
        .filter(|recent| recent.kind == Kind::Deleted);
    present
        .chain(deleted.map(|recent| recent.component.clone()))
        .filter(|component| component.programme == programme)
        .map(|component| Listed {
            recent: recent_of(component.id),
            component,
        })
        .collect()
}

fn chosen_components(request: &SyncRequest, listed: &[Listed]) -> BTreeSet<ComponentId> {
    match &request.components {
        Components::Listed(ids) => ids.iter().copied().collect(),
        Components::Word("recent") => {
            let preselected =
                |one: &&Listed| one.recent.as_ref().is_some_and(|one| one.preselected);
            listed
                .iter()
                .filter(preselected)
                .map(|one| one.component.id)
                .collect()
        }
        Components::Word(_all) => listed.iter().map(|one| one.component.id).collect(),
    }
}

/// Any value within a filter, all filters together.
fn keeps(filter: &LearnerFilter, learner: &Learner, programme: ProgrammeId) -> bool {
    let status = learner
        .enrolment(programme)
        .map(|one| one.status.clone())
        .unwrap_or_default();
    let any = |wanted: &BTreeSet<String>, values: &BTreeSet<String>| {
        wanted.is_empty() || values.iter().any(|value| wanted.contains(value))
    };
    any(&filter.programme_statuses, &BTreeSet::from([status]))
        && any(&filter.groups, &learner.groups)
        && any(&filter.tutors, &learner.tutors)
        && contains(&learner.name, &filter.search)
        && !filter.except.contains(&learner.learner)
}

//! What a sync can be about: the components, learners and filter values to choose from (S1, S5).

use plansync_domain::component_list::{self, ComponentFilter, ListedComponent};
use plansync_domain::filter_values::{self, FilterField};
use plansync_domain::ids::{LearnerId, ProgrammeId, SessionId};
use plansync_domain::learner::{EnrolmentStatus, Learner};
use plansync_domain::learner_list;
use plansync_domain::request::LearnerFilter;
use plansync_domain::source::Source;
use plansync_domain::stream::Stream;
use plansync_domain::tenant::Tenant;

use crate::call::Refusal;
use crate::read::headers::Headers;
use crate::read::{LastUpdated, Listed, Reading, Window};

/// The components to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentChoices {
    /// How many of the programme's components have recent changes, whatever the filter.
    pub recent: usize,
    /// In plan order, recently deleted ones last.
    pub components: Listed<ComponentItem>,
}

/// A component to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentItem {
    /// The component, as the list has it.
    pub listed: ListedComponent,
    /// What last changed it, or removed it.
    pub last_updated: LastUpdated,
}

/// A learner to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnerItem {
    /// Who.
    pub learner: LearnerId,
    /// Their record.
    pub record: Learner,
    /// How their enrolment on the programme stands.
    pub programme_status: EnrolmentStatus,
}

/// A value that a filter can be set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterValue {
    /// The value.
    pub value: String,
    /// How many components or learners have it.
    pub count: usize,
}

impl Reading<'_> {
    /// `sync.components` (S1): `session_not_open`, `learner_not_available`,
    /// `programme_not_found`.
    pub fn sync_components(
        &self,
        session: SessionId,
        programme: ProgrammeId,
        filter: &ComponentFilter,
        window: Window,
    ) -> Result<ComponentChoices, Refusal> {
        let tenant = self.with_source(session)?;
        let source = self.chosen(&tenant, session, programme)?;
        let list = component_list::list(&source, programme, filter);
        let mut headers = Headers::new(self, Stream::Plan(source.learner));
        let components = window.of(list.items).try_map(|listed| {
            let last_updated = headers.of(listed.last_updated)?;
            Ok::<_, Refusal>(ComponentItem {
                listed,
                last_updated,
            })
        })?;
        Ok(ComponentChoices {
            recent: list.recent,
            components,
        })
    }

    /// `sync.learners` (S5), by name, then id; refused like [`Reading::sync_components`].
    pub fn sync_learners(
        &self,
        session: SessionId,
        programme: ProgrammeId,
        filter: &LearnerFilter,
        window: Window,
    ) -> Result<Listed<LearnerItem>, Refusal> {
        let tenant = self.with_source(session)?;
        let source = self.chosen(&tenant, session, programme)?;
        let listed = learner_list::list(&source, programme, filter);
        Ok(window.of(listed).map(|listed| LearnerItem {
            learner: listed.id,
            record: listed.learner.clone(),
            programme_status: listed.programme_status,
        }))
    }

    /// `sync.filters`, by value; refused like [`Reading::sync_components`].
    pub fn sync_filter_values(
        &self,
        session: SessionId,
        programme: ProgrammeId,
        field: FilterField,
        search: &str,
        window: Window,
    ) -> Result<Listed<FilterValue>, Refusal> {
        let tenant = self.with_source(session)?;
        let source = self.chosen(&tenant, session, programme)?;
        let found = filter_values::list(&source, programme, field, search);
        Ok(window
            .of(found)
            .map(|(value, count)| FilterValue { value, count }))
    }

    fn chosen<'t>(
        &'t self,
        tenant: &'t Tenant,
        session: SessionId,
        programme: ProgrammeId,
    ) -> Result<Source<'t>, Refusal> {
        let source = Source::of_session(tenant, self.actor, session)?;
        source.choose_programme(programme)?;
        Ok(source)
    }
}

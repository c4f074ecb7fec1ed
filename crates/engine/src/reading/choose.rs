//! The components, learners and filter values to choose from for a sync (S1, S5).

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{LearnerId, ProgrammeId, SessionId};
use plansync_domain::reference::learner::{EnrolmentStatus, Learner};
use plansync_domain::selection::component_list::{self, ComponentFilter, ListedComponent};
use plansync_domain::selection::filter_values::{self, FilterField, ListedValue};
use plansync_domain::selection::learner_list;
use plansync_domain::selection::source::Source;
use plansync_domain::sync::request::LearnerFilter;

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::headers::{Headers, LastUpdated};
use crate::reading::window::{Listed, Window};

/// The components to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentChoices {
    /// How many of the programme's components have recent changes, whatever the filter.
    pub recent: usize,
    /// The components in plan order, recently deleted ones last.
    pub components: Listed<ComponentItem>,
}

/// A component to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentItem {
    /// The component with what the list shows of it.
    pub listed: ListedComponent,
    /// The commit that last changed or removed it.
    pub last_updated: LastUpdated,
}

/// A learner to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnerItem {
    /// The learner's id.
    pub learner: LearnerId,
    /// The learner's record.
    pub record: Learner,
    /// The status of the learner's enrolment on the programme.
    pub programme_status: EnrolmentStatus,
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
        let (learner, list) = self.chosen(session, programme, |source| {
            let list = component_list::list(source, programme, filter);
            (source.learner, list)
        })?;
        let mut headers = Headers::new(self, Stream::Plan(learner));
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
        let (skip, take) = (window.skip, window.count_max());
        self.chosen(session, programme, |source| {
            let list = learner_list::list(source, programme, filter, skip, take);
            let items = list.learners.into_iter().map(|listed| LearnerItem {
                learner: listed.id,
                record: listed.learner.clone(),
                programme_status: listed.programme_status,
            });
            Listed {
                total: list.total,
                items: items.collect(),
            }
        })
    }

    /// `sync.filters`, by value; refused like [`Reading::sync_components`].
    pub fn sync_filter_values(
        &self,
        session: SessionId,
        programme: ProgrammeId,
        field: FilterField,
        search: &str,
        window: Window,
    ) -> Result<Listed<ListedValue>, Refusal> {
        let found = self.chosen(session, programme, |source| {
            filter_values::list(source, programme, field, search)
        })?;
        Ok(window.of(found))
    }

    /// A list about the source of an open session, for one of its programmes.
    fn chosen<T>(
        &self,
        session: SessionId,
        programme: ProgrammeId,
        list: impl Fn(&Source<'_>) -> T,
    ) -> Result<T, Refusal> {
        let tenant = self.with_source(session)?;
        let (_, listed) = self.answered(tenant, |tenant| {
            let source = Source::of_session(tenant, self.actor, session)?;
            source.choose_programme(programme)?;
            Ok(list(&source))
        })?;
        Ok(listed)
    }
}

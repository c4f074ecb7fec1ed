//! The lists that a sync is chosen from: components, learners, values of filters.

use plansync_domain::ids::{
    AdministratorId, ComponentId, ComponentType, Group, LearnerId, ProgrammeId, SessionId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Search};
use crate::page::{PageNumber, PageSize};
use crate::plan::LastUpdated;
use crate::scalar::Position;
use crate::words::{Change, FilterField, ProgrammeStatus, Status};

/// Body of `sync.components`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncComponents {
    /// Whose session.
    pub session: SessionId,
    /// Which programme's components.
    pub programme: ProgrammeId,
    /// Those of these types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<List<ComponentType, 500>>,
    /// Part of a name, in any case and with any accents or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `sync.components`, in plan order (S1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncComponentPage {
    /// How many there are on all pages.
    pub total: u64,
    /// How many of the programme's components have recent changes.
    pub recent: u64,
    /// Those of this page.
    pub items: Vec<SyncComponent>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A component to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncComponent {
    /// Which.
    pub component: ComponentId,
    /// Its name; the last one of a deleted component.
    pub name: String,
    /// What kind of component it is.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Its progress on the source plan; the last one of a deleted component.
    pub status: Status,
    /// Its recent change, if it has one.
    pub change: Option<Change>,
    /// Whether it is chosen to start with (C7).
    pub preselected: bool,
    /// What last changed it.
    pub last_updated: LastUpdated,
}

/// Body of `sync.learners`. Any of the values within a filter, all filters together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncLearners {
    /// Whose session.
    pub session: SessionId,
    /// Whose learners.
    pub programme: ProgrammeId,
    /// Those whose enrolment has one of these statuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme_statuses: Option<List<ProgrammeStatus, 100>>,
    /// Those in one of these groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<List<Group, 2_000>>,
    /// Those with one of these tutors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tutors: Option<List<AdministratorId, 2_000>>,
    /// Part of a name, in any case and with any accents or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `sync.learners`, by name, then id (S5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncLearnerPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<SyncLearner>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A learner to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncLearner {
    /// Whom.
    pub learner: LearnerId,
    /// The learner's name.
    pub name: String,
    /// How the learner stands in the programme.
    pub programme_status: ProgrammeStatus,
    /// The learner's groups.
    pub groups: Vec<Group>,
    /// The learner's tutors.
    pub tutors: Vec<AdministratorId>,
    /// Who looks after the learner, if anyone.
    pub case_owner: Option<AdministratorId>,
}

/// Body of `sync.filters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSyncFilters {
    /// Whose session.
    pub session: SessionId,
    /// Which programme.
    pub programme: ProgrammeId,
    /// Which filter.
    pub field: FilterField,
    /// Part of a value, in any case, with a space for `_` and `-`; of a tutor, part of the name, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// Reply of `sync.filters`, by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncFilterPage {
    /// How many values there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<FilterValue>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A value to filter by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilterValue {
    /// The value.
    pub value: String,
    /// Of a tutor who is known, what they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many components or learners have it.
    pub count: u64,
}

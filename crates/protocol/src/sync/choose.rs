//! The lists from which a synchronisation is chosen: components, learners, and values of filters.

use plansync_primitives::ids::{
    AdministratorId, ComponentId, ComponentType, Group, LearnerId, ProgrammeId, SessionId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Search};
use crate::page::{held_page_body, held_page_reply};
use crate::plan::LastUpdated;
use crate::words::{Change, FilterField, ProgrammeStatus, Status};

held_page_body! {
    /// Body of `sync.components`.
    pub struct ListSyncComponents {
        /// The id of the session.
        pub session: SessionId,
        /// The programme whose components are listed.
        pub programme: ProgrammeId,
        /// Only components of these types.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub types: Option<List<ComponentType, 500>>,
        /// A part of the name. Case and accents are ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
    }
}

held_page_reply! {
    /// Reply of `sync.components`, in plan order.
    pub struct SyncComponentPage {
        /// How many components of the programme have recent changes.
        pub recent: u64,
    } items of SyncComponent
}

/// A component that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncComponent {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name; if it was deleted, its last name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Its status at the source; if it was deleted, its last status.
    pub status: Status,
    /// Its recent change, if it has one.
    pub change: Option<Change>,
    /// Whether it is preselected.
    pub preselected: bool,
    /// The commit that last changed it.
    pub last_updated: LastUpdated,
}

held_page_body! {
    /// Body of `sync.learners`. A learner is listed if one value of every given filter applies.
    pub struct ListSyncLearners {
        /// The id of the session.
        pub session: SessionId,
        /// The programme whose learners are listed.
        pub programme: ProgrammeId,
        /// Only learners whose enrolment has one of these statuses.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub programme_statuses: Option<List<ProgrammeStatus, 100>>,
        /// Only learners in one of these groups.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub groups: Option<List<Group, 2_000>>,
        /// Only learners with one of these tutors.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tutors: Option<List<AdministratorId, 2_000>>,
        /// A part of the name. Case and accents are ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
    }
}

held_page_reply! {
    /// Reply of `sync.learners`, by name and id.
    pub struct SyncLearnerPage {} items of SyncLearner
}

/// A learner that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncLearner {
    /// The id of the learner.
    pub learner: LearnerId,
    /// The name of the learner.
    pub name: String,
    /// The status of the enrolment.
    pub programme_status: ProgrammeStatus,
    /// The groups of the learner.
    pub groups: Vec<Group>,
    /// The tutors of the learner.
    pub tutors: Vec<AdministratorId>,
    /// The case owner of the learner, if there is one.
    pub case_owner: Option<AdministratorId>,
}

held_page_body! {
    /// Body of `sync.filters`.
    pub struct ListSyncFilters {
        /// The id of the session.
        pub session: SessionId,
        /// The programme.
        pub programme: ProgrammeId,
        /// The filter whose values are listed.
        pub field: FilterField,
        /// A part of the value; case is ignored, and a space matches `_` and `-`. For tutors also a
        /// part of the name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
    }
}

held_page_reply! {
    /// Reply of `sync.filters`, by value.
    pub struct SyncFilterPage {} items of FilterValue
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilterValue {
    /// The value.
    pub value: String,
    /// The name of a tutor who exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of components or learners with this value.
    pub count: u64,
}

//! Why a synchronisation did to a learner's plan what it did, or why it left the learner out.

use plansync_primitives::ids::{AdministratorId, ComponentId, Group, LearnerId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::{PageSize, body};
use crate::reference::{Enrolment, GroupsViewed};
use crate::scalar::{Position, Version};
use crate::sync::Warning;
use crate::words::{Action, Outcome, OwnerRule, Permission, Reason, Status, words};

body! {
    /// Body of `audit.why`.
    pub struct GetAuditWhy {
        /// The id of the synchronisation.
        pub sync: SyncId,
        /// The learner.
        pub learner: LearnerId,
        /// Only this component.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
        /// The value `next` of the reply before, to continue after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<ComponentId>,
        /// The most components to return. 50 if none is given. There are fewer if they would be too large for one
        /// message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

words! {
    /// How far a synchronisation came with a learner.
    Reached {
        /// The learner was not selected.
        NotSelected = "not_selected",
        /// The learner was selected, and waits for the synchronisation.
        Waiting = "waiting",
        /// The synchronisation was cancelled before this learner.
        Cancelled = "cancelled",
        /// The synchronisation was decided for this learner.
        Judged = "judged",
    }
}

words! {
    /// What left a learner out of a synchronisation.
    SelectionRule {
        /// The learner is not in the list of the request.
        NotListed = "not_listed",
        /// The learner did not exist.
        Unknown = "unknown",
        /// The administrator who requested it could not see the learner.
        NotVisible = "not_visible",
        /// The learner is the source.
        Source = "source",
        /// The learner was not on the programme.
        NotOnProgramme = "not_on_programme",
        /// Enrolments of this status are never synchronised to.
        ProgrammeStatusExcluded = "programme_status_excluded",
        /// The filter by status of the enrolment.
        ProgrammeStatuses = "programme_statuses",
        /// The filter by group.
        Groups = "groups",
        /// The filter by tutor.
        Tutors = "tutors",
        /// The search text.
        Search = "search",
        /// The search text, perhaps: it was erased since, or the name was.
        SearchErased = "search_erased",
        /// The learner was excepted by the request.
        Except = "except",
    }
}

/// Reply of `audit.why`, in the order of component ids. It is what was decided and recorded; nothing is decided
/// again, so it does not change when permissions, enrolments or settings do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditDecision {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The learner.
    pub learner: LearnerId,
    /// The administrator who started it.
    pub requested_by: AdministratorId,
    /// Whether the learner was selected, or is the source whose plan is updated, too.
    pub listed: bool,
    /// Whether the learner is the source.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
    /// How far the synchronisation came with the learner.
    pub reached: Reached,
    /// The same in words.
    pub sentence: String,
    /// The position of the commit with the decision; left out if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The position of the log on which it was decided. For a learner who was not selected: the position at which the
    /// learners were chosen, which for a confirmed preview is that of the preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<Position>,
    /// The records at that position; left out if they did not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_on: Option<JudgedOn>,
    /// Everything that left out a learner who was not selected.
    pub excluded_by: Vec<Excluded>,
    /// The cause, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What was decided about each component.
    pub items: Vec<DecidedComponent>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ComponentId>,
}

/// The records on which a synchronisation decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JudgedOn {
    /// The version of the learner's plan.
    pub plan_version: Version,
    /// The groups of the learner.
    pub groups: Vec<Group>,
    /// The enrolments of the learner.
    pub enrolments: Vec<Enrolment>,
    /// The case owner of the learner, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_owner: Option<AdministratorId>,
    /// The permissions of the administrator who started it; left out if the administrator had been removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// The groups that this administrator could view; left out if the administrator had been removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups_viewed: Option<GroupsViewed>,
    /// Whether the tenant used Marking Aid exercises.
    pub marking_aid: bool,
    /// What happened to an owner who was the case owner.
    pub owner_rule: OwnerRule,
}

/// One thing that left a learner out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excluded {
    /// The rule or filter.
    pub rule: SelectionRule,
    /// The same in words.
    pub sentence: String,
}

/// What was decided about one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecidedComponent {
    /// The id of the component.
    pub component: ComponentId,
    /// Its name at the source.
    pub name: String,
    /// What the synchronisation does with it.
    pub action: Action,
    /// The outcome.
    pub outcome: Outcome,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// The status that it had in the learner's plan; left out if the plan did not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The permissions that were missing.
    pub missing_permissions: Vec<Permission>,
    /// The decision in words.
    pub sentence: String,
}

//! Learners and their enrolments.

use plansync_domain::ids::{AdministratorId, CommandId, Group, LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Name, Search};
use crate::page::{PageNumber, PageSize};
use crate::scalar::Position;
use crate::strict::{maps, nullable};
use crate::words::ProgrammeStatus;

/// A learner is on a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// Which programme; it need not be known yet.
    pub programme: ProgrammeId,
    /// How the learner stands in it.
    pub status: ProgrammeStatus,
}

/// Body of `learner.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutLearner {
    /// Whom.
    pub learner: LearnerId,
    /// The learner's name.
    pub name: Name,
    /// Who looks after the learner, if anyone.
    #[serde(deserialize_with = "nullable")]
    #[schemars(required)]
    pub case_owner: Option<AdministratorId>,
    /// The groups that one must be allowed to view to see the learner (P8).
    pub groups: List<Group, 200>,
    /// The learner's tutors.
    pub tutors: List<AdministratorId, 200>,
    /// The programmes that the learner is on, each at most once.
    #[serde(deserialize_with = "maps")]
    pub enrolments: List<Enrolment, 50>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `learner.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetLearner {
    /// Whom.
    pub learner: LearnerId,
}

/// Body of `learner.list`. Any of the values within a filter, all filters together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListLearners {
    /// Those enrolled on this programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<ProgrammeId>,
    /// Those whose enrolment (on that programme, if one is given) has one of these statuses.
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

/// A learner as put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearnerRecord {
    /// Whom.
    pub learner: LearnerId,
    /// The learner's name.
    pub name: String,
    /// Who looks after the learner, if anyone.
    pub case_owner: Option<AdministratorId>,
    /// The groups that one must be allowed to view to see the learner (P8).
    pub groups: Vec<Group>,
    /// The learner's tutors.
    pub tutors: Vec<AdministratorId>,
    /// The programmes that the learner is on.
    pub enrolments: Vec<Enrolment>,
}

/// Reply of `learner.list`, by name, then id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearnerPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<LearnerRecord>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Body of `learner.find`, for everyone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindLearners {
    /// Part of a name, in any case and with any accents or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Those enrolled on this programme, however the enrolment stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<ProgrammeId>,
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

/// A programme that a learner is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundEnrolment {
    /// Which programme.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub name: String,
    /// How the learner stands in it.
    pub status: ProgrammeStatus,
}

/// A learner whom one sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundLearner {
    /// Whom.
    pub learner: LearnerId,
    /// The learner's name.
    pub name: String,
    /// The programmes that the learner is on, of those that are known, as enrolled.
    pub programmes: Vec<FoundEnrolment>,
}

/// Reply of `learner.find`, by name, then id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundLearnerPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<FoundLearner>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

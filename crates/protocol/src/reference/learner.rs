//! Learners and their enrolments.

use plansync_primitives::ids::{AdministratorId, CommandId, Group, LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Name, Search};
use crate::canonical::Canonical;
use crate::page::{held_page_body, held_page_reply};
use crate::strict::{maps, nullable, nullable_schema};
use crate::words::ProgrammeStatus;

/// The enrolment of a learner on a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The id of the programme; the programme need not exist yet.
    pub programme: ProgrammeId,
    /// The status of the enrolment.
    pub status: ProgrammeStatus,
}

/// Body of `learner.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutLearner {
    /// The id of the learner.
    pub learner: LearnerId,
    /// The name of the learner.
    pub name: Name,
    /// The case owner of the learner, if there is one.
    #[serde(deserialize_with = "nullable")]
    #[schemars(schema_with = "nullable_schema::<AdministratorId>")]
    pub case_owner: Option<AdministratorId>,
    /// The groups of the learner. Only administrators who may view all of them see the learner.
    pub groups: List<Group, 200>,
    /// The tutors of the learner.
    pub tutors: List<AdministratorId, 200>,
    /// The enrolments of the learner, each programme at most once.
    #[serde(deserialize_with = "maps")]
    pub enrolments: List<Enrolment, 50>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

macro_rules! about_a_learner {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                /// The id of the learner.
                pub learner: LearnerId,
                /// The id of the command. A command that is sent again with the same id changes nothing and gets
                /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub command_id: Option<CommandId>,
            }

            impl Canonical for $name {}
        )+
    };
}

about_a_learner! {
    /// Body of `learner.erase`.
    EraseLearner;
    /// Body of `learner.hold`.
    HoldLearner;
    /// Body of `learner.release`.
    ReleaseLearner;
}

/// Body of `learner.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetLearner {
    /// The id of the learner.
    pub learner: LearnerId,
}

held_page_body! {
    /// Body of `learner.list`. A learner is listed if one value of every given filter applies.
    #[derive(Default)]
    pub struct ListLearners {
        /// Only learners who are enrolled on this programme.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub programme: Option<ProgrammeId>,
        /// Only learners with an enrolment (on that programme, if one is given) of one of these
        /// statuses.
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

/// A learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LearnerRecord {
    /// The id of the learner.
    pub learner: LearnerId,
    /// The name of the learner; empty if the learner was erased.
    pub name: String,
    /// Whether the learner was erased: there is no name, and there are no enrolments any more.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub erased: bool,
    /// The case owner of the learner, if there is one.
    pub case_owner: Option<AdministratorId>,
    /// The groups of the learner. Only administrators who may view all of them see the learner.
    pub groups: Vec<Group>,
    /// The tutors of the learner.
    pub tutors: Vec<AdministratorId>,
    /// The enrolments of the learner.
    pub enrolments: Vec<Enrolment>,
}

held_page_reply! {
    /// Reply of `learner.list`, by name, then id.
    pub struct LearnerPage {} items of LearnerRecord
}

held_page_body! {
    /// Body of `learner.find`.
    #[derive(Default)]
    pub struct FindLearners {
        /// A part of the name. Case and accents are ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
        /// Only learners who are enrolled on this programme, whatever the status of the enrolment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub programme: Option<ProgrammeId>,
    }
}

/// The enrolment of a learner, with the name of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundEnrolment {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// The name of the programme.
    pub name: String,
    /// The status of the enrolment.
    pub status: ProgrammeStatus,
}

/// A learner whom the actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundLearner {
    /// The id of the learner.
    pub learner: LearnerId,
    /// The name of the learner; empty if the learner was erased.
    pub name: String,
    /// The enrolments of the learner on programmes that exist.
    pub programmes: Vec<FoundEnrolment>,
}

held_page_reply! {
    /// Reply of `learner.find`, by name, then id.
    pub struct FoundLearnerPage {} items of FoundLearner
}

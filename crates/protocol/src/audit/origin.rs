//! Who set something in a plan.

use plansync_primitives::ids::{
    Actor, AdministratorId, CommandId, LearnerId, ProgrammeId, SessionId, SyncId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::{Position, Time, Version};
use crate::words::words;

words! {
    /// How a commit set something: by hand, from a template or by a synchronisation.
    OriginKind {
        /// By hand.
        Edit = "edit",
        /// By adding the components of a template.
        Template = "template",
        /// By a synchronisation.
        Sync = "sync",
    }
}

/// A commit that set something in a plan. Where a list of these is returned, the first is the commit in the plan
/// itself. If it is of a synchronisation, the next one is the commit in the plan of the source whose value was
/// synchronised, and so on, through up to 16 synchronisations. The list ends early where the source is a learner
/// whom the reader may not see, or where the value came from a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// How it was set.
    pub kind: OriginKind,
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version that the commit gave to the plan.
    pub version: Version,
    /// The position of the commit in the log.
    pub position: Position,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The id of the command that caused it.
    pub command_id: CommandId,
    /// The reason that was given for the edit; empty if it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The synchronisation, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<OriginSync>,
    /// The template, if the value came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<OriginTemplate>,
}

/// The synchronisation that set something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OriginSync {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The administrator who started it.
    pub requested_by: AdministratorId,
    /// The position of the commit that accepted it.
    pub accepted_at: Position,
    /// The learner whose plan is the source; left out, with the two fields below, if the reader may not see this
    /// learner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<LearnerId>,
    /// The session in which it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The version of the source's plan that was synchronised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<Version>,
}

/// The template that a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OriginTemplate {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The version of the template.
    pub version: Version,
    /// The commit that put the component into the template as it was in that version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put: Option<TemplatePutBy>,
}

/// A commit that put a component into a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplatePutBy {
    /// The version that the commit gave to the template.
    pub version: Version,
    /// The position of the commit in the log.
    pub position: Position,
    /// The time at which the commit was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The id of the command that caused it.
    pub command_id: CommandId,
}

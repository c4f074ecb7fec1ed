//! Plans: bodies and replies of `plan.instantiate`, `plan.edit` and of the reads of plans.

mod change;
mod component;
mod edit;
mod history;

use plansync_primitives::ids::{CommandId, ComponentId, LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::*;
pub use component::*;
pub use edit::*;
pub use history::*;

use crate::bounded::List;
use crate::canonical::Canonical;
use crate::scalar::{Position, Version};
use crate::strict::maps;

/// Body of `plan.instantiate`: adds the components of a template that the plan does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstantiatePlan {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The programme whose template it is; the learner must be enrolled on it.
    pub programme: ProgrammeId,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

impl Canonical for InstantiatePlan {}

/// Reply of `plan.instantiate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanInstantiated {
    /// The version of the plan after it.
    pub version: Version,
    /// The position of the commit in the log.
    pub position: Position,
    /// The number of components that were added.
    pub added: u64,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

/// Body of `plan.edit`: all edits are applied, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPlan {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The version that the plan must have. With any other version, the edits are refused with
    /// `version_conflict`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<Version>,
    /// The edits, in order; each works on the result of those before it. They are refused if their
    /// changes take more than 1,000,000 bytes of JSON, because these are published in one event.
    #[serde(deserialize_with = "maps")]
    #[schemars(length(min = 1))]
    pub edits: List<Edit, 1_000>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Reply of `plan.edit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanEdited {
    /// The version of the plan after it.
    pub version: Version,
    /// The position of the commit in the log.
    pub position: Position,
    /// Whether the plan was changed.
    pub changed: bool,
    /// The ids of the added components, in the order of the edits.
    pub added: Vec<ComponentId>,
    /// Whether the command had been sent before, so that this is its first answer again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

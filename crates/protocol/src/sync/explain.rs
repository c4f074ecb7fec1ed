//! One component of a preview, learner by learner (M3).

use plansync_primitives::ids::{LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::scalar::{Digest, Position};
use crate::sync::Warning;
use crate::words::{Action, Outcome, Reason};

/// Reply of `sync.explain`, by name and id of the learners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncExplanation {
    /// The position of the log at which it was evaluated.
    pub position: Position,
    /// A digest of the request and of the changes that it would replay.
    pub digest: Digest,
    /// The number of learners on all pages.
    pub total: u64,
    /// The items of this page.
    pub items: Vec<ExplainedPair>,
}

/// What would happen to the component in the plan of one learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedPair {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The name of the learner; null if the learner is not available.
    pub name: Option<String>,
    /// The programme that is synchronised; null if the learner is not available.
    pub programme: Option<ProgrammeId>,
    /// What the synchronisation does with the component.
    pub action: Action,
    /// The outcome.
    pub outcome: Outcome,
    /// Why it would be skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// The attributes that would change in the plan of the learner.
    pub changes: Vec<PairChange>,
    /// Whether it is the plan of the source itself. It comes first.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// An attribute of a component in the plan of a learner, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairChange {
    /// The name of the attribute.
    pub attribute: AttributeName,
    /// Its current value; null if the plan does not have the component.
    pub before: AttributeValue,
    /// Its value afterwards; null if the component would be deleted.
    pub after: AttributeValue,
}

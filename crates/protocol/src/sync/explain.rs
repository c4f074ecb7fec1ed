//! One row of a preview opened: learner by learner, what would be done and why not (M3).

use plansync_domain::ids::{LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{AttributeName, AttributeValue};
use crate::scalar::{Digest, Position};
use crate::sync::Warning;
use crate::words::{Action, Outcome, Reason};

/// Reply of `sync.explain`, by the learners' names, then ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncExplanation {
    /// Where in the log it was judged.
    pub position: Position,
    /// Over the request and what it would replay.
    pub digest: Digest,
    /// How many learners there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<ExplainedPair>,
}

/// What would become of the component on one learner's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedPair {
    /// On whose plan.
    pub learner: LearnerId,
    /// The learner's name; null for one who is not available.
    pub name: Option<String>,
    /// The programme that is synchronised; null for a learner who is not available.
    pub programme: Option<ProgrammeId>,
    /// What would be done.
    pub action: Action,
    /// What would come of it.
    pub outcome: Outcome,
    /// Why it would be left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What to know about it.
    pub warnings: Vec<Warning>,
    /// What would differ on the learner's plan.
    pub changes: Vec<PairChange>,
    /// Whether it is the source's own plan (T3); it comes first.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// An attribute of a target's component before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairChange {
    /// Which.
    pub attribute: AttributeName,
    /// Its value now; null on a component that the target lacks.
    pub before: AttributeValue,
    /// Its value then; null on a component that would be deleted.
    pub after: AttributeValue,
}

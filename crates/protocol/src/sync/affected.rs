//! The learners of a preview, one row each: what would be done to each of them (M2a).

use plansync_domain::ids::{LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::{Digest, Position};
use crate::words::PairWarning;

/// Reply of `sync.affected`, by the learners' names, then ids; those who are not available come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncAffectedPage {
    /// Where in the log it was judged.
    pub position: Position,
    /// Over the request and what it would replay.
    pub digest: Digest,
    /// How many learners there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<AffectedLearner>,
}

/// What would be done to one learner's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AffectedLearner {
    /// Whose plan.
    pub learner: LearnerId,
    /// The learner's name; null for one who is not available.
    pub name: Option<String>,
    /// The programme that is synchronised; null for a learner who is not available.
    pub programme: Option<ProgrammeId>,
    /// Components that would be replayed: those created, updated and deleted together.
    pub applied: u64,
    /// Components that are as they should be already.
    pub unchanged: u64,
    /// Components that would be left alone.
    pub skipped: u64,
    /// Components that the plan would get.
    pub created: u64,
    /// Components that would change.
    pub updated: u64,
    /// Components that the plan would lose.
    pub deleted: u64,
    /// What to know about them.
    pub warnings: Vec<AffectedWarning>,
    /// Whether it is the source's own plan (T3); it comes first, and is not counted among the preview's
    /// learners.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// A warning, and how many of the learner's components it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AffectedWarning {
    /// What it warns of.
    pub code: PairWarning,
    /// How many components.
    pub components: u64,
}

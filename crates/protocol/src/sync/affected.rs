//! The learners of a preview, one row each (M2a).

use plansync_primitives::ids::{LearnerId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::{Digest, Position};
use crate::words::PairWarning;

/// Reply of `sync.affected`, by name and id of the learners; learners who are not available come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncAffectedPage {
    /// The position of the log at which it was evaluated.
    pub position: Position,
    /// A digest of the request and of the changes that it would replay.
    pub digest: Digest,
    /// The number of learners on all pages.
    pub total: u64,
    /// The items of this page.
    pub items: Vec<AffectedLearner>,
}

/// What would happen to the plan of one learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AffectedLearner {
    /// The learner whose plan it is.
    pub learner: LearnerId,
    /// The name of the learner; null if the learner is not available.
    pub name: Option<String>,
    /// The programme that is synchronised; null if the learner is not available.
    pub programme: Option<ProgrammeId>,
    /// The number of components to which changes would be applied: created, updated and deleted ones.
    pub applied: u64,
    /// The number of components that already have these values.
    pub unchanged: u64,
    /// The number of components that would be skipped.
    pub skipped: u64,
    /// The number of components that would be created.
    pub created: u64,
    /// The number of components that would be updated.
    pub updated: u64,
    /// The number of components that would be deleted.
    pub deleted: u64,
    /// Warnings.
    pub warnings: Vec<AffectedWarning>,
    /// Whether it is the plan of the source itself. It comes first, and is not counted among the
    /// learners of the preview.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub source: bool,
}

/// A warning, and the number of components that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AffectedWarning {
    /// The kind of warning.
    pub code: PairWarning,
    /// The number of components that it is about.
    pub components: u64,
}

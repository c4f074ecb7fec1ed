//! A tenant's settings.
//!
//! Knows nothing of what obeys them.

use serde::{Deserialize, Serialize};

/// What the tenant has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// Whether the tenant has Marking Aid: without it, exercises are not settable nor replayed.
    pub marking_aid: bool,
    /// Where the owner of a component goes in a sync (O4).
    pub owner_rule: OwnerRule,
}

/// Where the owner of a component goes in a sync of all attributes (O4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRule {
    /// A component owned by its learner's case owner keeps its owner on the targets (O1, O2).
    #[default]
    Keep,
    /// A component owned by its learner's case owner goes to the target's case owner.
    FollowCaseOwner,
}

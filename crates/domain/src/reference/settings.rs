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
    /// After how long without a touch a record is closed (C6); 24 hours, where earlier versions put none.
    #[serde(default, skip_serializing_if = "IdleHours::is_default")]
    pub record_idle_hours: IdleHours,
}

/// How long a record stays open that nobody touches, in hours: 1 to 720.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdleHours(u16);

impl IdleHours {
    /// The fewest hours.
    pub const MIN: Self = Self(1);
    /// The most hours: 30 days.
    pub const MAX: Self = Self(720);

    /// So many hours, if they are within the bounds.
    pub const fn new(hours: u16) -> Option<Self> {
        if hours < Self::MIN.0 || hours > Self::MAX.0 {
            None
        } else {
            Some(Self(hours))
        }
    }

    /// The number of hours.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Whether it is what a tenant has that says nothing of it.
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over so.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for IdleHours {
    fn default() -> Self {
        Self(24)
    }
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

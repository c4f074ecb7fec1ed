//! The settings of a tenant.

use serde::{Deserialize, Serialize};

use crate::time::log_time::{HOUR_MICROS, STEP_MICROS_MAX};

/// The settings of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// Whether the tenant has Marking Aid. Without it, exercises can neither be set nor replayed.
    pub marking_aid: bool,
    /// How a sync sets the owners of components (O4).
    pub owner_rule: OwnerRule,
    /// The time after which an unused record is closed (C6); 24 hours if earlier versions stored
    /// none.
    #[serde(default, skip_serializing_if = "IdleHours::is_default")]
    pub record_idle_hours: IdleHours,
}

/// The time for which an unused record stays open, in hours: 1 to 720.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdleHours(u16);

/// Log time skips a longer step of the clock. If an idle time could be as long, a record would not be
/// closed in a tenant without commits.
const _: () = assert!(
    (IdleHours::MAX.0 as i64) * HOUR_MICROS < STEP_MICROS_MAX,
    "raise STEP_MICROS_MAX with the longest idle time"
);

impl IdleHours {
    /// The smallest value, 1 hour.
    pub const MIN: Self = Self(1);
    /// The largest value, 720 hours (30 days).
    pub const MAX: Self = Self(720);
    /// The value of a tenant that sets none, 24 hours.
    pub const DEFAULT: Self = Self(24);

    /// This number of hours, if it is within the bounds.
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

    /// Whether it is the default of a tenant that stores none.
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands fields over so.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for IdleHours {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How a sync of all attributes sets the owners of components (O4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRule {
    /// If the source's owner is its learner's case owner, the targets keep their owners (O1, O2).
    #[default]
    Keep,
    /// If the source's owner is its learner's case owner, the target's case owner becomes the
    /// owner.
    FollowCaseOwner,
}

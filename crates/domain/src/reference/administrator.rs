//! Administrators: their names, permissions and the groups that they may view.
//!
//! Only `system` writes them (P10).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::Group;
use crate::permission::PermissionSet;
use crate::text::personal::Personal;

/// The largest number of groups that an administrator may view by name.
pub const GROUPS_MAX: usize = 2_000;

/// An administrator, as `system` put the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// The name, 1 to 200 characters.
    pub name: Personal,
    /// The permissions.
    pub permissions: PermissionSet,
    /// The groups that the administrator may view (P8).
    pub groups: Groups,
}

/// The groups that an administrator may view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Groups {
    /// All groups: this administrator sees every learner.
    All,
    /// Only these groups.
    Listed(BTreeSet<Group>),
}

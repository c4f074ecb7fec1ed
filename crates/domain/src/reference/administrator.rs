//! Administrators: who they are, what they may do, and which groups they may view.
//!
//! Written by `system` alone (P10). Knows nothing of what permissions mean.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::Group;
use crate::permission::PermissionSet;
use crate::text::personal::Personal;

/// The most groups that an administrator may view by name.
pub const GROUPS_MAX: usize = 2_000;

/// One administrator, as `system` put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// Their name, 1 to 200 characters.
    pub name: Personal,
    /// What they may do.
    pub permissions: PermissionSet,
    /// Whom they may see (P8).
    pub groups: Groups,
}

/// Which groups an administrator may view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Groups {
    /// Every one: this administrator sees everybody.
    All,
    /// These alone.
    Listed(BTreeSet<Group>),
}

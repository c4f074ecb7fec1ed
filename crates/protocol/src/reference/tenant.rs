//! The settings of a tenant.

use plansync_domain::ids::CommandId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::OwnerRule;

/// Body of `tenant.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTenant {
    /// Whether Marking Aid exercises are offered.
    pub marking_aid: bool,
    /// What becomes of owners who are the case owner (O4).
    pub owner_rule: OwnerRule,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `tenant.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTenant {}

/// The settings as they were put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantRecord {
    /// Whether Marking Aid exercises are offered.
    pub marking_aid: bool,
    /// What becomes of owners who are the case owner (O4).
    pub owner_rule: OwnerRule,
}

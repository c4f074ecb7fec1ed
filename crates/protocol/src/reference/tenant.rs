//! The settings of a tenant.

use std::borrow::Cow;

use plansync_domain::ids::CommandId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer};
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
    /// After how many hours a record is closed that nobody touches; 24, if it is not said (C6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_idle_hours: Option<IdleHours>,
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
    /// After how many hours a record is closed that nobody touches (C6).
    pub record_idle_hours: IdleHours,
}

/// Hours that a record may be idle: 1 to 720.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct IdleHours(u16);

impl IdleHours {
    /// What a tenant has that says nothing of it.
    pub const DEFAULT: Self = Self(24);
    /// The most hours: 30 days.
    pub const MAX: Self = Self(720);

    /// So many hours, if they are within the bounds.
    pub const fn new(hours: u16) -> Option<Self> {
        if hours == 0 || hours > Self::MAX.0 {
            None
        } else {
            Some(Self(hours))
        }
    }

    /// The plain number of hours.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<'de> Deserialize<'de> for IdleHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hours = u16::deserialize(deserializer)?;
        Self::new(hours).ok_or_else(|| de::Error::custom("a record may be idle for 1 to 720 hours"))
    }
}

impl JsonSchema for IdleHours {
    fn schema_name() -> Cow<'static, str> {
        "IdleHours".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": Self::MAX.0, "default": Self::DEFAULT.0 })
    }
}

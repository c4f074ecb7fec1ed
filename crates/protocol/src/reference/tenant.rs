//! The settings of a tenant.

use std::borrow::Cow;

use plansync_primitives::ids::CommandId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use crate::strict::{flag, whole};
use crate::words::OwnerRule;

/// Body of `tenant.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTenant {
    /// Whether Marking Aid exercises can be used.
    #[serde(deserialize_with = "flag")]
    pub marking_aid: bool,
    /// What a synchronisation does with an owner who is the case owner of the source learner.
    pub owner_rule: OwnerRule,
    /// After how many hours without use a record is closed. 24 if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_idle_hours: Option<IdleHours>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `tenant.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTenant {}

/// The settings of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantRecord {
    /// Whether Marking Aid exercises can be used.
    pub marking_aid: bool,
    /// What a synchronisation does with an owner who is the case owner of the source learner.
    pub owner_rule: OwnerRule,
    /// After how many hours without use a record is closed.
    pub record_idle_hours: IdleHours,
}

/// The hours after which an unused record is closed: 1 to 720.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct IdleHours(u16);

// `service` asserts that the constants are those of the rules.
impl IdleHours {
    /// The default: 24 hours.
    pub const DEFAULT: Self = Self(24);
    /// The fewest hours.
    pub const MIN: Self = Self(1);
    /// The most hours: 30 days.
    pub const MAX: Self = Self(720);

    /// A number of hours; `None` if it is out of bounds.
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
}

impl<'de> Deserialize<'de> for IdleHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(deserializer, Self::MIN.0..=Self::MAX.0).map(Self)
    }
}

impl JsonSchema for IdleHours {
    fn schema_name() -> Cow<'static, str> {
        "IdleHours".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer",
            "description": "The hours after which an unused record is closed.",
            "minimum": Self::MIN.0,
            "maximum": Self::MAX.0,
            "default": Self::DEFAULT.0,
        })
    }
}

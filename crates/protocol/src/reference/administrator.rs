//! Administrators, and the actor who asks.

use std::borrow::Cow;
use std::fmt;

use plansync_primitives::ids::{Actor, AdministratorId, CommandId, Group};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::bounded::{List, Name, Search};
use crate::canonical::Canonical;
use crate::page::{held_page_body, held_page_reply};
use crate::words::Permission;

/// The groups that an administrator may view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupsViewed {
    /// `"all"`
    All,
    /// These. A learner is visible if all groups of the learner are among them.
    Listed(List<Group, 2_000>),
}

impl Serialize for GroupsViewed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Listed(groups) => groups.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for GroupsViewed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GroupsVisitor)
    }
}

struct GroupsVisitor;

impl<'de> Visitor<'de> for GroupsVisitor {
    type Value = GroupsViewed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`all` or an array of groups")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<GroupsViewed, E> {
        match text {
            "all" => Ok(GroupsViewed::All),
            _ => Err(E::unknown_variant(text, &["all"])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, groups: A) -> Result<GroupsViewed, A::Error> {
        List::deserialize(SeqAccessDeserializer::new(groups)).map(GroupsViewed::Listed)
    }
}

impl JsonSchema for GroupsViewed {
    fn schema_name() -> Cow<'static, str> {
        "GroupsViewed".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut listed = generator.subschema_for::<List<Group, 2_000>>();
        listed.insert("title".to_owned(), "ListedGroups".into());
        json_schema!({
            "description": "The groups that an administrator may view: `all`, or a list. A learner is visible if all \
                groups of the learner are among them.",
            "anyOf": [{ "title": "AllGroups", "type": "string", "const": "all" }, listed],
        })
    }
}

/// Body of `administrator.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAdministrator {
    /// The id of the administrator.
    pub administrator: AdministratorId,
    /// The name of the person.
    pub name: Name,
    /// The permissions of the person.
    pub permissions: List<Permission, 100>,
    /// The groups that the person may view.
    pub groups: GroupsViewed,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `administrator.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveAdministrator {
    /// The id of the administrator.
    pub administrator: AdministratorId,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

impl Canonical for RemoveAdministrator {}

/// Body of `administrator.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAdministrator {
    /// The id of the administrator.
    pub administrator: AdministratorId,
}

held_page_body! {
    /// Body of `administrator.list`.
    #[derive(Default)]
    pub struct ListAdministrators {
        /// A part of the name or the id. Case and accents are ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
    }
}

/// An administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorRecord {
    /// The id of the administrator.
    pub administrator: AdministratorId,
    /// The name of the person.
    pub name: String,
    /// The permissions of the person.
    pub permissions: Vec<Permission>,
    /// The groups that the person may view.
    pub groups: GroupsViewed,
}

held_page_reply! {
    /// Reply of `administrator.list`, by name, then id.
    pub struct AdministratorPage {} items of AdministratorRecord
}

/// Body of `administrator.names`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAdministratorNames {
    /// The actors; the name of `system` is `system`.
    pub administrators: List<Actor, 500>,
}

/// An actor and the actor's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorName {
    /// The administrator, or `system`.
    pub administrator: Actor,
    /// The name of the person; null if there is no such administrator, or no longer.
    pub name: Option<String>,
}

/// Reply of `administrator.names`: one item for each actor of the body, in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorNameList {
    /// The names.
    pub items: Vec<AdministratorName>,
}

/// Body of `actor.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetActor {}

/// The actor who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActorRecord {
    /// The administrator, or `system`.
    pub administrator: Actor,
    /// The name of the person; `system` for `system`.
    pub name: String,
    /// The permissions of the person; none for `system`, which needs none.
    pub permissions: Vec<Permission>,
    /// The groups that the person may view.
    pub groups: GroupsViewed,
    /// Whether the actor may synchronise.
    pub can_sync: bool,
}

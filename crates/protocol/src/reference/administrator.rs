//! Administrators, and the actor who asks about itself.

use std::borrow::Cow;
use std::fmt;

use plansync_domain::ids::{Actor, AdministratorId, CommandId, Group};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::bounded::{List, Name, Search};
use crate::page::{PageNumber, PageSize};
use crate::scalar::Position;
use crate::words::Permission;

/// Which groups an administrator may view (P8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupsViewed {
    /// `"all"`
    All,
    /// These; a learner is seen when every one of the learner's groups is among them.
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
        f.write_str("`all` or a list of groups")
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
        let listed = generator.subschema_for::<List<Group, 2_000>>();
        json_schema!({ "anyOf": [{ "const": "all" }, listed] })
    }
}

/// Body of `administrator.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAdministrator {
    /// Whom.
    pub administrator: AdministratorId,
    /// The person's name.
    pub name: Name,
    /// What the person may do.
    pub permissions: List<Permission, 100>,
    /// Whose learners the person sees.
    pub groups: GroupsViewed,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `administrator.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveAdministrator {
    /// Whom.
    pub administrator: AdministratorId,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `administrator.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAdministrator {
    /// Whom.
    pub administrator: AdministratorId,
}

/// Body of `administrator.list`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAdministrators {
    /// Part of a name or an id, in any case and with any accents or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageNumber>,
    /// How many items a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<PageSize>,
    /// Whether the pages that follow may be asked for at this reply's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// The position of the first page's reply, which was held: this page is of the same reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
}

/// An administrator as put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorRecord {
    /// Whom.
    pub administrator: AdministratorId,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub permissions: Vec<Permission>,
    /// Whose learners the person sees.
    pub groups: GroupsViewed,
}

/// Reply of `administrator.list`, by name, then id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorPage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<AdministratorRecord>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Body of `administrator.names`, for everyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAdministratorNames {
    /// Whose; `system` is named as itself.
    pub administrators: List<Actor, 500>,
}

/// What somebody is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorName {
    /// Who.
    pub administrator: Actor,
    /// The person's name; none of one who is not known, or not known any more.
    pub name: Option<String>,
}

/// Reply of `administrator.names`: one for each that was asked for, in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdministratorNameList {
    /// The names.
    pub items: Vec<AdministratorName>,
}

/// Body of `actor.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetActor {}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActorRecord {
    /// The administrator, or `system`.
    pub administrator: Actor,
    /// The person's name; `system` for `system`.
    pub name: String,
    /// What the person may do; `system` is bound by none and lists none.
    pub permissions: Vec<Permission>,
    /// Whose learners the person sees.
    pub groups: GroupsViewed,
    /// Whether the person may synchronise (P6).
    pub can_sync: bool,
}

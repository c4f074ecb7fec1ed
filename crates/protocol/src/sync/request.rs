//! What a sync is asked for; the same for the preview and for the run.

use std::borrow::Cow;
use std::fmt;

use plansync_domain::ids::{
    AdministratorId, CommandId, ComponentId, Group, LearnerId, ProgrammeId, SessionId, SyncId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::attributes::AttributeName;
use crate::bounded::Search;
use crate::page::{PageNumber, PageSize};
use crate::scalar::{Digest, Position};
use crate::strict::{TextKeys, optional_map, unless_null};
use crate::words::{Condition, ProgrammeStatus, Side, SyncType};

/// Which components: `"recent"`, `"all"`, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentChoice {
    /// The preselected ones.
    Recent,
    /// All of the programme's.
    All,
    /// These.
    Listed(Vec<ComponentId>),
}

/// Which learners: `"all"`, a list, or those that a filter leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LearnerChoice {
    /// All that may be chosen.
    All,
    /// These.
    Listed(Vec<LearnerId>),
    /// Those that pass every filter.
    Filtered(LearnerFilter),
}

/// Filters of learners; an empty one lets everyone pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerFilter {
    /// Any of these statuses of the enrolment.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<ProgrammeStatus>>")]
    pub programme_statuses: Vec<ProgrammeStatus>,
    /// Any of these groups.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<Group>>")]
    pub groups: Vec<Group>,
    /// Any of these tutors.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<AdministratorId>>")]
    pub tutors: Vec<AdministratorId>,
    /// Part of a name, in any case and with any accents or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// All but these.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<LearnerId>>")]
    pub except: Vec<LearnerId>,
}

/// A preview, named by what it returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// Where it was judged.
    pub position: Position,
    /// Its digest, over the request without this and what it would replay.
    pub digest: Digest,
}

/// The fields of a request, spelled out in every body that has them: a flattened struct could
/// not name an unknown field, nor be read without a generic value in between.
macro_rules! with_request {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The session whose recent changes they are.
            pub session: SessionId,
            /// Whose components.
            pub programme: ProgrammeId,
            /// Which of them.
            pub components: ComponentChoice,
            /// Onto whose plans.
            pub learners: LearnerChoice,
            /// Only onto components in one of these (S7); empty: whatever their status.
            #[serde(
                default,
                deserialize_with = "unless_null",
                skip_serializing_if = "Vec::is_empty"
            )]
            #[schemars(with = "Option<Vec<Condition>>")]
            pub statuses: Vec<Condition>,
            /// How.
            #[serde(default, deserialize_with = "unless_null", rename = "type")]
            #[schemars(with = "Option<SyncType>")]
            pub sync_type: SyncType,
            /// Which attributes, for `selected_attributes`.
            #[serde(
                default,
                deserialize_with = "unless_null",
                skip_serializing_if = "Vec::is_empty"
            )]
            #[schemars(with = "Option<Vec<AttributeName>>")]
            pub attributes: Vec<AttributeName>,
            /// The preview that it confirms: what was not shown there is left alone (M5).
            #[serde(
                default,
                deserialize_with = "optional_map",
                skip_serializing_if = "Option::is_none"
            )]
            pub confirm: Option<Confirm>,
            $(
                $(#[$field_attribute])*
                pub $field: $type,
            )*
        }

        impl $name {
            /// The request alone.
            #[must_use]
            pub fn request(self) -> SyncRequest {
                SyncRequest {
                    session: self.session,
                    programme: self.programme,
                    components: self.components,
                    learners: self.learners,
                    statuses: self.statuses,
                    sync_type: self.sync_type,
                    attributes: self.attributes,
                    confirm: self.confirm,
                }
            }
        }
    };
}

with_request! {
    /// What a sync is asked for.
    SyncRequest {}
}

with_request! {
    /// Body of `sync.preview`.
    PreviewSync {
        /// Which page of the rows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PageNumber>,
        /// How many rows a page has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page_size: Option<PageSize>,
    }
}

with_request! {
    /// Body of `sync.affected`: the learners of a request, one row each.
    AffectedSync {
        /// Which page of the learners.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PageNumber>,
        /// How many learners a page has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page_size: Option<PageSize>,
    }
}

with_request! {
    /// Body of `sync.explain`: one component of a request, learner by learner.
    ExplainSync {
        /// Which of the selected components.
        component: ComponentId,
        /// Which learners.
        side: Side,
        /// Which page of the learners.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<PageNumber>,
        /// How many learners a page has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page_size: Option<PageSize>,
    }
}

with_request! {
    /// Body of `sync.start`.
    StartSync {
        /// The id of the sync; the engine gives one if there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sync: Option<SyncId>,
        /// Names the command; the same id is carried out once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
    }
}

/// Reply of `sync.start`; the work goes on after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncStarted {
    /// The sync.
    pub sync: SyncId,
    /// Where its acceptance stands in the log.
    pub position: Position,
    /// Whether this is the first answer given again.
    #[serde(default, skip_serializing_if = "crate::absent")]
    pub duplicate: bool,
}

impl Serialize for ComponentChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Recent => serializer.serialize_str("recent"),
            Self::All => serializer.serialize_str("all"),
            Self::Listed(components) => components.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ComponentChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ComponentsVisitor)
    }
}

struct ComponentsVisitor;

impl<'de> Visitor<'de> for ComponentsVisitor {
    type Value = ComponentChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`recent`, `all` or a list of components")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ComponentChoice, E> {
        match text {
            "recent" => Ok(ComponentChoice::Recent),
            "all" => Ok(ComponentChoice::All),
            _ => Err(E::unknown_variant(text, &["recent", "all"])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<ComponentChoice, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(ComponentChoice::Listed)
    }
}

impl JsonSchema for ComponentChoice {
    fn schema_name() -> Cow<'static, str> {
        "ComponentChoice".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let listed = generator.subschema_for::<Vec<ComponentId>>();
        json_schema!({ "anyOf": [{ "enum": ["recent", "all"] }, listed] })
    }
}

impl Serialize for LearnerChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Listed(learners) => learners.serialize(serializer),
            Self::Filtered(filter) => filter.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LearnerChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LearnersVisitor)
    }
}

struct LearnersVisitor;

impl<'de> Visitor<'de> for LearnersVisitor {
    type Value = LearnerChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`all`, a list of learners or a map of filters")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<LearnerChoice, E> {
        match text {
            "all" => Ok(LearnerChoice::All),
            _ => Err(E::unknown_variant(text, &["all"])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<LearnerChoice, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(LearnerChoice::Listed)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LearnerChoice, A::Error> {
        LearnerFilter::deserialize(MapAccessDeserializer::new(TextKeys(map)))
            .map(LearnerChoice::Filtered)
    }
}

impl JsonSchema for LearnerChoice {
    fn schema_name() -> Cow<'static, str> {
        "LearnerChoice".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let listed = generator.subschema_for::<Vec<LearnerId>>();
        let filtered = generator.subschema_for::<LearnerFilter>();
        json_schema!({ "anyOf": [{ "const": "all" }, listed, filtered] })
    }
}

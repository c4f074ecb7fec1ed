//! The request for a synchronisation. Preview, list of affected learners, explanation and start have
//! the same fields.

use std::borrow::Cow;
use std::fmt;

use plansync_primitives::ids::{
    AdministratorId, CommandId, ComponentId, Group, LearnerId, ProgrammeId, SessionId, SyncId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::attributes::AttributeName;
use crate::bounded::Search;
use crate::page::{body, page_body};
use crate::scalar::{Digest, Position};
use crate::strict::{TextKeys, optional_map, unless_null};
use crate::words::{Condition, ProgrammeStatus, Side, SyncType};

/// The components of a request: `"recent"`, `"all"`, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComponentChoice {
    /// The preselected components.
    Recent,
    /// All components of the programme.
    All,
    /// These.
    Listed(Vec<ComponentId>),
}

/// The learners of a request: `"all"`, a list, or a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LearnerChoice {
    /// All learners who can be chosen.
    All,
    /// These.
    Listed(Vec<LearnerId>),
    /// The learners for whom all filters apply.
    Filtered(LearnerFilter),
}

/// A filter of learners. A learner passes if one value of every given field applies; an empty filter
/// lets everybody pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerFilter {
    /// The statuses of the enrolment.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<ProgrammeStatus>>")]
    pub programme_statuses: Vec<ProgrammeStatus>,
    /// The groups.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<Group>>")]
    pub groups: Vec<Group>,
    /// The tutors.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<AdministratorId>>")]
    pub tutors: Vec<AdministratorId>,
    /// A part of the name. Case and accents are ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Learners who do not pass.
    #[serde(
        default,
        deserialize_with = "unless_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schemars(with = "Option<Vec<LearnerId>>")]
    pub except: Vec<LearnerId>,
}

/// A preview, identified by position and digest of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The position of the log at which it was evaluated.
    pub position: Position,
    /// Its digest: of the request without `confirm`, and of the changes that it would replay.
    pub digest: Digest,
}

/// A body that contains a request, declared with another macro (`body` or `page_body`). The fields are
/// written out in every body: a flattened struct could not name an unknown field, and serde would
/// read it through a generic value.
macro_rules! with_request {
    (
        $declared_with:ident!
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_attribute:meta])* $field:ident: $type:ty,)* }
    ) => {
        $declared_with! {
            $(#[$doc])*
            pub struct $name {
                /// The session whose recent changes are synchronised.
                pub session: SessionId,
                /// The programme whose components are synchronised.
                pub programme: ProgrammeId,
                /// The components to synchronise.
                pub components: ComponentChoice,
                /// The learners to whose plans the changes are applied.
                pub learners: LearnerChoice,
                /// Only components of the learners in one of these statuses; in any status if it
                /// is empty.
                #[serde(
                    default,
                    deserialize_with = "unless_null",
                    skip_serializing_if = "Vec::is_empty"
                )]
                #[schemars(with = "Option<Vec<Condition>>")]
                pub statuses: Vec<Condition>,
                /// The type of synchronisation; `changes_only` if none is given.
                #[serde(default, deserialize_with = "unless_null", rename = "type")]
                #[schemars(with = "Option<SyncType>")]
                pub sync_type: SyncType,
                /// For `selected_attributes`: the attributes to replay.
                #[serde(
                    default,
                    deserialize_with = "unless_null",
                    skip_serializing_if = "Vec::is_empty"
                )]
                #[schemars(with = "Option<Vec<AttributeName>>")]
                pub attributes: Vec<AttributeName>,
                /// The preview that is confirmed: nothing happens that it did not show.
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
        }

        impl $name {
            /// The request without the other fields.
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
    body!
    /// A request for a synchronisation.
    SyncRequest {}
}

with_request! {
    page_body!
    /// Body of `sync.preview`.
    PreviewSync {}
}

with_request! {
    page_body!
    /// Body of `sync.affected`: a request.
    AffectedSync {}
}

with_request! {
    page_body!
    /// Body of `sync.explain`: a request, and one component of it.
    ExplainSync {
        /// The id of one of the selected components.
        component: ComponentId,
        /// Whether to return the learners for whom it is synchronised, or the others.
        side: Side,
    }
}

with_request! {
    body!
    /// Body of `sync.start`.
    StartSync {
        /// The id of the synchronisation; if none is given, the engine makes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sync: Option<SyncId>,
        /// The id of the command. A command that is sent again with the same id changes nothing and
        /// gets its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
    }
}

/// Reply of `sync.start`. The synchronisation continues after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SyncStarted {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The position in the log at which it was accepted.
    pub position: Position,
    /// Whether the command had been sent before, so that this is its first answer again.
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
        f.write_str("`recent`, `all` or an array of components")
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
        let components = generator.subschema_for::<ComponentId>();
        json_schema!({
            "description": "The components to synchronise: `recent` (the preselected ones: those with recent changes \
                that were not synchronised yet), `all` components of the programme, or a list.",
            "anyOf": [
                { "title": "NamedComponents", "type": "string", "enum": ["recent", "all"] },
                { "title": "ListedComponents", "type": "array", "items": components },
            ],
        })
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
        f.write_str("`all`, an array of learners or an object of filters")
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
        let learners = generator.subschema_for::<LearnerId>();
        let filtered = generator.subschema_for::<LearnerFilter>();
        json_schema!({
            "description": "The learners to synchronise to: `all` who can be chosen, a list, or a filter.",
            "anyOf": [
                { "title": "AllLearners", "type": "string", "const": "all" },
                { "title": "ListedLearners", "type": "array", "items": learners },
                filtered,
            ],
        })
    }
}

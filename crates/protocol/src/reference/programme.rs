//! Programmes, and programmes that are parts of others.

use plansync_primitives::ids::{CommandId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Name, Search};
use crate::canonical::Canonical;
use crate::page::{held_page_body, held_page_reply};
use crate::strict::{nullable, nullable_schema};

/// Body of `programme.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutProgramme {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: Name,
    /// The programme of which this one is a part.
    #[serde(deserialize_with = "nullable")]
    #[schemars(schema_with = "nullable_schema::<ProgrammeId>")]
    pub parent: Option<ProgrammeId>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

impl Canonical for PutProgramme {}

/// Body of `programme.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetProgramme {
    /// The id of the programme.
    pub programme: ProgrammeId,
}

held_page_body! {
    /// Body of `programme.list`.
    #[derive(Default)]
    pub struct ListProgrammes {
        /// A part of the name. Case and accents are ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub search: Option<Search>,
    }
}

/// A programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeRecord {
    /// The id of the programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The programme of which this one is a part.
    pub parent: Option<ProgrammeId>,
    /// The number of components in its template.
    pub template_components: u64,
}

held_page_reply! {
    /// Reply of `programme.list`, by name, then id.
    pub struct ProgrammePage {} items of ProgrammeRecord
}

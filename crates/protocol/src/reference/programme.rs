//! Programmes and subprogrammes.

use plansync_domain::ids::{CommandId, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Name, Search};
use crate::page::{PageNumber, PageSize};
use crate::scalar::Position;
use crate::strict::nullable;

/// Body of `programme.put`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutProgramme {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: Name,
    /// The programme that this one is a part of.
    #[serde(deserialize_with = "nullable")]
    #[schemars(required)]
    pub parent: Option<ProgrammeId>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `programme.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetProgramme {
    /// Which.
    pub programme: ProgrammeId,
}

/// Body of `programme.list`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListProgrammes {
    /// Part of a name, in any case and with any accents or none.
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

/// A programme as put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammeRecord {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The programme that this one is a part of.
    pub parent: Option<ProgrammeId>,
    /// How many components its template has.
    pub template_components: u64,
}

/// Reply of `programme.list`, by name, then id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgrammePage {
    /// How many there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub items: Vec<ProgrammeRecord>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

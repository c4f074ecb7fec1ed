//! Programme templates: the components that a plan starts with.

use plansync_domain::ids::{CommandId, ComponentId, ComponentType, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::bounded::List;
use crate::page::{PageNumber, PageSize};
use crate::scalar::{Position, Version};
use crate::strict::maps;

/// One component of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateComponent {
    /// Its id, the same on every plan that has it.
    pub component: ComponentId,
    /// What kind of component it is; it never changes.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Its attributes; those left out have their defaults.
    pub attributes: Attributes,
}

/// Body of `template.put`: adds these components, or replaces them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// Whose template.
    pub programme: ProgrammeId,
    /// The components.
    #[serde(deserialize_with = "maps")]
    pub components: List<TemplateComponent, 500>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `template.remove`: plans keep theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTemplate {
    /// Whose template.
    pub programme: ProgrammeId,
    /// The components that it loses.
    pub components: List<ComponentId, 5_000>,
    /// Names the command; the same id is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `template.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetTemplate {
    /// Whose template.
    pub programme: ProgrammeId,
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

/// Reply of `template.get`, in the order of adding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplatePage {
    /// How many components there are on all pages.
    pub total: u64,
    /// The template's own version.
    pub version: Version,
    /// Those of this page.
    pub components: Vec<TemplateComponent>,
    /// Where in the log it was read, if that is held: the other pages are read `at` it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

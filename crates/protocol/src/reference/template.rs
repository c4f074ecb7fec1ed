//! Templates of programmes: the components with which a plan starts.

use plansync_primitives::ids::{CommandId, ComponentId, ComponentType, ProgrammeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, TemplateAttributes};
use crate::bounded::List;
use crate::page::{held_page_body, held_page_reply};
use crate::scalar::Version;
use crate::strict::maps;

/// A component of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateComponent {
    /// Its id; the same on every plan that has it.
    pub component: ComponentId,
    /// Its type, which never changes.
    #[serde(rename = "type")]
    pub component_type: ComponentType,
    /// Its attributes; those that are left out have their default.
    #[schemars(with = "TemplateAttributes")]
    pub attributes: Attributes,
}

/// Body of `template.put`: adds components to a template, or replaces them there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The components.
    #[serde(deserialize_with = "maps")]
    #[schemars(length(min = 1))]
    pub components: List<TemplateComponent, 500>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

/// Body of `template.remove`: removes components from a template. Plans keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTemplate {
    /// The programme whose template it is.
    pub programme: ProgrammeId,
    /// The ids of the components to remove.
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub components: List<ComponentId, 5_000>,
    /// The id of the command. A command that is sent again with the same id changes nothing and gets
    /// its first answer. If it is left out, the header `Nats-Msg-Id` names the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
}

held_page_body! {
    /// Body of `template.get`.
    pub struct GetTemplate {
        /// The programme whose template it is.
        pub programme: ProgrammeId,
    }
}

held_page_reply! {
    /// Reply of `template.get`, in the order in which the components were added.
    pub struct TemplatePage {
        /// The version of the template.
        pub version: Version,
    } components of TemplateComponent
}

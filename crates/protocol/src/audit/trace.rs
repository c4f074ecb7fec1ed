//! The commits to which a command led.

use plansync_primitives::ids::{Actor, CommandId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::commit::AuditStream;
use super::event::AuditKind;
use crate::page::{PageSize, body};
use crate::scalar::{Position, Time};

body! {
    /// Body of `audit.trace`.
    pub struct TraceCommand {
        /// The id of the command.
        pub command_id: CommandId,
        /// The value `next` of the reply before, to continue after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<Position>,
        /// The most commits to return. 50 if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

/// A commit to which a command led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceItem {
    /// Its position.
    pub position: Position,
    /// The time at which it was recorded.
    pub at: Time,
    /// The actor who asked for it.
    pub by: Actor,
    /// The id of the command that started its chain of causes; another one than that of the request if a
    /// second command took part, such as one that cancelled a synchronisation.
    pub correlation_id: CommandId,
    /// Its stream.
    pub stream: AuditStream,
    /// The kinds of its events.
    pub kinds: Vec<AuditKind>,
    /// The position of the commit that led to it; left out for the commit of the command itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Position>,
    /// How many commits are between it and the command: 0 for the commit of the command itself.
    pub depth: u64,
}

/// Reply of `audit.trace`: by position. Empty if no commit has this command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditTracePage {
    /// The commits.
    pub items: Vec<TraceItem>,
    /// The position to continue after; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Position>,
    /// The last position of the log that was visible.
    pub position: Position,
}

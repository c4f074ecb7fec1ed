//! The commits of the log, filtered.

use plansync_primitives::ids::{Actor, CommandId, ComponentId, LearnerId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::commit::AuditCommit;
use super::event::AuditKind;
use crate::page::{PageSize, body};
use crate::scalar::{Position, Time};
use crate::words::words;

words! {
    /// The order of a list of commits.
    AuditOrder {
        /// The oldest commit first.
        OldestFirst = "oldest_first",
        /// The newest commit first.
        NewestFirst = "newest_first",
    }
}

body! {
    /// Body of `audit.log`. A commit must pass every filter that is given.
    #[derive(Default)]
    pub struct ListAuditLog {
        /// Only commits about this learner: changes of the plan and of the learner's data, and results of
        /// synchronisations. An index finds them. Commits of records are listed with `records` only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub learner: Option<LearnerId>,
        /// Whether to list commits of the learner's records, too. No index finds these: the log is read for
        /// them, as for a filter by actor.
        #[serde(
            default,
            deserialize_with = "crate::strict::optional_flag",
            skip_serializing_if = "Option::is_none"
        )]
        pub records: Option<bool>,
        /// Only commits that changed this component of the learner's plan, or in which a synchronisation
        /// decided about it. Given with `learner` only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
        /// Only commits of this synchronisation: its parts, its start, its learners and its end. An index
        /// finds them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sync: Option<SyncId>,
        /// Only commits to which this command led. An index finds them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub command_id: Option<CommandId>,
        /// Only commits that this actor asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by: Option<Actor>,
        /// Only commits with an event of one of these kinds; of any kind if it is empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kinds: Option<crate::bounded::List<AuditKind, 100>>,
        /// Only commits recorded at this time or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from_time: Option<Time>,
        /// Only commits recorded before this time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to_time: Option<Time>,
        /// Only commits at this position or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from_position: Option<Position>,
        /// Only commits at this position or earlier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to_position: Option<Position>,
        /// The order; `oldest_first` if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub order: Option<AuditOrder>,
        /// The value `next` of the reply before, to continue after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<Position>,
        /// The most commits to return. 50 if none is given. A request reads a bounded part of the log, so
        /// there may be fewer, or none, although more follow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

/// Reply of `audit.log`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditLogPage {
    /// The commits.
    pub items: Vec<AuditCommit>,
    /// The position to continue after; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Position>,
    /// The position up to which the log was searched, in the order of the list.
    pub scanned_to: Position,
    /// The last position of the log that was visible.
    pub position: Position,
}

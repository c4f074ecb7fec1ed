//! What a synchronisation would have decided for somebody else, with other permissions or under other conditions.

use plansync_primitives::ids::{AdministratorId, ComponentId, LearnerId, SyncId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::{PageSize, body};
use crate::scalar::Position;
use crate::strict::{optional_map, unless_null};
use crate::sync::Warning;
use crate::words::{Action, Condition, Outcome, Permission, Reason, Status, SyncState};

body! {
    /// Body of `audit.what-if`. Without a change, nothing differs.
    pub struct GetAuditWhatIf {
        /// The id of the synchronisation.
        pub sync: SyncId,
        /// The administrator who starts it instead, with the permissions and groups of that time. The administrator
        /// who started it if none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub judged_as: Option<AdministratorId>,
        /// Permissions that this administrator has in addition.
        #[serde(
            default,
            deserialize_with = "unless_null",
            skip_serializing_if = "Vec::is_empty"
        )]
        #[schemars(with = "Option<Vec<Permission>>")]
        pub with: Vec<Permission>,
        /// Permissions that this administrator does not have. One that is also in `with` is taken away.
        #[serde(
            default,
            deserialize_with = "unless_null",
            skip_serializing_if = "Vec::is_empty"
        )]
        #[schemars(with = "Option<Vec<Permission>>")]
        pub without: Vec<Permission>,
        /// Only components of the learners in one of these statuses, in place of the conditions of the request; in any
        /// status if it is empty. The conditions of the request if it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub statuses: Option<Vec<Condition>>,
        /// The value `next` of the reply before, to continue there.
        #[serde(
            default,
            deserialize_with = "optional_map",
            skip_serializing_if = "Option::is_none"
        )]
        pub after: Option<WhatIfCursor>,
        /// The most differences to return. 50 if none is given. A request decides about a bounded number of learners,
        /// so there may be fewer, or none, although more follow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub limit: Option<PageSize>,
    }
}

body! {
    /// A place in a list of differences.
    #[derive(Copy)]
    pub struct WhatIfCursor {
        /// The learner who is next.
        pub learner: LearnerId,
        /// The component of the learner that was returned last; left out if none was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub component: Option<ComponentId>,
    }
}

/// Reply of `audit.what-if`, by id of the learner and of the component: the components of learners about which the
/// synchronisation would have decided otherwise. Each is decided on the plan, the records and the settings on which it
/// was decided then. What was not decided, because the synchronisation did not reach the learner or failed, is left
/// out. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditWhatIfPage {
    /// The id of the synchronisation.
    pub sync: SyncId,
    /// The administrator who started it.
    pub requested_by: AdministratorId,
    /// The administrator for whom it was decided again.
    pub judged_as: AdministratorId,
    /// The state of the synchronisation. One that is running or was cancelled has not reached every learner.
    pub state: SyncState,
    /// The differences.
    pub items: Vec<WhatIfDifference>,
    /// Where to continue; left out if there is nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<WhatIfCursor>,
}

/// A component of a learner about which the synchronisation would have decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WhatIfDifference {
    /// The learner.
    pub learner: LearnerId,
    /// The id of the component.
    pub component: ComponentId,
    /// Its name at the source.
    pub name: String,
    /// The position of the commit with the recorded decision.
    pub position: Position,
    /// The position of the log on which both were decided.
    pub judged_at: Position,
    /// The status that it had in the learner's plan; left out if the plan did not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What was decided and recorded.
    pub recorded: ComponentDecision,
    /// What would have been decided.
    pub hypothetical: ComponentDecision,
}

/// A decision about a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentDecision {
    /// What the synchronisation does with it.
    pub action: Action,
    /// The outcome.
    pub outcome: Outcome,
    /// Why it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// The permissions that are missing.
    pub missing_permissions: Vec<Permission>,
    /// The decision in words.
    pub sentence: String,
}

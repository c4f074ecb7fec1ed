//! What an actor may do right now: `system` everything, an administrator what they hold.
//!
//! Knows nothing of the rules themselves.

use crate::command::rejection::Rejection;
use crate::ids::Actor;
use crate::permission::{PermissionReason, PermissionSet};
use crate::state::tenant::Tenant;

/// Who is bound by which permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// No permission rule binds `system`.
    Unbound,
    /// An administrator; somebody unknown holds nothing.
    Held(PermissionSet),
}

impl Rights {
    /// What an actor may do now.
    pub(crate) fn of(tenant: &Tenant, actor: &Actor) -> Self {
        match actor {
            Actor::System => Self::Unbound,
            Actor::Administrator(id) => Self::Held(
                tenant
                    .administrator(id)
                    .map(|record| record.permissions)
                    .unwrap_or_default(),
            ),
        }
    }

    /// Refused for the reason that a rule finds against what is held.
    pub(crate) fn refuse_unless(
        self,
        rule: impl FnOnce(PermissionSet) -> Option<PermissionReason>,
    ) -> Result<(), Rejection> {
        match self {
            Self::Unbound => Ok(()),
            Self::Held(held) => match rule(held) {
                Some(reason) => Err(Rejection::NotPermitted(reason)),
                None => Ok(()),
            },
        }
    }
}

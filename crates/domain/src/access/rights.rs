//! The permissions that an actor has now: `system` may do everything, an administrator what their
//! permissions allow. The rules themselves are in `permission`.

use crate::command::rejection::Rejection;
use crate::ids::Actor;
use crate::permission::{PermissionReason, PermissionSet};
use crate::state::tenant::Tenant;

/// The permissions that bind an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// `system`, which no permission rule binds.
    Unbound,
    /// The permissions of an administrator; an unknown administrator has none.
    Held(PermissionSet),
}

impl Rights {
    /// The rights of an actor now.
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

    /// Refuses with the reason that a rule gives for the permissions held, if it gives one.
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

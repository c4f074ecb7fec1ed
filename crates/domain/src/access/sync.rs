//! Who may read and cancel a sync: its requester, supervisors and compliance QA who see its source,
//! and `system` (P11).

use crate::access::visibility;
use crate::command::rejection::Rejection;
use crate::ids::{Actor, SyncId};
use crate::progress::state::SyncState;
use crate::state::tenant::Tenant;

/// The sync, if the actor may read it: the administrator who requested it, those of P1 who see its
/// source, and `system`.
pub fn readable<'a>(
    tenant: &'a Tenant,
    actor: &Actor,
    sync: SyncId,
) -> Result<&'a SyncState, Rejection> {
    let state = tenant.syncs().get(sync);
    state
        .filter(|state| may_read(tenant, actor, state))
        .ok_or(Rejection::SyncNotFound(sync))
}

/// Whether an actor may read and cancel a sync.
pub fn may_read(tenant: &Tenant, actor: &Actor, sync: &SyncState) -> bool {
    let Some(administrator) = actor.administrator() else {
        return true;
    };
    let Some(record) = tenant.administrator(administrator) else {
        return false;
    };
    let sees_source = || {
        let source = tenant.learner(sync.facts().source);
        source.is_some_and(|source| visibility::sees(record, source))
    };
    sync.facts().requested_by == *administrator
        || (record.permissions.everything() && sees_source())
}

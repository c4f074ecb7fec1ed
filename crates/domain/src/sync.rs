//! Starting and cancelling a synchronisation, and who may look at one.
//!
//! Owns these decisions. Refuses to resolve a request, which previews share, and to run one.

use std::sync::Arc;

use crate::change_set::ChangeSet;
use crate::decide::{Context, Decided};
use crate::digest::Digest;
use crate::event::Event;
use crate::ids::{Actor, AdministratorId, SyncId};
use crate::limits::Limits;
use crate::noted::Noted;
use crate::rejection::Rejection;
use crate::request::SyncRequest;
use crate::selection::{self, Selection};
use crate::stream::Stream;
use crate::sync_event::SyncAccepted;
use crate::tenant::Tenant;
use crate::visibility;

pub use crate::sync_state::{SyncState, SyncStatus, Syncs};

/// `sync.start`: what it comes to, frozen.
pub(crate) fn decide_start(
    tenant: &Tenant,
    context: &Context<'_>,
    sync: SyncId,
    request: &SyncRequest,
) -> Result<Decided, Rejection> {
    let selection = selection::select(tenant, context, request)?;
    if tenant.syncs().get(sync).is_some() {
        return Err(Rejection::SyncExists(sync));
    }
    check_running(tenant, context.limits, &selection.terms.requested_by)?;
    let (change_set, accepted) = accepted(sync, request, selection);
    Ok(Decided::Sync {
        change_set,
        accepted,
    })
}

/// The bounds on what runs at once: one sync more must not pass them.
fn check_running(
    tenant: &Tenant,
    limits: &Limits,
    requested_by: &AdministratorId,
) -> Result<(), Rejection> {
    let syncs = tenant.syncs();
    let own = syncs.running_count_of(requested_by);
    if own >= limits.running_syncs {
        return Err(Rejection::Overloaded {
            problem: "you have too many syncs running; wait for one to end, or cancel it",
        });
    }
    if syncs.running_count() >= limits.tenant_running_syncs {
        return Err(Rejection::Overloaded {
            problem: "the tenant has too many syncs running; wait for one to end",
        });
    }
    Ok(())
}

/// Whether a start that was accepted in one state is accepted, and comes to the same, in a later one:
/// nothing that it was decided by has moved. May say no where it would be.
pub fn still_starts(then: &Tenant, now: &Tenant, limits: &Limits, accepted: &SyncAccepted) -> bool {
    let session = accepted.request.session;
    let sessions = then.session(session).zip(now.session(session));
    let plan_version = |tenant: &Tenant| tenant.plans().version(accepted.source);
    now.syncs().get(accepted.sync).is_none()
        && check_running(now, limits, &accepted.requested_by).is_ok()
        && then.settings == now.settings
        && then.administrators.ptr_eq(&now.administrators)
        && then.learners.ptr_eq(&now.learners)
        && then.enrolled.ptr_eq(&now.enrolled)
        && then.programmes.ptr_eq(&now.programmes)
        && then.templates.ptr_eq(&now.templates)
        && plan_version(then) == plan_version(now)
        && sessions.is_some_and(|(then, now)| then.is_as_open_as(now))
}

/// The digest, and how the change set is cut into commits, is up to whoever writes the log.
fn accepted(
    sync: SyncId,
    request: &SyncRequest,
    selection: Selection,
) -> (ChangeSet, SyncAccepted) {
    let accepted = SyncAccepted {
        sync,
        request: Arc::new(request.clone()),
        requested_by: selection.terms.requested_by,
        source: selection.terms.source,
        source_version: selection.source_version,
        learners: selection.learners,
        digest: Digest::default(),
        chunks: 0,
        entries: Vec::new(),
    };
    (selection.change_set, accepted)
}

/// `sync.cancel`: by who asked for it, P1, or `system`.
pub(crate) fn decide_cancel(
    tenant: &Tenant,
    context: &Context<'_>,
    sync: SyncId,
) -> Result<Decided, Rejection> {
    let state = readable(tenant, context.actor, sync)?;
    Ok(match state.status() {
        SyncStatus::Running => Decided::Events {
            stream: Stream::Sync(sync),
            events: vec![Event::SyncCancelled(state.cancellation())],
        },
        status @ (SyncStatus::Completed | SyncStatus::Cancelled) => {
            Decided::Unchanged(Noted::Cancel { state: status })
        }
    })
}

/// A sync, for whoever may look at it: who asked, those of P1 who see its source, and `system`.
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

/// Whether an actor may look at a sync, and stop it.
pub fn may_read(tenant: &Tenant, actor: &Actor, sync: &SyncState) -> bool {
    let Some(administrator) = actor.administrator() else {
        return true;
    };
    let Some(record) = tenant.administrator(administrator) else {
        return false;
    };
    let sees_source = || {
        let source = tenant.learner(sync.accepted().source);
        source.is_some_and(|source| visibility::sees(record, source))
    };
    sync.accepted().requested_by == *administrator
        || (record.permissions.everything() && sees_source())
}

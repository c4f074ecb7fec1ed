//! Starting and cancelling a sync (`sync.start`, `sync.cancel`).
//!
//! What a request selects is resolved in `selection`, which previews share; targets are judged
//! later, one by one.

use std::sync::Arc;

use crate::access::sync::readable;
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::limits::Limits;
use crate::command::rejection::Rejection;
use crate::command::undecided::Undecided;
use crate::event::Event;
use crate::event::command_outcome::CommandOutcome;
use crate::event::sync::SyncAccepted;
use crate::ids::digest::Digest;
use crate::ids::stream::Stream;
use crate::ids::{AdministratorId, SyncId};
use crate::selection::{self, Selection};
use crate::state::tenant::Tenant;
use crate::sync::change_set::ChangeSet;
use crate::sync::request::SyncRequest;
use crate::sync::status::SyncStatus;

/// `sync.start`: fixes the change set and the list of learners.
pub(crate) fn decide_start(
    tenant: &Tenant,
    context: &Context<'_>,
    sync: SyncId,
    request: &SyncRequest,
) -> Result<Decided, Undecided> {
    let selection = selection::select(tenant, context, request)?;
    if tenant.syncs().get(sync).is_some() {
        return Err(Rejection::SyncExists(sync).into());
    }
    check_running(tenant, context.limits, &selection.terms.requested_by)?;
    let (change_set, accepted) = accepted(sync, request, selection);
    Ok(Decided::Sync {
        change_set,
        accepted,
    })
}

/// Checks the limits on running syncs: there must be room for one more.
fn check_running(
    tenant: &Tenant,
    limits: &Limits,
    requested_by: &AdministratorId,
) -> Result<(), Rejection> {
    let syncs = tenant.syncs();
    let own = syncs.running_count_of(requested_by);
    if own >= limits.running_syncs {
        return Err(Rejection::Overloaded {
            problem: "you have too many running synchronisations; nothing was started: wait until one ends, or cancel one",
        });
    }
    if syncs.running_count() >= limits.tenant_running_syncs {
        return Err(Rejection::Overloaded {
            problem: "the tenant has too many running synchronisations; nothing was started: wait until one ends",
        });
    }
    Ok(())
}

/// Whether a start that was accepted in the state `then` is also accepted in the later state `now`,
/// with the same result: nothing that the decision depended on has changed. It may return false
/// although the result would be the same.
pub fn still_starts(then: &Tenant, now: &Tenant, limits: &Limits, accepted: &SyncAccepted) -> bool {
    let session = accepted.request.session;
    let sessions = then.session(session).zip(now.session(session));
    let plan_version = |tenant: &Tenant| tenant.plans().version(accepted.source);
    now.syncs().get(accepted.sync).is_none()
        && check_running(now, limits, &accepted.requested_by).is_ok()
        && then.settings == now.settings
        && then.administrators.ptr_eq(&now.administrators)
        && then.learners.ptr_eq(&now.learners)
        && then.programmes.ptr_eq(&now.programmes)
        && then.templates.ptr_eq(&now.templates)
        && plan_version(then) == plan_version(now)
        && sessions.is_some_and(|(then, now)| then.is_as_open_as(now))
}

/// The acceptance. The engine computes its digest and divides its change set into commits.
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

/// `sync.cancel`: by the administrator who requested it, those of P1, or `system`.
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
            Decided::Unchanged(CommandOutcome::Cancel { state: status })
        }
    })
}

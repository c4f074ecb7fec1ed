//! Finds the syncs that a log leaves unfinished: those that were accepted and not completed.

use plansync_domain::ids::TenantId;
use plansync_domain::ids::stream::Stream;
use plansync_domain::progress::state::SyncState;
use plansync_domain::state::tenant::Tenant;
use plansync_log::sealing::Keys;
use plansync_log::{Cause, Position, Read, Version};

use super::spans::SyncSpans;
use super::work_queue::WorkQueue;
use crate::naming::stream_id;
use crate::recorded::commit::decided;
use crate::recorded::open_error::OpenError;
use crate::state::State;

/// Queues the targets of the running syncs of a state, in the order in which the syncs were accepted: a
/// restart does not change which sync comes first.
pub(super) fn resume(
    (work, spans): (&WorkQueue, &SyncSpans),
    (log, keys): (&dyn Read, &Keys),
    state: &State,
) -> Result<(), OpenError> {
    let mut running = Vec::new();
    for (name, tenant) in state.tenants() {
        for sync in tenant.running_syncs() {
            let (position, cause) = accepted((log, keys), name, tenant, sync)?;
            running.push((position, name, sync, cause));
        }
    }
    running.sort_by_key(|(position, ..)| *position);
    for (_, name, sync, cause) in running {
        spans.begin(name, sync.id(), &cause);
        work.add(name.clone(), sync, cause);
    }
    Ok(())
}

/// The position and the cause of a running sync's acceptance, which is the last commit of its stream.
fn accepted(
    (log, keys): (&dyn Read, &Keys),
    name: &TenantId,
    tenant: &Tenant,
    sync: &SyncState,
) -> Result<(Position, Cause), OpenError> {
    let stream = Stream::Sync(sync.id());
    let version = Version::new(tenant.version_of(&stream));
    let commits = log.stream(&stream_id(name, &stream), version, 1)?;
    let commit = commits
        .first()
        .ok_or(OpenError::NoAcceptance { sync: sync.id() })?;
    Ok((
        commit.position(),
        decided(commit, keys)?.commit.proposal.cause,
    ))
}

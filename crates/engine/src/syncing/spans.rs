//! The spans of running syncs, for whoever collects them, and the lines of the log output about them.
//!
//! There is one for each sync, from its acceptance (or the start that found it running) to its end.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use plansync_domain::ids::{SyncId, TenantId};
use plansync_domain::sync::pair_outcomes::Tally;
use plansync_log::Cause;
use plansync_traces::{Work, is_listening, synchronisation};

/// The spans of syncs that run and whose commands are traced. There are no more than syncs may run.
#[derive(Default)]
pub(super) struct SyncSpans(Mutex<HashMap<(TenantId, SyncId), Work>>);

/// How far a sync came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    /// `completed` or `cancelled`.
    pub(super) outcome: &'static str,
    pub(super) targets: u32,
    pub(super) tally: Tally,
}

impl SyncSpans {
    /// A sync begins, because of a command.
    pub(super) fn begin(&self, tenant: &TenantId, sync: SyncId, cause: &Cause) {
        tracing::debug!(%tenant, %sync, command = %cause.correlation, "a synchronisation is at work");
        let (command, context) = (cause.correlation, cause.trace.as_deref());
        let span = synchronisation(tenant.as_str(), sync, command, context);
        if span.is_traced() {
            self.lock().insert((tenant.clone(), sync), span);
        }
    }

    /// Another hold on the span of a sync, in which it is worked on.
    pub(super) fn of(&self, tenant: &TenantId, sync: SyncId) -> Work {
        if !is_listening() {
            return Work::default();
        }
        let spans = self.lock();
        let span = spans.get(&(tenant.clone(), sync));
        span.map(Work::shared).unwrap_or_default()
    }

    /// A sync has ended.
    pub(super) fn end(&self, tenant: &TenantId, sync: SyncId, ended: Ended) {
        let Ended {
            outcome,
            targets,
            tally,
        } = ended;
        let Tally {
            applied,
            unchanged,
            skipped,
            ..
        } = tally;
        tracing::debug!(
            %tenant, %sync, outcome, targets, applied, unchanged, skipped,
            "a synchronisation has ended"
        );
        if !is_listening() {
            return;
        }
        if let Some(span) = self.lock().remove(&(tenant.clone(), sync)) {
            span.note("outcome", outcome);
            span.note("targets", targets);
            span.note("applied", applied);
            span.note("unchanged", unchanged);
            span.note("skipped", skipped);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(TenantId, SyncId), Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

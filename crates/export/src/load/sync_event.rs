//! What events say of synchronisations: their starts and ends, and the learners that they finished.

use plansync_protocol::audit::AuditCommit;
use plansync_protocol::event::{SyncAccepted, SyncTarget};
use plansync_protocol::sync::SyncRecord;
use serde_json::Value;

use crate::error::ExportError;
use crate::model::{Cell, Json, Word};
use crate::tables::{Sync, Target};
use crate::workspace::Workspace;

/// Loads the start.
pub(super) fn started(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &SyncAccepted,
    raw: &Value,
) -> Result<(), ExportError> {
    workspace.insert(Sync {
        sync: data.sync,
        state: Word("running"),
        sync_type: Word(data.request.sync_type.as_str()),
        source: data.source.learner,
        session: data.source.session,
        programme: data.request.programme,
        requested_by: commit.by.clone(),
        started_position: commit.position,
        started_at: commit.at,
        ended_position: None,
        ended_at: None,
        components: data.components,
        learners: data.learners,
        applied: None,
        unchanged: None,
        skipped: None,
        created: None,
        updated: None,
        deleted: None,
        digest: data.digest,
        request: Json(raw["request"].to_string()),
    })
}

/// Loads the end; the start is loaded before, or not at all.
pub(super) fn ended(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &SyncRecord,
) -> Result<(), ExportError> {
    workspace.run(
        "UPDATE syncs SET state = ?, ended_position = ?, ended_at = ?, applied = ?, unchanged = ?, skipped = ?, \
         created = ?, updated = ?, deleted = ? WHERE sync = ?",
        [
            Cell::Text(data.state.as_str().to_owned()),
            Cell::number(commit.position.0),
            Cell::Text(commit.at.to_string()),
            Cell::number(data.pairs.applied),
            Cell::number(data.pairs.unchanged),
            Cell::number(data.pairs.skipped),
            Cell::number(data.created),
            Cell::number(data.updated),
            Cell::number(data.deleted),
            Cell::Text(data.sync.to_string()),
        ],
    )?;
    Ok(())
}

/// Loads what was decided for one learner, in numbers.
pub(super) fn target(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &SyncTarget,
) -> Result<(), ExportError> {
    workspace.insert(Target {
        position: commit.position,
        sync: data.sync,
        learner: data.learner,
        version: data.version,
        applied: data.applied,
        unchanged: data.unchanged,
        skipped: data.skipped.values().sum(),
    })
}

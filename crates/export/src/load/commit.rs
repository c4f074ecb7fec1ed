//! Commits with their events, and what events say of commands, records, synchronisations and their targets.

use plansync_primitives::ids::{ProgrammeId, SyncId};
use plansync_protocol::audit::{AuditCommit, AuditEvent, AuditTreeProof, StreamKind};
use plansync_protocol::sync::SyncRecord;
use plansync_protocol::{Bytes, Digest, Position};
use serde_json::Value;

use super::{record, sync_event};
use crate::error::ExportError;
use crate::model::{Id, Json, Note, Word, hexadecimal};
use crate::tables::{CommandOutcome, Commit, Event, Proof};
use crate::workspace::Workspace;

/// Loads a commit: `raw` is the same as it came, so that data of later versions are kept. A commit that is there
/// already is left as it is; returns whether it was added.
///
/// # Errors
/// If a row cannot be written.
pub fn commit(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    raw: &Value,
) -> Result<bool, ExportError> {
    let is_new = workspace.insert_new(Commit {
        position: commit.position,
        at: commit.at,
        actor: commit.by.clone(),
        command_id: commit.command_id,
        correlation_id: commit.correlation_id,
        judged_at: commit.judged_at,
        stream_kind: Word(commit.stream.kind.as_str()),
        stream_id: Id(commit.stream.id.clone()),
        version: commit.version,
        chain: commit.chain,
    })?;
    if !is_new {
        return Ok(false);
    }
    for (index, event) in commit.events.iter().enumerate() {
        let data = &raw["events"][index]["data"];
        workspace.insert(Event {
            position: commit.position,
            number: u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1),
            kind: event.name().to_owned(),
            data: Json(data.to_string()),
        })?;
        load_event(workspace, commit, event, data)?;
    }
    Ok(true)
}

/// The programme of a commit, if its stream or its event names one.
pub fn programme_of(commit: &AuditCommit) -> Option<ProgrammeId> {
    if commit.stream.kind == StreamKind::Programme {
        return commit.stream.id.parse().ok();
    }
    commit.events.iter().find_map(|event| {
        if let AuditEvent::SyncStarted(data) = event {
            return Some(data.request.programme);
        }
        end_of_sync(event).map(|data| data.programme)
    })
}

/// The synchronisation of an event of a learner, or of a part of what is replayed.
pub fn sync_of(event: &AuditEvent) -> Option<SyncId> {
    if let AuditEvent::SyncTarget(data) = event {
        Some(data.sync)
    } else if let AuditEvent::SyncChunk(data) = event {
        Some(data.sync)
    } else {
        None
    }
}

/// What the end of a synchronisation says.
fn end_of_sync(event: &AuditEvent) -> Option<&SyncRecord> {
    if let AuditEvent::SyncCompleted(data) | AuditEvent::SyncCancelled(data) = event {
        Some(data)
    } else {
        None
    }
}

/// Loads the start or the end of a synchronisation, whichever the commit is. The end may be there already, without the
/// start.
///
/// # Errors
/// If a row cannot be written.
pub fn sync_start_or_end(
    workspace: &mut Workspace,
    of: &AuditCommit,
    raw: &Value,
) -> Result<(), ExportError> {
    if !commit(workspace, of, raw)? {
        for data in of.events.iter().filter_map(end_of_sync) {
            sync_event::ended(workspace, of, data)?;
        }
    }
    Ok(())
}

/// Loads what an event says beside that it happened. Reference data are in [`reference`](super::reference).
fn load_event(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    event: &AuditEvent,
    raw: &Value,
) -> Result<(), ExportError> {
    match event {
        AuditEvent::RecordOpened(data) => record::opened(workspace, commit, data),
        AuditEvent::RecordClosed(data) => record::closed(workspace, commit, data),
        AuditEvent::SyncStarted(data) => sync_event::started(workspace, commit, data, raw),
        AuditEvent::SyncTarget(data) => sync_event::target(workspace, commit, data),
        AuditEvent::SyncCompleted(data) | AuditEvent::SyncCancelled(data) => {
            sync_event::ended(workspace, commit, data)
        }
        AuditEvent::CommandUnchanged(data) => workspace.insert(CommandOutcome {
            position: commit.position,
            command_id: data.command_id,
            operation: None,
            outcome: Word("unchanged"),
            code: None,
            message: None,
        }),
        AuditEvent::CommandAccepted(data) => workspace.insert(CommandOutcome {
            position: commit.position,
            command_id: data.command_id,
            operation: Some(data.operation.clone()),
            outcome: Word("accepted"),
            code: None,
            message: None,
        }),
        AuditEvent::CommandRejected(data) => workspace.insert(CommandOutcome {
            position: commit.position,
            command_id: data.command_id,
            operation: Some(data.operation.clone()),
            outcome: Word("rejected"),
            code: Some(Word(data.error.code.as_str())),
            message: Some(Note(data.error.message.clone())),
        }),
        AuditEvent::TenantPut(_)
        | AuditEvent::AdministratorPut(_)
        | AuditEvent::AdministratorRemoved(_)
        | AuditEvent::LearnerPut(_)
        | AuditEvent::ProgrammePut(_)
        | AuditEvent::TemplatePut(_)
        | AuditEvent::TemplateRemoved(_)
        | AuditEvent::PlanChanged(_)
        | AuditEvent::RecordResumed(_)
        | AuditEvent::SyncChunk(_)
        | AuditEvent::LearnerHeld(_)
        | AuditEvent::LearnerReleased(_)
        | AuditEvent::LearnerErasureRequested(_)
        | AuditEvent::LearnerErased(_)
        | AuditEvent::EngineStarted(_)
        | AuditEvent::Later(_) => Ok(()),
    }
}

/// Loads the proof that a commit is in the log.
///
/// # Errors
/// [`ExportError::Inconsistent`] if it has no hash of the leaf.
pub fn proof(
    workspace: &mut Workspace,
    position: Position,
    proof: &AuditTreeProof,
) -> Result<(), ExportError> {
    let hashes = proof.hashes.iter();
    let hashes: Vec<String> = hashes.map(|Bytes(hash)| hexadecimal(hash)).collect();
    let leaf = proof.leaf_hash.as_ref();
    let leaf = leaf.and_then(|leaf| <[u8; 32]>::try_from(leaf.0.as_slice()).ok());
    let leaf = leaf.ok_or_else(|| {
        ExportError::Inconsistent(format!("there is no leaf hash of position {}", position.0))
    })?;
    workspace.insert(Proof {
        position,
        leaf_hash: Digest::from_bytes(leaf),
        hashes: Json::list(&hashes),
    })
}

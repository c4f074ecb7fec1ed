//! Commits with their events, and what events say of commands, records, synchronisations and their targets.

use plansync_primitives::ids::{ProgrammeId, SyncId};
use plansync_protocol::audit::{AuditCommit, AuditEvent, AuditTreeProof, StreamKind};
use plansync_protocol::event::{RecordEnded, RecordMoved, SyncAccepted, SyncTarget};
use plansync_protocol::sync::SyncRecord;
use plansync_protocol::{Bytes, Digest, Position};
use serde_json::Value;

use crate::error::ExportError;
use crate::model::{Cell, Id, Json, Note, Word, hexadecimal};
use crate::tables::{CommandOutcome, Commit, Event, Proof, RecordSession, Sync, Target};
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
        said(workspace, commit, event, data)?;
    }
    Ok(true)
}

/// The programme of a commit, if its stream or its event names one.
pub fn of_programme(commit: &AuditCommit) -> Option<ProgrammeId> {
    if commit.stream.kind == StreamKind::Programme {
        return commit.stream.id.parse().ok();
    }
    commit.events.iter().find_map(|event| {
        if let AuditEvent::SyncStarted(data) = event {
            return Some(data.request.programme);
        }
        end(event).map(|data| data.programme)
    })
}

/// The synchronisation of an event of a learner, or of a part of what is replayed.
pub fn of_sync(event: &AuditEvent) -> Option<SyncId> {
    if let AuditEvent::SyncTarget(data) = event {
        Some(data.sync)
    } else if let AuditEvent::SyncChunk(data) = event {
        Some(data.sync)
    } else {
        None
    }
}

/// What the end of a synchronisation says.
fn end(event: &AuditEvent) -> Option<&SyncRecord> {
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
pub fn bound_of_sync(
    workspace: &mut Workspace,
    of: &AuditCommit,
    raw: &Value,
) -> Result<(), ExportError> {
    if !commit(workspace, of, raw)? {
        for data in of.events.iter().filter_map(end) {
            ended(workspace, of, data)?;
        }
    }
    Ok(())
}

/// What an event says beside that it happened. Reference data are in [`reference`](super::reference).
fn said(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    event: &AuditEvent,
    raw: &Value,
) -> Result<(), ExportError> {
    match event {
        AuditEvent::RecordOpened(data) => opened(workspace, commit, data),
        AuditEvent::RecordClosed(data) => closed(workspace, commit, data),
        AuditEvent::SyncStarted(data) => started(workspace, commit, data, raw),
        AuditEvent::SyncTarget(data) => target(workspace, commit, data),
        AuditEvent::SyncCompleted(data) | AuditEvent::SyncCancelled(data) => {
            ended(workspace, commit, data)
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

fn opened(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &RecordMoved,
) -> Result<(), ExportError> {
    workspace.insert(RecordSession {
        session: data.session,
        learner: data.learner,
        administrator: data.administrator.clone(),
        opened_position: Some(commit.position),
        opened_at: Some(commit.at),
        closed_position: None,
        closed_at: None,
        close_reason: None,
        replaced_by: None,
    })?;
    let Some(replaced) = data.replaced else {
        return Ok(());
    };
    close(
        workspace,
        commit,
        RecordSession {
            session: replaced,
            learner: data.learner,
            administrator: data.administrator.clone(),
            opened_position: None,
            opened_at: None,
            closed_position: Some(commit.position),
            closed_at: Some(commit.at),
            close_reason: Some(Word("replaced")),
            replaced_by: Some(data.session),
        },
    )
}

fn closed(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &RecordEnded,
) -> Result<(), ExportError> {
    close(
        workspace,
        commit,
        RecordSession {
            session: data.session,
            learner: data.learner,
            administrator: data.administrator.clone(),
            opened_position: None,
            opened_at: None,
            closed_position: Some(commit.position),
            closed_at: Some(commit.at),
            close_reason: Some(Word(data.reason.as_str())),
            replaced_by: None,
        },
    )
}

/// Closes a record; one whose opening is not exported is added.
fn close(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    row: RecordSession,
) -> Result<(), ExportError> {
    let text = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
    let changed = workspace.run(
        "UPDATE records SET closed_position = ?, closed_at = ?, close_reason = ?, replaced_by = ? WHERE session = ?",
        [
            Cell::Integer(commit.position.0.cast_signed()),
            Cell::Text(commit.at.to_string()),
            text(row.close_reason.map(|reason| reason.0.to_owned())),
            text(row.replaced_by.map(|session| session.to_string())),
            Cell::Text(row.session.to_string()),
        ],
    )?;
    if changed == 0 {
        workspace.insert(row)?;
    }
    Ok(())
}

fn started(
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

/// The end of a synchronisation; its start is loaded before, or not at all.
fn ended(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    data: &SyncRecord,
) -> Result<(), ExportError> {
    let number = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    workspace.run(
        "UPDATE syncs SET state = ?, ended_position = ?, ended_at = ?, applied = ?, unchanged = ?, skipped = ?, \
         created = ?, updated = ?, deleted = ? WHERE sync = ?",
        [
            Cell::Text(data.state.as_str().to_owned()),
            number(commit.position.0),
            Cell::Text(commit.at.to_string()),
            number(data.pairs.applied),
            number(data.pairs.unchanged),
            number(data.pairs.skipped),
            number(data.created),
            number(data.updated),
            number(data.deleted),
            Cell::Text(data.sync.to_string()),
        ],
    )?;
    Ok(())
}

fn target(
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

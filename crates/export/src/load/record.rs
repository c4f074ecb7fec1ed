//! Records that administrators had open.

use plansync_protocol::audit::AuditCommit;
use plansync_protocol::event::{RecordEnded, RecordMoved};

use crate::error::ExportError;
use crate::model::{Cell, Word};
use crate::tables::RecordSession;
use crate::workspace::Workspace;

/// Loads the opening of a record, which may close another one.
pub(super) fn opened(
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

/// Loads the end of a record.
pub(super) fn closed(
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
            Cell::number(commit.position.0),
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

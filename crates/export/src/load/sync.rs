//! What synchronisations replay, and what was decided for each learner.

use std::collections::HashMap;

use plansync_primitives::ids::{LearnerId, SyncId};
use plansync_protocol::sync::{ChangeSetItem, PairOutcome};
use plansync_protocol::{Position, Reason};

use crate::error::ExportError;
use crate::model::{Json, Note, Word, value_text};
use crate::tables::{Change, ChangeValue, Outcome, OutcomeWarning};
use crate::workspace::Workspace;

/// Loads a page of what a synchronisation replays.
///
/// # Errors
/// If a row cannot be written.
pub fn change_set(
    workspace: &mut Workspace,
    sync: SyncId,
    items: Vec<ChangeSetItem>,
) -> Result<(), ExportError> {
    for item in items {
        let component = item.component;
        for value in item.attributes {
            workspace.insert(ChangeValue {
                sync,
                component,
                attribute: Word(value.attribute.as_str()),
                before: value.before.as_ref().and_then(value_text),
                after: value_text(&value.after),
                added: value.added.as_deref().map(Json::list),
                removed: value.removed.as_deref().map(Json::list),
            })?;
        }
        workspace.insert(Change {
            sync,
            component,
            name: item.name,
            change: item.change.map(|change| Word(change.as_str())),
        })?;
    }
    Ok(())
}

/// The commits of the learners of one synchronisation, as far as they were loaded.
pub struct Targets {
    sync: SyncId,
    positions: HashMap<LearnerId, Position>,
    is_cancelled: bool,
}

impl Targets {
    /// Those of a synchronisation.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn of(workspace: &Workspace, sync: SyncId) -> Result<Self, ExportError> {
        let id = sync.to_string();
        let sql = "SELECT learner || ' ' || position FROM targets WHERE sync = ?";
        let read = |row: String| {
            let (learner, position) = row.split_once(' ')?;
            Some((learner.parse().ok()?, Position(position.parse().ok()?)))
        };
        let rows = workspace.texts(sql, &[&id])?;
        let sql = "SELECT sync FROM syncs WHERE sync = ? AND state = 'cancelled'";
        Ok(Self {
            sync,
            positions: rows.into_iter().filter_map(read).collect(),
            is_cancelled: !workspace.texts(sql, &[&id])?.is_empty(),
        })
    }
}

/// Loads a page of outcomes: those whose commit was loaded, and those that a cancelled synchronisation did not reach,
/// which have no commit.
///
/// # Errors
/// If a row cannot be written.
pub fn outcomes(
    workspace: &mut Workspace,
    targets: &Targets,
    items: Vec<PairOutcome>,
) -> Result<(), ExportError> {
    for item in items {
        let position = targets.positions.get(&item.learner).copied();
        let is_unreached = targets.is_cancelled && item.reason == Some(Reason::Cancelled);
        if position.is_none() && !is_unreached {
            continue;
        }
        let (sync, learner, component) = (targets.sync, item.learner, item.component);
        for warning in item.warnings {
            workspace.insert_new(OutcomeWarning {
                sync,
                learner,
                component,
                code: Word(warning.code.as_str()),
                tasks: warning.tasks,
                made: warning.made,
                evidence: warning.evidence,
                reason: warning.reason.map(|reason| Word(reason.as_str())),
            })?;
        }
        workspace.insert(Outcome {
            sync,
            learner,
            component,
            action: Word(item.action.as_str()),
            outcome: Word(item.outcome.as_str()),
            reason: item.reason.map(|reason| Word(reason.as_str())),
            cause: item.cause.map(Note),
            is_source: item.source,
            position,
        })?;
    }
    Ok(())
}

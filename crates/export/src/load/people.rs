//! Reference data: the last record that was put counts.

use plansync_primitives::ids::LearnerId;
use plansync_protocol::audit::{AuditCommit, AuditEvent, AuditKind, TemplateChange};
use plansync_protocol::reference::{AdministratorRecord, GroupsViewed, LearnerRecord};

use crate::error::ExportError;
use crate::model::{Cell, Id, PersonName, Word};
use crate::tables::{
    Administrator, AttributeCells, Enrolment, HeldPermission, Learner, LearnerGroup, Programme,
    Settings, TemplateComponent, Tutor, ViewedGroup,
};
use crate::workspace::Workspace;

/// The kinds of events that [`reference()`] reads.
pub const REFERENCE_KINDS: &[AuditKind] = &[
    AuditKind::TenantPut,
    AuditKind::AdministratorPut,
    AuditKind::AdministratorRemoved,
    AuditKind::LearnerPut,
    AuditKind::LearnerErasureRequested,
    AuditKind::ProgrammePut,
    AuditKind::TemplatePut,
    AuditKind::TemplateRemoved,
];

const REMOVE_ENROLMENTS: &str = "DELETE FROM enrolments WHERE learner = ?";
/// What a record of a learner replaces beside the row itself.
const REMOVE_OF_LEARNER: &[&str] = &[
    "DELETE FROM learner_groups WHERE learner = ?",
    "DELETE FROM tutors WHERE learner = ?",
    REMOVE_ENROLMENTS,
];
/// The same of an administrator.
const REMOVE_OF_ADMINISTRATOR: &[&str] = &[
    "DELETE FROM permissions WHERE administrator = ?",
    "DELETE FROM administrator_groups WHERE administrator = ?",
];

/// Applies a commit to the tables of reference data, if it is about them. Commits must come in the order of the log.
///
/// # Errors
/// If a row cannot be written.
pub fn reference(workspace: &mut Workspace, commit: &AuditCommit) -> Result<(), ExportError> {
    let position = commit.position;
    for event in &commit.events {
        match event {
            AuditEvent::TenantPut(settings) => workspace.insert(Settings {
                position,
                at: commit.at,
                marking_aid: settings.marking_aid,
                owner_rule: Word(settings.owner_rule.as_str()),
                record_idle_hours: settings.record_idle_hours.get().into(),
            })?,
            AuditEvent::AdministratorPut(record) => administrator(workspace, commit, record)?,
            AuditEvent::AdministratorRemoved(removed) => {
                let id = removed.administrator.to_string();
                run_all(workspace, REMOVE_OF_ADMINISTRATOR, &id)?;
                workspace.run(
                    "UPDATE administrators SET standing = 'removed', views_all_groups = NULL, position = ? WHERE \
                     administrator = ?",
                    [Cell::number(position.0), Cell::Text(id)],
                )?;
            }
            AuditEvent::LearnerPut(record) => learner(workspace, commit, record)?,
            AuditEvent::LearnerErasureRequested(of) => erased(workspace, commit, of.learner)?,
            AuditEvent::ProgrammePut(record) => workspace.replace(Programme {
                programme: record.programme,
                is_known: true,
                name: Some(record.name.clone()),
                parent: record.parent,
                position: Some(position),
            })?,
            AuditEvent::TemplatePut(put) => template(workspace, commit, put)?,
            AuditEvent::TemplateRemoved(removed) => {
                for component in &removed.components {
                    workspace.run(
                        "DELETE FROM templates WHERE programme = ? AND component = ?",
                        [removed.programme.to_string(), component.to_string()].map(Cell::Text),
                    )?;
                }
            }
            AuditEvent::PlanChanged(_)
            | AuditEvent::RecordOpened(_)
            | AuditEvent::RecordResumed(_)
            | AuditEvent::RecordClosed(_)
            | AuditEvent::SyncChunk(_)
            | AuditEvent::LearnerHeld(_)
            | AuditEvent::LearnerReleased(_)
            | AuditEvent::LearnerErased(_)
            | AuditEvent::EngineStarted(_)
            | AuditEvent::SyncStarted(_)
            | AuditEvent::SyncTarget(_)
            | AuditEvent::SyncCompleted(_)
            | AuditEvent::SyncCancelled(_)
            | AuditEvent::CommandUnchanged(_)
            | AuditEvent::CommandAccepted(_)
            | AuditEvent::CommandRejected(_)
            | AuditEvent::Later(_) => {}
        }
    }
    Ok(())
}

/// Runs statements about an id.
fn run_all(workspace: &mut Workspace, statements: &[&str], id: &str) -> Result<(), ExportError> {
    for sql in statements {
        workspace.run(sql, [Cell::Text(id.to_owned())])?;
    }
    Ok(())
}

fn administrator(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    record: &AdministratorRecord,
) -> Result<(), ExportError> {
    let administrator = &record.administrator;
    run_all(
        workspace,
        REMOVE_OF_ADMINISTRATOR,
        &administrator.to_string(),
    )?;
    workspace.replace(Administrator {
        administrator: Id(administrator.to_string()),
        standing: Word("current"),
        name: Some(PersonName(record.name.clone())),
        views_all_groups: Some(record.groups == GroupsViewed::All),
        position: Some(commit.position),
    })?;
    for permission in &record.permissions {
        workspace.insert_new(HeldPermission {
            administrator: administrator.clone(),
            permission: Word(permission.as_str()),
        })?;
    }
    let groups = match &record.groups {
        GroupsViewed::All => &[][..],
        GroupsViewed::Listed(groups) => groups,
    };
    for group in groups {
        workspace.insert_new(ViewedGroup {
            administrator: administrator.clone(),
            group_id: group.clone(),
        })?;
    }
    Ok(())
}

fn learner(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    record: &LearnerRecord,
) -> Result<(), ExportError> {
    let learner = record.learner;
    run_all(workspace, REMOVE_OF_LEARNER, &learner.to_string())?;
    workspace.replace(Learner {
        learner,
        is_known: true,
        // No name is empty: one that is can no longer be read.
        name: Some(PersonName(record.name.clone())).filter(|name| !name.0.is_empty()),
        case_owner: record.case_owner.clone(),
        position: Some(commit.position),
        is_erased: Some(false),
    })?;
    for group in &record.groups {
        workspace.insert_new(LearnerGroup {
            learner,
            group_id: group.clone(),
        })?;
    }
    for tutor in &record.tutors {
        workspace.insert_new(Tutor {
            learner,
            administrator: tutor.clone(),
        })?;
    }
    for (number, enrolment) in (1..).zip(&record.enrolments) {
        workspace.insert_new(Enrolment {
            learner,
            programme: enrolment.programme,
            number,
            status: Word(enrolment.status.as_str()),
        })?;
    }
    Ok(())
}

/// What remains of a learner whose erasure was asked for: neither name nor enrolments. It counts from there on, as it does
/// for the engine, and not from the commit that says that it is done.
fn erased(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    learner: LearnerId,
) -> Result<(), ExportError> {
    let id = learner.to_string();
    run_all(workspace, &[REMOVE_ENROLMENTS], &id)?;
    workspace.run(
        "UPDATE learners SET name = NULL, is_erased = 1, position = ? WHERE learner = ?",
        [Cell::number(commit.position.0), Cell::Text(id)],
    )?;
    Ok(())
}

fn template(
    workspace: &mut Workspace,
    commit: &AuditCommit,
    put: &TemplateChange,
) -> Result<(), ExportError> {
    for component in &put.components {
        workspace.replace(TemplateComponent {
            programme: put.programme,
            component: component.component,
            component_type: component.component_type.to_string(),
            position: commit.position,
            attributes: AttributeCells(component.attributes.clone()),
        })?;
    }
    Ok(())
}

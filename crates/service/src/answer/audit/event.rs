//! What a commit did, as an event: the published one, or one of those that are not published.

use plansync_domain::event::Event;
use plansync_domain::event::engine::EngineStarted;
use plansync_domain::ids::{CommandId, LearnerId};
use plansync_engine::{Decided, Receipt, Refusal, Reply};
use plansync_protocol as protocol;
use plansync_protocol::audit::{
    AdministratorRemoval, AuditEvent, CommandReply, EngineLimits, EngineStart, LearnerNote,
    ProgrammeChange, RecordResumption, SyncChunk, TemplateChange, TemplateRemoval,
    UnchangedCommand,
};

use crate::answer::changes;
use crate::answer::reference::{administrator, learner, template_component, tenant};
use crate::catalogue::Commands;
use crate::event::{Source, command_of, damaged, told};

/// The event of a commit; an error if it has none that is known.
pub(super) fn event(source: Source<'_>, decided: &Decided) -> Result<AuditEvent, Refusal> {
    if let Some(told) = told(source, decided)? {
        return Ok(told);
    }
    let event = decided.events.first();
    event
        .map(|event| unpublished(event, decided))
        .transpose()?
        .flatten()
        .ok_or_else(|| {
            let position = decided.commit.position;
            damaged(format!(
                "the commit at position {position} has no event that is known"
            ))
        })
}

fn unpublished(event: &Event, decided: &Decided) -> Result<Option<AuditEvent>, Refusal> {
    Ok(Some(match event {
        Event::TenantPut(settings) => AuditEvent::TenantPut(Box::new(tenant(*settings))),
        Event::AdministratorPut(put) => {
            AuditEvent::AdministratorPut(Box::new(administrator(&put.administrator, &put.record)))
        }
        Event::AdministratorRemoved(removed) => {
            AuditEvent::AdministratorRemoved(Box::new(AdministratorRemoval {
                administrator: removed.administrator.clone(),
            }))
        }
        Event::LearnerPut(put) => {
            AuditEvent::LearnerPut(Box::new(learner(put.learner, &put.record)))
        }
        Event::LearnerHeld(held) => AuditEvent::LearnerHeld(Box::new(about(held.learner))),
        Event::LearnerReleased(released) => {
            AuditEvent::LearnerReleased(Box::new(about(released.learner)))
        }
        Event::LearnerErasureRequested(requested) => {
            AuditEvent::LearnerErasureRequested(Box::new(about(requested.learner)))
        }
        Event::ProgrammePut(put) => AuditEvent::ProgrammePut(Box::new(ProgrammeChange {
            programme: put.programme,
            name: put.record.name.clone(),
            parent: put.record.parent,
        })),
        Event::TemplatePut(put) => AuditEvent::TemplatePut(Box::new(TemplateChange {
            programme: put.programme,
            components: put
                .components
                .iter()
                .cloned()
                .map(template_component)
                .collect(),
        })),
        Event::TemplateRemoved(removed) => AuditEvent::TemplateRemoved(Box::new(TemplateRemoval {
            programme: removed.programme,
            components: removed.components.clone(),
        })),
        Event::RecordResumed(resumed) => AuditEvent::RecordResumed(Box::new(RecordResumption {
            session: resumed.session,
            learner: resumed.learner,
            administrator: resumed.administrator.clone(),
        })),
        Event::ChangeSetChunk(chunk) => AuditEvent::SyncChunk(Box::new(SyncChunk {
            sync: chunk.sync,
            index: u64::from(chunk.index),
            entries: chunk.entries.iter().map(changes::entry).collect(),
        })),
        Event::CommandOutcome(_) => {
            AuditEvent::CommandUnchanged(Box::new(unchanged(command_of(decided)?, decided)?))
        }
        Event::EngineStarted(started) => AuditEvent::EngineStarted(Box::new(engine_start(started))),
        // These are published, alone or as the change of a plan.
        Event::PlanInstantiated(_)
        | Event::LearnerErased(_)
        | Event::ComponentAdded(_)
        | Event::ComponentReadded(_)
        | Event::ComponentChanged(_)
        | Event::ComponentRemoved(_)
        | Event::StatusSet(_)
        | Event::EvidenceSubmitted(_)
        | Event::ReviewStatusSet(_)
        | Event::RecordOpened(_)
        | Event::RecordClosed(_)
        | Event::SyncAccepted(_)
        | Event::TargetReplayed(_)
        | Event::SyncCancelled(_)
        | Event::SyncCompleted(_)
        | Event::CommandAccepted(_)
        | Event::CommandRejected(_) => return Ok(None),
    }))
}

const fn about(learner: LearnerId) -> LearnerNote {
    LearnerNote { learner }
}

fn engine_start(started: &EngineStarted) -> EngineStart {
    let limits = started.limits;
    EngineStart {
        version: started.version.clone(),
        fold: started.fold,
        limits: EngineLimits {
            components: limits.components,
            learners: limits.learners,
            open_records: limits.open_records,
            running_syncs: limits.running_syncs,
            tenant_running_syncs: limits.tenant_running_syncs,
        },
    }
}

fn unchanged(command_id: CommandId, decided: &Decided) -> Result<UnchangedCommand, Refusal> {
    let reply = decided.receipt().and_then(command_reply);
    let reply = reply.ok_or_else(|| {
        let position = decided.commit.position;
        damaged(format!("the commit at position {position} gives no reply"))
    })?;
    Ok(UnchangedCommand { command_id, reply })
}

/// A receipt as a reply. Its form follows from the receipt, whichever operation it was.
fn command_reply(receipt: Receipt) -> Option<CommandReply> {
    match &receipt.reply {
        Reply::Put { .. } => protocol::LearnerPut::reply(receipt).map(Into::into),
        Reply::Edited { .. } => protocol::PlanEdit::reply(receipt).map(Into::into),
        Reply::Instantiated { .. } => protocol::PlanInstantiate::reply(receipt).map(Into::into),
        Reply::Opened { .. } => protocol::RecordOpen::reply(receipt).map(Into::into),
        Reply::Closed => protocol::RecordClose::reply(receipt).map(Into::into),
        Reply::SyncStarted { .. } => protocol::SyncStart::reply(receipt).map(Into::into),
        Reply::SyncCancelled { .. } => protocol::SyncCancel::reply(receipt).map(Into::into),
    }
}

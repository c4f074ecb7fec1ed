//! What a commit did and what it is about, in words.

use plansync_protocol::audit::{AuditCommit, AuditEvent, AuditKind, AuditStream, StreamKind};
use plansync_protocol::plan::PlanChange;
use plansync_protocol::reference::GroupsViewed;
use plansync_protocol::sync::{PairCounts, SyncRecord};
use serde_json::json;

use crate::ask_error;
use crate::commands::audit::naming::Cast;
use crate::commands::plan::component_change;
use crate::commands::sync::labels::spaced;
use crate::reply::{counted, or_erased};

/// What a commit did, in one line or more.
pub(super) fn what(commit: &AuditCommit, cast: &Cast) -> Vec<String> {
    commit
        .events
        .iter()
        .flat_map(|event| of_event(event, cast))
        .collect()
}

#[expect(clippy::too_many_lines, reason = "a list of all kinds of events")]
fn of_event(event: &AuditEvent, cast: &Cast) -> Vec<String> {
    let line = match event {
        AuditEvent::PlanChanged(changed) => {
            return changed
                .changes
                .iter()
                .flat_map(|change| of_plan(change, cast))
                .collect();
        }
        AuditEvent::TenantPut(settings) => format!(
            "settings: Marking Aid {}, owner rule {}, records closed after {} h",
            if settings.marking_aid { "yes" } else { "no" },
            spaced(settings.owner_rule.as_str()),
            json!(settings.record_idle_hours)
        ),
        AuditEvent::AdministratorPut(put) => {
            let permissions = put.permissions.iter().map(|one| spaced(one.as_str()));
            let groups = match &put.groups {
                GroupsViewed::All => "all".to_owned(),
                GroupsViewed::Listed(groups) => listed(groups.iter().map(ToString::to_string)),
            };
            let permissions = listed(permissions);
            format!(
                "record: {}; permissions: {permissions}; groups: {groups}",
                put.name
            )
        }
        AuditEvent::AdministratorRemoved(_) => "removed".to_owned(),
        AuditEvent::LearnerPut(put) => {
            let enrolments = put.enrolments.iter().map(|one| {
                let programme = one.programme.to_string();
                format!(
                    "{} ({})",
                    cast.programme(&programme),
                    spaced(one.status.as_str())
                )
            });
            let groups = listed(put.groups.iter().map(ToString::to_string));
            format!(
                "record: {}; groups: {groups}; enrolments: {}",
                or_erased(&put.name),
                listed(enrolments)
            )
        }
        AuditEvent::LearnerHeld(_) => "legal hold: cannot be erased".to_owned(),
        AuditEvent::LearnerReleased(_) => "legal hold lifted".to_owned(),
        AuditEvent::LearnerErasureRequested(_) => "erasure asked for".to_owned(),
        AuditEvent::LearnerErased(erased) => format!(
            "erased: name and reasons; searches that found the learner: {}",
            erased.searches
        ),
        AuditEvent::ProgrammePut(put) => format!("record: {}", put.name),
        AuditEvent::TemplatePut(put) => {
            let count = count(put.components.len());
            format!("{} put into the template", counted(count, "component"))
        }
        AuditEvent::TemplateRemoved(removed) => {
            let count = count(removed.components.len());
            format!("{} removed from the template", counted(count, "component"))
        }
        AuditEvent::RecordOpened(opened) if opened.replaced.is_some() => {
            "record opened anew".to_owned()
        }
        AuditEvent::RecordOpened(_) => "record opened".to_owned(),
        AuditEvent::RecordResumed(_) => "record resumed".to_owned(),
        AuditEvent::RecordClosed(closed) => {
            format!("record closed ({})", spaced(closed.reason.as_str()))
        }
        AuditEvent::SyncChunk(chunk) => format!(
            "part {} of the changes to synchronise: {}",
            chunk.index.saturating_add(1),
            counted(count(chunk.entries.len()), "component")
        ),
        AuditEvent::SyncStarted(started) => {
            let source = started.source.learner.to_string();
            format!(
                "synchronisation started: {} of {} onto {}",
                counted(started.components, "component"),
                cast.learner(&source),
                counted(started.learners, "learner")
            )
        }
        AuditEvent::SyncTarget(target) => {
            let skipped = target.skipped.values().sum();
            let pairs = PairCounts {
                applied: target.applied,
                unchanged: target.unchanged,
                skipped,
            };
            let learner = target.learner.to_string();
            format!(
                "synchronised to {}: {}",
                cast.learner(&learner),
                outcomes(&pairs)
            )
        }
        AuditEvent::SyncCompleted(ended) => format!("synchronisation completed: {}", end(ended)),
        AuditEvent::SyncCancelled(ended) => format!("synchronisation cancelled: {}", end(ended)),
        AuditEvent::CommandUnchanged(_) => "command that changed nothing".to_owned(),
        AuditEvent::CommandAccepted(accepted) => {
            format!("durable command {} carried out", accepted.operation)
        }
        AuditEvent::CommandRejected(rejected) => format!(
            "durable command {} refused: {}",
            rejected.operation,
            ask_error::said(&rejected.error)
        ),
        AuditEvent::EngineStarted(start) => {
            let limits = &start.limits;
            format!(
                "engine started: version {}, rules {}; limits: {} components, {} learners, {} open records, {} \
                 synchronisations of one administrator and {} of the tenant",
                start.version,
                start.fold,
                limits.components,
                limits.learners,
                limits.open_records,
                limits.running_syncs,
                limits.tenant_running_syncs
            )
        }
        AuditEvent::Later(later) => format!("{} (of a later version of plansync)", later.kind),
    };
    vec![line]
}

/// A change of a plan; one of a component begins with its name.
fn of_plan(change: &PlanChange, cast: &Cast) -> Vec<String> {
    match change {
        PlanChange::Component(one) => {
            let name = cast.component(&one.component.to_string());
            let told = component_change(one).replace('\n', ", ");
            vec![format!("{name}: {told}")]
        }
        PlanChange::Instantiated { instantiated } => {
            let programme = instantiated.programme.to_string();
            vec![format!(
                "{} of the template of {} added",
                counted(instantiated.added, "component"),
                cast.programme(&programme)
            )]
        }
        PlanChange::Synchronised { synchronised } => vec![format!(
            "synchronised: {}",
            outcomes(&PairCounts {
                applied: synchronised.applied,
                unchanged: synchronised.unchanged,
                skipped: synchronised.skipped,
            })
        )],
    }
}

fn outcomes(pairs: &PairCounts) -> String {
    format!(
        "{} applied, {} unchanged, {} skipped",
        pairs.applied, pairs.unchanged, pairs.skipped
    )
}

fn end(ended: &SyncRecord) -> String {
    let learners = counted(ended.learners, "learner");
    format!("{} of {learners}, {}", ended.done, outcomes(&ended.pairs))
}

/// Texts with commas between them.
pub(super) fn listed(all: impl Iterator<Item = String>) -> String {
    let all: Vec<_> = all.collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The kinds of a commit's events.
pub(super) fn kinds(all: &[AuditKind]) -> String {
    listed(all.iter().map(|kind| kind.as_str().to_owned()))
}

/// The thing that a commit is about; of a plan, a record and a target, whose it is.
pub(super) fn about(commit: &AuditCommit, cast: &Cast) -> String {
    match (commit.stream.kind, learner_of(commit)) {
        (StreamKind::Plan, Some(learner)) => format!("plan of {}", cast.learner(&learner)),
        (StreamKind::Record, Some(learner)) => format!("record of {}", cast.learner(&learner)),
        (StreamKind::Target, Some(learner)) => {
            format!("{}, left as it was", cast.learner(&learner))
        }
        _ => stream(&commit.stream, cast),
    }
}

/// A stream as people call it.
pub(super) fn stream(stream: &AuditStream, cast: &Cast) -> String {
    let id = &stream.id;
    match stream.kind {
        StreamKind::Tenant => format!("tenant {id}"),
        StreamKind::Administrator => format!("administrator {}", cast.person(id)),
        StreamKind::Learner => format!("learner {}", cast.learner(id)),
        StreamKind::Programme => format!("programme {}", cast.programme(id)),
        StreamKind::Plan => format!("plan of {}", cast.learner(id)),
        StreamKind::Record => format!("record session {id}"),
        StreamKind::Sync => format!("synchronisation {id}"),
        StreamKind::Target => "learner who was left as before".to_owned(),
        StreamKind::Command => format!("command {id}"),
        StreamKind::Engine => format!("engine of {id}"),
    }
}

/// The learner whom a commit is about.
pub(super) fn learner_of(commit: &AuditCommit) -> Option<String> {
    commit
        .events
        .iter()
        .find_map(|event| {
            Some(match event {
                AuditEvent::LearnerPut(data) => data.learner,
                AuditEvent::LearnerHeld(data)
                | AuditEvent::LearnerReleased(data)
                | AuditEvent::LearnerErasureRequested(data) => data.learner,
                AuditEvent::LearnerErased(data) => data.learner,
                AuditEvent::PlanChanged(data) => data.learner,
                AuditEvent::RecordOpened(data) => data.learner,
                AuditEvent::RecordResumed(data) => data.learner,
                AuditEvent::RecordClosed(data) => data.learner,
                AuditEvent::SyncTarget(data) => data.learner,
                AuditEvent::TenantPut(_)
                | AuditEvent::AdministratorPut(_)
                | AuditEvent::AdministratorRemoved(_)
                | AuditEvent::ProgrammePut(_)
                | AuditEvent::TemplatePut(_)
                | AuditEvent::TemplateRemoved(_)
                | AuditEvent::EngineStarted(_)
                | AuditEvent::SyncChunk(_)
                | AuditEvent::SyncStarted(_)
                | AuditEvent::SyncCompleted(_)
                | AuditEvent::SyncCancelled(_)
                | AuditEvent::CommandUnchanged(_)
                | AuditEvent::CommandAccepted(_)
                | AuditEvent::CommandRejected(_)
                | AuditEvent::Later(_) => return None,
            })
        })
        .map(|learner| learner.to_string())
}

/// The synchronisation that a commit belongs to.
pub(super) fn sync_of(commit: &AuditCommit) -> Option<String> {
    if commit.stream.kind == StreamKind::Sync {
        return Some(commit.stream.id.clone());
    }
    commit.events.iter().find_map(|event| {
        if let AuditEvent::SyncTarget(data) = event {
            Some(data.sync.to_string())
        } else {
            None
        }
    })
}

/// The learners who are named: whom it is about, and the source of a synchronisation.
pub(super) fn learners_in(commit: &AuditCommit) -> Vec<String> {
    let sources = commit.events.iter().filter_map(|event| {
        if let AuditEvent::SyncStarted(data) = event {
            Some(data.source.learner.to_string())
        } else {
            None
        }
    });
    sources.chain(learner_of(commit)).collect()
}

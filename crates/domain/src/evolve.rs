//! Evolve: from a state and what happened to the next state. Total: it checks no rule.
//!
//! Owns which part of the state an event goes to. What an event does to a plan or to a sync has
//! files of its own.

use std::sync::Arc;

use crate::event::{Event, RecordOpened};
use crate::ids::{Actor, LearnerId};
use crate::plan_fold::{Current, Interned, fold_commit};
use crate::recent::RecordSession;
use crate::reference;
use crate::stream::Stream;
use crate::sync_event::SyncAccepted;
use crate::template_change;
use crate::tenant::Tenant;
use crate::version::Version;

/// Folds the events of one commit, which made `version` of its stream, into the state.
pub fn evolve(tenant: &mut Tenant, stream: &Stream, version: u64, actor: &Actor, events: &[Event]) {
    match stream {
        Stream::Plan(learner) => evolve_plan(tenant, *learner, version, actor, events),
        Stream::Tenant
        | Stream::Administrator(_)
        | Stream::Learner(_)
        | Stream::Programme(_)
        | Stream::Record(_)
        | Stream::Sync(_) => {
            tenant.versions.insert(stream.clone(), version);
        }
        Stream::Target(_) | Stream::Command(_) => {}
    }
    for event in events {
        evolve_one(tenant, version, event);
    }
}

/// Folds a commit without looking at plans, which are away from then on: so that an opening reads past
/// those that nobody asks for. Of a plan's commits it needs only what synchronisations say.
pub fn evolve_past_plans(
    tenant: &mut Tenant,
    stream: &Stream,
    version: u64,
    actor: &Actor,
    events: &[Event],
) {
    if let Stream::Plan(learner) = stream {
        tenant.records.forget(*learner);
        tenant.plans.put_away(*learner, Version::of_stream(version));
    }
    evolve(tenant, stream, version, actor, events);
}

/// What a commit on a plan does: to the plan, and to the records in which it is open. Of a plan that
/// is away only the version moves; whoever fetches it folds the rest.
fn evolve_plan(
    tenant: &mut Tenant,
    learner: LearnerId,
    version: u64,
    actor: &Actor,
    events: &[Event],
) {
    let version = Version::of_stream(version);
    if !tenant.plans.is_here(learner) {
        tenant.plans.put_away(learner, version);
        return;
    }
    let before = Arc::clone(tenant.plan(learner));
    let Tenant {
        values,
        shapes,
        last_replays,
        templates,
        syncs,
        ..
    } = tenant;
    let sources = Current { templates, syncs };
    let mut interned = Interned {
        values,
        shapes,
        last_replays,
    };
    let after = fold_commit(&before, &sources, &mut interned, version, events);
    tenant
        .records
        .observe(learner, actor.administrator(), &before, &after);
    tenant.plans.put(learner, Arc::new(after));
}

fn evolve_one(tenant: &mut Tenant, version: u64, event: &Event) {
    match event {
        Event::TenantPut(settings) => tenant.settings = Some(*settings),
        Event::AdministratorPut(put) => {
            let record = Arc::new(put.record.clone());
            tenant
                .administrators
                .insert(put.administrator.clone(), record);
        }
        Event::AdministratorRemoved(removed) => {
            tenant.administrators.remove(&removed.administrator);
        }
        Event::LearnerPut(put) => reference::learner_put(tenant, version, put),
        Event::ProgrammePut(put) => {
            let record = Arc::new(put.record.clone());
            tenant.programmes.insert(put.programme, record);
        }
        Event::TemplatePut(put) => template_change::template_put(tenant, put),
        Event::TemplateRemoved(removed) => template_change::template_removed(tenant, removed),
        Event::RecordOpened(opened) => record_opened(tenant, opened),
        Event::RecordClosed(closed) => tenant.records.close(closed.session),
        Event::ChangeSetChunk(chunk) => tenant.syncs.chunk(chunk),
        Event::SyncAccepted(accepted) => sync_accepted(tenant, version, accepted),
        Event::TargetReplayed(replayed) => tenant.syncs.replayed(replayed),
        Event::SyncCancelled(cancelled) => tenant.syncs.cancelled(cancelled),
        Event::SyncCompleted(completed) => tenant.syncs.completed(completed),
        // What these do to a plan was folded with the plan; the others are kept by the log alone.
        Event::PlanInstantiated(_)
        | Event::ComponentAdded(_)
        | Event::ComponentReadded(_)
        | Event::ComponentChanged(_)
        | Event::ComponentRemoved(_)
        | Event::StatusSet(_)
        | Event::EvidenceSubmitted(_)
        | Event::ReviewStatusSet(_)
        | Event::Noted(_)
        | Event::CommandAccepted(_)
        | Event::CommandRejected(_) => {}
    }
}

fn record_opened(tenant: &mut Tenant, opened: &RecordOpened) {
    let plans = &tenant.plans;
    let here = plans.is_here(opened.learner);
    let base = here.then(|| Arc::clone(plans.get(opened.learner)));
    let session = RecordSession::open(opened, base);
    tenant.records.open(opened, session);
}

/// C7: what a sync took along is no longer selected to begin with.
fn sync_accepted(tenant: &mut Tenant, version: u64, accepted: &SyncAccepted) {
    tenant.syncs.accepted(accepted, version, &mut tenant.values);
    let session = tenant.records.session_mut(accepted.request.session);
    let sync = tenant.syncs.get(accepted.sync);
    if let (Some(session), Some(sync)) = (session, sync) {
        let entries = sync.change_set().entries().iter();
        let components = entries.map(|entry| entry.component);
        session.clear(components, accepted.source_version);
    }
}

//! Evolve: from a state and what happened to the next state. Total: it checks no rule.
//!
//! Owns which part of the state an event goes to. What an event does to a plan or to a sync has
//! files of its own.

use std::sync::Arc;

use crate::event::sync::{SyncAccepted, TargetReplayed};
use crate::event::{Event, RecordOpened};
use crate::fold::plan::{Interned, fold_commit};
use crate::ids::stream::Stream;
use crate::ids::version::Version;
use crate::ids::{Actor, LearnerId, SyncId};
use crate::recent::RecordSession;
use crate::state::current::Current;
use crate::state::reference;
use crate::state::template;
use crate::state::tenant::Tenant;
use crate::time::log_time::Stamp;

/// Folds the events of one commit, which made `version` of its stream, into the state.
pub fn evolve(
    tenant: &mut Tenant,
    (stream, version): (&Stream, u64),
    stamp: Stamp,
    actor: &Actor,
    events: &[Event],
) {
    tenant.syncs.drop_chunks_but_of(stream);
    match stream {
        Stream::Plan(learner) => {
            touched_by_edit(tenant, *learner, stamp, actor, events);
            evolve_plan(tenant, *learner, version, actor, events);
        }
        Stream::Learner(learner) => {
            if version > 1 {
                tenant.learner_stream_versions.insert(*learner, version);
            }
        }
        Stream::Tenant | Stream::Administrator(_) | Stream::Programme(_) => {
            tenant.versions.insert(stream.clone(), version);
        }
        // Until its acceptance; from then on a sync knows its own version.
        Stream::Sync(sync) if tenant.syncs.get(*sync).is_none() => {
            tenant.versions.insert(stream.clone(), version);
        }
        Stream::Record(_) | Stream::Sync(_) | Stream::Target(_) | Stream::Command(_) => {}
    }
    for event in events {
        evolve_one(tenant, version, stamp, event);
    }
}

/// C6: an edit touches the record in which its administrator has the plan open; what a sync does there
/// later on, in their name, does not.
fn touched_by_edit(
    tenant: &mut Tenant,
    learner: LearnerId,
    stamp: Stamp,
    actor: &Actor,
    events: &[Event],
) {
    let is_replay = |event: &Event| matches!(event, Event::TargetReplayed(_));
    if let Some(administrator) = actor.administrator()
        && !events.iter().any(is_replay)
        && let Some(session) = tenant.records.open_session(administrator, learner)
    {
        tenant.records.touch(session, stamp.time);
    }
}

/// Folds a commit without looking at plans, which are not resident from then on: so that an opening reads past
/// those that nobody asks for. Of a plan's commits it needs only what synchronisations say.
pub fn evolve_past_plans(
    tenant: &mut Tenant,
    (stream, version): (&Stream, u64),
    stamp: Stamp,
    actor: &Actor,
    events: &[Event],
) {
    if let Stream::Plan(learner) = stream {
        tenant.records.forget(*learner);
        tenant.plans.evict(*learner, Version::of_stream(version));
    }
    evolve(tenant, (stream, version), stamp, actor, events);
}

/// What a commit on a plan does: to the plan, and to the records in which it is open. Of a plan that
/// is not resident only the version moves; whoever fetches it folds the rest.
fn evolve_plan(
    tenant: &mut Tenant,
    learner: LearnerId,
    version: u64,
    actor: &Actor,
    events: &[Event],
) {
    let version = Version::of_stream(version);
    let Ok(before) = tenant.plans.get(learner).cloned() else {
        tenant.plans.evict(learner, version);
        return;
    };
    let Tenant {
        values,
        shapes,
        replay_cache,
        templates,
        syncs,
        ..
    } = tenant;
    let sources = Current { templates, syncs };
    let mut interned = Interned {
        values,
        shapes,
        replay_cache,
    };
    let after = fold_commit(&before, &sources, &mut interned, version, events);
    tenant
        .records
        .observe(learner, actor.administrator(), (&before, &after), events);
    tenant.plans.put(learner, Arc::new(after));
}

fn evolve_one(tenant: &mut Tenant, version: u64, stamp: Stamp, event: &Event) {
    match event {
        Event::TenantPut(settings) => tenant.settings = Some(*settings),
        Event::AdministratorPut(put) => {
            let before = tenant.administrators.get(&put.administrator).cloned();
            if before.as_ref().map(|known| &known.groups) != Some(&put.record.groups) {
                let past = &mut tenant.past;
                past.administrator(stamp.position, &put.administrator, before.as_deref());
            }
            let record = Arc::new(put.record.clone());
            reference::administrator_put(tenant, put.administrator.clone(), record);
        }
        Event::AdministratorRemoved(removed) => {
            let before = tenant.administrators.get(&removed.administrator).cloned();
            let past = &mut tenant.past;
            past.administrator(stamp.position, &removed.administrator, before.as_deref());
            reference::administrator_removed(tenant, &removed.administrator);
        }
        Event::LearnerPut(put) => reference::learner_put(tenant, (version, stamp.position), put),
        Event::ProgrammePut(put) => {
            let record = Arc::new(put.record.clone());
            reference::programme_put(tenant, put.programme, record);
        }
        Event::TemplatePut(put) => template::template_put(tenant, put),
        Event::TemplateRemoved(removed) => template::template_removed(tenant, removed),
        Event::RecordOpened(opened) => record_opened(tenant, stamp, opened),
        Event::RecordClosed(closed) => tenant.records.closed(closed),
        Event::RecordResumed(resumed) => tenant.records.resumed(resumed.session, stamp.time),
        Event::ChangeSetChunk(chunk) => tenant.syncs.chunk(chunk),
        Event::SyncAccepted(accepted) => sync_accepted(tenant, version, stamp, accepted),
        Event::TargetReplayed(replayed) => target_replayed(tenant, version, replayed),
        Event::SyncCancelled(cancelled) => {
            sync_ends(tenant, cancelled.sync);
            tenant.syncs.cancelled(cancelled);
        }
        Event::SyncCompleted(completed) => {
            sync_ends(tenant, completed.sync);
            tenant.syncs.completed(completed);
        }
        Event::CommandRejected(rejected) => {
            let bytes = u64::try_from(rejected.bytes.len()).unwrap_or(u64::MAX);
            tenant.rejected_bytes = tenant.rejected_bytes.saturating_add(bytes);
        }
        // What these do to a plan was folded with the plan; the others are kept by the log alone.
        Event::PlanInstantiated(_)
        | Event::ComponentAdded(_)
        | Event::ComponentReadded(_)
        | Event::ComponentChanged(_)
        | Event::ComponentRemoved(_)
        | Event::StatusSet(_)
        | Event::EvidenceSubmitted(_)
        | Event::ReviewStatusSet(_)
        | Event::CommandOutcome(_)
        | Event::CommandAccepted(_) => {}
    }
}

fn record_opened(tenant: &mut Tenant, stamp: Stamp, opened: &RecordOpened) {
    let base = tenant.plans.get(opened.learner).ok().cloned();
    let session = RecordSession::open(opened, stamp, base);
    tenant.records.open(opened, session);
}

/// C2, C7: what a sync takes along is compared with this from now on, too, and no longer selected to
/// begin with.
fn sync_accepted(tenant: &mut Tenant, version: u64, stamp: Stamp, accepted: &SyncAccepted) {
    tenant.records.touch(accepted.request.session, stamp.time);
    tenant.syncs.accepted(accepted, version, &mut tenant.values);
    tenant.versions.remove(&Stream::Sync(accepted.sync));
    let session = tenant.records.session_mut(accepted.request.session);
    let sync = tenant.syncs.get(accepted.sync);
    if let (Some(session), Some(sync)) = (session, sync) {
        let entries = sync.change_set().entries().iter();
        let plan = tenant
            .plans
            .resident_at(session.learner, accepted.source_version);
        session.took(
            accepted.request.kind,
            entries,
            accepted.source_version,
            plan,
        );
    }
}

/// C2: what a sync changed of its own source is compared with that from now on, too.
fn target_replayed(tenant: &mut Tenant, version: u64, replayed: &TargetReplayed) {
    tenant.syncs.replayed(replayed);
    let sync = tenant.syncs.get(replayed.sync);
    let Some(sync) = sync.filter(|sync| sync.is_updated_source(replayed.learner)) else {
        return;
    };
    let session = sync.facts().session;
    if let Some(session) = tenant.records.session_mut(session)
        && replayed.pair_outcomes.change_the_plan()
    {
        let version = Version::of_stream(version);
        let pairs = sync.change_set().entries().iter();
        let pairs = pairs.zip(replayed.pair_outcomes.iter());
        let applied = pairs.filter(|(_, pair_outcome)| pair_outcome.is_applied());
        let components = applied.map(|(entry, _)| entry.component);
        let plan = tenant.plans.resident_at(session.learner, version);
        session.updated(components, version, plan);
    }
}

/// C7: what a sync reached nobody with is selected to begin with once more.
fn sync_ends(tenant: &mut Tenant, sync: SyncId) {
    let sync = tenant.syncs.get(sync);
    // What a template's values replaced took nothing along in the first place.
    let Some(sync) = sync.filter(|sync| !sync.updates_source()) else {
        return;
    };
    let session = sync.facts().session;
    if let Some(session) = tenant.records.session_mut(session) {
        session.reached_nobody(sync.unreached().into_iter());
    }
}

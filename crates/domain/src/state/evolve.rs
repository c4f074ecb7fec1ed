//! Evolve: from a state and an event to the next state.
//!
//! It is total and checks no rule. This module dispatches each event to a part of the state; what
//! an event does to a plan or a sync is in `fold` and `progress`.

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
///
/// ```
/// use plansync_domain::event::{AdministratorRemoved, Event};
/// use plansync_domain::ids::stream::Stream;
/// use plansync_domain::ids::{Actor, AdministratorId};
/// use plansync_domain::state::evolve::evolve;
/// use plansync_domain::state::tenant::Tenant;
/// use plansync_domain::time::log_time::Stamp;
///
/// let alice: AdministratorId = "alice".parse()?;
/// let stream = Stream::Administrator(alice.clone());
/// let removed = Event::AdministratorRemoved(AdministratorRemoved {
///     administrator: alice.clone(),
/// });
/// let mut tenant = Tenant::default();
/// evolve(&mut tenant, (&stream, 2), Stamp::default(), &Actor::System, &[removed]);
/// assert_eq!(tenant.administrator(&alice), None);
/// assert_eq!(tenant.version_of(&stream), 2);
/// # Ok::<(), plansync_domain::ids::IdError>(())
/// ```
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
        Stream::Tenant | Stream::Administrator(_) | Stream::Programme(_) | Stream::Engine => {
            tenant.versions.insert(stream.clone(), version);
        }
        // Until its acceptance; afterwards a sync knows its own version.
        Stream::Sync(sync) if tenant.syncs.get(*sync).is_none() => {
            tenant.versions.insert(stream.clone(), version);
        }
        Stream::Record(_) | Stream::Sync(_) | Stream::Target(_) | Stream::Command(_) => {}
    }
    for event in events {
        evolve_one(tenant, version, stamp, event);
    }
}

/// C6: an edit touches the record in which its administrator has the plan open. What a sync does
/// there later, in their name, does not.
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

/// Folds a commit without plans, which are not resident afterwards: used when a log is opened, so
/// that plans that nobody requests are not folded. Of the commits on plans, only the events of
/// syncs are needed.
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

/// What a commit on a plan does to the plan and to the records in which it is open. For a plan that
/// is not resident only the version changes; the rest is folded when it is fetched.
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
        Event::LearnerHeld(held) => tenant.erasures.held(held.learner),
        Event::LearnerReleased(released) => tenant.erasures.released(released.learner),
        Event::LearnerErasureRequested(requested) => {
            reference::learner_erased(tenant, (version, stamp.position), requested.learner);
        }
        Event::LearnerErased(erased) => tenant.erasures.erased(erased.learner),
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
            let bytes = rejected.bytes.length();
            tenant.rejected_bytes = tenant.rejected_bytes.saturating_add(bytes);
        }
        // The effect of these events on a plan was folded with the plan; the others are only kept
        // in the log.
        Event::PlanInstantiated(_)
        | Event::ComponentAdded(_)
        | Event::ComponentReadded(_)
        | Event::ComponentChanged(_)
        | Event::ComponentRemoved(_)
        | Event::StatusSet(_)
        | Event::EvidenceSubmitted(_)
        | Event::ReviewStatusSet(_)
        | Event::CommandOutcome(_)
        | Event::CommandAccepted(_)
        | Event::EngineStarted(_) => {}
    }
}

fn record_opened(tenant: &mut Tenant, stamp: Stamp, opened: &RecordOpened) {
    let base = tenant.plans.get(opened.learner).ok().cloned();
    let session = RecordSession::open(opened, stamp, base);
    tenant.records.open(opened, session);
}

/// C2, C7: later changes are compared also with what a sync carried, which is no longer
/// preselected.
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

/// C2: later changes are compared also with what a sync changed in its own source.
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

/// C7: what a sync carried to nobody is preselected again.
fn sync_ends(tenant: &mut Tenant, sync: SyncId) {
    let sync = tenant.syncs.get(sync);
    // A sync of template values carries no changes.
    let Some(sync) = sync.filter(|sync| !sync.updates_source()) else {
        return;
    };
    let session = sync.facts().session;
    if let Some(session) = tenant.records.session_mut(session) {
        session.reached_nobody(sync.unreached().into_iter());
    }
}

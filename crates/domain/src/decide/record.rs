//! Opening and closing records (`record.open`, `record.close`): each administrator has sessions of
//! their own (C6).
//!
//! What a session remembers, and which sessions are idle, is defined in `recent` and in `idle`.

use crate::access::erasure::refuse_erased;
use crate::access::own_session::own_session;
use crate::access::visibility::visible_learner;
use crate::command::context::Context;
use crate::command::decided::Decided;
use crate::command::rejection::Rejection;
use crate::decide::idle;
use crate::event::{CloseReason, Event, ProgrammeChoice, RecordOpened, RecordResumed};
use crate::ids::stream::Stream;
use crate::ids::{AdministratorId, LearnerId, SessionId};
use crate::permission::PermissionReason;
use crate::reference::learner::Learner;
use crate::state::tenant::Tenant;

/// `record.open`. The marker is the present version of the plan.
pub(crate) fn decide_open(
    tenant: &Tenant,
    context: &Context<'_>,
    learner: LearnerId,
    session: SessionId,
) -> Result<Decided, Rejection> {
    let administrator = context
        .actor
        .administrator()
        .ok_or(Rejection::NotPermitted(PermissionReason::AdministratorOnly))?;
    let record = visible_learner(tenant, context.actor, learner)?;
    refuse_erased(tenant, learner)?;
    let records = tenant.records();
    if records.session(session).is_some() || context.closed_session == Some(session) {
        return Err(Rejection::SessionExists(session));
    }
    let replaced = records.open_session(administrator, learner);
    let is_full = records.open_count(administrator) >= context.limits.open_records;
    let displaced = (replaced.is_none() && is_full)
        .then(|| records.longest_idle_of(administrator))
        .flatten();
    let opened = RecordOpened {
        session,
        learner,
        administrator: administrator.clone(),
        marker: tenant.plans().version(learner),
        can_sync: can_sync(tenant, administrator),
        programmes: programme_choices(tenant, record),
        replaced,
    };
    Ok(match displaced {
        None => Decided::Events {
            stream: Stream::Record(session),
            events: vec![Event::RecordOpened(opened)],
        },
        Some((id, record)) => Decided::Displacing {
            displaced: idle::closed(id, record, CloseReason::Displaced),
            opened,
        },
    })
}

/// `record.open` with `resume`: the session that this administrator has open on this learner
/// continues, whatever `session` is. If there is none, a session with this id is opened.
pub(crate) fn decide_resume(
    tenant: &Tenant,
    context: &Context<'_>,
    learner: LearnerId,
    session: SessionId,
) -> Result<Decided, Rejection> {
    let open = context.actor.administrator().and_then(|administrator| {
        let id = tenant.records().open_session(administrator, learner)?;
        Some((id, tenant.session(id)?))
    });
    let Some((id, open)) = open else {
        return decide_open(tenant, context, learner, session);
    };
    let record = visible_learner(tenant, context.actor, learner)?;
    refuse_erased(tenant, learner)?;
    let resumed = RecordResumed {
        session: id,
        learner,
        administrator: open.administrator.clone(),
        marker: open.marker,
        can_sync: can_sync(tenant, &open.administrator),
        programmes: programme_choices(tenant, record),
    };
    Ok(Decided::Events {
        stream: Stream::Record(id),
        events: vec![Event::RecordResumed(resumed)],
    })
}

/// `record.close`: only a session of one's own that is open.
pub(crate) fn decide_close(
    tenant: &Tenant,
    context: &Context<'_>,
    session: SessionId,
) -> Result<Decided, Rejection> {
    let open = own_session(tenant, context.actor, session)?;
    let closed = idle::closed(session, open, CloseReason::Closed);
    Ok(Decided::Events {
        stream: Stream::Record(session),
        events: vec![Event::RecordClosed(closed)],
    })
}

/// P6: whether a sync of this administrator could do anything.
pub fn can_sync(tenant: &Tenant, administrator: &AdministratorId) -> bool {
    tenant
        .administrator(administrator)
        .is_some_and(|record| record.permissions.can_sync())
}

/// S2: the known programmes that the learner is enrolled on. The only one is preselected, or else
/// the first delivery programme. Programmes whose enrolments S5 excludes count only if there are no
/// others.
pub fn programme_choices(tenant: &Tenant, learner: &Learner) -> Vec<ProgrammeChoice> {
    let known: Vec<_> = learner
        .enrolments
        .iter()
        .filter_map(|enrolment| Some((*enrolment, tenant.programme(enrolment.programme)?)))
        .collect();
    let current: Vec<_> = known
        .iter()
        .copied()
        .filter(|(enrolment, _)| !enrolment.status.is_excluded())
        .collect();
    let candidates = if current.is_empty() { &known } else { &current };
    let preselected = match candidates.as_slice() {
        [only] => Some(only),
        several => several
            .iter()
            .find(|(_, programme)| programme.is_delivery()),
    };
    let preselected = preselected.map(|(enrolment, _)| enrolment.programme);
    known
        .iter()
        .map(|(enrolment, programme)| ProgrammeChoice {
            programme: enrolment.programme,
            name: programme.name.clone(),
            preselected: Some(enrolment.programme) == preselected,
        })
        .collect()
}

#[cfg(test)]
mod tests;

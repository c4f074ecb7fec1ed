//! Opening and closing records: who has which open (C6).
//!
//! Owns the sessions of a tenant and the rules of `record.open` and `record.close`. What a session
//! remembers, and what changed recently in it, is not decided here.

use std::sync::Arc;

use crate::decide::{Context, Decided};
use crate::event::{Event, ProgrammeChoice, RecordClosed, RecordOpened};
use crate::ids::{Actor, AdministratorId, LearnerId, SessionId};
use crate::learner::Learner;
use crate::permission::PermissionReason;
use crate::plan::Plan;
use crate::recent::RecordSession;
use crate::rejection::Rejection;
use crate::stream::Stream;
use crate::tenant::Tenant;
use crate::version::Version;
use crate::visibility::visible_learner;

/// Every record session of a tenant, and which of them are open.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Closed ones stay, so that no id is used twice.
    sessions: imbl::HashMap<SessionId, RecordSession>,
    /// The open ones: an administrator has a record open once at most.
    by_learner: imbl::HashMap<LearnerId, imbl::OrdMap<AdministratorId, SessionId>>,
    by_administrator: imbl::HashMap<AdministratorId, imbl::OrdSet<SessionId>>,
}

impl Records {
    /// A session, open or closed.
    pub fn session(&self, session: SessionId) -> Option<&RecordSession> {
        self.sessions.get(&session)
    }

    /// The open sessions of one administrator, by id.
    pub fn open_of(
        &self,
        administrator: &AdministratorId,
    ) -> impl Iterator<Item = (SessionId, &RecordSession)> {
        self.by_administrator
            .get(administrator)
            .into_iter()
            .flatten()
            .filter_map(|id| self.sessions.get(id).map(|session| (*id, session)))
    }

    /// The session in which an administrator has a learner's record open.
    pub fn open_session(
        &self,
        administrator: &AdministratorId,
        learner: LearnerId,
    ) -> Option<SessionId> {
        self.by_learner.get(&learner)?.get(administrator).copied()
    }

    /// How many records an administrator has open.
    pub fn open_count(&self, administrator: &AdministratorId) -> usize {
        self.by_administrator
            .get(administrator)
            .map_or(0, imbl::OrdSet::len)
    }

    pub(crate) fn open(&mut self, opened: &RecordOpened, session: RecordSession) {
        if let Some(replaced) = opened.replaced {
            self.close(replaced);
        }
        self.list(opened.session, opened.learner, &opened.administrator);
        self.sessions.insert(opened.session, session);
    }

    pub(crate) fn close(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.close();
        if let Some(open) = self.by_learner.get_mut(&session.learner) {
            open.remove(&session.administrator);
            if open.is_empty() {
                self.by_learner.remove(&session.learner);
            }
        }
        if let Some(open) = self.by_administrator.get_mut(&session.administrator) {
            open.remove(&id);
            if open.is_empty() {
                self.by_administrator.remove(&session.administrator);
            }
        }
    }

    /// An open session that a sync or a plan's change has something to tell.
    pub(crate) fn session_mut(&mut self, session: SessionId) -> Option<&mut RecordSession> {
        self.sessions.get_mut(&session)
    }

    /// The markers of the open sessions of one learner's record.
    pub(crate) fn markers_of(&self, learner: LearnerId) -> impl Iterator<Item = Version> {
        let open = self.by_learner.get(&learner).into_iter().flatten();
        open.filter_map(|(_, id)| self.sessions.get(id).map(|session| session.marker))
    }

    /// Every session, open and closed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SessionId, &RecordSession)> {
        self.sessions.iter().map(|(id, session)| (*id, session))
    }

    /// A session is taken over as it was kept.
    pub(crate) fn keep(&mut self, id: SessionId, session: RecordSession) {
        if session.is_open() {
            self.list(id, session.learner, &session.administrator);
        }
        self.sessions.insert(id, session);
    }

    /// A learner's plan goes away, and what open records remember of it.
    pub(crate) fn forget(&mut self, learner: LearnerId) {
        self.each_open_of(learner, |_, session| session.forget());
    }

    /// A learner's plan is being fetched, and is at this version.
    pub(crate) fn remember(&mut self, learner: LearnerId, plan: &Arc<Plan>) {
        self.each_open_of(learner, |_, session| session.remember(plan));
    }

    /// A commit changed a learner's plan: whoever has the record open takes note.
    pub(crate) fn observe(
        &mut self,
        learner: LearnerId,
        by: Option<&AdministratorId>,
        before: &Plan,
        after: &Plan,
    ) {
        self.each_open_of(learner, |administrator, session| {
            session.observe(Some(administrator) == by, before, after);
        });
    }

    fn each_open_of(
        &mut self,
        learner: LearnerId,
        mut tell: impl FnMut(&AdministratorId, &mut RecordSession),
    ) {
        let open = self.by_learner.get(&learner).into_iter().flatten();
        for (administrator, id) in open {
            if let Some(session) = self.sessions.get_mut(id) {
                tell(administrator, session);
            }
        }
    }

    fn list(&mut self, id: SessionId, learner: LearnerId, administrator: &AdministratorId) {
        self.by_learner
            .entry(learner)
            .or_default()
            .insert(administrator.clone(), id);
        self.by_administrator
            .entry(administrator.clone())
            .or_default()
            .insert(id);
    }
}

/// The open session of this id, if it is this actor's own.
pub fn own_session<'a>(
    tenant: &'a Tenant,
    actor: &Actor,
    session: SessionId,
) -> Result<&'a RecordSession, Rejection> {
    tenant
        .records()
        .session(session)
        .filter(|open| open.is_open() && actor.administrator() == Some(&open.administrator))
        .ok_or(Rejection::SessionNotOpen(session))
}

/// `record.open`: the marker is the version that the plan has now.
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
    let records = tenant.records();
    if records.session(session).is_some() {
        return Err(Rejection::SessionExists(session));
    }
    let replaced = records.open_session(administrator, learner);
    if replaced.is_none() && records.open_count(administrator) >= context.limits.open_records {
        return Err(Rejection::Overloaded {
            problem: "you have too many records open; close one with `record.close`",
        });
    }
    let opened = RecordOpened {
        session,
        learner,
        administrator: administrator.clone(),
        marker: tenant.plans().version(learner),
        can_sync: can_sync(tenant, administrator),
        programmes: programme_choices(tenant, record),
        replaced,
    };
    Ok(Decided::Events {
        stream: Stream::Record(session),
        events: vec![Event::RecordOpened(opened)],
    })
}

/// `record.close`: one's own open records only.
pub(crate) fn decide_close(
    tenant: &Tenant,
    context: &Context<'_>,
    session: SessionId,
) -> Result<Decided, Rejection> {
    let open = own_session(tenant, context.actor, session)?;
    let closed = RecordClosed {
        session,
        learner: open.learner,
        administrator: open.administrator.clone(),
    };
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

/// S2: the learner's enrolled programmes that are known; the only one, or else the first delivery
/// programme, is preselected.
pub fn programme_choices(tenant: &Tenant, learner: &Learner) -> Vec<ProgrammeChoice> {
    let known: Vec<_> = learner
        .enrolments
        .iter()
        .filter_map(|enrolment| Some((enrolment.programme, tenant.programme(enrolment.programme)?)))
        .collect();
    let preselected = match known.as_slice() {
        [(only, _)] => Some(*only),
        several => several
            .iter()
            .find(|(_, programme)| programme.is_delivery())
            .map(|(programme, _)| *programme),
    };
    known
        .into_iter()
        .map(|(id, programme)| ProgrammeChoice {
            programme: id,
            name: programme.name.clone(),
            preselected: Some(id) == preselected,
        })
        .collect()
}

#[cfg(test)]
mod tests;

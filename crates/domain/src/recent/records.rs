//! The record sessions of a tenant: which are open, who has them open, in which order they were
//! touched, and why the latest others were closed.
//!
//! Only `evolve` changes them.

use std::sync::Arc;

use crate::event::{CloseReason, Event, RecordClosed, RecordOpened};
use crate::ids::version::Version;
use crate::ids::{AdministratorId, LearnerId, SessionId};
use crate::plan::Plan;
use crate::recent::RecordSession;
use crate::recent::closings::{Closings, SessionEnd};
use crate::recent::hand_additions::HandAdditions;
use crate::recent::usage::TouchOrder;
use crate::time::log_time::LogTime;

/// The open record sessions of a tenant. The log has the closed ones, so that no id is used twice
/// ([`Context::closed_session`](crate::command::context::Context::closed_session)).
#[derive(Debug, Clone, Default)]
pub struct Records {
    sessions: imbl::HashMap<SessionId, RecordSession>,
    /// An administrator has a record open at most once.
    by_learner: imbl::HashMap<LearnerId, imbl::OrdMap<AdministratorId, SessionId>>,
    by_administrator: imbl::HashMap<AdministratorId, imbl::OrdSet<SessionId>>,
    touched: TouchOrder,
    closings: Closings,
}

impl Records {
    /// An open session.
    pub fn session(&self, session: SessionId) -> Option<&RecordSession> {
        self.sessions.get(&session)
    }

    /// The number of open sessions.
    pub fn count(&self) -> usize {
        self.sessions.len()
    }

    /// The open sessions of an administrator, by id.
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

    /// The open sessions of a learner's record, by administrator.
    pub fn open_on(&self, learner: LearnerId) -> impl Iterator<Item = SessionId> {
        let open = self.by_learner.get(&learner).into_iter().flatten();
        open.map(|(_, session)| *session)
    }

    /// The number of records that an administrator has open.
    pub fn open_count(&self, administrator: &AdministratorId) -> usize {
        self.by_administrator
            .get(administrator)
            .map_or(0, imbl::OrdSet::len)
    }

    /// The open sessions in the order of their last touches, the earliest first.
    pub(crate) fn by_touch(&self) -> impl Iterator<Item = (SessionId, &RecordSession)> {
        let order = self.touched.iter();
        order.filter_map(|id| Some((id, self.sessions.get(&id)?)))
    }

    /// The session of an administrator whose last touch is the earliest.
    pub fn longest_idle_of(
        &self,
        administrator: &AdministratorId,
    ) -> Option<(SessionId, &RecordSession)> {
        let own = self.open_of(administrator);
        own.min_by_key(|(_, session)| session.usage.touch)
    }

    /// The latest sessions that were closed, and why.
    pub fn closings(&self) -> &Closings {
        &self.closings
    }

    pub(crate) fn open(&mut self, opened: &RecordOpened, session: RecordSession) {
        if let Some(replaced) = opened.replaced {
            self.end(replaced, SessionEnd::Replaced(opened.session));
        }
        self.keep(opened.session, session);
    }

    /// A session was continued.
    pub(crate) fn resumed(&mut self, id: SessionId, time: LogTime) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.usage.version += 1;
        }
        self.touch(id, time);
    }

    /// A session was touched.
    pub(crate) fn touch(&mut self, id: SessionId, time: LogTime) {
        if let Some(session) = self.sessions.get_mut(&id) {
            self.touched.touch(id, &mut session.usage, time);
        }
    }

    pub(crate) fn closed(&mut self, closed: &RecordClosed) {
        self.end(
            closed.session,
            match closed.reason {
                CloseReason::Closed => SessionEnd::Closed,
                CloseReason::Idle => SessionEnd::Idle,
                CloseReason::Displaced => SessionEnd::Displaced,
            },
        );
    }

    fn end(&mut self, id: SessionId, end: SessionEnd) {
        let Some(session) = self.sessions.remove(&id) else {
            return;
        };
        self.touched.forget(session.usage);
        self.closings.note(id, session.administrator.clone(), end);
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

    /// An open session to which a sync or a change of the plan is reported.
    pub(crate) fn session_mut(&mut self, session: SessionId) -> Option<&mut RecordSession> {
        self.sessions.get_mut(&session)
    }

    /// The markers of the open sessions of a learner's record.
    pub(crate) fn markers_of(&self, learner: LearnerId) -> impl Iterator<Item = Version> {
        let open = self.by_learner.get(&learner).into_iter().flatten();
        open.filter_map(|(_, id)| self.sessions.get(id).map(|session| session.marker))
    }

    /// Takes over a session from an image. Sessions that are taken over in the order of their
    /// touches keep this order.
    pub(crate) fn keep(&mut self, id: SessionId, mut session: RecordSession) {
        self.list(id, session.learner, &session.administrator);
        let time = session.usage.touched;
        self.touched.touch(id, &mut session.usage, time);
        self.sessions.insert(id, session);
    }

    /// Takes over the closed sessions of an image.
    pub(crate) fn keep_closings(&mut self, closings: Closings) {
        self.closings = closings;
    }

    /// A learner's plan is evicted, together with what open records remember of it.
    pub(crate) fn forget(&mut self, learner: LearnerId) {
        self.each_open_of(learner, |_, session| session.forget());
    }

    /// A learner's plan is being fetched, and has this version.
    pub(crate) fn remember(&mut self, learner: LearnerId, plan: &Arc<Plan>) {
        self.each_open_of(learner, |_, session| session.remember(plan));
    }

    /// A commit changed a learner's plan: the open records of the learner observe it.
    pub(crate) fn observe(
        &mut self,
        learner: LearnerId,
        by: Option<&AdministratorId>,
        (before, after): (&Plan, &Plan),
        events: &[Event],
    ) {
        if self.by_learner.contains_key(&learner) {
            self.observe_additions(learner, by, (before, after), &HandAdditions::of(events));
        }
    }

    /// The same if the components that the commit added by hand are known already.
    pub(crate) fn observe_additions(
        &mut self,
        learner: LearnerId,
        by: Option<&AdministratorId>,
        plans: (&Plan, &Plan),
        additions: &HandAdditions,
    ) {
        self.each_open_of(learner, |administrator, session| {
            session.observe(Some(administrator) == by, plans, additions);
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

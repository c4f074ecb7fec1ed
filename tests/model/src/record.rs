//! Record sessions: who has whose record open, since which version of the plan (C6).

use std::collections::BTreeMap;

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId};
use serde_json::{Value as Json, json};

use crate::ask::Learner;
use crate::permission;
use crate::refusal::{Refusal, refuse};
use crate::world::World;

/// A record session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose record.
    pub learner: LearnerId,
    /// Who opened it.
    pub administrator: String,
    /// The plan's version then.
    pub marker: usize,
    /// Whether it still is open.
    pub open: bool,
    /// C7: up to which version of the plan a component was included in a sync.
    pub cleared: BTreeMap<ComponentId, usize>,
}

impl World {
    pub(crate) fn open_record(
        &mut self,
        actor: &str,
        learner: LearnerId,
        session: SessionId,
    ) -> Result<Json, Refusal> {
        let record = self.learner(actor, learner)?;
        if self.sessions.contains_key(&session) {
            return refuse("session_exists");
        }
        let own = |one: &&Session| one.open && one.administrator == actor;
        let open = self.sessions.values().filter(own).count();
        let again =
            |one: &&mut Session| one.open && one.administrator == actor && one.learner == learner;
        match self.sessions.values_mut().find(again) {
            Some(earlier) => earlier.open = false,
            None if open >= self.limits.open_records => return refuse("overloaded"),
            None => {}
        }
        let marker = self.plan(learner).version();
        let opened = Session {
            learner,
            administrator: actor.to_owned(),
            marker,
            open: true,
            cleared: BTreeMap::new(),
        };
        self.sessions.insert(session, opened);
        let can_sync = permission::can_sync(&self.permissions(actor));
        let programmes = self.programme_choices(&record);
        Ok(json!({
            "session": session, "marker": marker, "can_sync": can_sync, "programmes": programmes,
        }))
    }

    /// S2: the enrolled programmes that are known; the only one, or else the first delivery
    /// programme, is preselected.
    fn programme_choices(&self, learner: &Learner) -> Vec<Json> {
        let known: Vec<_> = learner
            .enrolments
            .iter()
            .filter_map(|enrolment| self.programmes.get(&enrolment.programme))
            .collect();
        let preselected: Option<ProgrammeId> = if known.len() == 1 {
            Some(known[0].programme)
        } else {
            let delivery = known.iter().find(|programme| programme.parent.is_none());
            delivery.map(|programme| programme.programme)
        };
        let choice = |programme: &&crate::ask::Programme| {
            json!({
                "programme": programme.programme, "name": programme.name,
                "preselected": preselected == Some(programme.programme),
            })
        };
        known.iter().map(choice).collect()
    }

    pub(crate) fn close_record(
        &mut self,
        actor: &str,
        session: SessionId,
    ) -> Result<Json, Refusal> {
        self.session(actor, session)?;
        if let Some(session) = self.sessions.get_mut(&session) {
            session.open = false;
        }
        Ok(json!({}))
    }

    /// One's own session that is open.
    pub fn session(&self, actor: &str, session: SessionId) -> Result<Session, Refusal> {
        let found = self.sessions.get(&session);
        match found.filter(|one| one.open && one.administrator == actor) {
            Some(session) => Ok(session.clone()),
            None => refuse("session_not_open"),
        }
    }
}

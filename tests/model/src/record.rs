//! Record sessions: who has whose record open, since which version of the plan (C6).

use std::collections::BTreeMap;

use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId};
use serde_json::{Value as Json, json};

use crate::ask::{Enrolment, Learner, Programme};
use crate::choose::EXCLUDED;
use crate::permission;
use crate::refusal::{Refusal, refuse};
use crate::world::World;

const HOUR_MICROS: u64 = 3_600_000_000;

/// A record session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose record.
    pub learner: LearnerId,
    /// Who opened it.
    pub administrator: String,
    /// The plan's version then.
    pub marker: usize,
    /// Why it is closed: `closed`, `idle`, `displaced` or `replaced`; nothing while it is open.
    pub end: Option<&'static str>,
    /// The step that opened it.
    pub opened: u64,
    /// The last step that did something in it.
    pub touched: u64,
    /// When that was, in microseconds.
    pub touched_at: u64,
    /// C7: up to which version of the plan syncs took all changes of a component along.
    pub cleared: BTreeMap<ComponentId, usize>,
    /// C7: up to which version they took all but `planned_for_qa`.
    pub cleared_but_planned: BTreeMap<ComponentId, usize>,
    /// C2: the versions of the plan that a component is compared with beside the marker.
    pub bases: BTreeMap<ComponentId, Vec<usize>>,
}

impl World {
    pub(crate) fn open_record(
        &mut self,
        actor: &str,
        learner: LearnerId,
        session: SessionId,
        resume: bool,
    ) -> Result<Json, Refusal> {
        let record = self.learner(actor, learner)?;
        self.kept(learner)?;
        let again = self.open_session(actor, learner);
        if let (true, Some(open)) = (resume, again) {
            self.touch(open);
            let mut opened = self.opened(actor, open, &record);
            opened["resumed"] = json!(true);
            return Ok(opened);
        }
        if self.sessions.contains_key(&session) {
            return refuse("session_exists");
        }
        match again {
            Some(earlier) => self.end_session(earlier, "replaced"),
            None => {
                if let Some(displaced) = self.displaced(actor) {
                    self.end_session(displaced, "displaced");
                }
            }
        }
        let marker = self.plan(learner).version();
        let opened = Session {
            learner,
            administrator: actor.to_owned(),
            marker,
            end: None,
            opened: self.step,
            touched: self.step,
            touched_at: self.now,
            cleared: BTreeMap::new(),
            cleared_but_planned: BTreeMap::new(),
            bases: BTreeMap::new(),
        };
        self.sessions.insert(session, opened);
        Ok(self.opened(actor, session, &record))
    }

    fn opened(&self, actor: &str, session: SessionId, record: &Learner) -> Json {
        let can_sync = permission::can_sync(&self.permissions(actor));
        let programmes = self.programme_choices(record);
        let marker = self.sessions[&session].marker;
        json!({
            "session": session, "marker": marker, "can_sync": can_sync, "programmes": programmes,
        })
    }

    /// The session in which somebody has a record open.
    pub(crate) fn open_session(&self, actor: &str, learner: LearnerId) -> Option<SessionId> {
        let mut sessions = self.sessions.iter();
        let found = sessions.find(|(_, one)| {
            one.end.is_none() && one.administrator == actor && one.learner == learner
        });
        found.map(|(id, _)| *id)
    }

    /// C6: the record of somebody's that gives way to one more: the one they touched least lately, if
    /// they have as many open as they may.
    pub fn displaced(&self, actor: &str) -> Option<SessionId> {
        let sessions = self.sessions.iter();
        let own: Vec<_> = sessions
            .filter(|(_, one)| one.end.is_none() && one.administrator == actor)
            .collect();
        if own.len() < self.limits.open_records {
            return None;
        }
        let longest = own.into_iter().min_by_key(|(_, one)| one.touched);
        longest.map(|(id, _)| *id)
    }

    /// A session ends for a reason.
    pub fn end_session(&mut self, session: SessionId, reason: &'static str) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.end = Some(reason);
        }
    }

    /// Something is done in a session.
    pub(crate) fn touch(&mut self, session: SessionId) {
        let (step, now) = (self.step, self.now);
        if let Some(session) = self.sessions.get_mut(&session) {
            session.touched = step;
            session.touched_at = now;
        }
    }

    /// An edit of a plan is something done in the record that its administrator has open.
    pub(crate) fn touch_by_edit(&mut self, actor: &str, learner: LearnerId) {
        if let Some(session) = self.open_session(actor, learner) {
            self.touch(session);
        }
    }

    /// So many hours pass, in which nobody does anything.
    pub fn pass(&mut self, hours: u64) {
        self.now += hours * HOUR_MICROS;
        for session in self.idle_sessions() {
            self.end_session(session, "idle");
        }
    }

    /// The open sessions that nobody has touched for the tenant's idle hours.
    pub fn idle_sessions(&self) -> Vec<SessionId> {
        let settings = self.settings.as_ref();
        let hours = settings.and_then(|settings| settings.record_idle_hours);
        let most = u64::from(hours.unwrap_or(24)) * HOUR_MICROS;
        let sessions = self.sessions.iter();
        sessions
            .filter(|(_, one)| one.end.is_none() && self.now - one.touched_at >= most)
            .map(|(id, _)| *id)
            .collect()
    }

    /// S2: the enrolled programmes that are known; the only one, or else the first delivery
    /// programme, is preselected; one whose enrolment is over only if there is no other.
    fn programme_choices(&self, learner: &Learner) -> Vec<Json> {
        let known = |enrolments: Vec<&Enrolment>| -> Vec<&Programme> {
            let programmes = enrolments.into_iter();
            let known = programmes.filter_map(|one| self.programmes.get(&one.programme));
            known.collect()
        };
        let is_on = |one: &&Enrolment| !EXCLUDED.contains(&one.status.as_str());
        let current = known(learner.enrolments.iter().filter(is_on).collect());
        let known = known(learner.enrolments.iter().collect());
        let preselected = preselected(&current).or_else(|| match current.len() {
            0 => preselected(&known),
            _others => None,
        });
        let choice = |programme: &&Programme| {
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
        self.end_session(session, "closed");
        Ok(json!({}))
    }

    /// One's own session that is open.
    pub fn session(&self, actor: &str, session: SessionId) -> Result<Session, Refusal> {
        let found = self.sessions.get(&session);
        let Some(found) = found.filter(|one| one.administrator == actor) else {
            return refuse("session_not_open");
        };
        match found.end {
            None => Ok(found.clone()),
            Some(reason) => Err(Refusal {
                code: "session_not_open".to_owned(),
                reason: Some(reason.to_owned()),
            }),
        }
    }
}

/// The only one, or else the first delivery programme.
fn preselected(programmes: &[&Programme]) -> Option<ProgrammeId> {
    let delivery = programmes.iter().find(|one| one.parent.is_none());
    match programmes {
        [only] => Some(only.programme),
        _several => delivery.map(|one| one.programme),
    }
}

//! Turns that chance alone seldom brings: a record that gave way to another one is used, the list of
//! learners changes between a preview and its confirmation, and a meeting loses its last owner.

use std::collections::BTreeSet;

use crate::ask::{Administrator, Ask, Edit, Enrolment, Groups, Learner};
use crate::attribute::Attribute;
use crate::component::Component;
use crate::request::{Components, LearnerFilter, Learners, SyncRequest, SyncType};
use crate::review::ReviewStatus;
use crate::value::Value;
use plansync_domain::ids::{LearnerId, SessionId, SyncId};
use uuid::Uuid;

use crate::histories::LIMITS;
use crate::histories::corrections::change;
use crate::histories::generate::Generator;
use crate::histories::history::Step;
use crate::histories::people::{ADMINISTRATORS, chance, learner, one_of, programme};

impl Generator {
    /// One of the turns.
    pub(crate) fn turn(&mut self) {
        match self.rng.u32(0..3) {
            0 => self.displaced(),
            1 => self.list_moves(),
            _owner => self.last_owner_goes(),
        }
    }

    /// Somebody opens one record more than they may have open, and goes on in the first.
    fn displaced(&mut self) {
        let actor = one_of(&mut self.rng, &ADMINISTRATORS);
        self.may_everything(actor);
        let mut whose: Vec<LearnerId> = (0..self.learners).map(learner).collect();
        self.rng.shuffle(&mut whose);
        let mut opened = Vec::new();
        for learner in whose.into_iter().take(LIMITS.open_records + 1) {
            opened.extend(self.open_as(actor, learner));
        }
        let is_displaced = |session: &SessionId| {
            let session = self.world.sessions.get(session);
            session.is_some_and(|session| session.end == Some("displaced"))
        };
        let Some(session) = opened.into_iter().find(is_displaced) else {
            return;
        };
        match self.rng.u32(0..3) {
            0 => {
                self.step(Step::Ask(actor, Ask::CloseRecord { session }));
            }
            1 => {
                let request = everybody(session, SyncType::AllAttributes);
                self.start(actor, request);
            }
            _look => {
                let filter = LearnerFilter::default();
                self.step(Step::Look(actor, session, programme(0), filter));
            }
        }
    }

    /// A sync of everybody is previewed; somebody leaves the list or comes to it; the preview is confirmed.
    fn list_moves(&mut self) {
        let actor = one_of(&mut self.rng, &ADMINISTRATORS);
        self.may_everything(actor);
        let source = self.someone();
        let Some(session) = self.open_as(actor, source) else {
            return;
        };
        self.edit_as(actor, source, 2);
        let mut others: Vec<LearnerId> = (0..self.learners).map(learner).collect();
        others.retain(|one| *one != source);
        let moves = one_of(&mut self.rng, &others);
        let is_listed = {
            let filter = LearnerFilter::default();
            let list = self
                .world
                .learner_list(actor, source, programme(0), &filter);
            list.iter().any(|one| one.learner == moves)
        };
        let sync_type = one_of(
            &mut self.rng,
            &[SyncType::ChangesOnly, SyncType::AllAttributes],
        );
        let request = everybody(session, sync_type);
        self.step(Step::Preview(actor, request.clone()));
        self.enrol(moves, if is_listed { "expired" } else { "active" });
        self.syncs += 1;
        let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.syncs));
        self.step(Step::Confirm(actor, sync, request, 0));
        if chance(&mut self.rng, 40) {
            // Back before the targets are worked off.
            self.enrol(moves, "active");
        }
        self.step(Step::Work);
    }

    /// A meeting has an owner of its own, the learner has no case owner, and the owner goes.
    fn last_owner_goes(&mut self) {
        let mut all: Vec<LearnerId> = (0..self.learners).map(learner).collect();
        self.rng.shuffle(&mut all);
        let is_open = |one: &&Component| {
            let review = one.review.as_ref();
            review.is_some_and(|review| review.status != ReviewStatus::Completed)
        };
        let found = all.into_iter().find_map(|whose| {
            let plan = self.world.plan(whose);
            let review = plan.components().iter().find(is_open)?.clone();
            Some((whose, review.id))
        });
        let Some((whose, component)) = found else {
            return;
        };
        if let Some(record) = self.world.learners.get(&whose).cloned() {
            let case_owner = None;
            self.system(Ask::PutLearner(Learner {
                case_owner,
                ..record
            }));
        }
        let owner = Value::Text(one_of(&mut self.rng, &ADMINISTRATORS).to_owned());
        let date = Value::Text("2026-12-09T10:00:00.000000Z".to_owned());
        let status = ReviewStatus::Scheduled;
        for edit in [
            change(component, [(Attribute::Owner, owner)]),
            change(component, [(Attribute::ReviewAt, date)]),
            Edit::SetReviewStatus { component, status },
            change(component, [(Attribute::Owner, Value::Null)]),
        ] {
            self.edits("system", whose, vec![edit]);
        }
        if chance(&mut self.rng, 50) {
            self.case_owner_changes();
        }
    }

    /// A record is opened anew, in a session of its own.
    fn open_as(&mut self, actor: &'static str, learner: LearnerId) -> Option<SessionId> {
        let number = self.sessions.len() as u128 + 1;
        let session = SessionId::from_uuid(Uuid::from_u128(0x5e00 + number));
        let open = Ask::OpenRecord {
            learner,
            session,
            resume: false,
        };
        let accepted = self.step(Step::Ask(actor, open));
        let opened = accepted && self.world.sessions.contains_key(&session);
        opened.then(|| {
            self.sessions.push((session, actor, learner));
            session
        })
    }

    /// An administrator is a supervisor of everybody.
    pub(crate) fn may_everything(&mut self, name: &'static str) {
        let record = Administrator {
            administrator: name.to_owned(),
            name: name.to_uppercase(),
            permissions: BTreeSet::from(["supervisor".to_owned()]),
            groups: Groups::All("all"),
        };
        if self.world.administrators.get(name) != Some(&record) {
            self.system(Ask::PutAdministrator(record));
        }
    }

    /// A learner's enrolment on the first programme gets this status.
    fn enrol(&mut self, whom: LearnerId, status: &str) {
        let Some(mut record) = self.world.learners.get(&whom).cloned() else {
            return;
        };
        let programme = programme(0);
        record.enrolments.retain(|one| one.programme != programme);
        record.enrolments.push(Enrolment {
            programme,
            status: status.to_owned(),
        });
        self.system(Ask::PutLearner(record));
    }
}

/// A sync of all components to all learners.
fn everybody(session: SessionId, sync_type: SyncType) -> SyncRequest {
    SyncRequest {
        session,
        programme: programme(0),
        components: Components::Word("all"),
        learners: Learners::Word("all"),
        statuses: BTreeSet::new(),
        sync_type,
        attributes: BTreeSet::new(),
    }
}

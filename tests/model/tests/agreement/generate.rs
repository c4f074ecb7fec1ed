//! Random histories. The model goes along, so that what is asked mostly makes sense.

use fastrand::Rng;
use plansync_domain::ids::{LearnerId, SessionId, SyncId};
use plansync_model::ask::{Ask, Edit};
use plansync_model::attribute::Attribute;
use plansync_model::component::{Attributes, Status};
use plansync_model::value::Value;
use plansync_model::world::World;
use uuid::Uuid;

use crate::compare::LIMITS;
use crate::edits::{by_hand, edit, many_documents};
use crate::history::Step;
use crate::people::{
    ADMINISTRATORS, administrator, chance, component, learner, learner_record, one_of, programme,
    programme_record, settings, template,
};
use crate::requests::{filter, request};

struct Generator {
    rng: Rng,
    world: World,
    steps: Vec<Step>,
    learners: u128,
    /// Whether documents are at their limit.
    full: bool,
    /// Sessions that were opened, and by whom.
    sessions: Vec<(SessionId, &'static str, LearnerId)>,
    syncs: u128,
}

/// The history of a seed.
pub(crate) fn generate(seed: u64) -> Vec<Step> {
    let mut generator = Generator {
        rng: Rng::with_seed(seed),
        world: World::new(LIMITS),
        steps: Vec::new(),
        learners: 0,
        full: false,
        sessions: Vec::new(),
        syncs: 0,
    };
    generator.found();
    let moves = generator.rng.u32(8..22);
    generator.open();
    for _ in 0..moves {
        generator.go_on();
    }
    generator.synchronise();
    generator.look();
    generator.step(Step::Work);
    generator.steps
}

impl Generator {
    fn step(&mut self, step: Step) -> bool {
        let accepted = match &step {
            Step::Ask(actor, ask) => self.world.ask(actor, ask).is_ok(),
            Step::Work => {
                self.world.work();
                true
            }
            Step::Preview(..) | Step::Look(..) => true,
        };
        self.steps.push(step);
        accepted
    }

    fn system(&mut self, ask: Ask) {
        self.step(Step::Ask("system", ask));
    }

    fn found(&mut self) {
        let ask = settings(&mut self.rng);
        self.system(ask);
        for name in ADMINISTRATORS {
            let ask = administrator(&mut self.rng, name);
            self.system(ask);
        }
        for index in 0..2 {
            let ask = programme_record(&mut self.rng, index);
            self.system(ask);
            let aid = self.world.marking_aid();
            let ask = template(&mut self.rng, index, 75, aid);
            self.system(ask);
        }
        self.learners = self.rng.u128(3..7);
        for index in 0..self.learners {
            let ask = learner_record(&mut self.rng, learner(index));
            self.system(ask);
            for of in 0..2 {
                let (learner, programme) = (learner(index), programme(of));
                let enrolled = self.world.learners[&learner].enrolment(programme).is_some();
                if chance(&mut self.rng, if enrolled { 90 } else { 4 }) {
                    self.system(Ask::Instantiate { learner, programme });
                }
            }
            self.edit_as("system", learner(index), 6);
            self.found_by_hand(learner(index));
        }
        if chance(&mut self.rng, 10) {
            self.fill_documents();
        }
    }

    /// Components that several plans have though no template does, not always of the same type;
    /// and some that are finished.
    fn found_by_hand(&mut self, learner: LearnerId) {
        let mut edits = Vec::new();
        for index in 7..9 {
            if chance(&mut self.rng, 35) {
                edits.push(by_hand(&mut self.rng, index));
            }
        }
        for index in 0..5 {
            if chance(&mut self.rng, 30) {
                let (component, status) = (component(index), Status::Completed);
                edits.push(Edit::SetStatus { component, status });
            }
        }
        for edit in edits {
            self.edits("system", learner, vec![edit]);
        }
    }

    /// Brings documents of some components to their limit.
    fn fill_documents(&mut self) {
        self.full = true;
        for index in 0..self.learners {
            for id in 0..3 {
                let set = Attributes::from([(Attribute::Documents, many_documents(&mut self.rng))]);
                if chance(&mut self.rng, 60) {
                    let edit = Edit::Change {
                        component: component(id),
                        set,
                        reason: None,
                    };
                    self.edits("system", learner(index), vec![edit]);
                }
            }
        }
    }

    fn edits(&mut self, actor: &'static str, learner: LearnerId, edits: Vec<Edit>) {
        let version = self.world.plan(learner).version();
        let expected_version = match self.rng.u32(0..40) {
            0 => Some(version + 1),
            1..=3 => Some(version),
            _none => None,
        };
        self.step(Step::Ask(
            actor,
            Ask::Edit {
                learner,
                expected_version,
                edits,
            },
        ));
    }

    fn edit_as(&mut self, actor: &'static str, learner: LearnerId, at_most: usize) {
        let present = self.world.plan(learner).components().to_vec();
        let aid = self.world.marking_aid();
        let count = self.rng.usize(1..=at_most);
        let edits: Vec<Edit> = (0..count)
            .map(|_| edit(&mut self.rng, &present, aid))
            .collect();
        if chance(&mut self.rng, 50) {
            self.edits(actor, learner, edits);
        } else {
            // One by one, so that a refusal takes none of the others with it.
            for edit in edits {
                self.edits(actor, learner, vec![edit]);
            }
        }
    }

    fn somebody(&mut self) -> &'static str {
        if chance(&mut self.rng, 2) {
            "dan"
        } else {
            one_of(&mut self.rng, &ADMINISTRATORS)
        }
    }

    fn someone(&mut self) -> LearnerId {
        if chance(&mut self.rng, 3) {
            return learner(9);
        }
        // Mostly one who has a plan to speak of.
        let some = learner(self.rng.u128(0..self.learners));
        let other = learner(self.rng.u128(0..self.learners));
        let empty = self.world.plan(some).components().is_empty();
        if empty { other } else { some }
    }

    fn open(&mut self) {
        let (actor, learner) = (self.somebody(), self.someone());
        let again = chance(&mut self.rng, 3);
        let number = self.sessions.len() as u128 + u128::from(!again);
        let session = SessionId::from_uuid(Uuid::from_u128(0x5e00 + number));
        if self.step(Step::Ask(actor, Ask::OpenRecord { learner, session })) {
            self.sessions.push((session, actor, learner));
        }
    }

    /// A session, mostly the last and by whom it was opened.
    fn session(&mut self) -> (SessionId, &'static str, LearnerId) {
        let unknown = (
            SessionId::from_uuid(Uuid::from_u128(0x5e00)),
            "ann",
            learner(0),
        );
        let last = self.sessions.last().copied().unwrap_or(unknown);
        let some = self.rng.usize(0..=self.sessions.len());
        let mut session = self.sessions.get(some).copied().unwrap_or(last);
        if chance(&mut self.rng, 65) {
            session = last;
        }
        if chance(&mut self.rng, 2) {
            session.1 = self.somebody();
        }
        session
    }

    fn go_on(&mut self) {
        match self.rng.u32(0..100) {
            _full if self.full && chance(&mut self.rng, 25) => self.one_document_more(),
            0..=39 => {
                let (_, actor, learner) = self.session();
                self.edit_as(actor, learner, 3);
            }
            40..=51 => self.others_edit(),
            52..=59 => self.open(),
            60..=61 => {
                let (session, actor, _) = self.session();
                self.step(Step::Ask(actor, Ask::CloseRecord { session }));
            }
            62..=69 => self.look(),
            70..=76 => {
                let (session, actor, _) = self.session();
                let request = request(&mut self.rng, &self.world, session);
                self.step(Step::Preview(actor, request));
            }
            77..=82 => self.record_changes(),
            83..=85 => {
                let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.rng.u128(0..4)));
                let actor = self.somebody();
                self.step(Step::Ask(actor, Ask::CancelSync { sync }));
            }
            _more => self.synchronise(),
        }
    }

    /// One document more on a plan whose targets may have no room for it.
    fn one_document_more(&mut self) {
        let (_, actor, learner) = self.session();
        let id = component(self.rng.u128(0..3));
        let plan = self.world.plan(learner);
        let Some(present) = plan.component(id) else {
            return;
        };
        let mut documents = present.value(Attribute::Documents).elements();
        documents.retain(|one| one != "one more");
        documents.push("one more".to_owned());
        documents.truncate(200);
        let set = Attributes::from([(Attribute::Documents, Value::List(documents))]);
        let edit = Edit::Change {
            component: id,
            set,
            reason: None,
        };
        self.edits(actor, learner, vec![edit]);
    }

    fn others_edit(&mut self) {
        let (_, _, source) = self.session();
        let actor = if chance(&mut self.rng, 50) {
            "system"
        } else {
            self.somebody()
        };
        let learner = if chance(&mut self.rng, 55) {
            source
        } else {
            self.someone()
        };
        self.edit_as(actor, learner, 2);
    }

    fn look(&mut self) {
        let (session, actor, _) = self.session();
        let of = if chance(&mut self.rng, 80) {
            0
        } else {
            self.rng.u128(0..3)
        };
        let filter = filter(&mut self.rng);
        self.step(Step::Look(actor, session, programme(of), filter));
    }

    /// Reference data changes, or somebody who may not change it tries.
    fn record_changes(&mut self) {
        let aid = self.world.marking_aid();
        let ask = match self.rng.u32(0..10) {
            0 => settings(&mut self.rng),
            1..=2 => {
                let own = chance(&mut self.rng, 60);
                let name = if own {
                    self.session().1
                } else {
                    self.somebody()
                };
                administrator(&mut self.rng, name)
            }
            3 => Ask::RemoveAdministrator {
                administrator: "cat".to_owned(),
            },
            4..=5 => {
                let learner = self.someone();
                learner_record(&mut self.rng, learner)
            }
            6..=7 => template(&mut self.rng, 0, 40, aid),
            8 => Ask::RemoveTemplate {
                programme: programme(0),
                components: vec![component(self.rng.u128(0..6))],
            },
            _instantiate => {
                let of = self.rng.u128(0..3);
                Ask::Instantiate {
                    learner: self.someone(),
                    programme: programme(of),
                }
            }
        };
        let instantiates = matches!(ask, Ask::Instantiate { .. });
        let actor = if chance(&mut self.rng, if instantiates { 50 } else { 4 }) {
            self.somebody()
        } else {
            "system"
        };
        self.step(Step::Ask(actor, ask));
    }

    fn synchronise(&mut self) {
        let (session, actor, _) = self.session();
        let request = request(&mut self.rng, &self.world, session);
        if chance(&mut self.rng, 18) && ADMINISTRATORS.contains(&actor) {
            let ask = administrator(&mut self.rng, actor);
            self.system(ask);
        }
        if !self.start(actor, request.clone()) {
            return;
        }
        match self.rng.u32(0..10) {
            0..=5 => {
                self.step(Step::Work);
                if chance(&mut self.rng, 30) && self.start(actor, request) {
                    self.step(Step::Work);
                }
                return;
            }
            6 => {
                let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.syncs));
                self.step(Step::Ask(actor, Ask::CancelSync { sync }));
            }
            7 => self.record_changes(),
            8 => self.others_edit(),
            _both => {
                self.others_edit();
                self.record_changes();
                let request = crate::requests::request(&mut self.rng, &self.world, session);
                self.start(actor, request);
            }
        }
        self.step(Step::Work);
    }

    fn start(
        &mut self,
        actor: &'static str,
        request: plansync_model::request::SyncRequest,
    ) -> bool {
        let again = self.syncs > 0 && chance(&mut self.rng, 2);
        let number = self.syncs + u128::from(!again);
        let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + number));
        let accepted = self.step(Step::Ask(actor, Ask::StartSync { sync, request }));
        if accepted {
            self.syncs = number;
        }
        accepted
    }
}

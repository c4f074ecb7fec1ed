//! Random histories. The model goes along, so that what is asked mostly makes sense.

use crate::ask::{Ask, Edit};
use crate::attribute::Attribute;
use crate::component::Attributes;
use crate::value::Value;
use crate::world::World;
use fastrand::Rng;
use plansync_domain::ids::{LearnerId, SessionId, SyncId};
use uuid::Uuid;

use crate::histories::LIMITS;
use crate::histories::edits::edit;
use crate::histories::history::Step;
use crate::histories::people::{
    ADMINISTRATORS, administrator, chance, component, learner, learner_record, one_of, programme,
    settings, template,
};
use crate::histories::requests::{filter, request};

pub(crate) struct Generator {
    pub(crate) rng: Rng,
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
    pub(crate) learners: u128,
    /// Whether documents are at their limit.
    pub(crate) full: bool,
    /// Sessions that were opened, and by whom.
    pub(crate) sessions: Vec<(SessionId, &'static str, LearnerId)>,
    pub(crate) syncs: u128,
}

/// The history of a seed.
pub fn generate(seed: u64) -> Vec<Step> {
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
    let moves = generator.rng.u32(7..19);
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
    pub(crate) fn step(&mut self, step: Step) -> bool {
        let accepted = match &step {
            Step::Ask(actor, ask) => self.world.ask(actor, ask).is_ok(),
            Step::Work => {
                self.world.work();
                true
            }
            Step::Confirm(actor, sync, request, _) => {
                // Only whether the id is used matters to what comes after.
                let ask = Ask::StartSync {
                    sync: *sync,
                    request: request.clone(),
                };
                self.world.ask(actor, &ask).is_ok()
            }
            Step::Pass(hours) => {
                self.world.pass(*hours);
                true
            }
            Step::Preview(..) | Step::Look(..) => true,
        };
        self.steps.push(step);
        accepted
    }

    pub(crate) fn system(&mut self, ask: Ask) {
        self.step(Step::Ask("system", ask));
    }

    pub(crate) fn edits(&mut self, actor: &'static str, learner: LearnerId, edits: Vec<Edit>) {
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

    pub(crate) fn edit_as(&mut self, actor: &'static str, learner: LearnerId, at_most: usize) {
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

    pub(crate) fn someone(&mut self) -> LearnerId {
        if chance(&mut self.rng, 3) {
            return learner(9);
        }
        // Mostly one who has a plan to speak of.
        let some = learner(self.rng.u128(0..self.learners));
        let other = learner(self.rng.u128(0..self.learners));
        let empty = self.world.plan(some).components().is_empty();
        if empty { other } else { some }
    }

    pub(crate) fn open(&mut self) {
        let (actor, learner) = (self.somebody(), self.someone());
        let again = chance(&mut self.rng, 3);
        let number = self.sessions.len() as u128 + u128::from(!again);
        let session = SessionId::from_uuid(Uuid::from_u128(0x5e00 + number));
        let open = Ask::OpenRecord {
            learner,
            session,
            resume: chance(&mut self.rng, 30),
        };
        if self.step(Step::Ask(actor, open)) && self.world.sessions.contains_key(&session) {
            self.sessions.push((session, actor, learner));
        }
    }

    /// A session, mostly the last and by whom it was opened.
    pub(crate) fn session(&mut self) -> (SessionId, &'static str, LearnerId) {
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
            0..=7 => return self.correct(),
            8..=11 => return self.meet(),
            12..=14 => return self.turn(),
            _other => {}
        }
        match self.rng.u32(0..100) {
            _full if self.full && chance(&mut self.rng, 25) => self.one_document_more(),
            0..=39 => {
                let (_, actor, learner) = self.session();
                self.edit_as(actor, learner, 3);
            }
            40..=51 => self.others_edit(),
            52..=59 => self.open(),
            60 => {
                let (session, actor, _) = self.session();
                self.step(Step::Ask(actor, Ask::CloseRecord { session }));
            }
            61 => {
                let hours = self.rng.u64(1..=20);
                self.step(Step::Pass(hours));
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

    pub(crate) fn others_edit(&mut self) {
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
    pub(crate) fn record_changes(&mut self) {
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
            3 if chance(&mut self.rng, 40) => {
                let learner = self.someone();
                match self.rng.u32(0..5) {
                    0..=1 => Ask::EraseLearner { learner },
                    2 => Ask::HoldLearner { learner },
                    _release => Ask::ReleaseLearner { learner },
                }
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
}

//! Stories of corrections: something is sent to some learners, put right, and sent to others, and then
//! to the first ones again; while targets move on, and owners change.

use crate::ask::{Ask, Edit};
use crate::attribute::{self, Attribute, SELECTABLE, element_wise};
use crate::component::{Attributes, Component, Status};
use crate::request::{Components, Learners, SyncRequest, SyncType};
use crate::review::ReviewStatus;
use crate::value::Value;
use plansync_domain::ids::{ComponentId, LearnerId, SessionId, SyncId};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::histories::edits::value;
use crate::histories::generate::Generator;
use crate::histories::history::Step;
use crate::histories::people::{
    ADMINISTRATORS, chance, component, learner, one_of, programme, type_of,
};

/// What is done to one component, and what puts it right.
struct Story {
    component: ComponentId,
    mistake: Vec<Edit>,
    correction: Vec<Edit>,
    /// The attributes that it is about, for a sync of selected ones.
    about: Vec<Attribute>,
}

impl Generator {
    /// One story, from a record that is open to its last sync.
    pub(crate) fn correct(&mut self) {
        let Some((session, actor, source)) = self.open_session() else {
            return;
        };
        let Some(story) = self.story(source) else {
            return;
        };
        let (first, others) = self.audiences(source);
        if chance(&mut self.rng, 40) {
            self.targets_move_on(&first, story.component);
        }
        self.edits(actor, source, story.mistake.clone());
        self.send(session, actor, &story, &first);
        self.meanwhile(&first, &others, story.component);
        self.edits(actor, source, story.correction.clone());
        if chance(&mut self.rng, 60) {
            self.look_at(session, actor);
        }
        self.send(session, actor, &story, &others);
        self.meanwhile(&others, &first, story.component);
        self.send(session, actor, &story, &first);
        if chance(&mut self.rng, 30) {
            self.edits(actor, source, story.mistake.clone());
            let everybody = [first, others].concat();
            self.send(session, actor, &story, &everybody);
        }
        self.look_at(session, actor);
    }

    /// The last session that is open, or a new one; mostly of somebody who may do everything.
    fn open_session(&mut self) -> Option<(SessionId, &'static str, LearnerId)> {
        let open = |world: &crate::world::World, session: &SessionId| {
            world
                .sessions
                .get(session)
                .is_some_and(|one| one.end.is_none())
        };
        let mut last = self.sessions.last().copied();
        if !last.is_some_and(|(session, ..)| open(&self.world, &session)) {
            self.open();
            last = self.sessions.last().copied();
        }
        let (session, actor, source) = last.filter(|(session, ..)| open(&self.world, session))?;
        if chance(&mut self.rng, 75) && ADMINISTRATORS.contains(&actor) {
            self.may_everything(actor);
        }
        Some((session, actor, source))
    }

    fn story(&mut self, source: LearnerId) -> Option<Story> {
        let plan = self.world.plan(source);
        let of = |one: &&Component| one.programme == programme(0);
        let present: Vec<Component> = plan.components().iter().filter(of).cloned().collect();
        if present.is_empty() || chance(&mut self.rng, 15) {
            return self.added_by_mistake(source);
        }
        let one = one_of(&mut self.rng, &present);
        match self.rng.u32(0..10) {
            0..=1 => Some(self.removed_by_mistake(&one)),
            2..=4 => Some(self.elements_there_and_back(&one)),
            _attribute => self.there_and_back(&one),
        }
    }

    /// An attribute gets another value, and its own again.
    fn there_and_back(&mut self, one: &Component) -> Option<Story> {
        let marking_aid = self.world.marking_aid();
        let may = |attribute: &Attribute| {
            let fits = attribute::fits(*attribute, &one.component_type);
            let offered = marking_aid || *attribute != Attribute::MarkingAidExercise;
            fits && offered && !element_wise(*attribute)
        };
        let mut of: Vec<Attribute> = attribute::ALL.into_iter().filter(may).collect();
        if one.review.is_some() {
            // Dates and owners of meetings have effects of their own.
            of.extend([Attribute::ReviewAt, Attribute::ReviewAt, Attribute::Owner]);
        }
        let attribute = one_of(&mut self.rng, &of);
        let before = one.value(attribute);
        let after = (0..8)
            .map(|_| value(&mut self.rng, attribute))
            .find(|value| *value != before)?;
        Some(Story {
            component: one.id,
            mistake: vec![change(one.id, [(attribute, after)])],
            correction: vec![change(one.id, [(attribute, before)])],
            about: vec![attribute],
        })
    }

    /// An element comes and goes again, or the other way round; perhaps with new instructions.
    fn elements_there_and_back(&mut self, one: &Component) -> Story {
        let attribute = one_of(&mut self.rng, &[Attribute::Criteria, Attribute::Documents]);
        let before = one.value(attribute);
        let mut elements = before.elements();
        if elements.is_empty() || chance(&mut self.rng, 60) {
            elements.truncate(199);
            elements.push(format!("c{}", self.rng.u32(5..8)));
        } else {
            elements.remove(self.rng.usize(0..elements.len()));
        }
        let after = match before {
            Value::Set(_) => Value::Set(elements.into_iter().collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                let mut seen = BTreeSet::new();
                elements.retain(|one| seen.insert(one.clone()));
                Value::List(elements)
            }
        };
        let mut correction = Attributes::from([(attribute, before)]);
        if chance(&mut self.rng, 50) {
            let instructions = value(&mut self.rng, Attribute::Instructions);
            correction.insert(Attribute::Instructions, instructions);
        }
        Story {
            component: one.id,
            mistake: vec![change(one.id, [(attribute, after)])],
            correction: vec![change(one.id, correction)],
            about: vec![attribute, Attribute::Instructions],
        }
    }

    fn added_by_mistake(&mut self, source: LearnerId) -> Option<Story> {
        let plan = self.world.plan(source);
        let missing = |index: &u128| plan.component(component(*index)).is_none();
        let all: Vec<u128> = (0..10).filter(missing).collect();
        let index = *all.get(self.rng.usize(0..all.len().max(1)))?;
        let component = component(index);
        let edit = self.addition(component, type_of(index), Attributes::new());
        Some(Story {
            component,
            mistake: vec![edit],
            correction: vec![Edit::Remove { component }],
            about: vec![Attribute::Name],
        })
    }

    fn removed_by_mistake(&mut self, one: &Component) -> Story {
        let given = if chance(&mut self.rng, 50) {
            one.attributes.clone()
        } else {
            Attributes::new()
        };
        let component = one.id;
        Story {
            component,
            mistake: vec![Edit::Remove { component }],
            correction: vec![self.addition(component, &one.component_type, given)],
            about: vec![Attribute::Name],
        }
    }

    /// Adds a component: the template's where it has one, with some attributes.
    fn addition(&mut self, id: ComponentId, component_type: &str, given: Attributes) -> Edit {
        let mut attributes = given;
        if !self.world.marking_aid() {
            attributes.remove(&Attribute::MarkingAidExercise);
        }
        for attribute in [
            Attribute::PlannedForQa,
            Attribute::Owner,
            Attribute::ReviewAt,
        ] {
            if attribute::fits(attribute, component_type) && chance(&mut self.rng, 30) {
                attributes.insert(attribute, value(&mut self.rng, attribute));
            }
        }
        let programme = programme(0);
        if self.world.template_component(programme, id).is_some() {
            return Edit::Readd {
                template: id,
                programme,
                attributes,
            };
        }
        let name = value(&mut self.rng, Attribute::Name);
        attributes.entry(Attribute::Name).or_insert(name);
        Edit::Add {
            component: id,
            programme,
            component_type: component_type.to_owned(),
            attributes,
        }
    }

    /// Who gets the mistake, and who does not; everybody both where there are too few.
    fn audiences(&mut self, source: LearnerId) -> (Vec<LearnerId>, Vec<LearnerId>) {
        let mut all: Vec<LearnerId> = (0..self.learners).map(learner).collect();
        all.retain(|one| *one != source);
        self.rng.shuffle(&mut all);
        let others = all.split_off(all.len().div_ceil(2));
        if others.is_empty() {
            (all.clone(), all)
        } else {
            (all, others)
        }
    }

    /// A sync of the story's component; mostly worked off at once.
    fn send(&mut self, session: SessionId, actor: &'static str, story: &Story, to: &[LearnerId]) {
        let (sync_type, attributes) = match self.rng.u32(0..20) {
            0..=2 => (SyncType::AllAttributes, BTreeSet::new()),
            3 => {
                let may = |one: &&Attribute| SELECTABLE.contains(one);
                let chosen: BTreeSet<Attribute> = story.about.iter().filter(may).copied().collect();
                (SyncType::SelectedAttributes, chosen)
            }
            _changes => (SyncType::ChangesOnly, BTreeSet::new()),
        };
        let components = match self.rng.u32(0..10) {
            0..=1 => Components::Word("recent"),
            2 => Components::Word("all"),
            _this => Components::Listed(vec![story.component]),
        };
        let request = SyncRequest {
            session,
            programme: programme(0),
            components,
            learners: Learners::Listed(to.to_vec()),
            statuses: BTreeSet::new(),
            sync_type,
            attributes,
        };
        if chance(&mut self.rng, 15) {
            return self.confirm(actor, session, request);
        }
        self.start(actor, request);
        match self.rng.u32(0..20) {
            0 => {
                let sync = SyncId::from_uuid(Uuid::from_u128(0x5100 + self.syncs));
                self.step(Step::Ask(actor, Ask::CancelSync { sync }));
            }
            1..=2 => {}
            _work => {
                self.step(Step::Work);
            }
        }
    }

    /// What other people do between two syncs.
    fn meanwhile(&mut self, some: &[LearnerId], others: &[LearnerId], id: ComponentId) {
        match self.rng.u32(0..10) {
            0..=2 => self.targets_move_on(some, id),
            3 => self.targets_move_on(others, id),
            4 => self.case_owner_changes(),
            5 => self.meet(),
            6 => self.others_edit(),
            _nothing => {}
        }
    }

    /// Targets get on: a review is held while its component is open, or the other way round.
    fn targets_move_on(&mut self, targets: &[LearnerId], id: ComponentId) {
        let Some(target) = targets
            .get(self.rng.usize(0..targets.len().max(1)))
            .copied()
        else {
            return;
        };
        let plan = self.world.plan(target);
        let Some(present) = plan.component(id) else {
            return;
        };
        let (component, owner) = (id, value(&mut self.rng, Attribute::Owner));
        let edit = match self.rng.u32(0..10) {
            0..=2 if present.review.is_some() => Edit::SetReviewStatus {
                component,
                status: ReviewStatus::Completed,
            },
            3..=5 if present.review.is_some() => Edit::SetStatus {
                component,
                status: Status::Completed,
            },
            6 => change(component, [(Attribute::Owner, owner)]),
            7 => Edit::SubmitEvidence { component },
            _status => Edit::SetStatus {
                component,
                status: one_of(&mut self.rng, &[Status::InProgress, Status::Completed]),
            },
        };
        self.edits("system", target, vec![edit]);
    }

    fn look_at(&mut self, session: SessionId, actor: &'static str) {
        let filter = crate::request::LearnerFilter::default();
        self.step(Step::Look(actor, session, programme(0), filter));
    }
}

/// A change, with the reason that a due date needs.
pub(crate) fn change(
    component: ComponentId,
    set: impl IntoIterator<Item = (Attribute, Value)>,
) -> Edit {
    let set: Attributes = set.into_iter().collect();
    let dated = set.contains_key(&Attribute::DueDate);
    Edit::Change {
        component,
        set,
        reason: dated.then(|| "Put right".to_owned()),
    }
}

//! Who works on one college at once: administrators with records of their own who synchronise onto the
//! same learners, tutors who edit those plans, and somebody who changes permissions and enrolments.
//! Says what each wants, one thing after the other; who goes first is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId, SessionId, SyncId};
use plansync_model::ask::{
    Administrator, Ask, Edit, Enrolment, Groups, Learner, OwnerRule, Programme, Settings,
    TemplateComponent,
};
use plansync_model::attribute::Attribute;
use plansync_model::histories::Step;
use plansync_model::request::{Components, LearnerFilter, Learners, SyncRequest, SyncType};
use plansync_model::value::Value;
use uuid::Uuid;

/// How large a crowd is, and how much it does.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Learners besides those whose records are open.
    pub learners: u128,
    /// Syncs of each administrator.
    pub syncs: u32,
    /// Edits of each tutor.
    pub edits: u32,
    /// Changes of records.
    pub changes: u32,
}

const COMPONENTS: u128 = 6;
const ADMINISTRATORS: [&str; 4] = ["ann", "bob", "cat", "dan"];
const TUTORS: [&str; 3] = ["tim", "tom", "una"];
const DELIVERY: [&str; 4] = [
    "advanced_delivery_add",
    "advanced_delivery_edit",
    "advanced_delivery_delete",
    "edit_delete_finished",
];
const STATUSES: [&str; 4] = [
    "active",
    "on_break",
    "completed",
    plansync_model::choose::EXCLUDED[0],
];

fn programme() -> ProgrammeId {
    ProgrammeId::from_uuid(Uuid::from_u128(0xa0))
}

fn component(index: u128) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xc0 + index))
}

fn learner(index: u128) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0xd000 + index))
}

/// The learner whose record an administrator has open.
fn source(administrator: usize) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0x5000 + administrator as u128))
}

fn text(value: String) -> Value {
    Value::Text(value)
}

impl Crowd {
    /// What is there before anybody begins.
    pub(crate) fn founding(&self) -> Vec<Step> {
        let mut asks = vec![Ask::PutTenant(Settings {
            marking_aid: true,
            owner_rule: OwnerRule::FollowCaseOwner,
            record_idle_hours: None,
        })];
        let all: BTreeSet<String> = DELIVERY.map(str::to_owned).into();
        for name in ADMINISTRATORS {
            asks.push(administrator(name, all.clone()));
        }
        for name in TUTORS {
            asks.push(administrator(name, ["supervisor".to_owned()].into()));
        }
        asks.push(Ask::PutProgramme(Programme {
            programme: programme(),
            name: "Business".to_owned(),
            parent: None,
        }));
        asks.push(Ask::PutTemplate {
            programme: programme(),
            components: (0..COMPONENTS).map(template).collect(),
        });
        let sources = (0..ADMINISTRATORS.len()).map(source);
        let all = sources.chain((0..self.learners).map(learner));
        for learner in all {
            asks.push(record(learner, "active", Some("ann")));
            let programme = programme();
            asks.push(Ask::Instantiate { learner, programme });
        }
        asks.into_iter()
            .map(|ask| Step::Ask("system", ask))
            .collect()
    }

    /// What everybody wants from then on.
    pub(crate) fn wishes(&self, seed: u64) -> Vec<Step> {
        let mut rng = Rng::with_seed(seed);
        let mut steps = Vec::new();
        for (index, name) in ADMINISTRATORS.iter().enumerate() {
            self.administrator(&mut rng, index, name, &mut steps);
        }
        for name in TUTORS {
            for number in 0..self.edits {
                let learner = learner(rng.u128(0..self.learners));
                let edit = edit(&mut rng, &format!("{name} {number}"));
                steps.push(edits(name, learner, edit));
            }
        }
        for _ in 0..self.changes {
            steps.push(Step::Ask("system", self.change(&mut rng)));
        }
        steps
    }

    fn administrator(
        &self,
        rng: &mut Rng,
        index: usize,
        name: &'static str,
        steps: &mut Vec<Step>,
    ) {
        let session = SessionId::from_uuid(Uuid::from_u128(0x5e00 + index as u128));
        let learner = source(index);
        let open = Ask::OpenRecord {
            learner,
            session,
            resume: false,
        };
        steps.push(Step::Ask(name, open));
        for number in 0..self.syncs {
            let edit = edit(rng, &format!("{name} {number}"));
            steps.push(edits(name, learner, edit));
            let sync_type = [SyncType::AllAttributes, SyncType::ChangesOnly][rng.usize(0..2)];
            let request = SyncRequest {
                session,
                programme: programme(),
                components: Components::Word(["all", "recent"][rng.usize(0..2)]),
                learners: Learners::Filtered(LearnerFilter::default()),
                statuses: BTreeSet::new(),
                sync_type,
                attributes: BTreeSet::new(),
            };
            let id = 0x5c00 + (index as u128) * 0x100 + u128::from(number);
            let sync = SyncId::from_uuid(Uuid::from_u128(id));
            if rng.bool() {
                steps.push(Step::Preview(name, request.clone()));
                steps.push(Step::Confirm(name, sync, request, 0));
            } else {
                steps.push(Step::Ask(name, Ask::StartSync { sync, request }));
            }
            if rng.u32(0..6) == 0 {
                steps.push(Step::Ask(name, Ask::CancelSync { sync }));
            }
        }
    }

    /// A permission more or less, or a learner who stands otherwise.
    fn change(&self, rng: &mut Rng) -> Ask {
        if rng.u32(0..3) == 0 {
            let held = DELIVERY.iter().filter(|_| rng.u32(0..4) > 0);
            let held = held.map(|one| (*one).to_owned()).collect();
            return administrator(ADMINISTRATORS[rng.usize(0..4)], held);
        }
        let status = STATUSES[rng.usize(0..STATUSES.len())];
        let owner = [Some("ann"), Some("bob"), None][rng.usize(0..3)];
        record(learner(rng.u128(0..self.learners)), status, owner)
    }
}

fn administrator(name: &str, permissions: BTreeSet<String>) -> Ask {
    Ask::PutAdministrator(Administrator {
        administrator: name.to_owned(),
        name: name.to_uppercase(),
        permissions,
        groups: Groups::All("all"),
    })
}

fn record(learner: LearnerId, status: &str, case_owner: Option<&str>) -> Ask {
    Ask::PutLearner(Learner {
        learner,
        name: format!("Learner {learner}"),
        case_owner: case_owner.map(str::to_owned),
        groups: BTreeSet::new(),
        tutors: BTreeSet::new(),
        enrolments: vec![Enrolment {
            programme: programme(),
            status: status.to_owned(),
        }],
    })
}

fn template(index: u128) -> TemplateComponent {
    let name = text(format!("Activity {index}"));
    TemplateComponent {
        component: component(index),
        component_type: ["assignment", "exam", "review"][usize::try_from(index % 3).unwrap_or(0)]
            .to_owned(),
        attributes: BTreeMap::from([(Attribute::Name, name)]),
    }
}

fn edits(by: &'static str, learner: LearnerId, edit: Edit) -> Step {
    let ask = Ask::Edit {
        learner,
        expected_version: None,
        edits: vec![edit],
    };
    Step::Ask(by, ask)
}

fn edit(rng: &mut Rng, name: &str) -> Edit {
    let component = component(rng.u128(0..COMPONENTS));
    let (attribute, value) = match rng.u32(0..4) {
        0 => (Attribute::Instructions, text(format!("As {name} says"))),
        1 => {
            let codes = ["K1", "K2", "S1", "S2", "B1"].iter();
            let codes = codes.filter(|_| rng.bool()).map(|code| (*code).to_owned());
            (Attribute::Criteria, Value::Set(codes.collect()))
        }
        _name => (Attribute::Name, text(name.to_owned())),
    };
    Edit::Change {
        component,
        set: BTreeMap::from([(attribute, value)]),
        reason: None,
    }
}

//! What readers see of the college, and what they do not.

mod confirm;
mod held;
mod not_resident;
mod outcomes;
mod plan;
mod record;
mod reference;
mod sync;

use plansync_domain::command::Command;
use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::{Actor, Group, LearnerId};
use plansync_domain::permission::Permission;
use plansync_domain::reference::administrator::{Administrator, Groups};
use plansync_domain::reference::learner::{Enrolment, EnrolmentStatus, Learner};
use plansync_engine::Refusal;
use plansync_engine::read::{Reading, Window};

use crate::stage::{PROGRAMME, Stage, tenant};

/// Everything at once.
const ALL: Window = Window { skip: 0, take: 500 };

fn actor(name: &str) -> Actor {
    name.parse().unwrap()
}

/// Asks as somebody, of the state as it is now.
pub(crate) fn ask<T>(stage: &Stage, name: &str, question: impl FnOnce(&Reading<'_>) -> T) -> T {
    let (tenant, actor) = (tenant(), actor(name));
    question(&stage.engine.reading(&tenant, &actor).unwrap())
}

pub(crate) fn refused(rejection: Rejection) -> Refusal {
    Refusal::Rejected(rejection)
}

/// An administrator who sees the learners of one group.
pub(crate) fn put_administrator(
    stage: &mut Stage,
    name: &str,
    permission: Permission,
    group: &str,
) {
    let groups = [group.parse().unwrap()].into_iter().collect();
    let record = Administrator {
        name: name.into(),
        permissions: [permission].into_iter().collect(),
        groups: Groups::Listed(groups),
    };
    let administrator = name.parse().unwrap();
    stage.system(Command::PutAdministrator {
        administrator,
        record,
    });
    stage.write();
}

pub(crate) fn enrolled(name: &str, group: Option<&str>, status: EnrolmentStatus) -> Learner {
    let group = group.map(|group| group.parse::<Group>().unwrap());
    Learner {
        name: name.into(),
        case_owner: None,
        groups: group.into_iter().collect(),
        tutors: Vec::new(),
        enrolments: vec![Enrolment {
            programme: PROGRAMME,
            status,
        }],
    }
}

pub(crate) fn put_learner(stage: &mut Stage, learner: LearnerId, record: Learner) {
    stage.system(Command::PutLearner { learner, record });
    stage.write();
}

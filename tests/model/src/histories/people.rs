//! Random records: tenants, administrators, learners, programmes, templates. Few names, so that
//! they meet.

use std::collections::BTreeSet;

use crate::ask::{
    Administrator, Ask, Enrolment, Groups, Learner, OwnerRule, Programme, Settings,
    TemplateComponent,
};
use crate::choose::EXCLUDED;
use fastrand::Rng;
use plansync_domain::ids::{ComponentId, LearnerId, ProgrammeId};
use uuid::Uuid;

use crate::histories::edits::template_attributes;

pub(crate) const ADMINISTRATORS: [&str; 3] = ["ann", "bob", "cat"];
const PERMISSIONS: [&str; 7] = [
    "supervisor",
    "compliance_qa",
    "internal_verifier",
    "advanced_delivery_add",
    "advanced_delivery_edit",
    "advanced_delivery_delete",
    "edit_delete_finished",
];
const GROUPS: [&str; 3] = ["east", "north", "west"];
const OPEN_STATUSES: [&str; 4] = ["active", "on_break", "completed", "withdrawn"];

/// Some of which are one another's to a search: written in other cases and compositions.
const NAMES: [&str; 8] = [
    "Ada",
    "Ben",
    "Béa",
    "be\u{301}n two",
    "Zoë Strauß",
    "ZOE\u{308} STRAUSS",
    "Άννας Łęcki",
    "Nguyễn\u{200e} İnci ﬁ",
];
/// Parts of the names, otherwise written; the last is in nobody's.
pub(crate) const SEARCHES: [&str; 12] = [
    "b",
    "BEN",
    "béA",
    "É",
    "zoë s",
    "Strauß",
    "strauss",
    "ΑΝΝΑΣ",
    "le\u{328}cki",
    "nguyen inci f",
    "ﬁ",
    "zz",
];

fn called(administrator: &str) -> &'static str {
    match administrator {
        "ann" => "Ánn ΣΟΦΊΑΣ",
        "bob" => "Straßer on Break",
        _others => "Ｃat O’Łee",
    }
}

pub(crate) fn programme(index: u128) -> ProgrammeId {
    ProgrammeId::from_uuid(Uuid::from_u128(0xa0 + index))
}

pub(crate) fn learner(index: u128) -> LearnerId {
    LearnerId::from_uuid(Uuid::from_u128(0xd0 + index))
}

pub(crate) fn component(index: u128) -> ComponentId {
    ComponentId::from_uuid(Uuid::from_u128(0xc0 + index))
}

/// True so many times out of a hundred.
pub(crate) fn chance(rng: &mut Rng, percent: u32) -> bool {
    rng.u32(0..100) < percent
}

pub(crate) fn one_of<T: Clone>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(0..of.len())].clone()
}

/// Each with the same chance.
pub(crate) fn some_of(rng: &mut Rng, of: &[&str], percent: u32) -> BTreeSet<String> {
    let kept = of.iter().filter(|_| chance(rng, percent));
    kept.map(|one| (*one).to_owned()).collect()
}

pub(crate) fn settings(rng: &mut Rng) -> Ask {
    let owner_rule = if chance(rng, 65) {
        OwnerRule::Keep
    } else {
        OwnerRule::FollowCaseOwner
    };
    Ask::PutTenant(Settings {
        marking_aid: chance(rng, 70),
        owner_rule,
        record_idle_hours: chance(rng, 30).then_some(3),
    })
}

pub(crate) fn administrator(rng: &mut Rng, name: &str) -> Ask {
    let permissions = match rng.u32(0..10) {
        0..=1 => BTreeSet::from([one_of(rng, &PERMISSIONS[..2]).to_owned()]),
        2..=4 => PERMISSIONS[2..]
            .iter()
            .map(|one| (*one).to_owned())
            .collect(),
        5..=8 => some_of(rng, &PERMISSIONS[2..], 60),
        _few => some_of(rng, &PERMISSIONS[2..], 12),
    };
    let groups = if chance(rng, 70) {
        Groups::All("all")
    } else {
        Groups::These(some_of(rng, &GROUPS, 65))
    };
    Ask::PutAdministrator(Administrator {
        administrator: name.to_owned(),
        name: called(name).to_owned(),
        permissions,
        groups,
    })
}

pub(crate) fn somebody(rng: &mut Rng) -> Option<String> {
    chance(rng, 70).then(|| one_of(rng, &ADMINISTRATORS).to_owned())
}

pub(crate) fn learner_record(rng: &mut Rng, id: LearnerId) -> Ask {
    let mut enrolments = Vec::new();
    for index in 0..3 {
        let percent = [91, 45, 10][index];
        if chance(rng, percent) {
            let open = chance(rng, 85);
            let status = one_of(rng, if open { &OPEN_STATUSES } else { &EXCLUDED });
            let programme = programme(index as u128);
            enrolments.push(Enrolment {
                programme,
                status: status.to_owned(),
            });
        }
    }
    if chance(rng, 30) {
        enrolments.reverse();
    }
    Ask::PutLearner(Learner {
        learner: id,
        name: one_of(rng, &NAMES).to_owned(),
        case_owner: somebody(rng),
        groups: some_of(rng, &GROUPS, 20),
        tutors: some_of(rng, &ADMINISTRATORS, 30),
        enrolments,
    })
}

pub(crate) fn programme_record(rng: &mut Rng, index: u128) -> Ask {
    let parent = (index == 1 && chance(rng, 60)).then(|| programme(0));
    Ask::PutProgramme(Programme {
        programme: programme(index),
        name: format!("Programme {index}"),
        parent,
    })
}

/// The type of a component that a template may have: every id has one.
pub(crate) fn type_of(index: u128) -> &'static str {
    ["assignment", "exam", "review"][(index % 3) as usize]
}

/// Components 0 to 4 belong to the first programme, 5 and 6 to the second.
pub(crate) fn template(rng: &mut Rng, of: u128, percent: u32, marking_aid: bool) -> Ask {
    let indexes = if of == 0 { 0..5 } else { 5..7 };
    let mut components = Vec::new();
    for index in indexes {
        if chance(rng, percent) || (components.is_empty() && index % 5 == 4) {
            let component_type = type_of(index).to_owned();
            let attributes = template_attributes(rng, &component_type, marking_aid);
            let component = component(index);
            components.push(TemplateComponent {
                component,
                component_type,
                attributes,
            });
        }
    }
    if components.is_empty() {
        let component_type = type_of(6).to_owned();
        let attributes = template_attributes(rng, &component_type, marking_aid);
        components.push(TemplateComponent {
            component: component(6),
            component_type,
            attributes,
        });
    }
    let programme = programme(u128::from(components[0].component >= component(5)));
    Ask::PutTemplate {
        programme,
        components,
    }
}

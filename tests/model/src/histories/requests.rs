//! Random sync requests.

use std::collections::BTreeSet;

use crate::attribute::{ALL, Attribute, SELECTABLE};
use crate::request::{Components, Condition, LearnerFilter, Learners, SyncRequest, SyncType};
use crate::world::World;
use fastrand::Rng;
use plansync_domain::ids::{ComponentId, LearnerId, SessionId};

use crate::histories::edits::all_components;
use crate::histories::people::{
    ADMINISTRATORS, SEARCHES, chance, learner, one_of, programme, some_of,
};

const CONDITIONS: [Condition; 6] = [
    Condition::NotStarted,
    Condition::InProgress,
    Condition::Submitted,
    Condition::Returned,
    Condition::Completed,
    Condition::PlannedForQa,
];

pub(crate) fn request(rng: &mut Rng, world: &World, session: SessionId) -> SyncRequest {
    let sync_type = one_of(
        rng,
        &[
            SyncType::ChangesOnly,
            SyncType::ChangesOnly,
            SyncType::ChangesOnly,
            SyncType::AllAttributes,
            SyncType::AllAttributes,
            SyncType::SelectedAttributes,
        ],
    );
    let attributes = if sync_type == SyncType::SelectedAttributes {
        let of: &[Attribute] = if chance(rng, 4) { &ALL } else { &SELECTABLE };
        let exercise = world.marking_aid() || chance(rng, 5);
        let may = |one: &&Attribute| exercise || **one != Attribute::MarkingAidExercise;
        of.iter()
            .filter(may)
            .filter(|_| chance(rng, 45))
            .copied()
            .collect()
    } else {
        BTreeSet::new()
    };
    let statuses = if chance(rng, 70) {
        BTreeSet::new()
    } else {
        CONDITIONS.into_iter().filter(|_| chance(rng, 40)).collect()
    };
    let of = if chance(rng, 82) { 0 } else { rng.u128(0..4) };
    SyncRequest {
        session,
        programme: programme(of),
        components: components(rng, world, session),
        learners: learners(rng),
        statuses,
        sync_type,
        attributes,
    }
}

/// The same request in other words.
pub(crate) fn reworded(mut request: SyncRequest) -> SyncRequest {
    if let Components::Listed(ids) = &mut request.components {
        ids.reverse();
        ids.extend(ids.first().copied());
    }
    match &mut request.learners {
        Learners::Word(_everybody) => {
            request.learners = Learners::Filtered(LearnerFilter::default());
        }
        Learners::Listed(ids) => {
            ids.reverse();
            ids.extend(ids.first().copied());
        }
        Learners::Filtered(_) => {}
    }
    request
}

fn components(rng: &mut Rng, world: &World, session: SessionId) -> Components {
    match rng.u32(0..10) {
        0..=2 => Components::Word("recent"),
        3..=5 => Components::Word("all"),
        _listed => {
            let strays = chance(rng, 8);
            let known: Vec<ComponentId> = world
                .sessions
                .get(&session)
                .map(|session| world.plan(session.learner))
                .map(|plan| plan.components().iter().map(|one| one.id).collect())
                .unwrap_or_default();
            let may = |id: &ComponentId| strays || known.contains(id);
            let mut ids: Vec<ComponentId> = all_components()
                .into_iter()
                .filter(may)
                .filter(|_| chance(rng, 70))
                .collect();
            if chance(rng, 10) {
                ids.extend(ids.clone());
            }
            Components::Listed(ids)
        }
    }
}

fn learners(rng: &mut Rng) -> Learners {
    match rng.u32(0..10) {
        0..=3 => Learners::Word("all"),
        4..=6 => Learners::Filtered(filter(rng)),
        _listed => {
            let percent = one_of(rng, &[20, 60, 90]);
            let mut ids: Vec<LearnerId> = (0..8)
                .filter(|_| chance(rng, percent))
                .map(learner)
                .collect();
            if chance(rng, 10) {
                ids.extend(ids.clone());
            }
            Learners::Listed(ids)
        }
    }
}

pub(crate) fn filter(rng: &mut Rng) -> LearnerFilter {
    let mut filter = LearnerFilter::default();
    if chance(rng, 20) {
        let of = ["active", "on_break", "completed", "withdrawn", "expired"];
        filter.programme_statuses = some_of(rng, &of, 55);
    }
    if chance(rng, 20) {
        filter.groups = some_of(rng, &["east", "north", "south"], 60);
    }
    if chance(rng, 20) {
        filter.tutors = some_of(rng, &ADMINISTRATORS, 60);
    }
    if chance(rng, 20) {
        one_of(rng, &SEARCHES).clone_into(&mut filter.search);
    }
    if chance(rng, 20) {
        filter.except = (0..8).filter(|_| chance(rng, 25)).map(learner).collect();
    }
    filter
}

//! Random edits and values. Few values, so that changes meet, cancel out and change nothing.

use std::collections::BTreeSet;

use crate::ask::Edit;
use crate::attribute::{self, Attribute};
use crate::component::{Attributes, Component, Status};
use crate::review::ReviewStatus;
use crate::value::Value;
use fastrand::Rng;
use plansync_domain::ids::ComponentId;

use crate::histories::people::{
    ADMINISTRATORS, chance, component, one_of, programme, some_of, type_of,
};

const STATUSES: [Status; 7] = [
    Status::Completed,
    Status::Completed,
    Status::NotStarted,
    Status::InProgress,
    Status::Submitted,
    Status::Returned,
    Status::Completed,
];

fn text(rng: &mut Rng, of: &[&str]) -> Value {
    Value::Text(one_of(rng, of).to_owned())
}

fn text_or_null(rng: &mut Rng, of: &[&str]) -> Value {
    if chance(rng, 35) {
        Value::Null
    } else {
        text(rng, of)
    }
}

/// A value of an attribute.
pub(crate) fn value(rng: &mut Rng, attribute: Attribute) -> Value {
    match attribute {
        Attribute::Name => text(rng, &["Essay", "Exam", "Visit"]),
        Attribute::DueDate => text_or_null(rng, &["2026-12-01", "2027-01-31"]),
        Attribute::CompletionMode => text(rng, &["learner", "tutor", "automatic"]),
        Attribute::Criteria => Value::Set(some_of(rng, &["c1", "c2", "c3"], 45)),
        Attribute::Instructions => text(rng, &["", "Read", "Write"]),
        Attribute::EvidenceRequired
        | Attribute::DeliveryViaOrganisation
        | Attribute::DeliveryViaEmployer
        | Attribute::PlannedForQa => Value::Bool(rng.bool()),
        Attribute::MinEvidence => Value::Number(rng.u32(0..3)),
        Attribute::Documents => {
            let mut documents: Vec<String> = some_of(rng, &["d1", "d2", "d3", "d4"], 45)
                .into_iter()
                .collect();
            rng.shuffle(&mut documents);
            Value::List(documents)
        }
        Attribute::MarkingAidExercise => text_or_null(
            rng,
            &[
                "00000000-0000-0000-0000-0000000000e1",
                "00000000-0000-0000-0000-0000000000e2",
            ],
        ),
        Attribute::ReviewType => text_or_null(rng, &["progress", "final"]),
        Attribute::ReviewAt => text_or_null(
            rng,
            &["2026-12-01T09:00:00.000000Z", "2026-12-08T09:00:00.000000Z"],
        ),
        Attribute::Owner => text_or_null(rng, &ADMINISTRATORS),
    }
}

/// Documents up to the limit, so that a replayed addition passes it.
pub(crate) fn many_documents(rng: &mut Rng) -> Value {
    let count = rng.usize(199..201);
    Value::List((0..count).map(|index| format!("many{index}")).collect())
}

fn attributes(rng: &mut Rng, component_type: &str, percent: u32, exercise: bool) -> Attributes {
    let mut given = Attributes::new();
    for attribute in attribute::ALL {
        let stray = !attribute::fits(attribute, component_type) && !chance(rng, 1);
        let no_exercise =
            attribute == Attribute::MarkingAidExercise && !exercise && !chance(rng, 8);
        if chance(rng, percent) && !stray && !no_exercise {
            given.insert(attribute, value(rng, attribute));
        }
    }
    given
}

/// What a template says of a component.
pub(crate) fn template_attributes(
    rng: &mut Rng,
    component_type: &str,
    marking_aid: bool,
) -> Attributes {
    let mut given = attributes(rng, component_type, 40, marking_aid);
    given.retain(|attribute, _| {
        let none = attribute::NOT_IN_TEMPLATE.contains(attribute);
        !none && attribute::fits(*attribute, component_type)
    });
    given.insert(Attribute::Name, value(rng, Attribute::Name));
    given
}

/// A component's id, mostly of one that is there.
fn some_component(rng: &mut Rng, present: &[Component]) -> ComponentId {
    if present.is_empty() || chance(rng, 6) {
        component(rng.u128(0..10))
    } else {
        one_of(rng, present).id
    }
}

/// An edit of a plan.
pub(crate) fn edit(rng: &mut Rng, present: &[Component], marking_aid: bool) -> Edit {
    match rng.u32(0..100) {
        _empty if present.is_empty() && chance(rng, 50) => readd(rng, marking_aid),
        0..=7 => add(rng, marking_aid),
        8..=13 => readd(rng, marking_aid),
        14..=24 => Edit::Remove {
            component: some_component(rng, present),
        },
        25..=33 => Edit::SetStatus {
            component: some_component(rng, present),
            status: one_of(rng, &STATUSES),
        },
        34..=37 => Edit::SubmitEvidence {
            component: some_component(rng, present),
        },
        38..=44 => set_review_status(rng, present),
        _more => change(rng, present, marking_aid),
    }
}

fn add(rng: &mut Rng, marking_aid: bool) -> Edit {
    // Most ids have one programme and type; now and then one that is used elsewhere is taken.
    let index = rng.u128(5..10);
    let first = index >= 7 && !chance(rng, 12);
    let of = u128::from(!first) + u128::from(chance(rng, 3));
    let component_type = if chance(rng, 70) {
        type_of(index)
    } else {
        other_type(rng)
    };
    let component_type = component_type.to_owned();
    let mut attributes = attributes(rng, &component_type, 30, marking_aid);
    if !chance(rng, 2) {
        attributes.insert(Attribute::Name, value(rng, Attribute::Name));
    }
    Edit::Add {
        component: component(index),
        programme: programme(of),
        component_type,
        attributes,
    }
}

/// Mostly another type than the id's own.
fn other_type(rng: &mut Rng) -> &'static str {
    type_of(rng.u128(0..3))
}

/// A component that no template has, of the type of its id or now and then of another.
pub(crate) fn by_hand(rng: &mut Rng, index: u128) -> Edit {
    let component_type = if chance(rng, 75) {
        type_of(index)
    } else {
        other_type(rng)
    };
    let name = value(rng, Attribute::Name);
    Edit::Add {
        component: component(index),
        programme: programme(0),
        component_type: component_type.to_owned(),
        attributes: Attributes::from([(Attribute::Name, name)]),
    }
}

fn readd(rng: &mut Rng, marking_aid: bool) -> Edit {
    let index = rng.u128(0..7);
    let of = u128::from(index >= 5);
    let attributes = attributes(rng, type_of(index), 10, marking_aid);
    Edit::Readd {
        template: component(index),
        programme: programme(of),
        attributes,
    }
}

fn set_review_status(rng: &mut Rng, present: &[Component]) -> Edit {
    let reviews: Vec<Component> = present
        .iter()
        .filter(|one| one.review.is_some() || chance(rng, 3))
        .cloned()
        .collect();
    let status = one_of(
        rng,
        &[
            ReviewStatus::NotScheduled,
            ReviewStatus::Scheduled,
            ReviewStatus::InProgress,
            ReviewStatus::Completed,
        ],
    );
    Edit::SetReviewStatus {
        component: some_component(rng, &reviews),
        status,
    }
}

fn change(rng: &mut Rng, present: &[Component], marking_aid: bool) -> Edit {
    let id = some_component(rng, present);
    let found = present.iter().find(|one| one.id == id);
    let component_type = found.map_or("exam", |one| one.component_type.as_str());
    let set = match rng.u32(0..10) {
        _review if component_type == "review" && chance(rng, 40) => {
            let attribute = one_of(rng, &[Attribute::ReviewType, Attribute::ReviewAt]);
            Attributes::from([(attribute, value(rng, attribute))])
        }
        0 => Attributes::from([(Attribute::PlannedForQa, Value::Bool(rng.bool()))]),
        1..=3 => {
            let attribute = one_of(rng, &[Attribute::Criteria, Attribute::Documents]);
            let more = found
                .filter(|_| chance(rng, 50))
                .map(|one| one.value(attribute));
            let value = match more {
                Some(present) => one_more(rng, present),
                None => value(rng, attribute),
            };
            Attributes::from([(attribute, value)])
        }
        4..=5 => {
            let attribute = one_of(
                rng,
                &[
                    Attribute::Name,
                    Attribute::Owner,
                    Attribute::MinEvidence,
                    if marking_aid {
                        Attribute::MarkingAidExercise
                    } else {
                        Attribute::Name
                    },
                ],
            );
            Attributes::from([(attribute, value(rng, attribute))])
        }
        _several => attributes(rng, component_type, 14, marking_aid),
    };
    let dated = set.contains_key(&Attribute::DueDate);
    let reason = (dated && !chance(rng, 12)).then(|| "Agreed".to_owned());
    let set = if set.is_empty() {
        Attributes::from([(Attribute::Name, value(rng, Attribute::Name))])
    } else {
        set
    };
    Edit::Change {
        component: id,
        set,
        reason,
    }
}

/// One element more, where there is room.
fn one_more(rng: &mut Rng, present: Value) -> Value {
    let element = format!("c{}", rng.u32(1..5));
    match present {
        Value::Set(mut codes) => {
            codes.insert(element);
            Value::Set(codes)
        }
        Value::List(mut ids) => {
            if ids.len() < 200 && !ids.contains(&element) {
                ids.push(element);
            }
            Value::List(ids)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => present,
    }
}

/// All ids that a list of components may name.
pub(crate) fn all_components() -> BTreeSet<ComponentId> {
    (0..10).map(component).collect()
}

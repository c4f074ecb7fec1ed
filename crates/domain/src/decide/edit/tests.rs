//! Tests of each edit, and of the order in which an edit is refused. Permissions have a file of
//! their own.

mod order;
mod permissions;
mod reviews;

use super::*;
use crate::command::Command;
use crate::ids::Actor;
use crate::ids::version::TemplateVersion;
use crate::permission::Permission;
use crate::reference::settings::OwnerRule;
use crate::test_support::{
    Given, actor, attributes, component, given, learner, named, programme, template_component,
};
use crate::values::attributes::ATTRIBUTES_BYTES_MAX;
use crate::values::value::Value;

fn edits<const N: usize>(edits: [Edit; N]) -> Command {
    Command::EditPlan {
        learner: learner(1),
        expected_version: None,
        edits: edits.into(),
    }
}

fn add(number: u128, name: &str) -> Edit {
    Edit::Add {
        component: component(number),
        programme: programme(1),
        component_type: "assignment".parse().unwrap(),
        attributes: named(name),
    }
}

fn change<const N: usize>(number: u128, set: [(Attribute, Value); N]) -> Edit {
    Edit::Change {
        component: component(number),
        set: attributes(set),
        reason: None,
    }
}

fn rename(number: u128, name: &str) -> Edit {
    change(number, [(Attribute::Name, name.into())])
}

fn remove(number: u128) -> Edit {
    Edit::Remove {
        component: component(number),
    }
}

fn set_status(number: u128, status: Status) -> Edit {
    Edit::SetStatus {
        component: component(number),
        status,
    }
}

fn submit(number: u128) -> Edit {
    Edit::SubmitEvidence {
        component: component(number),
    }
}

fn added(number: u128, name: &str) -> Event {
    Event::ComponentAdded(ComponentAdded {
        case_owner: None,
        component: component(number),
        programme: programme(1),
        component_type: "assignment".parse().unwrap(),
        attributes: named(name),
    })
}

fn changed<const N: usize>(number: u128, set: [(Attribute, Value); N]) -> Event {
    Event::ComponentChanged(ComponentChanged {
        case_owner: None,
        component: component(number),
        set: attributes(set),
        reason: None,
    })
}

fn status_set(number: u128, status: Status) -> Event {
    Event::StatusSet(StatusSet {
        component: component(number),
        status,
    })
}

fn removed(number: u128) -> Event {
    Event::ComponentRemoved(ComponentRemoved {
        component: component(number),
    })
}

fn plan() -> Stream {
    Stream::Plan(learner(1))
}

/// A supervisor, and a plan with component 1 (not finished) and 2 (finished).
fn world() -> Given {
    given()
        .administrator("boss", [Permission::Supervisor])
        .programme(1)
        .template(1, [template_component(7, "review")])
        .learner(1, [1])
        .done(
            &Actor::System,
            &edits([
                add(1, "One"),
                add(2, "Two"),
                set_status(2, Status::Completed),
            ]),
        )
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

#[test]
fn e1_an_edit_sees_those_before_it() {
    let command = edits([
        add(3, "Three"),
        rename(3, "Third"),
        submit(3),
        submit(3),
        set_status(3, Status::Submitted),
    ]);
    let evidence = |count| {
        Event::EvidenceSubmitted(EvidenceSubmitted {
            component: component(3),
            count,
        })
    };
    world().when(&actor("boss"), &command).then(
        plan(),
        [
            added(3, "Three"),
            changed(3, [(Attribute::Name, "Third".into())]),
            evidence(1),
            evidence(2),
            status_set(3, Status::Submitted),
        ],
    );
}

#[test]
fn e1_one_edit_that_fails_refuses_all_of_them() {
    let command = edits([add(3, "Three"), remove(3), rename(3, "Third")]);
    world()
        .when(&actor("boss"), &command)
        .then_refused(Rejection::ComponentNotFound(component(3)));
}

#[test]
fn e1_only_what_differs_is_recorded() {
    let command = edits([change(
        1,
        [
            (Attribute::Name, "One".into()),
            (Attribute::MinEvidence, Value::Number(3)),
        ],
    )]);
    let expected = changed(1, [(Attribute::MinEvidence, Value::Number(3))]);
    world()
        .when(&actor("boss"), &command)
        .then(plan(), [expected]);
}

#[test]
fn e1_edits_that_change_nothing_leave_the_version() {
    let unchanged = || CommandOutcome::Plan {
        version: Version::new(1),
    };
    let same = [
        edits([rename(1, "One")]),
        edits([set_status(1, Status::NotStarted)]),
        edits([rename(1, "Other"), rename(1, "One")]),
        edits([add(3, "Three"), remove(3)]),
    ];
    for command in same {
        world()
            .when(&actor("boss"), &command)
            .then_unchanged(unchanged());
    }
}

#[test]
fn e5_removing_and_adding_again_puts_the_component_last() {
    let command = edits([remove(1), add(1, "One")]);
    let moved = world().done(&actor("boss"), &command);
    let order: Vec<ComponentId> = moved
        .tenant
        .plan(learner(1))
        .iter()
        .map(crate::plan::ComponentView::component)
        .collect();
    assert_eq!(order, [component(2), component(1)]);
}

#[test]
fn e5_removing_takes_status_and_evidence_away_for_good() {
    let again = world()
        .done(&actor("boss"), &edits([submit(2), remove(2)]))
        .done(&actor("boss"), &edits([add(2, "Two")]));
    let plan = again.tenant.plan(learner(1));
    let view = plan.component(component(2)).unwrap();
    assert_eq!((view.status(), view.evidence()), (Status::NotStarted, 0));
    assert_eq!(view.last_changed(), Version::new(3));
}

#[test]
fn e5_a_template_component_is_added_with_what_was_given_over_the_template() {
    let readd = Edit::Readd {
        template: component(7),
        programme: programme(1),
        attributes: attributes([(Attribute::ReviewType, "Gateway".into())]),
    };
    let event = Event::ComponentReadded(ComponentReadded {
        case_owner: None,
        component: component(7),
        programme: programme(1),
        template_version: TemplateVersion::new(1),
        attributes: attributes([(Attribute::ReviewType, "Gateway".into())]),
    });
    world()
        .when(&actor("boss"), &edits([readd.clone()]))
        .then(plan(), [event]);
    let done = world().done(&actor("boss"), &edits([readd]));
    let view = done
        .tenant
        .plan(learner(1))
        .component(component(7))
        .unwrap();
    let shown = |attribute| done.tenant.values().get(view.value(attribute)).clone();
    assert_eq!(shown(Attribute::Name), "Component 7".into());
    assert_eq!(shown(Attribute::ReviewType), "Gateway".into());
    assert!(view.from_template());
}

#[test]
fn e2_a_version_that_was_expected_must_be_the_plans() {
    let expecting = |version| Command::EditPlan {
        learner: learner(1),
        expected_version: Some(Version::new(version)),
        edits: vec![remove(9)],
    };
    let actual = Version::new(1);
    for stale in [0, 2] {
        world()
            .when(&actor("boss"), &expecting(stale))
            .then_refused(Rejection::VersionConflict { actual });
    }
    world()
        .when(&actor("boss"), &expecting(1))
        .then_refused(Rejection::ComponentNotFound(component(9)));
}

#[test]
fn e7_a_plan_has_at_most_5000_components() {
    let mut full = world();
    let mut next = 10_000;
    while full.tenant.plan(learner(1)).len() < COMPONENTS_MAX {
        let room = COMPONENTS_MAX - full.tenant.plan(learner(1)).len();
        let batch = (0..room.min(1_000)).map(|_| {
            next += 1;
            add(next, "More")
        });
        let command = Command::EditPlan {
            learner: learner(1),
            expected_version: None,
            edits: batch.collect(),
        };
        full = full.done(&Actor::System, &command);
    }
    let problem = "a plan has at most 5000 components; remove one first";
    full.when(&Actor::System, &edits([add(3, "One too many")]))
        .then_refused(Rejection::invalid("edits[0]", problem));
    full.when(&Actor::System, &edits([remove(1), add(3, "In its stead")]))
        .then(plan(), [removed(1), added(3, "In its stead")]);
}

#[test]
fn e7_a_components_attributes_are_bounded_together() {
    let documents = |length: usize| {
        let ids = (0..200).map(|number| format!("{number:0>length$}").as_str().into());
        Value::Documents(ids.collect())
    };
    let codes = Value::codes((0..500).map(|_| "x"));
    let command = |length| {
        edits([
            change(1, [(Attribute::Documents, documents(length))]),
            change(1, [(Attribute::Criteria, codes.clone())]),
            change(
                1,
                [(Attribute::Instructions, "é".repeat(20_000).as_str().into())],
            ),
            change(
                1,
                [(Attribute::Instructions, "€".repeat(20_000).as_str().into())],
            ),
        ])
    };
    let bytes = |length: usize| 200 * length + 1 + 60_000 + "One".len();
    assert!(bytes(190) <= ATTRIBUTES_BYTES_MAX);
    let accepted = world().done(&Actor::System, &command(190));
    assert_eq!(accepted.tenant.plan(learner(1)).version(), Version::new(2));
    let problem = format!(
        "one component's attributes hold at most 98304 bytes together, not {}; shorten them",
        bytes(200)
    );
    world()
        .when(&Actor::System, &command(200))
        .then_refused(Rejection::invalid("edits[3].set", problem));
}

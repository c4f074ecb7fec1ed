//! Tests that folding at once, step by step, and with a naive model gives the same plan.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::command::decided::Decided;
use crate::command::{Command, Edit};
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::plan::status::Status;
use crate::state::fetch::{PlanCommit, folded};
use crate::state::fold_cache::{ChangeSets, FoldCache};
use crate::test_support::{Given, attributes, component, given, learner, named, programme};
use crate::test_support::{session, template_component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// A component as the naive model has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    attributes: BTreeMap<Attribute, Value>,
    status: Status,
    evidence: u32,
    from_template: bool,
    last_changed: Version,
}

/// A plan as the naive model has it: a list of components, each on its own.
type Items = Vec<(ComponentId, Item)>;

fn items(plan: &Plan, values: &Values) -> Items {
    let item = |view: crate::plan::ComponentView<'_>| Item {
        attributes: Attribute::ALL
            .map(|attribute| (attribute, values.get(view.value(attribute)).clone()))
            .into(),
        status: view.status(),
        evidence: view.evidence(),
        from_template: view.from_template(),
        last_changed: view.last_changed(),
    };
    plan.iter()
        .map(|view| (view.component(), item(view)))
        .collect()
}

/// The state after a command, done the slow and obvious way.
fn naive(items: &Items, given: &Given, command: &Command, version: Version) -> Items {
    let mut items = items.clone();
    match command {
        Command::InstantiatePlan { .. } => {
            let template = given.tenant.template(programme(1)).unwrap();
            for row in template.shape().rows() {
                let id = template.shape().entry(row).component;
                if !items.iter().any(|(known, _)| *known == id) {
                    items.push((id, of_template(given, id, version)));
                }
            }
        }
        Command::EditPlan { edits, .. } => {
            for edit in edits {
                naive_edit(&mut items, given, edit, version);
            }
        }
        Command::PutTenant(_)
        | Command::PutAdministrator { .. }
        | Command::RemoveAdministrator(_)
        | Command::EraseLearner(_)
        | Command::HoldLearner(_)
        | Command::ReleaseLearner(_)
        | Command::PutLearner { .. }
        | Command::PutProgramme { .. }
        | Command::PutTemplate { .. }
        | Command::RemoveTemplate { .. }
        | Command::OpenRecord { .. }
        | Command::CloseRecord { .. }
        | Command::StartSync { .. }
        | Command::ResumeRecord { .. }
        | Command::CancelSync { .. } => panic!("{command:?} is about no plan"),
    }
    items
}

fn of_template(given: &Given, id: ComponentId, version: Version) -> Item {
    let template = given.tenant.template(programme(1)).unwrap();
    let row = template.row(id).unwrap();
    let value = |attribute| given.tenant.values().get(template.value(row, attribute));
    Item {
        attributes: Attribute::ALL
            .map(|attribute| (attribute, value(attribute).clone()))
            .into(),
        status: Status::NotStarted,
        evidence: 0,
        from_template: true,
        last_changed: version,
    }
}

fn naive_edit(items: &mut Items, given: &Given, edit: &Edit, version: Version) {
    let id = edit.component();
    let place = items.iter().position(|(known, _)| *known == id);
    match (edit, place) {
        (Edit::Add { attributes, .. }, _) => {
            let with = |attribute| match attributes.get(attribute) {
                Some(value) => (attribute, value.clone()),
                None => (attribute, attribute.default().unwrap()),
            };
            let item = Item {
                attributes: Attribute::ALL.map(with).into(),
                status: Status::NotStarted,
                evidence: 0,
                from_template: false,
                last_changed: version,
            };
            items.push((id, item));
        }
        (Edit::Readd { .. }, _) => items.push((id, of_template(given, id, version))),
        (Edit::Remove { .. }, Some(place)) => {
            items.remove(place);
        }
        (Edit::Change { set, .. }, Some(place)) => {
            let item = &mut items[place].1;
            for (attribute, value) in set.iter() {
                if item.attributes.insert(attribute, value.clone()).as_ref() != Some(value) {
                    item.last_changed = version;
                }
            }
        }
        (Edit::SetReviewStatus { .. }, Some(place)) => items[place].1.last_changed = version,
        (Edit::SetStatus { status, .. }, Some(place)) => {
            let item = &mut items[place].1;
            if item.status != *status {
                item.status = *status;
                item.last_changed = version;
            }
        }
        (Edit::SubmitEvidence { .. }, Some(place)) => {
            let item = &mut items[place].1;
            item.evidence += 1;
            item.last_changed = version;
        }
        (edit, None) => panic!("{edit:?} was not refused"),
    }
}

fn an_edit() -> impl Strategy<Value = Edit> {
    let id = (1..12_u128).prop_map(component);
    let by_hand = (8..12_u128).prop_map(component);
    let of_template = (1..6_u128).prop_map(component);
    let name = prop_oneof![Just("One"), Just("Two")];
    let set = prop_oneof![
        name.clone().prop_map(|name| (Attribute::Name, name.into())),
        (0..3_u16).prop_map(|number| (Attribute::MinEvidence, Value::Number(number))),
        any::<bool>().prop_map(|planned| (Attribute::PlannedForQa, planned.into())),
    ];
    let status = prop_oneof![Just(Status::NotStarted), Just(Status::Completed)];
    prop_oneof![
        (by_hand, name).prop_map(|(component, name)| Edit::Add {
            component,
            programme: programme(1),
            component_type: "exam".parse().unwrap(),
            attributes: named(name),
        }),
        of_template.prop_map(|template| Edit::Readd {
            template,
            programme: programme(1),
            attributes: attributes([]),
        }),
        (id.clone(), set).prop_map(|(component, set)| Edit::Change {
            component,
            set: attributes([set]),
            reason: None,
        }),
        id.clone().prop_map(|component| Edit::Remove { component }),
        (id.clone(), status).prop_map(|(component, status)| Edit::SetStatus { component, status }),
        id.prop_map(|component| Edit::SubmitEvidence { component }),
    ]
}

fn a_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => Just(Command::InstantiatePlan {
            learner: learner(1),
            programme: programme(1),
        }),
        8 => prop::collection::vec(an_edit(), 1..4).prop_map(|edits| Command::EditPlan {
            learner: learner(1),
            expected_version: None,
            edits,
        }),
    ]
}

fn world() -> Given {
    given()
        .administrator("ann", [])
        .programme(1)
        .template(
            1,
            [1, 2, 3, 4, 5].map(|number| template_component(number, "exam")),
        )
        .learner(1, [1])
        .done(
            &crate::test_support::actor("ann"),
            &Command::OpenRecord {
                learner: learner(1),
                session: session(1),
            },
        )
}

/// One learner's plan alone, as its own stream has it, beside a later state of the tenant.
fn fold_plan<'e>(
    given: &Given,
    commits: impl IntoIterator<Item = (Version, &'e [Event])>,
) -> Items {
    let (mut tenant, mut fold_cache) = (given.tenant.clone(), FoldCache::default());
    let plan = commits
        .into_iter()
        .fold(Plan::default(), |plan, (version, events)| {
            let commit = PlanCommit {
                version,
                by: Actor::System,
                events: events.to_vec(),
            };
            folded(
                &mut tenant,
                &plan,
                &commit,
                &ChangeSets::new(),
                &mut fold_cache,
            )
        });
    items(&plan, tenant.values())
}

proptest! {
    #[test]
    fn i1_folding_from_nothing_is_folding_step_by_step_at_every_version(
        commands in prop::collection::vec(a_command(), 1..25)
    ) {
        let mut given = world();
        let mut model = Items::new();
        let mut commits: Vec<(Version, Vec<Event>)> = Vec::new();
        let mut snapshots = vec![(items(given.tenant.plan(learner(1)), given.tenant.values()))];
        for command in &commands {
            let Ok(Decided::Events { stream, events }) = given.when(&Actor::System, command).0
            else {
                continue;
            };
            prop_assert_eq!(&stream, &Stream::Plan(learner(1)));
            let version = given.tenant.plan(learner(1)).version().next();
            model = naive(&model, &given, command, version);
            given = given.commit(&Actor::System, &stream, &events);
            commits.push((version, events));
            let shown = items(given.tenant.plan(learner(1)), given.tenant.values());
            prop_assert_eq!(&shown, &model);
            snapshots.push(shown);
        }
        for (count, snapshot) in snapshots.iter().enumerate() {
            let prefix = commits.iter().take(count);
            let prefix = prefix.map(|(version, events)| (*version, events.as_slice()));
            prop_assert_eq!(&fold_plan(&given, prefix), snapshot);
        }
    }
}

#[test]
fn a_plan_that_is_looked_back_at_uses_the_template_as_it_was() {
    let before = world().done(
        &Actor::System,
        &Command::InstantiatePlan {
            learner: learner(1),
            programme: programme(1),
        },
    );
    let shown = items(before.tenant.plan(learner(1)), before.tenant.values());
    let event = Event::PlanInstantiated(PlanInstantiated {
        programme: programme(1),
        template_version: TemplateVersion::new(1),
        added: vec![crate::event::RowRun { from: 0, count: 5 }],
    });
    let mut renamed = template_component(2, "exam");
    renamed.attributes = named("Renamed since");
    let after = before.template(1, [renamed, template_component(6, "exam")]);
    let events = [event];
    let folded = fold_plan(&after, [(Version::new(1), events.as_slice())]);
    assert_eq!(folded, shown);
}

//! Tests of templates: putting, replacing and removing their components.

use std::sync::Arc;

use super::*;
use crate::command::Command;
use crate::ids::Actor;
use crate::ids::version::TemplateVersion;
use crate::reference::settings::OwnerRule;
use crate::reference::template::TemplateContent;
use crate::test_support::{Given, attributes, component, given, programme, template_component};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

fn put<const N: usize>(of: u128, components: [TemplateComponent; N]) -> Command {
    Command::PutTemplate {
        programme: programme(of),
        components: components.into(),
    }
}

fn remove<const N: usize>(of: u128, components: [u128; N]) -> Command {
    Command::RemoveTemplate {
        programme: programme(of),
        components: components.map(component).into(),
    }
}

fn exam(number: u128, name: &str) -> TemplateComponent {
    TemplateComponent {
        attributes: attributes([(Attribute::Name, name.into())]),
        ..template_component(number, "exam")
    }
}

fn world() -> Given {
    given()
        .programme(1)
        .programme(2)
        .template(1, [exam(1, "One"), exam(2, "Two"), exam(3, "Three")])
}

fn at(given: &Given, version: u32) -> Option<Arc<TemplateContent>> {
    let Tenant {
        mut values,
        mut shapes,
        templates,
        ..
    } = given.tenant.clone();
    let version = TemplateVersion::new(version);
    templates[&programme(1)].at(programme(1), version, &mut values, &mut shapes)
}

/// Names in template order.
fn names(given: &Given, version: u32) -> Vec<String> {
    let template = at(given, version).unwrap();
    let rows = template.shape().rows();
    let names = rows.map(|row| template.value(row, Attribute::Name));
    names
        .map(|id| given.tenant.values().get(id).to_string())
        .collect()
}

#[test]
fn d2_a_replaced_component_keeps_its_place_and_every_version_can_be_read() {
    let changed = world()
        .done(
            &Actor::System,
            &put(1, [exam(4, "Four"), exam(2, "Second")]),
        )
        .done(&Actor::System, &remove(1, [1]))
        .done(&Actor::System, &put(1, [exam(1, "Again")]));
    assert_eq!(names(&changed, 0), Vec::<String>::new());
    assert_eq!(names(&changed, 1), ["One", "Two", "Three"]);
    assert_eq!(names(&changed, 2), ["One", "Second", "Three", "Four"]);
    assert_eq!(names(&changed, 3), ["Second", "Three", "Four"]);
    assert_eq!(names(&changed, 4), ["Second", "Three", "Four", "Again"]);
    assert!(at(&changed, 5).is_none());
}

#[test]
fn d2_a_put_replaces_the_whole_component() {
    let rich = TemplateComponent {
        attributes: attributes([
            (Attribute::Name, "One".into()),
            (Attribute::MinEvidence, Value::Number(3)),
        ]),
        ..template_component(1, "exam")
    };
    let replaced = world()
        .done(&Actor::System, &put(1, [rich]))
        .done(&Actor::System, &put(1, [exam(1, "One")]));
    let template = replaced.tenant.template(programme(1)).unwrap();
    let row = template.row(component(1)).unwrap();
    let shown = replaced
        .tenant
        .values()
        .get(template.value(row, Attribute::MinEvidence));
    assert_eq!(*shown, Value::Number(0));
}

#[test]
fn d1_what_is_there_already_changes_nothing() {
    world()
        .when(&Actor::System, &put(1, [exam(2, "Two")]))
        .then_unchanged(CommandOutcome::Put);
    let event = TemplatePut {
        programme: programme(1),
        components: vec![exam(2, "Two"), exam(3, "Third")],
    };
    world()
        .when(&Actor::System, &put(1, [exam(2, "Two"), exam(3, "Third")]))
        .then(Stream::Programme(programme(1)), [Event::TemplatePut(event)]);
}

#[test]
fn d2_an_id_belongs_to_one_programme_even_when_it_was_removed() {
    let problem = format!(
        "{} belongs to the template of programme {}; take a new id",
        component(1),
        programme(1)
    );
    let refused = Rejection::invalid("components[0]", problem);
    let command = put(2, [exam(1, "One")]);
    let removed = world().done(&Actor::System, &remove(1, [1]));
    for given in [world(), removed] {
        given
            .when(&Actor::System, &command)
            .then_refused(refused.clone());
    }
}

#[test]
fn d2_the_type_of_a_replaced_component_stays() {
    let problem = format!(
        "{} is of type exam and stays it; take a new id for another type",
        component(2)
    );
    world()
        .when(
            &Actor::System,
            &put(1, [exam(4, "Four"), template_component(2, "review")]),
        )
        .then_refused(Rejection::invalid("components[1]", problem));
}

#[test]
fn d3_r4_templates_are_of_programmes_that_are_known_and_what_is_removed_was_there() {
    let not_found = Rejection::ProgrammeNotFound(programme(9));
    world()
        .when(&Actor::System, &put(9, [exam(4, "Four")]))
        .then_refused(not_found.clone());
    world()
        .when(&Actor::System, &remove(9, [1]))
        .then_refused(not_found);
    world()
        .when(&Actor::System, &remove(1, [1, 4]))
        .then_refused(Rejection::ComponentNotFound(component(4)));
}

#[test]
fn d5_a_template_has_at_most_5000_components() {
    let mut full = world();
    let mut next = 1_000;
    while full.tenant.template(programme(1)).unwrap().len() < COMPONENTS_MAX {
        let room = COMPONENTS_MAX - full.tenant.template(programme(1)).unwrap().len();
        let components = (0..room.min(500)).map(|_| {
            next += 1;
            exam(next, "More")
        });
        let command = Command::PutTemplate {
            programme: programme(1),
            components: components.collect(),
        };
        full = full.done(&Actor::System, &command);
    }
    let problem = "a template has at most 5000 components, not 5001";
    full.when(&Actor::System, &put(1, [exam(1, "Once"), exam(4, "Four")]))
        .then_refused(Rejection::invalid("components", problem));
    let event = TemplatePut {
        programme: programme(1),
        components: vec![exam(1, "Once")],
    };
    full.when(&Actor::System, &put(1, [exam(1, "Once")]))
        .then(Stream::Programme(programme(1)), [Event::TemplatePut(event)]);
}

#[test]
fn e6_without_marking_aid_a_template_holds_no_exercise() {
    let exercise = crate::ids::ExerciseId::from_uuid(uuid::Uuid::from_u128(1));
    let with_exercise = TemplateComponent {
        attributes: attributes([
            (Attribute::Name, "Four".into()),
            (Attribute::MarkingAidExercise, Value::Exercise(exercise)),
        ]),
        ..template_component(4, "exam")
    };
    world()
        .settings(false, OwnerRule::Keep)
        .when(&Actor::System, &put(1, [with_exercise]))
        .then_refused(Rejection::AttributeNotAllowed {
            attribute: "marking_aid_exercise",
            problem: "Marking Aid is turned off for the tenant; omit the attribute",
        });
}

//! Tests of the bounds of every field, and of the field that a rejection names.

use super::*;
use crate::ids::{AdministratorId, Group, LearnerId};
use crate::permission::PermissionSet;
use crate::test_support::{
    active, attributes, component, learner, named, programme, template_component,
};
use crate::values::value::Value;

fn record() -> Learner {
    Learner {
        name: "Ada".into(),
        case_owner: None,
        groups: Vec::new(),
        tutors: Vec::new(),
        enrolments: Vec::new(),
    }
}

fn put_learner(record: Learner) -> Command {
    let learner: LearnerId = learner(1);
    Command::PutLearner { learner, record }
}

fn put_template(components: Vec<TemplateComponent>) -> Command {
    let programme = programme(1);
    Command::PutTemplate {
        programme,
        components,
    }
}

fn edit(edits: Vec<Edit>) -> Command {
    Command::EditPlan {
        learner: learner(1),
        expected_version: None,
        edits,
    }
}

fn change(set: AttributeMap, reason: Option<&str>) -> Edit {
    Edit::Change {
        component: component(1),
        set,
        reason: reason.map(Into::into),
    }
}

#[track_caller]
fn refused(command: &Command, path: &str, problem: &str) {
    assert_eq!(check(command), Err(Rejection::invalid(path, problem)));
}

#[test]
fn d5_people_and_programmes_have_names_of_1_to_200_characters() {
    let named = |name: &str| Learner {
        name: name.into(),
        ..record()
    };
    assert_eq!(check(&put_learner(named(&"é".repeat(200)))), Ok(()));
    refused(
        &put_learner(named("")),
        "name",
        "expected 1 to 200 characters, found 0",
    );
    let programme = Command::PutProgramme {
        programme: programme(1),
        record: Programme {
            name: "x".repeat(201),
            parent: None,
        },
    };
    refused(
        &programme,
        "name",
        "expected 1 to 200 characters, found 201",
    );
}

#[test]
fn d5_a_learner_has_at_most_200_groups_200_tutors_and_50_enrolments() {
    let groups = |count: usize| -> Vec<Group> {
        (0..count)
            .map(|number| format!("g{number}").parse().unwrap())
            .collect()
    };
    let tutors = |count: usize| -> Vec<AdministratorId> {
        (0..count)
            .map(|number| format!("t{number}").parse().unwrap())
            .collect()
    };
    let full = |extra: [usize; 3]| Learner {
        groups: groups(200 + extra[0]),
        tutors: tutors(200 + extra[1]),
        enrolments: (0..50 + extra[2] as u128).map(active).collect(),
        ..record()
    };
    assert_eq!(check(&put_learner(full([0, 0, 0]))), Ok(()));
    let most = |most, found| format!("expected 0 to {most} elements, found {found}");
    refused(&put_learner(full([1, 0, 0])), "groups", &most(200, 201));
    refused(&put_learner(full([0, 1, 0])), "tutors", &most(200, 201));
    refused(&put_learner(full([0, 0, 1])), "enrolments", &most(50, 51));
}

#[test]
fn d5_a_learner_is_enrolled_on_a_programme_at_most_once() {
    let twice = Learner {
        enrolments: [1, 2, 1].map(active).into(),
        ..record()
    };
    refused(
        &put_learner(twice),
        "enrolments[2].programme",
        "list each programme only once",
    );
}

#[test]
fn d5_an_administrator_views_at_most_2000_groups_by_name() {
    let viewing = |count: usize| Command::PutAdministrator {
        administrator: "alice".parse().unwrap(),
        record: Administrator {
            name: "Alice".into(),
            permissions: PermissionSet::EMPTY,
            groups: Groups::Listed(
                (0..count)
                    .map(|number| format!("g{number}").parse().unwrap())
                    .collect(),
            ),
        },
    };
    assert_eq!(check(&viewing(2_000)), Ok(()));
    refused(
        &viewing(2_001),
        "groups",
        "expected 0 to 2000 elements, found 2001",
    );
}

#[test]
fn d5_a_template_put_has_1_to_500_components_each_once() {
    let of = |count: u128| {
        (0..count)
            .map(|number| template_component(number, "exam"))
            .collect()
    };
    assert_eq!(check(&put_template(of(500))), Ok(()));
    let problem = "expected 1 to 500 elements, found 501";
    refused(&put_template(of(501)), "components", problem);
    let problem = "expected 1 to 500 elements, found 0";
    refused(&put_template(of(0)), "components", problem);
    let twice = [1, 2, 1]
        .map(|number| template_component(number, "exam"))
        .into();
    let problem = "list each component only once";
    refused(&put_template(twice), "components[2]", problem);
}

#[test]
fn d5_a_template_holds_only_what_templates_hold_and_its_types_have() {
    let with = |attribute, value| {
        let mut put = template_component(1, "exam");
        put.attributes.insert(attribute, value);
        put_template(vec![put])
    };
    let problem = "templates do not have this attribute; set it on plans";
    for attribute in [
        Attribute::PlannedForQa,
        Attribute::ReviewAt,
        Attribute::Owner,
    ] {
        let path = format!("components[0].attributes.{attribute}");
        refused(&with(attribute, Value::Null), &path, problem);
    }
    refused(
        &with(Attribute::ReviewType, Value::Null),
        "components[0].attributes.review_type",
        "components of this type do not have this attribute; omit it",
    );
    let mut nameless = template_component(1, "exam");
    nameless.attributes.remove(Attribute::Name);
    refused(
        &put_template(vec![nameless]),
        "components[0].attributes.name",
        "a component requires a name of 1 to 300 characters",
    );
}

#[test]
fn e7_a_plan_edit_has_1_to_1000_edits() {
    let edits = |count| vec![change(named("One"), None); count];
    assert_eq!(check(&edit(edits(1_000))), Ok(()));
    let problem = "expected 1 to 1000 elements, found 1001";
    refused(&edit(edits(1_001)), "edits", problem);
    refused(
        &edit(edits(0)),
        "edits",
        "expected 1 to 1000 elements, found 0",
    );
}

#[test]
fn e3_a_reason_has_1_to_1000_characters() {
    let with = |reason: &str| edit(vec![change(named("One"), Some(reason))]);
    assert_eq!(check(&with(&"é".repeat(1_000))), Ok(()));
    let path = "edits[0].reason";
    refused(&with(""), path, "expected 1 to 1000 characters, found 0");
    refused(
        &with(&"x".repeat(1_001)),
        path,
        "expected 1 to 1000 characters, found 1001",
    );
}

#[test]
fn e5_what_is_added_by_hand_has_a_name() {
    let add = Edit::Add {
        component: component(1),
        programme: programme(1),
        component_type: "exam".parse().unwrap(),
        attributes: AttributeMap::new(),
    };
    refused(
        &edit(vec![change(named("One"), None), add]),
        "edits[1].attributes.name",
        "a component requires a name of 1 to 300 characters",
    );
}

#[test]
fn e7_attributes_hold_at_most_96_kib_together() {
    let documents: Vec<_> = (0..200)
        .map(|number| format!("{}{number:03}", "€".repeat(197)).as_str().into())
        .collect();
    let bytes = 200 * (197 * 3 + 3);
    let set = attributes([(Attribute::Documents, Value::Documents(documents.into()))]);
    let problem = format!(
        "one component's attributes hold at most 98304 bytes together, not {bytes}; shorten them"
    );
    refused(&edit(vec![change(set, None)]), "edits[0].set", &problem);
}

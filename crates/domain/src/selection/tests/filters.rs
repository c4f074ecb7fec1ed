//! Tests of the values of the lists' filters (S5).

use crate::event::{AdministratorPut, Event};
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::permission::PermissionSet;
use crate::reference::administrator::{Administrator, Groups};
use crate::reference::learner::{Enrolment, EnrolmentStatus};
use crate::selection::filter_values::{self, FilterField, ListedValue};
use crate::test_support::sync::{OTHER, TARGET, add, open_record};
use crate::test_support::{Given, active, actor, administrator, programme, session};

fn listed(given: &Given, field: FilterField, search: &str) -> Vec<ListedValue> {
    let alice = actor("alice");
    let source =
        crate::selection::source::Source::of_session(&given.tenant, &alice, session(1)).unwrap();
    filter_values::list(&source, programme(1), field, search)
}

fn values(given: &Given, field: FilterField, search: &str) -> Vec<(String, usize)> {
    let listed = listed(given, field, search).into_iter();
    listed.map(|one| (one.value, one.count)).collect()
}

fn expected<const N: usize>(values: [(&str, usize); N]) -> Vec<(String, usize)> {
    values
        .map(|(value, count)| (value.to_owned(), count))
        .into()
}

fn grouped() -> Given {
    let member = |given: Given, number: u128, groups: &[&str]| {
        given.learner_as(number, |record| {
            record.enrolments = vec![active(1)];
            record.groups = groups.iter().map(|group| group.parse().unwrap()).collect();
            record.tutors = vec![administrator("tom")];
        })
    };
    member(
        member(open_record(), TARGET, &["north", "evening"]),
        OTHER,
        &["north"],
    )
}

#[test]
fn s5_each_filters_values_can_be_listed_and_searched() {
    let given = grouped();

    let groups = values(&given, FilterField::Group, "");
    let found = values(&given, FilterField::Group, "NOR");
    let tutors = values(&given, FilterField::Tutor, "");
    let statuses = values(&given, FilterField::ProgrammeStatus, "");

    assert_eq!(groups, expected([("evening", 1), ("north", 2)]));
    assert_eq!(found, expected([("north", 2)]));
    assert_eq!(tutors, expected([("tom", 2)]));
    assert_eq!(statuses, expected([("active", 2)]));
}

/// What tutors are called need not be known.
#[test]
fn s5_tutors_are_found_by_name_and_by_id() {
    let put = AdministratorPut {
        administrator: administrator("tom"),
        record: Administrator {
            name: "Zoë Łaska".into(),
            permissions: PermissionSet::EMPTY,
            groups: Groups::All,
        },
    };
    let stream = Stream::Administrator(administrator("tom"));
    let given = grouped()
        .commit(&Actor::System, &stream, &[Event::AdministratorPut(put)])
        .learner_as(OTHER, |record| {
            record.enrolments = vec![active(1)];
            record.tutors = vec![administrator("tess_b"), administrator("tom")];
        });
    let found = |search: &str| -> Vec<_> {
        let listed = listed(&given, FilterField::Tutor, search).into_iter();
        listed
            .map(|one| (one.value, one.name.map(|name| name.to_string()), one.count))
            .collect()
    };
    let tom = ("tom".to_owned(), Some("Zoë Łaska".to_owned()), 2);
    let tess = ("tess_b".to_owned(), None, 1);

    assert_eq!(found(""), [tess.clone(), tom.clone()]);
    for search in ["TOM", "zoe", "ZOË LAS", "łaska"] {
        assert_eq!(found(search), std::slice::from_ref(&tom), "{search}");
    }
    assert_eq!(found("tess b"), [tess]);
    assert_eq!(found("zo t"), []);
}

#[test]
fn s5_words_are_found_with_spaces_between_them() {
    let given = grouped().learner_as(OTHER, |record| {
        record.groups = vec!["north_day-release".parse().unwrap()];
        record.enrolments = vec![Enrolment {
            status: EnrolmentStatus::OnBreak,
            ..active(1)
        }];
    });
    let statuses = |search| values(&given, FilterField::ProgrammeStatus, search);
    let groups = |search| values(&given, FilterField::Group, search);

    for search in ["on break", "ON_BREAK", "n b"] {
        assert_eq!(statuses(search), expected([("on_break", 1)]));
    }
    assert_eq!(statuses("onbreak"), []);
    for search in ["north day", "Day Release", "north_day-release"] {
        assert_eq!(groups(search), expected([("north_day-release", 1)]));
    }
}

#[test]
fn s1_types_are_those_of_the_programmes_components() {
    let given = open_record().edited("bob", crate::test_support::sync::SOURCE, [add(7)]);

    assert_eq!(
        values(&given, FilterField::Type, ""),
        expected([("assignment", 4)])
    );
}

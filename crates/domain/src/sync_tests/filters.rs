//! The values that the lists' filters can be set to (S5).

use super::kit::{OTHER, TARGET, add, open_record};
use crate::filter_values::{self, FilterField};
use crate::kit::{Given, active, actor, administrator, programme, session};

fn values(given: &Given, field: FilterField, search: &str) -> Vec<(String, usize)> {
    let alice = actor("alice");
    let source = crate::source::Source::of_session(&given.tenant, &alice, session(1)).unwrap();
    filter_values::list(&source, programme(1), field, search)
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

#[test]
fn s1_types_are_those_of_the_programmes_components() {
    let given = open_record().edited("bob", super::kit::SOURCE, [add(7)]);

    assert_eq!(
        values(&given, FilterField::Type, ""),
        expected([("assignment", 4)])
    );
}

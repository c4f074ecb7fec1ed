//! Tests of selecting components and learners (S1, S5), and of the result of a request.

use crate::command::rejection::Rejection;
use crate::plan::status::Status;
use crate::recent::change::RecentKind;
use crate::reference::learner::EnrolmentStatus;
use crate::selection::component_list::{self, ComponentFilter, ListedComponent};
use crate::selection::learner_list;
use crate::selection::source::Source;
use crate::sync::request::{Components, LearnerFilter, Learners, SyncKind};
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, closed_record, everything, open_record, progress, remove, rename,
    request,
};
use crate::test_support::{
    Given, active, actor, administrator, component, learner, programme, session,
};

/// What Alice can choose of programme 1.
fn components(given: &Given, filter: &ComponentFilter) -> (usize, Vec<ListedComponent>) {
    let alice = actor("alice");
    let source = Source::of_session(&given.tenant, &alice, session(1)).unwrap();
    let list = component_list::list(&source, programme(1), filter);
    (list.recent, list.items)
}

/// Whom Alice can choose on programme 1.
fn learners(given: &Given, filter: &LearnerFilter) -> Vec<crate::ids::LearnerId> {
    let alice = actor("alice");
    let source = Source::of_session(&given.tenant, &alice, session(1)).unwrap();
    let list = learner_list::list(&source, programme(1), filter, 0, usize::MAX);
    list.learners.iter().map(|listed| listed.id).collect()
}

fn search(search: &str) -> ComponentFilter {
    ComponentFilter {
        search: search.to_owned(),
        ..ComponentFilter::default()
    }
}

#[test]
fn s1_lists_the_programmes_components_and_those_deleted_recently() {
    let given = open_record()
        .programme(2)
        .learner(SOURCE, [1, 2])
        .edited("bob", SOURCE, [progress(2, Status::Returned)])
        .edited("alice", SOURCE, [rename(2, "Last name"), rename(1, "New")])
        .edited("alice", SOURCE, [remove(2), add(7)]);

    let (recent, items) = components(&given, &ComponentFilter::default());

    let shown = |item: &ListedComponent| (item.component, item.name.to_string(), item.change);
    let shown: Vec<_> = items.iter().map(shown).collect();
    let expected = [
        (component(1), "New".to_owned(), Some(RecentKind::Updated)),
        (component(3), "Component 3".to_owned(), None),
        (
            component(7),
            "Component 7".to_owned(),
            Some(RecentKind::Created),
        ),
        (
            component(2),
            "Last name".to_owned(),
            Some(RecentKind::Deleted),
        ),
    ];
    assert_eq!(shown, expected);
    assert_eq!((recent, items[3].status), (3, Status::Returned));
}

#[test]
fn s1_lists_what_was_deleted_in_the_order_of_adding() {
    let given = closed_record()
        .edited("bob", SOURCE, [add(9), add(8)])
        .opened("alice", SOURCE, 1)
        .edited("alice", SOURCE, [remove(8), remove(1), remove(9)]);

    let (_, items) = components(&given, &ComponentFilter::default());

    let shown: Vec<_> = items.iter().map(|item| item.component).collect();
    assert_eq!(shown, [2, 3, 1, 9, 8].map(component));
}

#[test]
fn s1_filters_by_type_and_searches_by_name() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "Ärger im Büro")]);
    let exams = ComponentFilter {
        types: vec!["exam".parse().unwrap()],
        ..ComponentFilter::default()
    };

    let found = components(&given, &search("äRGER"));
    assert_eq!(
        (found.0, found.1[0].component, found.1.len()),
        (1, component(1), 1)
    );
    assert_eq!(components(&given, &exams), (1, vec![]));
}

#[test]
fn s5_lists_those_on_the_programme_but_the_source_and_the_excluded() {
    let with_status = |given: Given, (number, status)| {
        given.learner_as(number, |record| {
            record.enrolments = vec![active(1)];
            record.enrolments[0].status = status;
        })
    };
    let given = (10..)
        .zip(EnrolmentStatus::ALL)
        .fold(open_record(), with_status);

    let listed = learners(&given, &LearnerFilter::default());

    // By name: "Learner 10" comes before "Learner 2".
    assert_eq!(listed, [10, 11, 12, 13, TARGET, OTHER].map(learner));
}

#[test]
fn s5_any_value_within_a_filter_and_all_filters_together() {
    let given = open_record()
        .learner_as(TARGET, |record| {
            record.enrolments = vec![active(1)];
            record.groups = vec!["north".parse().unwrap()];
            record.tutors = vec![administrator("tom")];
        })
        .learner_as(OTHER, |record| {
            record.enrolments = vec![active(1)];
            record.groups = vec!["south".parse().unwrap()];
        });
    let groups = LearnerFilter {
        groups: vec!["north".parse().unwrap(), "south".parse().unwrap()],
        ..LearnerFilter::default()
    };
    let and_tutor = LearnerFilter {
        tutors: vec![administrator("tom")],
        ..groups.clone()
    };
    let but = LearnerFilter {
        except: vec![learner(TARGET)],
        search: "LEARNER".into(),
        programme_statuses: vec![EnrolmentStatus::Active],
        ..LearnerFilter::default()
    };

    assert_eq!(learners(&given, &groups), [TARGET, OTHER].map(learner));
    assert_eq!(learners(&given, &and_tutor), [learner(TARGET)]);
    assert_eq!(learners(&given, &but), [learner(OTHER)]);
}

#[test]
fn s5_and_s6_all_leaves_out_whom_a_list_skips() {
    let given = open_record().learner(TARGET, []);

    let all = given
        .selected(&everything(SyncKind::AllAttributes))
        .unwrap();
    let listed = request(
        SyncKind::AllAttributes,
        [1],
        [OTHER, TARGET, SOURCE, 99, OTHER],
    );
    let listed = given.selected(&listed).unwrap();

    assert_eq!(all.learners, [learner(OTHER)]);
    assert_eq!(listed.learners, [SOURCE, TARGET, OTHER, 99].map(learner));
}

#[test]
fn c7_recent_takes_the_preselected_components() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New"), remove(2)])
        .started("alice", 1, &request(SyncKind::ChangesOnly, [1], [TARGET]));
    let mut recent = everything(SyncKind::ChangesOnly);
    recent.components = Components::Recent;

    let selection = given.selected(&recent).unwrap();

    let components: Vec<_> = selection
        .change_set
        .entries()
        .iter()
        .map(|e| e.component)
        .collect();
    assert_eq!(components, [component(2)]);
}

#[test]
fn s3_s4_the_limits_are_inclusive_over_distinct_ids() {
    let mut given = open_record();
    given.limits.components = 2;
    given.limits.learners = 2;
    let components = Rejection::TooManyComponents { limit: 2 };
    let learners = Rejection::TooManyLearners { limit: 2 };
    let kind = SyncKind::AllAttributes;

    assert_eq!(
        given
            .selected(&request(kind, [1, 2, 2], [TARGET]))
            .map(|_| ()),
        Ok(())
    );
    assert_eq!(
        given.selected(&request(kind, [1, 2, 3], [TARGET])),
        Err(components)
    );
    assert_eq!(
        given
            .selected(&request(kind, [1], [TARGET, 98, 98]))
            .map(|_| ()),
        Ok(())
    );
    assert_eq!(
        given.selected(&request(kind, [1], [TARGET, 98, 99])),
        Err(learners)
    );
}

#[test]
fn s3_s4_say_the_limit_as_the_product_does() {
    let limit = crate::command::limits::Limits::default().learners;

    assert_eq!(
        Rejection::TooManyLearners { limit }.to_string(),
        "Too many learners have been selected. Please synchronise no more than 2,089 learners at a \
         time."
    );
    assert_eq!(
        Rejection::TooManyComponents { limit }.to_string(),
        "Too many components have been selected. Please synchronise no more than 2,089 components \
         at a time."
    );
}

#[test]
fn learners_are_frozen_when_a_sync_is_accepted() {
    let mut everybody = request(SyncKind::AllAttributes, [1], []);
    everybody.learners = Learners::All;
    let given = closed_record()
        .opened("alice", SOURCE, 1)
        .started("alice", 1, &everybody)
        .learner(4, [1]);

    let state = given.tenant.sync(crate::test_support::sync(1)).unwrap();

    let waiting: Vec<_> = state.waiting().collect();
    assert_eq!(waiting, [TARGET, OTHER].map(learner));
}

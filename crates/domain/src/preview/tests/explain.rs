//! Tests of the explanation of a row of the preview (M3).

use crate::command::rejection::Rejection;
use crate::ids::LearnerId;
use crate::permission::Permission;
use crate::plan::status::Status;
use crate::preview::explain::{AttributeChange, Explanation, Side};
use crate::preview::summary::Baselines;
use crate::sync::pair_outcome::{Action, Outcome, Reason};
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes};
use crate::sync::request::SyncRequest;
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, choosing, criteria, everything, open_record, owned_by, progress,
    remove, rename, request, set,
};
use crate::test_support::{Given, active, component, learner, programme};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// Learner, name, action, outcome, and attributes with what they are before and after.
type ShownPair = (
    LearnerId,
    Option<String>,
    Action,
    Outcome,
    Vec<(Attribute, Value, Value)>,
);

fn shown(given: &Given, request: &SyncRequest, number: u128, side: Side) -> Vec<ShownPair> {
    let selection = given.selected(request).unwrap();
    let component = component(number);
    let none = Baselines::new();
    let tenant = &given.tenant;
    let mut explanation =
        Explanation::new(tenant, programme(1), &selection, component, side, &none).unwrap();
    let pairs = explanation.pairs().to_vec();
    let pairs = pairs.iter().map(|pair| {
        let changes = explanation.changes(pair).unwrap().into_iter();
        let changes = changes.map(
            |AttributeChange {
                 attribute,
                 before,
                 after,
             }| (attribute, before, after),
        );
        let name = pair.name.as_ref().map(|name| name.as_str().to_owned());
        let pair_outcome = pair.pair_outcome;
        (
            pair.learner,
            name,
            pair_outcome.action(),
            pair_outcome.outcome(),
            changes.collect(),
        )
    });
    pairs.collect()
}

fn one(number: u128, action: Action, outcome: Outcome) -> ShownPair {
    let name = format!("Learner {number}");
    (learner(number), Some(name), action, outcome, vec![])
}

#[test]
fn m3_the_learners_to_be_synchronised_are_shown_with_what_changes_for_each() {
    let given = open_record()
        .edited(
            "bob",
            TARGET,
            [set(1, Attribute::Criteria, criteria(["B1"]))],
        )
        .edited(
            "bob",
            OTHER,
            [
                rename(1, "New"),
                set(1, Attribute::Criteria, criteria(["K1"])),
            ],
        )
        .edited(
            "alice",
            SOURCE,
            [
                rename(1, "New"),
                set(1, Attribute::Criteria, criteria(["K1"])),
                set(1, Attribute::Owner, owned_by("nobody-else")),
            ],
        );
    let request = request(ChangesOnly, [1, 2], [TARGET, OTHER]);

    let synchronised = shown(&given, &request, 1, Side::Synchronised);

    let owner = (Attribute::Owner, Value::Null, owned_by("nobody-else"));
    let all = vec![
        (Attribute::Name, "Component 1".into(), "New".into()),
        (
            Attribute::Criteria,
            criteria(["B1"]),
            criteria(["B1", "K1"]),
        ),
        owner.clone(),
    ];
    let mut target = one(TARGET, Action::Synchronise, Outcome::Applied);
    target.4 = all;
    let mut other = one(OTHER, Action::Synchronise, Outcome::Applied);
    other.4 = vec![owner];
    assert_eq!(synchronised, [target, other]);
    assert_eq!(shown(&given, &request, 1, Side::NotSynchronised), []);
}

#[test]
fn m3_what_is_so_already_is_synchronised_without_a_change() {
    let given = open_record()
        .edited("bob", TARGET, [rename(1, "New")])
        .edited("alice", SOURCE, [rename(1, "New")]);
    let request = request(ChangesOnly, [1], [TARGET]);
    let unchanged = one(TARGET, Action::Synchronise, Outcome::Unchanged);
    assert_eq!(shown(&given, &request, 1, Side::Synchronised), [unchanged]);
}

#[test]
fn m3_those_who_are_left_out_are_shown_by_name_with_their_reason_and_unknown_ones_last() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .learner_as(TARGET, |record| record.name = "Zoe".into())
        .learner_as(OTHER, |record| {
            record.enrolments = vec![active(1)];
            record.groups = vec!["north".parse().unwrap()];
        });
    let request = request(ChangesOnly, [1, 2], [0, TARGET, SOURCE, OTHER]);

    let left_out = shown(&given, &request, 2, Side::NotSynchronised);

    let skipped = |number, reason| one(number, Action::Synchronise, Outcome::Skipped(reason));
    let mut zoe = skipped(TARGET, Reason::NotOnProgramme);
    zoe.1 = Some("Zoe".to_owned());
    let mut unknown = skipped(0, Reason::LearnerNotAvailable);
    unknown.1 = None;
    let expected = [
        skipped(SOURCE, Reason::IsSource),
        skipped(OTHER, Reason::NoRecentChange),
        zoe,
        unknown,
    ];
    assert_eq!(left_out, expected);
}

#[test]
fn m3_a_created_component_shows_all_it_has_and_a_deleted_one_nothing() {
    let given = open_record().edited("alice", SOURCE, [add(7), remove(2)]);
    let request = request(AllAttributes, [2, 7], [TARGET]);

    let created = shown(&given, &request, 7, Side::Synchronised);
    let deleted = shown(&given, &request, 2, Side::Synchronised);

    assert_eq!(deleted, [one(TARGET, Action::Delete, Outcome::Applied)]);
    let run = given.synced(1, &request);
    let view = run.on_plan(7, TARGET).unwrap();
    let fits = |attribute: &Attribute| attribute.fits(view.component_type());
    let has = |attribute| (attribute, Value::Null, run.value(7, TARGET, attribute));
    let mut expected = one(TARGET, Action::Create, Outcome::Applied);
    expected.4 = Attribute::ALL.into_iter().filter(fits).map(has).collect();
    assert_eq!(created, [expected]);
}

#[test]
fn m3_the_updated_source_comes_first_and_a_component_must_be_selected() {
    let given = open_record().edited("alice", SOURCE, [rename(1, "New")]);
    let by_template = choosing(
        request(SelectedAttributes, [1], [SOURCE, TARGET]),
        [Attribute::Name],
    );
    let unchanged = one(TARGET, Action::Synchronise, Outcome::Unchanged);
    let mut source = one(SOURCE, Action::Synchronise, Outcome::Applied);
    source.4 = vec![(Attribute::Name, "New".into(), "Component 1".into())];
    assert_eq!(
        shown(&given, &by_template, 1, Side::Synchronised),
        [source, unchanged]
    );
    let finished = given
        .clone()
        .edited("system", SOURCE, [progress(1, Status::Completed)])
        .administrator("alice", [Permission::AdvancedDeliveryEdit]);
    let reason = Reason::EditFinishedNotPermitted;
    let skipped = one(SOURCE, Action::Synchronise, Outcome::Skipped(reason));
    assert_eq!(
        shown(&finished, &by_template, 1, Side::NotSynchronised),
        [skipped]
    );

    let selection = given.selected(&everything(ChangesOnly)).unwrap();
    let (tenant, none) = (&given.tenant, Baselines::new());
    let missing = Explanation::new(
        tenant,
        programme(1),
        &selection,
        component(9),
        Side::Synchronised,
        &none,
    );
    let refused = Rejection::ComponentNotFound(component(9));
    assert_eq!(missing.map(|_| ()).unwrap_err(), refused.into());
}

#[test]
fn m3_nothing_changes_for_a_learner_on_the_other_side() {
    let given = open_record()
        .edited("bob", TARGET, [progress(1, Status::Completed)])
        .edited("alice", SOURCE, [rename(1, "New")])
        .administrator("alice", [Permission::AdvancedDeliveryEdit]);
    let request = request(ChangesOnly, [1], [TARGET]);

    let reason = Reason::EditFinishedNotPermitted;
    let skipped = one(TARGET, Action::Synchronise, Outcome::Skipped(reason));
    assert_eq!(shown(&given, &request, 1, Side::NotSynchronised), [skipped]);
}

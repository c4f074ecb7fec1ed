//! Tests of recent changes (C1–C7).

use crate::command::{Command, Edit};
use crate::ids::Actor;
use crate::plan::status::Status;
use crate::recent::change::RecentChange;
use crate::recent::change::RecentKind;
use crate::sync::request::SyncKind;
use crate::test_support::sync::{
    SOURCE, TARGET, add, choosing, closed_record, criteria, documents, everything, open_record,
    progress, remove, rename, request, set,
};
use crate::test_support::{
    Given, actor, attributes, component, learner, named, programme, session,
};
use crate::values::attribute::Attribute;
use crate::values::elements::Elements;
use crate::values::value::Value;

/// Component, what was done to it, and whether it is preselected.
fn kinds(given: &Given) -> Vec<(u128, RecentKind, bool)> {
    let number = |change: &RecentChange| {
        (1..100)
            .find(|number| component(*number) == change.component)
            .unwrap()
    };
    let changes = given.recent(1);
    let kinds = changes
        .iter()
        .map(|change| (number(change), change.kind, change.preselected));
    kinds.collect()
}

/// The only recent change.
#[track_caller]
fn only(given: &Given) -> RecentChange {
    let [change] = given.recent(1).try_into().unwrap();
    change
}

#[test]
fn c1_only_what_the_sessions_administrator_touched_is_recent() {
    let given = open_record()
        .edited("bob", SOURCE, [rename(1, "Bob's"), add(7), remove(3)])
        .edited("alice", SOURCE, [rename(2, "Alice's")]);

    assert_eq!(kinds(&given), [(2, RecentKind::Updated, true)]);
}

#[test]
fn c1_what_comes_back_as_another_type_has_only_changes_of_that_type() {
    let review = Edit::Add {
        component: component(1),
        programme: programme(1),
        component_type: "review".parse().unwrap(),
        attributes: attributes([
            (Attribute::Name, "Review".into()),
            (Attribute::ReviewType, "termly".into()),
        ]),
    };
    let given = closed_record()
        .edited("bob", SOURCE, [remove(1), review])
        .opened("alice", SOURCE, 1)
        .edited("alice", SOURCE, [remove(1), add(1)]);

    assert_eq!(
        only(&given).difference.after,
        attributes([(Attribute::Name, "Component 1".into())])
    );
}

#[test]
fn c1_where_both_touched_one_attribute_the_plans_current_value_counts() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "Alice's")])
        .edited("bob", SOURCE, [rename(1, "Bob's")])
        .edited(
            "bob",
            SOURCE,
            [set(1, Attribute::Instructions, "Bob's".into())],
        );

    let difference = only(&given).difference;
    assert_eq!(
        difference.before,
        attributes([(Attribute::Name, "Component 1".into())])
    );
    assert_eq!(
        difference.after,
        attributes([(Attribute::Name, "Bob's".into())])
    );
}

#[test]
fn c1_touching_what_another_added_is_an_update_from_its_value_before() {
    let given = open_record()
        .edited("bob", SOURCE, [add(7)])
        .edited("bob", SOURCE, [rename(7, "Before")])
        .edited("alice", SOURCE, [rename(7, "Between")])
        .edited("alice", SOURCE, [rename(7, "After")]);

    let change = only(&given);
    assert_eq!(change.kind, RecentKind::Updated);
    assert_eq!(
        change.difference.before,
        attributes([(Attribute::Name, "Before".into())])
    );
    assert_eq!(
        change.difference.after,
        attributes([(Attribute::Name, "After".into())])
    );
}

#[test]
fn c1_the_latest_coming_or_going_decides_whose_it_is() {
    let own = open_record()
        .edited("bob", SOURCE, [add(7)])
        .edited("alice", SOURCE, [remove(7)])
        .edited("alice", SOURCE, [add(7)]);
    let other = open_record()
        .edited("alice", SOURCE, [add(7)])
        .edited("bob", SOURCE, [remove(7)])
        .edited("bob", SOURCE, [add(7)]);

    assert_eq!(kinds(&own), [(7, RecentKind::Created, true)]);
    assert_eq!(kinds(&other), []);
}

#[test]
fn c1_what_another_removed_is_not_deleted_recently() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "Alice's")])
        .edited("bob", SOURCE, [remove(1)]);

    assert_eq!(kinds(&given), []);
}

#[test]
fn c1_progress_is_no_recent_change() {
    let given = open_record().edited(
        "alice",
        SOURCE,
        [
            progress(1, Status::Completed),
            Edit::SubmitEvidence {
                component: component(2),
            },
        ],
    );

    assert_eq!(kinds(&given), []);
}

#[test]
fn c1_an_instantiation_of_ones_own_creates() {
    let plan = closed_record().learner(9, [1]).opened("alice", 9, 9);
    let command = Command::InstantiatePlan {
        learner: learner(9),
        programme: programme(1),
    };

    let own = plan.clone().done(&actor("alice"), &command);
    let imported = plan.done(&Actor::System, &command);

    let kinds = |given: &Given| given.recent(9).iter().map(|change| change.kind).collect();
    let own: Vec<RecentKind> = kinds(&own);
    let imported: Vec<RecentKind> = kinds(&imported);
    assert_eq!(own, [RecentKind::Created; 3]);
    assert_eq!(imported, []);
}

#[test]
fn c2_a_change_and_its_reversal_cancel_out() {
    let given = open_record()
        .edited("bob", SOURCE, [add(7)])
        .edited(
            "alice",
            SOURCE,
            [rename(1, "Other"), rename(7, "Other"), add(8)],
        )
        .edited(
            "alice",
            SOURCE,
            [
                rename(1, "Component 1"),
                rename(7, "Component 7"),
                remove(8),
            ],
        );

    assert_eq!(kinds(&given), []);
}

#[test]
fn c2_removing_and_adding_back_as_it_was_cancels_out() {
    let readd = Edit::Readd {
        template: component(1),
        programme: programme(1),
        attributes: attributes([]),
    };
    let given = open_record()
        .edited("alice", SOURCE, [remove(1)])
        .edited("alice", SOURCE, [readd]);

    assert_eq!(kinds(&given), []);
}

#[test]
fn c3_elements_that_somebody_else_added_or_removed_are_not_recent() {
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K1", "K2"]))],
        )
        .edited(
            "bob",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K2", "S9"]))],
        );

    let elements = only(&given).difference.criteria;
    let expected = Elements {
        added: vec!["K2".into()],
        removed: Vec::new(),
    };
    assert_eq!(elements, Some(expected));
}

#[test]
fn c3_sets_and_lists_differ_by_their_elements() {
    let given = closed_record()
        .edited(
            "bob",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K1", "K2"]))],
        )
        .edited(
            "bob",
            SOURCE,
            [set(1, Attribute::Documents, documents(["a", "b"]))],
        )
        .opened("alice", SOURCE, 1)
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Criteria, criteria(["K2", "S1"]))],
        )
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Documents, documents(["b", "a"]))],
        );

    let difference = only(&given).difference;
    let elements = Elements {
        added: vec!["S1".into()],
        removed: vec!["K1".into()],
    };
    assert_eq!(
        difference.after,
        attributes([(Attribute::Criteria, criteria(["K2", "S1"]))])
    );
    assert_eq!(difference.criteria, Some(elements));
    assert_eq!(difference.documents, None);
}

#[test]
fn c4_a_component_is_created_updated_or_deleted() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(2, "Last name")])
        .edited("alice", SOURCE, [add(7), rename(1, "New name"), remove(2)]);

    let expected = [
        (1, RecentKind::Updated, true),
        (2, RecentKind::Deleted, true),
        (7, RecentKind::Created, true),
    ];
    assert_eq!(kinds(&given), expected);
    assert_eq!(given.recent(1)[1].name, "Last name".into());
}

#[test]
fn c4_what_was_created_has_every_attribute_of_its_type() {
    let given = open_record().edited("alice", SOURCE, [add(7)]);

    let difference = only(&given).difference;
    let assignment = "assignment".parse().unwrap();
    let fits = |attribute: &Attribute| attribute.fits(&assignment);
    let of_its_type = Attribute::ALL.into_iter().filter(fits);
    assert_eq!(difference.after.set(), of_its_type.collect());
    assert_eq!(
        difference.after.get(Attribute::Name),
        Some(&"Component 7".into())
    );
    assert_eq!(difference.before.get(Attribute::Name), Some(&Value::Null));
}

#[test]
fn c5_a_change_before_the_record_was_opened_is_not_recent() {
    let given = closed_record()
        .edited("alice", SOURCE, [rename(1, "Before")])
        .opened("alice", SOURCE, 1);

    assert_eq!(kinds(&given), []);
}

#[test]
fn c6_a_closed_session_has_no_recent_changes() {
    let changed = open_record().edited("alice", SOURCE, [rename(1, "New")]);

    let closed = changed.clone().done(
        &actor("alice"),
        &Command::CloseRecord {
            session: session(1),
        },
    );
    let again = changed.clone().opened("alice", SOURCE, 2);
    let elsewhere = changed.opened("alice", TARGET, 3);

    assert!(closed.tenant.session(session(1)).is_none());
    assert!(again.tenant.session(session(1)).is_none());
    assert_eq!(again.recent(2), []);
    assert_eq!(elsewhere.recent(1).len(), 1);
}

#[test]
fn c7_an_accepted_sync_clears_the_preselection_of_what_it_took() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New"), rename(2, "New")])
        .started("alice", 1, &request(SyncKind::ChangesOnly, [1], [TARGET]));

    let expected = [
        (1, RecentKind::Updated, false),
        (2, RecentKind::Updated, true),
    ];
    assert_eq!(kinds(&given), expected);
}

#[test]
fn c7_touching_again_selects_again() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .started("alice", 1, &request(SyncKind::ChangesOnly, [1], [TARGET]))
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::Instructions, "More".into())],
        );

    assert_eq!(kinds(&given), [(1, RecentKind::Updated, true)]);
}

#[test]
fn c7_what_a_sync_changes_on_its_own_source_is_selected_again() {
    let given = open_record()
        .edited(
            "alice",
            SOURCE,
            [
                rename(1, "New"),
                set(1, Attribute::MinEvidence, Value::Number(3)),
            ],
        )
        .synced(
            1,
            &choosing(everything(SyncKind::SelectedAttributes), [Attribute::Name]),
        );

    assert_eq!(kinds(&given), [(1, RecentKind::Updated, true)]);
    assert_eq!(
        only(&given).difference.after,
        attributes([
            (Attribute::Name, "Component 1".into()),
            (Attribute::MinEvidence, Value::Number(3)),
        ])
    );
}

#[test]
fn c1_a_sync_of_ones_own_onto_the_source_is_a_touch() {
    let given = open_record().opened("alice", TARGET, 2).edited(
        "alice",
        TARGET,
        [rename(1, "From learner 2")],
    );
    let mut from_target = request(SyncKind::ChangesOnly, [1], [SOURCE]);
    from_target.session = session(2);

    let given = given.synced(1, &from_target);

    assert_eq!(
        only(&given).difference.after,
        attributes([(Attribute::Name, "From learner 2".into())])
    );
}

#[test]
fn c1_what_one_did_to_a_component_that_is_gone_says_nothing_of_another_in_its_place() {
    let again = Edit::Add {
        component: component(7),
        programme: programme(1),
        component_type: "assignment".parse().unwrap(),
        attributes: named("Another"),
    };
    let given = open_record()
        .edited("bob", SOURCE, [add(7)])
        .edited("alice", SOURCE, [rename(7, "New")])
        .edited("bob", SOURCE, [remove(7)])
        .edited("bob", SOURCE, [again]);

    assert_eq!(given.recent(1), []);
}

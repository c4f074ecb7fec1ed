//! Tests of corrections after a sync (C2): a change that was sent and taken back reaches those who
//! received it.

use crate::command::Edit;
use crate::command::rejection::Rejection;
use crate::recent::change::RecentKind;
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    APPLIED, CREATED, DELETED, OTHER, SOURCE, TARGET, UNCHANGED, add, choosing, criteria,
    documents, open_record, remove, rename, request, set,
};
use crate::test_support::{Given, attributes, component, programme};
use crate::values::attribute::Attribute;
use crate::values::elements::Elements;
use crate::values::value::Value;

fn alice<const N: usize>(given: Given, edits: [Edit; N]) -> Given {
    given.edited("alice", SOURCE, edits)
}

fn sent(given: Given, number: u128, component: u128, target: u128) -> Given {
    given.synced(number, &request(ChangesOnly, [component], [target]))
}

fn readd(number: u128) -> Edit {
    Edit::Readd {
        template: component(number),
        programme: programme(1),
        attributes: attributes([]),
    }
}

#[test]
fn c2_a_name_that_was_sent_and_taken_back_is_recent() {
    let given = sent(alice(open_record(), [rename(1, "B")]), 1, 1, TARGET);
    let given = alice(given, [rename(1, "Component 1")]);

    let [change] = given.recent(1).try_into().unwrap();
    assert!(change.preselected);
    let name = |name: &str| attributes([(Attribute::Name, name.into())]);
    assert_eq!(change.difference.before, name("B"));
    assert_eq!(change.difference.after, name("Component 1"));
    let back = sent(given, 2, 1, TARGET);
    assert_eq!(back.recorded(2, TARGET), [APPLIED]);
    assert_eq!(back.value(1, TARGET, Attribute::Name), "Component 1".into());
}

#[test]
fn c2_what_was_never_sent_still_cancels_out() {
    let given = sent(alice(open_record(), [rename(1, "B")]), 1, 1, TARGET);
    let given = alice(given, [rename(2, "B")]);
    let given = alice(given, [rename(2, "Component 2")]);

    let changed = given.recent(1);
    assert_eq!(
        changed
            .iter()
            .map(|change| change.component)
            .collect::<Vec<_>>(),
        [component(1)]
    );
}

#[test]
fn c2_an_activity_added_by_mistake_and_sent_is_deleted_where_it_went() {
    let given = sent(alice(open_record(), [add(7)]), 1, 7, TARGET);
    let given = alice(given, [rename(7, "Last name")]);
    let given = alice(given, [remove(7)]);

    let [change] = given.recent(1).try_into().unwrap();
    assert_eq!(
        (change.kind, change.preselected),
        (RecentKind::Deleted, true)
    );
    assert_eq!(change.name, "Last name".into());
    let run = given.synced(2, &request(ChangesOnly, [7], [TARGET, OTHER]));
    assert_eq!(run.recorded(2, TARGET), [DELETED]);
    assert!(run.on_plan(7, TARGET).is_none());
    let absent = crate::sync::pair_outcome::Reason::AlreadyAbsent;
    let absent = crate::sync::pair_outcome::PairOutcome::skipped(
        crate::sync::pair_outcome::Action::Delete,
        absent,
    );
    assert_eq!(run.recorded(2, OTHER), [absent]);
}

#[test]
fn c2_a_deletion_that_was_sent_and_taken_back_creates_where_it_went() {
    let given = sent(alice(open_record(), [remove(1)]), 1, 1, TARGET);
    assert!(given.on_plan(1, TARGET).is_none());
    let given = alice(given, [readd(1)]);

    let [change] = given.recent(1).try_into().unwrap();
    assert_eq!(
        (change.kind, change.preselected),
        (RecentKind::Created, true)
    );
    let run = given.synced(2, &request(ChangesOnly, [1], [TARGET, OTHER]));
    assert_eq!(run.recorded(2, TARGET), [CREATED]);
    assert_eq!(run.recorded(2, OTHER), [UNCHANGED]);
    assert_eq!(run.value(1, TARGET, Attribute::Name), "Component 1".into());
}

#[test]
fn c2_an_element_that_was_sent_and_taken_off_goes_beside_another_change() {
    let bob = open_record().edited(
        "bob",
        TARGET,
        [set(1, Attribute::Criteria, criteria(["S1"]))],
    );
    let given = alice(bob, [set(1, Attribute::Criteria, criteria(["K3"]))]);
    let given = sent(given, 1, 1, TARGET);
    let given = alice(
        given,
        [
            set(1, Attribute::Criteria, criteria([])),
            set(1, Attribute::Instructions, "More".into()),
        ],
    );

    let [change] = given.recent(1).try_into().unwrap();
    let taken_off = Elements {
        added: Vec::new(),
        removed: vec!["K3".into()],
    };
    assert_eq!(change.difference.criteria, Some(taken_off));
    let run = sent(given, 2, 1, TARGET);
    assert_eq!(run.value(1, TARGET, Attribute::Criteria), criteria(["S1"]));
    assert_eq!(run.value(1, TARGET, Attribute::Instructions), "More".into());
}

#[test]
fn c2_a_document_that_was_taken_off_sent_and_put_back_comes_again() {
    let all = |given: Given, of| {
        given.edited(
            "bob",
            of,
            [set(1, Attribute::Documents, documents(["a", "b"]))],
        )
    };
    let given = all(
        all(crate::test_support::sync::closed_record(), SOURCE),
        TARGET,
    )
    .opened("alice", SOURCE, 1);
    let given = alice(given, [set(1, Attribute::Documents, documents(["b"]))]);
    let given = sent(given, 1, 1, TARGET);
    let given = alice(given, [set(1, Attribute::Documents, documents(["a", "b"]))]);
    let given = sent(given, 2, 1, TARGET);

    assert_eq!(
        given.value(1, TARGET, Attribute::Documents),
        documents(["b", "a"])
    );
}

#[test]
fn c2_sent_to_some_corrected_sent_to_others_then_to_the_first() {
    let given = sent(alice(open_record(), [rename(1, "B")]), 1, 1, TARGET);
    let given = sent(alice(given, [rename(1, "C")]), 2, 1, OTHER);
    let first = sent(given.clone(), 3, 1, TARGET);
    assert_eq!(first.value(1, TARGET, Attribute::Name), "C".into());

    let given = alice(given, [rename(1, "Component 1")]);
    let run = given.synced(3, &request(ChangesOnly, [1], [TARGET, OTHER]));

    for target in [TARGET, OTHER] {
        assert_eq!(run.value(1, target, Attribute::Name), "Component 1".into());
    }
}

#[test]
fn c2_every_type_of_sync_is_a_base() {
    let given = alice(open_record(), [rename(1, "B")]);
    let given = given.synced(1, &request(AllAttributes, [1], [TARGET]));
    let given = alice(given, [rename(1, "Component 1")]);
    assert_eq!(
        sent(given, 2, 1, TARGET).value(1, TARGET, Attribute::Name),
        "Component 1".into()
    );

    // What a sync wrote on its own source was sent, too, though only after its acceptance.
    let named = alice(
        open_record(),
        [set(1, Attribute::MinEvidence, Value::Number(3))],
    );
    let bob = named
        .edited("bob", SOURCE, [rename(1, "Bob's")])
        .opened("alice", SOURCE, 2);
    let mut by_template = choosing(request(ChangesOnly, [1], [TARGET]), [Attribute::Name]);
    by_template.session = crate::test_support::session(2);
    let given = bob.synced(1, &by_template);
    let given = alice(given, [rename(1, "Bob's")]);
    let [change] = given.recent(2).try_into().unwrap();
    let name = |name: &str| attributes([(Attribute::Name, name.into())]);
    assert_eq!(change.difference.before, name("Component 1"));
    assert_eq!(change.difference.after, name("Bob's"));
}

#[test]
fn c2_a_sync_of_another_session_is_no_base() {
    let given = alice(open_record(), [rename(1, "B")]).opened("bob", SOURCE, 2);
    let mut bobs = request(AllAttributes, [1], [TARGET]);
    bobs.session = crate::test_support::session(2);
    let given = given.started("bob", 1, &bobs).run(1);
    let given = alice(given, [rename(1, "Component 1")]);

    let nothing = given.selected(&request(ChangesOnly, [1], [TARGET]));
    assert_eq!(nothing.unwrap_err(), Rejection::NoRecentChanges);
}

#[test]
fn c4_what_others_did_with_what_was_sent_is_theirs() {
    let given = sent(alice(open_record(), [add(7)]), 1, 7, TARGET);

    assert_eq!(
        given.clone().edited("bob", SOURCE, [remove(7)]).recent(1),
        []
    );
    let given = sent(alice(open_record(), [remove(1)]), 1, 1, TARGET);
    assert_eq!(given.edited("bob", SOURCE, [readd(1)]).recent(1), []);
}

#[test]
fn c4_deleted_ones_are_listed_by_the_base_that_had_them_first() {
    let given = alice(open_record(), [add(8)]);
    let given = sent(given, 1, 8, TARGET);
    let given = sent(alice(given, [add(7)]), 2, 7, TARGET);
    let given = alice(given, [remove(7), remove(8), remove(3)]);

    let mut deleted = given.recent(1);
    deleted.sort_by_key(crate::recent::change::RecentChange::place);
    let order: Vec<_> = deleted.iter().map(|change| change.component).collect();
    assert_eq!(order, [3, 8, 7].map(component));
}

#[test]
fn c2_what_was_sent_and_undone_by_adding_anew_reaches_who_got_it() {
    let renamed = || alice(open_record(), [rename(1, "B")]);
    let with_element = |given| alice(given, [set(1, Attribute::Criteria, criteria(["K3"]))]);
    let own = sent(with_element(renamed()), 1, 1, TARGET);
    let own = alice(alice(own, [remove(1)]), [readd(1)]);
    let others = sent(with_element(renamed()), 1, 1, TARGET).edited("bob", SOURCE, [remove(1)]);
    for given in [own, alice(others, [readd(1)])] {
        let [change] = given.recent(1).try_into().unwrap();
        assert_eq!(
            (change.kind, change.preselected),
            (RecentKind::Updated, true)
        );
        let run = sent(given, 2, 1, TARGET);
        assert_eq!(run.recorded(2, TARGET), [APPLIED]);
        assert_eq!(run.value(1, TARGET, Attribute::Name), "Component 1".into());
        assert_eq!(run.value(1, TARGET, Attribute::Criteria), criteria([]));
    }
    let never_sent = alice(alice(with_element(renamed()), [remove(1)]), [readd(1)]);
    assert_eq!(never_sent.recent(1), []);
    let sent_before = sent(alice(open_record(), [rename(2, "B")]), 1, 2, TARGET);
    let sent_before = alice(
        sent_before,
        [set(2, Attribute::Instructions, "More".into())],
    );
    let sent_before = alice(alice(sent_before, [remove(2)]), [readd(2)]);
    let [change] = sent_before.recent(1).try_into().unwrap();
    let name = |name: &str| attributes([(Attribute::Name, name.into())]);
    assert_eq!(change.difference.after, name("Component 2"));
}

#[test]
fn c2_what_was_sent_as_it_is_now_is_taken_back_from_nobody() {
    let given = alice(open_record(), [rename(1, "B")]);
    let more = set(1, Attribute::Instructions, "More".into());
    let given = sent(alice(given, [rename(1, "Component 1"), more]), 1, 1, TARGET);
    let given = sent(alice(given, [remove(1)]), 2, 1, TARGET);

    let [change] = alice(given, [readd(1)]).recent(1).try_into().unwrap();
    assert_eq!(change.kind, RecentKind::Created);
    let taken_back = attributes([(Attribute::Instructions, "".into())]);
    assert_eq!(change.explicit.after, taken_back);
}

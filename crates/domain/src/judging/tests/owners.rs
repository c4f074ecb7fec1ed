//! Tests of owners (O1–O4) on the resulting plans.

use crate::reference::settings::OwnerRule;
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    SOURCE, TARGET, add, open_record, owned_by, remove, rename, request, set,
};
use crate::test_support::{Given, active, administrator, session};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

/// Carol is the source's case owner, Dave the target's; component 1 of the target is Eve's.
fn with_case_owners(rule: OwnerRule) -> Given {
    let owner = |given: Given, number: u128, name: &str| {
        given.learner_as(number, |record| {
            record.case_owner = Some(administrator(name));
            record.enrolments = vec![active(1)];
        })
    };
    let given = open_record().settings(true, rule);
    let given = owner(owner(given, SOURCE, "carol"), TARGET, "dave");
    given.edited("bob", TARGET, [set(1, Attribute::Owner, owned_by("eve"))])
}

/// The owner of the target's component after a sync, having it before and not.
fn owners_after(rule: OwnerRule, source_owner: Value) -> [Value; 2] {
    let edits = [rename(1, "New"), set(1, Attribute::Owner, source_owner)];
    let given = with_case_owners(rule).edited("bob", SOURCE, edits);
    let after = |given: Given| {
        let request = request(AllAttributes, [1], [TARGET]);
        given.synced(1, &request).value(1, TARGET, Attribute::Owner)
    };
    let existing = after(given.clone());
    let created = after(given.edited("bob", TARGET, [remove(1)]));
    [existing, created]
}

#[test]
fn o1_the_case_owners_component_keeps_its_owner_or_has_none() {
    let owners = owners_after(OwnerRule::Keep, owned_by("carol"));

    assert_eq!(owners, [owned_by("eve"), Value::Null]);
}

#[test]
fn o2_any_other_owner_is_taken_over() {
    let owners = owners_after(OwnerRule::Keep, owned_by("frank"));

    assert_eq!(owners, [owned_by("frank"), owned_by("frank")]);
}

#[test]
fn o1_an_unassigned_component_takes_no_owner_away() {
    for rule in [OwnerRule::Keep, OwnerRule::FollowCaseOwner] {
        let owners = owners_after(rule, Value::Null);

        assert_eq!(owners, [owned_by("eve"), Value::Null]);
    }
}

#[test]
fn o4_a_target_without_case_owner_keeps_the_owner() {
    let given = with_case_owners(OwnerRule::FollowCaseOwner).learner(TARGET, [1]);
    let given = given.edited(
        "alice",
        SOURCE,
        [set(1, Attribute::Owner, owned_by("carol"))],
    );
    for kind in [AllAttributes, ChangesOnly] {
        assert_eq!(owner_after(given.clone(), kind, 1), owned_by("eve"));
    }
    let lacking = given.edited("bob", TARGET, [remove(1)]);
    assert_eq!(owner_after(lacking, AllAttributes, 1), Value::Null);
}

#[test]
fn o4_following_the_case_owner_gives_the_targets_own() {
    let owners = owners_after(OwnerRule::FollowCaseOwner, owned_by("carol"));

    assert_eq!(owners, [owned_by("dave"), owned_by("dave")]);
}

#[test]
fn o4_otherwise_an_existing_component_keeps_its_owner() {
    let owners = owners_after(OwnerRule::FollowCaseOwner, owned_by("frank"));

    assert_eq!(owners, [owned_by("eve"), owned_by("frank")]);
}

/// The owner of component `number` of the target after a sync of Alice's recent changes.
fn owner_after(given: Given, kind: SyncKind, number: u128) -> Value {
    let request = request(kind, [number], [TARGET]);
    given
        .synced(1, &request)
        .value(number, TARGET, Attribute::Owner)
}

#[test]
fn o3_an_owner_that_was_not_edited_stays() {
    let given = with_case_owners(OwnerRule::Keep).edited("alice", SOURCE, [rename(1, "New")]);

    assert_eq!(owner_after(given, ChangesOnly, 1), owned_by("eve"));
}

#[test]
fn o3_an_owner_that_was_edited_is_replayed_like_anything() {
    let edit = [set(1, Attribute::Owner, owned_by("carol"))];
    let given = with_case_owners(OwnerRule::Keep).edited("alice", SOURCE, edit.clone());
    let follow = with_case_owners(OwnerRule::FollowCaseOwner).edited("alice", SOURCE, edit);
    let taken = [set(1, Attribute::Owner, Value::Null)];
    let taken = with_case_owners(OwnerRule::Keep)
        .edited("bob", SOURCE, [set(1, Attribute::Owner, owned_by("frank"))])
        .opened("alice", SOURCE, 2)
        .edited("alice", SOURCE, taken);
    let mut second = request(ChangesOnly, [1], [TARGET]);
    second.session = session(2);

    assert_eq!(owner_after(given, ChangesOnly, 1), owned_by("carol"));
    // O4: "mine" is the target's own case owner's there.
    assert_eq!(owner_after(follow, ChangesOnly, 1), owned_by("dave"));
    let taken = taken.synced(1, &second);
    assert_eq!(taken.value(1, TARGET, Attribute::Owner), Value::Null);
}

#[test]
fn o3_an_owner_that_was_named_is_a_created_components_too() {
    let create = |owner: &str| {
        let edits = [add(7), set(7, Attribute::Owner, owned_by(owner))];
        with_case_owners(OwnerRule::Keep).edited("alice", SOURCE, edits)
    };

    assert_eq!(
        owner_after(create("carol"), ChangesOnly, 7),
        owned_by("carol")
    );
    assert_eq!(
        owner_after(create("frank"), ChangesOnly, 7),
        owned_by("frank")
    );
}

#[test]
fn o3_a_created_component_whose_owner_nobody_named_follows_o1_and_o2() {
    let create = |owner: &str| {
        let given = with_case_owners(OwnerRule::Keep).edited("alice", SOURCE, [add(7)]);
        given.edited("bob", SOURCE, [set(7, Attribute::Owner, owned_by(owner))])
    };

    assert_eq!(owner_after(create("carol"), ChangesOnly, 7), Value::Null);
    assert_eq!(
        owner_after(create("frank"), ChangesOnly, 7),
        owned_by("frank")
    );
}

//! Tests of components that were removed and added again (T1): targets that never lost them are not
//! overwritten.

use crate::command::Edit;
use crate::command::rejection::Rejection;
use crate::ids::ComponentId;
use crate::recent::change::RecentKind;
use crate::sync::request::SyncKind::ChangesOnly;
use crate::test_support::sync::{
    APPLIED, CREATED, SOURCE, TARGET, closed_record_of, criteria, owned_by, remove, request, set,
};
use crate::test_support::{Given, attributes, component, programme};
use crate::values::attribute::Attribute;
use crate::values::attributes::AttributeMap;
use crate::values::value::Value;

const REVIEW: u128 = 2;

/// The same date, criteria and owner on the source and on the target; Alice has the record open.
fn configured() -> Given {
    let edits = || {
        [
            set(
                REVIEW,
                Attribute::DueDate,
                Value::Date("2026-12-01".parse().unwrap()),
            ),
            set(
                REVIEW,
                Attribute::ReviewAt,
                Value::Moment("2026-12-07T10:00:00Z".parse().unwrap()),
            ),
            set(REVIEW, Attribute::Owner, owned_by("carol")),
            set(REVIEW, Attribute::Criteria, criteria(["K1", "K2"])),
        ]
    };
    let given = closed_record_of(["assignment", "review", "assignment"]);
    let given = given.edited("system", SOURCE, edits());
    given
        .edited("system", TARGET, edits())
        .opened("alice", SOURCE, 1)
}

fn readd(given_attributes: AttributeMap) -> Edit {
    let template: ComponentId = component(REVIEW);
    Edit::Readd {
        template,
        programme: programme(1),
        attributes: given_attributes,
    }
}

fn kept(given: &Given) -> [Value; 3] {
    [Attribute::DueDate, Attribute::ReviewAt, Attribute::Owner]
        .map(|attribute| given.value(REVIEW, TARGET, attribute))
}

#[test]
fn t1_what_a_learner_never_lost_is_not_emptied() {
    let before = kept(&configured());
    for in_one in [true, false] {
        let given = if in_one {
            configured().edited("alice", SOURCE, [remove(REVIEW), readd(attributes([]))])
        } else {
            let given = configured().edited("alice", SOURCE, [remove(REVIEW)]);
            given.edited("alice", SOURCE, [readd(attributes([]))])
        };
        let nothing = given.selected(&request(ChangesOnly, [REVIEW], [TARGET]));
        assert_eq!(nothing.unwrap_err(), Rejection::NoRecentChanges);
        assert_eq!(kept(&given), before);
    }
}

#[test]
fn t1_what_was_given_or_changed_since_is_replayed_and_nothing_else() {
    let explicit = attributes([
        (Attribute::PlannedForQa, true.into()),
        (Attribute::Owner, owned_by("dave")),
    ]);
    let given = configured().edited("alice", SOURCE, [remove(REVIEW)]);
    let given = given.edited("alice", SOURCE, [readd(explicit)]);
    let given = given.edited(
        "alice",
        SOURCE,
        [set(REVIEW, Attribute::MinEvidence, Value::Number(2))],
    );

    let [change] = given.recent(1).try_into().unwrap();
    assert_eq!(change.kind, RecentKind::Updated);
    let run = given.synced(1, &request(ChangesOnly, [REVIEW], [TARGET]));

    assert_eq!(
        run.value(REVIEW, TARGET, Attribute::PlannedForQa),
        true.into()
    );
    assert_eq!(
        run.value(REVIEW, TARGET, Attribute::MinEvidence),
        Value::Number(2)
    );
    let [due, at, _] = kept(&configured());
    assert_eq!(kept(&run), [due, at, owned_by("dave")]);
}

#[test]
fn t1_once_the_deletion_was_sent_others_still_keep_what_they_never_lost() {
    let explicit = || attributes([(Attribute::Criteria, criteria(["K1", "K9"]))]);
    let given = configured().edited("alice", SOURCE, [remove(REVIEW)]);
    let given = given.synced(
        1,
        &request(ChangesOnly, [REVIEW], [crate::test_support::sync::OTHER]),
    );
    let given = given.edited("alice", SOURCE, [readd(explicit())]);

    let [change] = given.recent(1).try_into().unwrap();
    assert_eq!(change.kind, RecentKind::Created);
    let to_both = request(
        ChangesOnly,
        [REVIEW],
        [TARGET, crate::test_support::sync::OTHER],
    );
    let given = given.edited(
        "bob",
        TARGET,
        [set(REVIEW, Attribute::Criteria, criteria(["K2", "S1"]))],
    );
    let run = given.synced(2, &to_both);

    assert_eq!(run.recorded(2, crate::test_support::sync::OTHER), [CREATED]);
    assert_eq!(kept(&run), kept(&configured()));
    // Element by element: K2 went on the source, K9 came.
    let now = run.value(REVIEW, TARGET, Attribute::Criteria);
    assert_eq!(now, criteria(["K1", "K9", "S1"]));
    assert_eq!(run.recorded(2, TARGET)[0].outcome(), APPLIED.outcome());
}

#[test]
fn t1_what_was_changed_before_it_was_removed_counts_no_more() {
    let edits = [set(REVIEW, Attribute::Instructions, "Lost".into())];
    let given = configured().edited("alice", SOURCE, edits);
    let given = given.edited("alice", SOURCE, [remove(REVIEW)]);
    let given = given.edited("alice", SOURCE, [readd(attributes([]))]);

    assert_eq!(given.recent(1), []);
}

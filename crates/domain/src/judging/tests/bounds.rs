//! Tests of the bound on the attributes of one component together, to the byte: what is replayed,
//! and what the target keeps.

use crate::command::Edit;
use crate::reference::settings::OwnerRule;
use crate::sync::pair_outcome::{Outcome, PairOutcome, Reason};
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly};
use crate::test_support::sync::{SOURCE, TARGET, documents, owned_by, request, set, skipped};
use crate::test_support::{Given, administrator, component};
use crate::values::attribute::Attribute;
use crate::values::attributes::ATTRIBUTES_BYTES_MAX;
use crate::values::value::Value;

/// Instructions of so many bytes.
fn instructions(bytes: usize) -> Value {
    let wide = "\u{1F600}".repeat(bytes / 4);
    format!("{wide}{}", "x".repeat(bytes % 4)).as_str().into()
}

/// Documents of 100 bytes each, which the target has.
fn many_documents(count: usize) -> Value {
    let name = |number: usize| format!("{number:03}{}", "\u{1F600}".repeat(24) + "x");
    let names: Vec<String> = (0..count).map(name).collect();
    Value::Documents(names.iter().map(|name| name.as_str().into()).collect())
}

fn text(value: &str) -> Value {
    value.into()
}

/// Component 3, a review, of whose type and owner something is to stay or to be replaced: the target
/// is edited, then the source, so that the whole would have as many bytes as may be with
/// instructions of the bytes that come back.
fn judged(given: Given, kind: SyncKind, source: &[Edit], bytes: usize) -> PairOutcome {
    let mut edits = source.to_vec();
    edits.push(set(3, Attribute::Instructions, instructions(bytes)));
    let given = given.done(
        &"alice".parse().unwrap(),
        &crate::command::Command::EditPlan {
            learner: crate::test_support::learner(SOURCE),
            expected_version: None,
            edits,
        },
    );
    given.judged(&request(kind, [3], [TARGET]), TARGET)[0]
}

/// The sync is applied with instructions that fill the component to the last byte, `rest` being what
/// else it has then, and not with one byte more.
fn fits_to_the_byte(given: &Given, kind: SyncKind, source: &[Edit], rest: usize) {
    let most = ATTRIBUTES_BYTES_MAX - rest;
    let fits = judged(given.clone(), kind, source, most);
    assert_eq!(fits.outcome(), Outcome::Applied, "{most} bytes");
    let exceeds = judged(given.clone(), kind, source, most + 1);
    assert_eq!(
        exceeds,
        skipped(Reason::LimitExceeded),
        "{most} bytes and one"
    );
}

/// What component 3 of the target has besides its instructions: 200 documents, a name of 11 bytes.
const NAME_AND_DOCUMENTS: usize = 11 + 200 * 100;

fn full() -> Given {
    let name = set(3, Attribute::Name, text("Eleven----!"));
    let given = crate::test_support::sync::closed_record_of(["assignment", "assignment", "review"])
        .opened("alice", SOURCE, 1)
        .edited(
            "bob",
            TARGET,
            [name, set(3, Attribute::Documents, many_documents(200))],
        );
    assert!(
        given
            .tenant
            .plan(crate::test_support::learner(TARGET))
            .component(component(3))
            .is_some()
    );
    given
}

fn with_owner_and_type(given: Given) -> Given {
    let edits = [
        set(3, Attribute::Owner, owned_by("a_long_name")),
        set(3, Attribute::ReviewType, text("Quarterly")),
    ];
    given.edited("bob", TARGET, edits)
}

#[test]
fn the_targets_own_text_counts() {
    fits_to_the_byte(&full(), ChangesOnly, &[], NAME_AND_DOCUMENTS);
}

#[test]
fn an_owner_and_a_type_that_stay_count_as_they_are() {
    let rest = NAME_AND_DOCUMENTS + "a_long_name".len() + "Quarterly".len();
    fits_to_the_byte(&with_owner_and_type(full()), ChangesOnly, &[], rest);
}

#[test]
fn an_owner_that_is_replaced_counts_as_the_new_one() {
    let source = [set(3, Attribute::Owner, owned_by("bo"))];
    let rest = NAME_AND_DOCUMENTS + "bo".len() + "Quarterly".len();
    fits_to_the_byte(&with_owner_and_type(full()), ChangesOnly, &source, rest);
}

#[test]
fn a_type_that_is_replaced_counts_as_the_new_one() {
    let source = [set(
        3,
        Attribute::ReviewType,
        text("Annual, with everybody"),
    )];
    let rest = NAME_AND_DOCUMENTS + "a_long_name".len() + "Annual, with everybody".len();
    fits_to_the_byte(&with_owner_and_type(full()), ChangesOnly, &source, rest);
}

#[test]
fn the_targets_case_owner_counts_where_it_becomes_the_owner() {
    let owner = |given: Given, number: u128, name: &str| {
        given.learner_as(number, |record| {
            record.case_owner = Some(administrator(name));
            record.enrolments = vec![crate::test_support::active(1)];
        })
    };
    let given = with_owner_and_type(full()).settings(true, OwnerRule::FollowCaseOwner);
    let given = owner(owner(given, SOURCE, "carol"), TARGET, "dave_the_targets");
    let source = [
        set(3, Attribute::Owner, owned_by("carol")),
        set(3, Attribute::Documents, many_documents(200)),
        set(3, Attribute::Name, text("Eleven----!")),
        set(3, Attribute::ReviewType, text("Quarterly")),
    ];
    let rest = NAME_AND_DOCUMENTS + "dave_the_targets".len() + "Quarterly".len();
    fits_to_the_byte(&given, AllAttributes, &source, rest);
}

#[test]
fn elements_that_come_and_go_count() {
    let given = full();
    let source = [set(3, Attribute::Documents, documents(["twelve bytes"]))];
    // The target is full of documents: one goes before another may come.
    let fewer = set(3, Attribute::Documents, many_documents(150));
    let given = given.edited("bob", TARGET, [fewer]);
    let rest = 11 + 150 * 100 + "twelve bytes".len();
    fits_to_the_byte(&given, ChangesOnly, &source, rest);
}

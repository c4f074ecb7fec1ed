//! Tests of the requester's permissions, judged on the target's component (P1–P7).

use crate::permission::Permission::{
    self, AdvancedDeliveryAdd, AdvancedDeliveryDelete, AdvancedDeliveryEdit, ComplianceQa,
    EditDeleteFinished, InternalVerifier,
};
use crate::plan::status::Status;
use crate::sync::pair_outcome::{Action, Lost, PairOutcome, Reason};
use crate::sync::request::SyncKind::ChangesOnly;
use crate::test_support::sync::{
    APPLIED, CREATED, DELETED, SOURCE, TARGET, add, open_record, progress, remove, rename, request,
    set, skipped,
};
use crate::test_support::{Given, sync};
use crate::values::attribute::Attribute;

/// A sync of an edit, a deletion and a creation, and of an edit and a deletion of something
/// finished, all judged with these permissions.
fn judged<const N: usize>(held: [Permission; N]) -> Vec<PairOutcome> {
    let edits = [
        rename(1, "New"),
        remove(2),
        rename(3, "New"),
        remove(4),
        add(7),
    ];
    let given = open_record()
        .edited("system", SOURCE, [add(4)])
        .edited("system", TARGET, [add(4), progress(3, Status::Completed)])
        .edited("system", TARGET, [progress(4, Status::Completed)])
        .opened("alice", SOURCE, 9)
        .edited("alice", SOURCE, edits)
        .administrator("alice", held);
    let mut request = request(ChangesOnly, [1, 2, 3, 4, 7], [TARGET]);
    request.session = crate::test_support::session(9);
    given.judged(&request, TARGET)
}

const NO_ADD: PairOutcome = PairOutcome::skipped(Action::Create, Reason::AddNotPermitted);
const NO_EDIT: PairOutcome = skipped(Reason::EditNotPermitted);
const NO_EDIT_FINISHED: PairOutcome = skipped(Reason::EditFinishedNotPermitted);
const NO_DELETE: PairOutcome = PairOutcome::skipped(Action::Delete, Reason::DeleteNotPermitted);
/// V5: it is warned of.
const DELETED_FINISHED: PairOutcome = DELETED.with_lost(Lost {
    tasks: 0,
    evidence: 0,
    finished: true,
});
const NO_DELETE_FINISHED: PairOutcome =
    PairOutcome::skipped(Action::Delete, Reason::DeleteFinishedNotPermitted);

#[test]
fn p1_compliance_qa_does_everything() {
    assert_eq!(
        judged([ComplianceQa]),
        [APPLIED, DELETED, APPLIED, DELETED_FINISHED, CREATED]
    );
}

#[test]
fn p2_creating_needs_advanced_delivery_add() {
    let expected = [
        NO_EDIT,
        NO_DELETE,
        NO_EDIT_FINISHED,
        NO_DELETE_FINISHED,
        CREATED,
    ];
    assert_eq!(judged([AdvancedDeliveryAdd]), expected);
}

#[test]
fn p3_editing_needs_advanced_delivery_edit_and_more_where_finished() {
    let edit = [
        APPLIED,
        NO_DELETE,
        NO_EDIT_FINISHED,
        NO_DELETE_FINISHED,
        NO_ADD,
    ];
    let both = [APPLIED, NO_DELETE, APPLIED, NO_DELETE_FINISHED, NO_ADD];

    assert_eq!(judged([AdvancedDeliveryEdit]), edit);
    assert_eq!(judged([AdvancedDeliveryEdit, EditDeleteFinished]), both);
}

#[test]
fn p5_deleting_needs_advanced_delivery_delete_and_more_where_finished() {
    let delete = [
        NO_EDIT,
        DELETED,
        NO_EDIT_FINISHED,
        NO_DELETE_FINISHED,
        NO_ADD,
    ];
    let both = [NO_EDIT, DELETED, NO_EDIT_FINISHED, DELETED_FINISHED, NO_ADD];

    assert_eq!(judged([AdvancedDeliveryDelete]), delete);
    assert_eq!(judged([AdvancedDeliveryDelete, EditDeleteFinished]), both);
}

/// Alice plans component 1 for QA, and does something else if asked to; it is finished on the
/// target.
fn planned_for_qa(also: Option<&str>) -> Given {
    let given = open_record()
        .edited("system", TARGET, [progress(1, Status::Completed)])
        .edited(
            "alice",
            SOURCE,
            [set(1, Attribute::PlannedForQa, true.into())],
        );
    let given = match also {
        Some(name) => given.edited("alice", SOURCE, [rename(1, name)]),
        None => given,
    };
    given.administrator("alice", [InternalVerifier])
}

#[test]
fn p4_internal_verifier_syncs_planned_for_qa_on_any_status() {
    let given = planned_for_qa(None);

    assert_eq!(
        given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET),
        [APPLIED]
    );
}

#[test]
fn p4_of_a_change_that_touches_anything_else_planned_for_qa_alone_is_replayed() {
    let given = planned_for_qa(Some("New"));
    let request = request(ChangesOnly, [1], [TARGET]);

    let alone = APPLIED.with_rest_withheld(Reason::EditFinishedNotPermitted);
    assert_eq!(given.judged(&request, TARGET), [alone]);
    let run = given.clone().synced(1, &request);
    assert_eq!(run.value(1, TARGET, Attribute::PlannedForQa), true.into());
    assert_eq!(run.value(1, TARGET, Attribute::Name), "Component 1".into());
    // Who may not plan for QA either does nothing, nor does who finds it planned already.
    let adder = given.administrator("alice", [AdvancedDeliveryAdd]);
    assert_eq!(adder.judged(&request, TARGET), [NO_EDIT_FINISHED]);
    let planned = [set(1, Attribute::PlannedForQa, true.into())];
    let planned = planned_for_qa(Some("New")).edited("bob", TARGET, planned);
    assert_eq!(planned.judged(&request, TARGET), [NO_EDIT_FINISHED]);
}

#[test]
fn p4_what_the_target_has_already_is_not_touched() {
    let given = planned_for_qa(Some("New")).edited("bob", TARGET, [rename(1, "New")]);

    assert_eq!(
        given.judged(&request(ChangesOnly, [1], [TARGET]), TARGET),
        [APPLIED]
    );
}

#[test]
fn p6_permissions_are_those_held_when_a_target_is_replayed_onto() {
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .started("alice", 1, &request(ChangesOnly, [1], [TARGET]))
        .administrator("alice", [AdvancedDeliveryAdd])
        .run(1);

    assert_eq!(given.tenant.sync(sync(1)).unwrap().tally().skipped, 1);
    assert_eq!(
        given.value(1, TARGET, Attribute::Name),
        "Component 1".into()
    );
}

#[test]
fn p7_components_added_by_hand_obey_the_same_rules() {
    let given = open_record()
        .edited("bob", SOURCE, [add(7)])
        .edited("bob", TARGET, [add(7)])
        .opened("alice", SOURCE, 9)
        .edited("alice", SOURCE, [rename(7, "New")])
        .administrator("alice", [AdvancedDeliveryAdd]);
    let mut request = request(ChangesOnly, [7], [TARGET]);
    request.session = crate::test_support::session(9);

    assert_eq!(given.judged(&request, TARGET), [NO_EDIT]);
}

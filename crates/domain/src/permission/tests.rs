//! Tests of permissions: the rules P1 to P6.

use super::Permission::{
    AdvancedDeliveryAdd, AdvancedDeliveryDelete, AdvancedDeliveryEdit, ComplianceQa,
    EditDeleteFinished, InternalVerifier, Supervisor,
};
use super::PermissionReason::{
    AddNotPermitted, DeleteFinishedNotPermitted, DeleteNotPermitted, EditFinishedNotPermitted,
    EditNotPermitted,
};
use super::*;

fn holds<const N: usize>(held: [Permission; N]) -> PermissionSet {
    held.into_iter().collect()
}

/// Add; edit and delete of a component, not finished and finished; leaving `completed`.
fn refusals(held: PermissionSet) -> [Option<PermissionReason>; 6] {
    [
        held.refuse_add(),
        held.refuse_edit(false, false),
        held.refuse_edit(true, false),
        held.refuse_delete(false),
        held.refuse_delete(true),
        held.refuse_progress(true),
    ]
}

#[test]
fn p1_supervisor_and_compliance_qa_may_do_everything() {
    assert_eq!(refusals(holds([Supervisor])), [None; 6]);
    assert_eq!(refusals(holds([ComplianceQa])), [None; 6]);
}

#[test]
fn p2_p3_p5_nothing_is_open_without_a_permission() {
    let all_refused = [
        Some(AddNotPermitted),
        Some(EditNotPermitted),
        Some(EditFinishedNotPermitted),
        Some(DeleteNotPermitted),
        Some(DeleteFinishedNotPermitted),
        Some(EditFinishedNotPermitted),
    ];
    assert_eq!(refusals(PermissionSet::EMPTY), all_refused);
    assert_eq!(refusals(holds([EditDeleteFinished])), all_refused);
    assert_eq!(refusals(holds([InternalVerifier])), all_refused);
}

#[test]
fn p2_adding_needs_advanced_delivery_add() {
    assert_eq!(holds([AdvancedDeliveryAdd]).refuse_add(), None);
    let others = holds([
        AdvancedDeliveryEdit,
        AdvancedDeliveryDelete,
        EditDeleteFinished,
    ]);
    assert_eq!(others.refuse_add(), Some(AddNotPermitted));
}

#[test]
fn p3_editing_a_finished_component_needs_both_permissions() {
    let edits = holds([AdvancedDeliveryEdit]);
    assert_eq!(edits.refuse_edit(false, false), None);
    assert_eq!(
        edits.refuse_edit(true, false),
        Some(EditFinishedNotPermitted)
    );
    let both = holds([AdvancedDeliveryEdit, EditDeleteFinished]);
    assert_eq!(both.refuse_edit(true, false), None);
    let finished_only = holds([EditDeleteFinished]);
    assert_eq!(
        finished_only.refuse_edit(false, false),
        Some(EditNotPermitted)
    );
}

#[test]
fn p4_internal_verifier_changes_planned_for_qa_alone_in_any_status() {
    let verifier = holds([InternalVerifier]);
    assert_eq!(verifier.refuse_edit(false, true), None);
    assert_eq!(verifier.refuse_edit(true, true), None);
    assert_eq!(verifier.refuse_edit(false, false), Some(EditNotPermitted));
    assert_eq!(
        verifier.refuse_edit(true, false),
        Some(EditFinishedNotPermitted)
    );
}

#[test]
fn p5_deleting_a_finished_component_needs_both_permissions() {
    let deletes = holds([AdvancedDeliveryDelete]);
    assert_eq!(deletes.refuse_delete(false), None);
    assert_eq!(
        deletes.refuse_delete(true),
        Some(DeleteFinishedNotPermitted)
    );
    let both = holds([AdvancedDeliveryDelete, EditDeleteFinished]);
    assert_eq!(both.refuse_delete(true), None);
}

#[test]
fn p6_every_permission_but_edit_delete_finished_lets_one_sync() {
    let can_sync = Permission::ALL.map(|permission| holds([permission]).can_sync());
    assert_eq!(can_sync, [true, true, true, true, true, true, false]);
    assert!(!PermissionSet::EMPTY.can_sync());
}

#[test]
fn p9_recording_progress_needs_nothing_unless_it_leaves_completed() {
    assert_eq!(PermissionSet::EMPTY.refuse_progress(false), None);
    let both = holds([AdvancedDeliveryEdit, EditDeleteFinished]);
    assert_eq!(both.refuse_progress(true), None);
    let edits = holds([AdvancedDeliveryEdit]);
    assert_eq!(edits.refuse_progress(true), Some(EditFinishedNotPermitted));
}

#[test]
fn reasons_say_their_code_and_what_is_needed() {
    let reasons = [
        (
            AddNotPermitted,
            "add_not_permitted",
            "advanced_delivery_add",
        ),
        (
            EditNotPermitted,
            "edit_not_permitted",
            "advanced_delivery_edit",
        ),
        (
            EditFinishedNotPermitted,
            "edit_finished_not_permitted",
            "edit_delete_finished",
        ),
        (
            DeleteNotPermitted,
            "delete_not_permitted",
            "advanced_delivery_delete",
        ),
        (
            DeleteFinishedNotPermitted,
            "delete_finished_not_permitted",
            "edit_delete_finished",
        ),
        (PermissionReason::SystemOnly, "system_only", "`system`"),
        (
            PermissionReason::AdministratorOnly,
            "administrator_only",
            "an administrator",
        ),
        (
            PermissionReason::ReadNotPermitted,
            "read_not_permitted",
            "supervisor or compliance_qa",
        ),
    ];
    for (reason, code, needed) in reasons {
        assert_eq!(reason.code(), code);
        assert!(reason.needs().contains(needed), "{code}");
    }
}

#[test]
fn what_is_needed_is_what_lifts_the_refusal() {
    type Refuse = fn(PermissionSet) -> Option<PermissionReason>;
    let refusals: [Refuse; 5] = [
        PermissionSet::refuse_add,
        |held| held.refuse_edit(false, false),
        |held| held.refuse_edit(true, false),
        |held| held.refuse_delete(false),
        |held| held.refuse_delete(true),
    ];
    for refuse in refusals {
        let reason = refuse(PermissionSet::EMPTY).unwrap();
        let needed = reason.needed();
        assert_eq!(refuse(needed.iter().copied().collect()), None, "{reason}");
        for lacking in needed {
            let others = needed.iter().filter(|held| *held != lacking).copied();
            assert_eq!(refuse(others.collect()), Some(reason), "{reason}");
        }
    }
}

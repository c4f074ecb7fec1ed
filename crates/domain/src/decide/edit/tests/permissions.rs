//! Tests of the permission rules for edits by hand.

use super::*;
use crate::permission::Permission::{
    AdvancedDeliveryAdd, AdvancedDeliveryDelete, AdvancedDeliveryEdit, EditDeleteFinished,
    InternalVerifier,
};
use crate::permission::PermissionReason::{
    self, AddNotPermitted, DeleteFinishedNotPermitted, DeleteNotPermitted,
    EditFinishedNotPermitted, EditNotPermitted,
};

/// The world, with an administrator who holds these.
fn with<const N: usize>(held: [Permission; N]) -> Given {
    world().administrator("ann", held)
}

fn refused(given: &Given, edit: Edit, reason: PermissionReason) {
    given
        .when(&actor("ann"), &edits([edit]))
        .then_refused(Rejection::NotPermitted(reason));
}

fn planned(number: u128) -> Edit {
    change(number, [(Attribute::PlannedForQa, true.into())])
}

#[test]
fn p2_adding_by_hand_needs_advanced_delivery_add() {
    refused(
        &with([AdvancedDeliveryEdit]),
        add(3, "Three"),
        AddNotPermitted,
    );
    with([AdvancedDeliveryAdd])
        .when(&actor("ann"), &edits([add(3, "Three")]))
        .then(plan(), [added(3, "Three")]);
}

#[test]
fn p3_changing_a_finished_component_needs_both_permissions() {
    refused(
        &with([AdvancedDeliveryAdd]),
        rename(1, "Other"),
        EditNotPermitted,
    );
    refused(
        &with([AdvancedDeliveryEdit]),
        rename(2, "Other"),
        EditFinishedNotPermitted,
    );
    with([AdvancedDeliveryEdit, EditDeleteFinished])
        .when(&actor("ann"), &edits([rename(2, "Other")]))
        .then(plan(), [changed(2, [(Attribute::Name, "Other".into())])]);
}

#[test]
fn p3_an_edit_is_judged_by_the_status_that_those_before_it_left() {
    let command = edits([set_status(1, Status::Completed), rename(1, "Other")]);
    with([AdvancedDeliveryEdit])
        .when(&actor("ann"), &command)
        .then_refused(Rejection::NotPermitted(EditFinishedNotPermitted));
}

#[test]
fn p4_internal_verifier_plans_for_qa_and_nothing_else() {
    let verifier = with([InternalVerifier]);
    for number in [1, 2] {
        let event = changed(number, [(Attribute::PlannedForQa, true.into())]);
        verifier
            .when(&actor("ann"), &edits([planned(number)]))
            .then(plan(), [event]);
    }
    let both = change(
        1,
        [
            (Attribute::PlannedForQa, true.into()),
            (Attribute::Name, "Other".into()),
        ],
    );
    refused(&verifier, both, EditNotPermitted);
}

#[test]
fn p5_removing_a_finished_component_needs_both_permissions() {
    refused(&with([AdvancedDeliveryEdit]), remove(1), DeleteNotPermitted);
    refused(
        &with([AdvancedDeliveryDelete]),
        remove(2),
        DeleteFinishedNotPermitted,
    );
    with([AdvancedDeliveryDelete, EditDeleteFinished])
        .when(&actor("ann"), &edits([remove(2)]))
        .then(plan(), [removed(2)]);
}

#[test]
fn p7_template_components_obey_the_same_rules() {
    let readd = Edit::Readd {
        template: component(7),
        programme: programme(1),
        attributes: AttributeMap::new(),
    };
    refused(
        &with([AdvancedDeliveryEdit]),
        readd.clone(),
        AddNotPermitted,
    );
    let readded = with([]).done(&Actor::System, &edits([readd]));
    refused(&readded, remove(7), DeleteNotPermitted);
    refused(&readded, rename(7, "Other"), EditNotPermitted);
}

#[test]
fn p8_a_plan_is_edited_only_by_those_who_see_the_learner() {
    let unseen = world()
        .administrator_of(
            "ann",
            [Permission::Supervisor],
            crate::reference::administrator::Groups::Listed(std::collections::BTreeSet::new()),
        )
        .learner_as(1, |record| record.groups = vec!["north".parse().unwrap()]);
    unseen
        .when(&actor("ann"), &edits([rename(1, "Other")]))
        .then_refused(Rejection::LearnerNotAvailable);
}

#[test]
fn p9_progress_is_recorded_by_whoever_sees_the_learner() {
    with([])
        .when(&actor("ann"), &edits([set_status(1, Status::Completed)]))
        .then(plan(), [status_set(1, Status::Completed)]);
    with([]).when(&actor("ann"), &edits([submit(2)])).then(
        plan(),
        [Event::EvidenceSubmitted(EvidenceSubmitted {
            component: component(2),
            count: 1,
        })],
    );
}

#[test]
fn p9_moving_out_of_completed_needs_what_p3_asks_of_a_finished_one() {
    let reopen = set_status(2, Status::Returned);
    refused(&with([]), reopen.clone(), EditFinishedNotPermitted);
    refused(
        &with([AdvancedDeliveryEdit]),
        reopen.clone(),
        EditFinishedNotPermitted,
    );
    with([AdvancedDeliveryEdit, EditDeleteFinished])
        .when(&actor("ann"), &edits([reopen.clone()]))
        .then(plan(), [status_set(2, Status::Returned)]);
    world()
        .when(&Actor::System, &edits([reopen]))
        .then(plan(), [status_set(2, Status::Returned)]);
}

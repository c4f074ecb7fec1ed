//! Tests of the refusals of a sync request, in their order.

use crate::command::Command;
use crate::command::limits::Limits;
use crate::command::nothing::Nothing;
use crate::command::rejection::Rejection;
use crate::permission::Permission;
use crate::recent::closings::SessionEnd;
use crate::reference::settings::OwnerRule;
use crate::sync::request::{
    Components, LearnerFilter, Learners,
    SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes},
    SyncRequest,
};
use crate::test_support::sync::{
    OTHER, SOURCE, TARGET, add, choosing, closed_record, everything, open_record, remove, rename,
    request,
};
use crate::test_support::{Given, actor, component, programme, session, sync};
use crate::values::attribute::Attribute;

/// Why Alice's start of sync 1 is refused.
#[track_caller]
fn refused(given: &Given, request: &SyncRequest, rejection: Rejection) {
    let start = Command::StartSync {
        sync: sync(1),
        request: request.clone(),
    };
    given.when(&actor("alice"), &start).then_refused(rejection);
}

fn permissionless(given: Given) -> Given {
    given.administrator("alice", [Permission::EditDeleteFinished])
}

#[test]
fn r2_attributes_belong_to_selected_attributes_alone() {
    let mut request = everything(AllAttributes);
    request.attributes.insert(Attribute::Name);

    let Err(Rejection::InvalidRequest { path, .. }) = open_record().selected(&request) else {
        panic!("accepted");
    };
    assert_eq!(path, "attributes");
}

#[test]
fn another_administrators_session_is_not_open() {
    let given = closed_record().opened("bob", SOURCE, 1);

    refused(
        &given,
        &everything(AllAttributes),
        Rejection::SessionNotOpen(session(1)),
    );
}

#[test]
fn p8_an_unseen_source_comes_before_missing_permissions() {
    let given = open_record()
        .learner_as(SOURCE, |record| {
            record.groups = vec!["secret".parse().unwrap()];
        })
        .administrator_of(
            "alice",
            [],
            crate::reference::administrator::Groups::Listed([].into()),
        );

    refused(
        &given,
        &everything(AllAttributes),
        Rejection::LearnerNotAvailable,
    );
}

#[test]
fn p6_edit_delete_finished_alone_gives_nothing() {
    let mut request = everything(AllAttributes);
    request.programme = programme(9);

    refused(
        &permissionless(open_record()),
        &request,
        Rejection::SyncNotPermitted,
    );
}

#[test]
fn s2_a_programme_must_be_known_and_the_source_on_it() {
    let mut request = choosing(everything(SelectedAttributes), []);
    request.programme = programme(2);
    let known = open_record().programme(2);
    let enrolled = open_record().learner(SOURCE, [1, 2]);

    refused(&known, &request, Rejection::ProgrammeNotFound(programme(2)));
    refused(
        &enrolled,
        &request,
        Rejection::ProgrammeNotFound(programme(2)),
    );
}

#[test]
fn t3_only_attributes_that_may_be_chosen() {
    let nothing = Components::Listed(vec![]);
    let name = |given: &Given, attributes: &[Attribute]| {
        let request = SyncRequest {
            components: nothing.clone(),
            attributes: attributes.iter().copied().collect(),
            ..everything(SelectedAttributes)
        };
        match given.selected(&request) {
            Err(Rejection::AttributeNotAllowed { attribute, .. }) => attribute,
            other => panic!("{other:?}"),
        }
    };
    let without_marking_aid = open_record().settings(false, OwnerRule::Keep);

    assert_eq!(name(&open_record(), &[]), "attributes");
    assert_eq!(
        name(&open_record(), &[Attribute::Name, Attribute::DueDate]),
        "due_date"
    );
    let exercise = [Attribute::MarkingAidExercise];
    assert_eq!(
        name(&without_marking_aid, &exercise),
        "marking_aid_exercise"
    );
    let chosen = |attribute: Attribute| SyncRequest {
        attributes: [attribute].into_iter().collect(),
        ..everything(SelectedAttributes)
    };
    let exercise = chosen(Attribute::MarkingAidExercise);
    assert!(open_record().selected(&exercise).is_ok());
    let name = chosen(Attribute::Name);
    assert!(without_marking_aid.selected(&name).is_ok());
}

#[test]
fn s8_nothing_selected_comes_before_no_recent_changes() {
    let mut recent = everything(ChangesOnly);
    recent.components = Components::Recent;
    let mut nobody = everything(AllAttributes);
    nobody.learners = Learners::Listed(vec![]);

    let nothing = Rejection::NothingSelected;
    refused(&open_record(), &recent, nothing(Nothing::Changed));
    refused(&open_record(), &nobody, nothing(Nothing::ListedLearners));
}

#[test]
fn s8_the_message_says_what_is_missing() {
    let refused_for = |given: &Given, components: Components, learners: Learners, expected| {
        let asked = SyncRequest {
            components,
            learners,
            ..everything(ChangesOnly)
        };
        refused(given, &asked, Rejection::NothingSelected(expected));
    };
    let changed = open_record().edited("alice", SOURCE, [remove(2)]);
    let synchronised = changed.clone().synced(1, &everything(ChangesOnly));
    let nobody = Learners::Filtered(LearnerFilter {
        search: "nobody has this name".into(),
        ..LearnerFilter::default()
    });
    let listed = || Components::Listed(vec![]);
    let (recent, all) = (Components::Recent, Components::All);

    refused_for(
        &open_record(),
        recent.clone(),
        Learners::All,
        Nothing::Changed,
    );
    refused_for(
        &synchronised,
        recent.clone(),
        Learners::All,
        Nothing::LeftToSynchronise,
    );
    refused_for(&changed, listed(), Learners::All, Nothing::ListedComponents);
    refused_for(&changed, recent.clone(), nobody, Nothing::MatchingLearners);
    refused_for(
        &changed,
        recent,
        Learners::Listed(vec![]),
        Nothing::ListedLearners,
    );
    let alone = open_record().learner(TARGET, []).learner(OTHER, []);
    refused_for(&alone, all, Learners::All, Nothing::OtherLearners);
    let empty = open_record().edited("bob", SOURCE, [remove(1), remove(2), remove(3)]);
    refused_for(&empty, Components::All, Learners::All, Nothing::InProgramme);
}

#[test]
fn s3_comes_before_s4_and_both_before_unknown_components() {
    let mut given = open_record();
    given.limits.components = 1;
    given.limits.learners = 1;
    let both = request(AllAttributes, [77, 78], [TARGET, 99]);
    let learners = request(AllAttributes, [77], [TARGET, 99]);

    refused(&given, &both, Rejection::TooManyComponents { limit: 1 });
    refused(&given, &learners, Rejection::TooManyLearners { limit: 1 });
}

#[test]
fn s8_a_listed_component_is_the_programmes_or_was_deleted_recently() {
    let given =
        open_record()
            .edited("bob", SOURCE, [remove(1)])
            .edited("alice", SOURCE, [remove(2)]);
    let unknown = Rejection::ComponentNotFound(component(1));

    refused(&given, &request(ChangesOnly, [1, 2], [TARGET]), unknown);
    assert_eq!(
        given
            .selected(&request(ChangesOnly, [2], [TARGET]))
            .map(|_| ()),
        Ok(())
    );
}

#[test]
fn t1_without_any_recent_change_is_refused() {
    let another =
        open_record()
            .programme(2)
            .learner(SOURCE, [1, 2])
            .edited("bob", SOURCE, [add(7)]);

    refused(
        &another,
        &request(ChangesOnly, [1], [TARGET]),
        Rejection::NoRecentChanges,
    );
}

#[test]
fn s8_a_syncs_id_is_used_once() {
    let given = open_record().synced(1, &everything(AllAttributes));

    refused(
        &given,
        &everything(AllAttributes),
        Rejection::SyncExists(sync(1)),
    );
}

#[test]
fn s9_so_many_syncs_run_at_once_and_no_more() {
    let mut given = open_record().started("alice", 2, &everything(AllAttributes));
    let start = Command::StartSync {
        sync: sync(1),
        request: everything(AllAttributes),
    };
    let code = |given: &Given| {
        let refused = given.when(&actor("alice"), &start).0;
        refused
            .map(|_| "accepted")
            .map_err(|rejection| rejection.code().name())
    };

    given.limits.running_syncs = 1;
    assert_eq!(code(&given), Err("overloaded"));
    given.limits.running_syncs = 2;
    assert_eq!(code(&given), Ok("accepted"));
    given.limits.tenant_running_syncs = 1;
    assert_eq!(code(&given), Err("overloaded"));
    assert_eq!(code(&given.run(2)), Ok("accepted"));
    let limits = Limits::default();
    assert_eq!(
        (limits.running_syncs, limits.tenant_running_syncs),
        (20, 200)
    );
}

#[test]
fn a_session_that_was_closed_starts_nothing() {
    let close = Command::CloseRecord {
        session: session(1),
    };
    let given = open_record()
        .edited("alice", SOURCE, [rename(1, "New")])
        .done(&actor("alice"), &close);

    refused(
        &given,
        &everything(ChangesOnly),
        Rejection::SessionClosed {
            session: session(1),
            end: SessionEnd::Closed,
        },
    );
}

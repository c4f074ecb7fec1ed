//! Tests that a confirmed sync does nothing that its preview did not show (M5).

use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::ids::position::Position;
use crate::judging::baseline::Baseline;
use crate::permission::Permission;
use crate::plan::status::Status;
use crate::preview::summary::{Baselines, Summary, preview_since};
use crate::reference::learner::{EnrolmentStatus, Learner};
use crate::reference::settings::OwnerRule;
use crate::review::status::ReviewStatus;
use crate::sync::confirm::Confirm;
use crate::sync::pair_outcome::{Action, PairOutcome, Reason};
use crate::sync::request::SyncKind::{AllAttributes, ChangesOnly, SelectedAttributes};
use crate::sync::request::SyncRequest;
use crate::test_support::sync::{
    APPLIED, OTHER, SOURCE, TARGET, add, choosing, closed_record_of, criteria, everything,
    open_record, owned_by, progress, remove, rename, request, set, skipped,
};
use crate::test_support::{
    Given, active, actor, administrator, component, learner, sync, template_component,
};
use crate::values::attribute::Attribute;

const DRIFTED: PairOutcome = skipped(Reason::ChangedSincePreview);

fn start(number: u128, request: &SyncRequest) -> Command {
    Command::StartSync {
        sync: sync(number),
        request: request.clone(),
    }
}

#[track_caller]
fn refused(given: &Given, request: &SyncRequest) {
    given
        .when(&actor("alice"), &start(1, request))
        .then_refused(Rejection::SourceChanged);
}

fn renamed() -> Given {
    open_record().edited("alice", SOURCE, [rename(1, "New"), rename(2, "New")])
}

/// What becomes of the target if this happens between a preview of `request` and its run.
fn after(
    given: Given,
    request: &SyncRequest,
    happens: impl FnOnce(Given) -> Given,
) -> Vec<PairOutcome> {
    let confirmed = given.confirming(request);
    happens(given).synced(1, &confirmed).recorded(1, TARGET)
}

#[test]
fn m5_an_undisturbed_run_does_what_was_shown() {
    let given = renamed();
    let request = everything(ChangesOnly);
    let shown = given.judged(&request, TARGET);

    let run = given.clone().synced(1, &given.confirming(&request));

    assert_eq!(run.recorded(1, TARGET), shown);
    let other = rename(3, "Elsewhere");
    let elsewhere = after(given, &request, |given| given.edited("bob", OTHER, [other]));
    assert_eq!(elsewhere, shown);
}

#[test]
fn m5_a_change_set_that_differs_is_refused_whole() {
    let given = renamed();
    let request = request(ChangesOnly, [1], [TARGET]);
    let confirmed = given.confirming(&request);
    let elsewhere = given.clone().edited("alice", SOURCE, [rename(3, "Else")]);
    let other = given.clone().edited("alice", SOURCE, [rename(1, "Newer")]);

    refused(&other, &confirmed);
    assert_eq!(
        elsewhere.synced(1, &confirmed).recorded(1, TARGET),
        [APPLIED]
    );
}

#[test]
fn m5_another_request_is_refused_whole() {
    let given = renamed();
    let confirm = given
        .confirming(&request(ChangesOnly, [1], [TARGET]))
        .confirm;
    let others = [
        request(ChangesOnly, [1], [OTHER]),
        request(ChangesOnly, [1, 2], [TARGET]),
        request(AllAttributes, [1], [TARGET]),
    ];
    for other in others {
        refused(&given, &SyncRequest { confirm, ..other });
    }
}

#[test]
fn m5_a_preview_of_a_later_log_is_of_another_one() {
    let given = renamed();
    let request = request(ChangesOnly, [1], [TARGET]);
    let confirmed = given.confirming(&request);
    let confirm = confirmed.confirm.map(|confirm| Confirm {
        position: Position::new(confirm.position.get() + 1),
        ..confirm
    });
    refused(&given, &SyncRequest { confirm, ..request });
}

#[test]
fn m5_source_changed_comes_after_unknown_components_and_before_no_recent_changes() {
    let given = renamed();
    let confirm = given
        .confirming(&request(ChangesOnly, [1], [TARGET]))
        .confirm;
    let unknown = SyncRequest {
        confirm,
        ..request(ChangesOnly, [9], [TARGET])
    };
    given
        .when(&actor("alice"), &start(1, &unknown))
        .then_refused(Rejection::ComponentNotFound(component(9)));
    let confirmed = SyncRequest {
        confirm,
        ..request(ChangesOnly, [1], [TARGET])
    };
    let reverted = given.edited(
        "alice",
        SOURCE,
        [rename(1, "Component 1"), rename(2, "Component 2")],
    );
    refused(&reverted, &confirmed);
}

#[test]
fn m5_source_changed_comes_before_sync_exists() {
    let given = renamed();
    let request = request(ChangesOnly, [1], [TARGET]);
    let confirmed = given.confirming(&request);
    let used = given.synced(1, &request);
    let changed = used.edited("alice", SOURCE, [rename(1, "Newer")]);
    refused(&changed, &confirmed);
}

#[test]
fn m5_a_component_that_changed_is_left_alone_and_no_other() {
    let request = request(ChangesOnly, [1, 2], [TARGET]);
    let edits = [
        rename(1, "Bob's"),
        set(1, Attribute::Owner, owned_by("dave")),
        set(1, Attribute::Criteria, criteria(["K1"])),
        progress(1, Status::InProgress),
        Edit::SubmitEvidence {
            component: component(1),
        },
        remove(1),
    ];
    for edit in edits {
        let pair_outcomes = after(renamed(), &request, |given| {
            given.edited("bob", TARGET, [edit])
        });
        assert_eq!(pair_outcomes, [DRIFTED, APPLIED]);
    }
}

#[test]
fn m5_a_change_that_was_taken_back_is_a_change() {
    let request = request(ChangesOnly, [1, 2], [TARGET]);
    let pair_outcomes = after(renamed(), &request, |given| {
        given
            .edited("bob", TARGET, [progress(1, Status::Completed)])
            .edited("bob", TARGET, [progress(1, Status::NotStarted)])
    });
    assert_eq!(pair_outcomes, [DRIFTED, APPLIED]);
}

#[test]
fn m5_a_review_that_changed_is_left_alone() {
    let given = closed_record_of(["review"; 3])
        .opened("alice", SOURCE, 1)
        .edited("alice", SOURCE, [rename(1, "New")]);
    let pair_outcomes = after(given, &request(ChangesOnly, [1], [TARGET]), |given| {
        let completed = Edit::SetReviewStatus {
            component: component(1),
            status: ReviewStatus::Completed,
        };
        given.edited("bob", TARGET, [completed])
    });
    assert_eq!(pair_outcomes, [DRIFTED]);
}

#[test]
fn m5_a_component_that_came_or_went_is_left_alone() {
    let given = || {
        let record = open_record().edited("bob", TARGET, [remove(3)]);
        record.edited("alice", SOURCE, [remove(2), add(7), rename(3, "New")])
    };
    let request = request(AllAttributes, [2, 3, 7], [TARGET]);
    let own = |action| PairOutcome::skipped(action, Reason::ChangedSincePreview);
    let pair_outcomes = after(given(), &request, |given| {
        given.edited("bob", TARGET, [remove(2), add(3), add(7)])
    });
    // Nobody looked at what would be done by now: the change set's own action stands.
    let expected = [own(Action::Delete), DRIFTED, DRIFTED];
    assert_eq!(pair_outcomes, expected);
    let again = after(given(), &request, |given| {
        given
            .edited("bob", TARGET, [add(7)])
            .edited("bob", TARGET, [remove(7)])
    });
    assert_eq!(again[2], DRIFTED);
}

#[test]
fn m5_a_learner_who_moved_is_left_alone() {
    let request = request(ChangesOnly, [1, 2], [TARGET]);
    let moves: [fn(&mut Learner); 4] = [
        |record| record.groups = vec!["north".parse().unwrap()],
        |record| record.case_owner = Some(administrator("carol")),
        |record| record.enrolments[0].status = EnrolmentStatus::OnBreak,
        |record| record.name = "Other".into(),
    ];
    let pair_outcomes = moves.map(|change| {
        after(renamed(), &request, |given| {
            given.learner_as(TARGET, |record| {
                record.enrolments = vec![active(1)];
                change(record);
            })
        })
    });
    let drifted = vec![DRIFTED; 2];
    let expected = [drifted.clone(), drifted.clone(), drifted, vec![APPLIED; 2]];
    assert_eq!(pair_outcomes, expected);
}

#[test]
fn m5_new_settings_leave_everything_alone() {
    let request = request(ChangesOnly, [1, 2], [TARGET]);
    let pair_outcomes = after(renamed(), &request, |given| {
        given.settings(true, OwnerRule::FollowCaseOwner)
    });
    assert_eq!(pair_outcomes, [DRIFTED, DRIFTED]);
}

#[test]
fn m5_permissions_are_judged_anew() {
    let request = request(ChangesOnly, [1, 2], [TARGET]);
    let pair_outcomes = after(renamed(), &request, |given| {
        given.administrator("alice", [Permission::AdvancedDeliveryAdd])
    });
    assert_eq!(pair_outcomes, [skipped(Reason::EditNotPermitted); 2]);
}

#[test]
fn m5_without_a_confirmation_every_target_is_judged_as_it_is() {
    let edited = renamed().edited("bob", TARGET, [rename(1, "Bob's")]);
    let run = edited.synced(1, &request(ChangesOnly, [1, 2], [TARGET]));
    assert_eq!(run.recorded(1, TARGET), [APPLIED, APPLIED]);
}

#[test]
fn t8_changed_since_preview_stands_between_who_and_what() {
    let not_enrolled = |given: Given| given.learner(TARGET, []);
    let pair_outcomes = after(
        renamed(),
        &request(ChangesOnly, [1], [TARGET]),
        not_enrolled,
    );
    assert_eq!(pair_outcomes, [skipped(Reason::NotOnProgramme)]);

    let edit = |number| move |given: Given| given.edited("bob", TARGET, [rename(number, "Bob's")]);
    let pair_outcomes = after(renamed(), &request(ChangesOnly, [1, 3], [TARGET]), edit(3));
    assert_eq!(pair_outcomes, [APPLIED, DRIFTED]);

    let by_template = choosing(
        request(SelectedAttributes, [7], [TARGET]),
        [Attribute::Name],
    );
    let by_hand = renamed().edited("alice", SOURCE, [add(7)]);
    let with_seven = by_hand.edited("bob", TARGET, [add(7)]);
    assert_eq!(after(with_seven, &by_template, edit(7)), [DRIFTED]);
}

#[test]
fn m5_the_updated_source_is_left_alone_where_it_changed() {
    let given = open_record()
        .template(1, [template_component(1, "assignment")])
        .edited("bob", SOURCE, [rename(1, "One"), rename(2, "Two")]);
    let by_template = choosing(
        request(SelectedAttributes, [1, 2], [TARGET]),
        [Attribute::Name],
    );
    let confirmed = given.confirming(&by_template);
    let changed = given.edited(
        "bob",
        SOURCE,
        [set(1, Attribute::EvidenceRequired, true.into())],
    );

    let run = changed.synced(1, &confirmed);

    assert_eq!(run.recorded(1, SOURCE), [DRIFTED, APPLIED]);
}

#[test]
fn m5_a_preview_that_confirms_one_shows_what_has_drifted() {
    let given = renamed();
    let request = request(ChangesOnly, [1, 2], [TARGET, OTHER]);
    let confirmed = given.confirming(&request);
    let position = confirmed.confirm.unwrap().position;
    let drifted = given.edited("bob", OTHER, [rename(1, "Bob's")]);
    let baselines: Baselines = [TARGET, OTHER]
        .map(|number| (learner(number), drifted.baseline(learner(number), position)))
        .into();
    let selection = drifted.selected(&confirmed).unwrap();

    let summary = preview_since(&drifted.tenant, request.programme, &selection, &baselines);
    let summary = summary.unwrap();

    let tally = |summary: &Summary| (summary.tally.applied, summary.tally.skipped);
    assert_eq!(tally(&summary), (3, 1));
    let run = drifted.synced(1, &confirmed);
    assert_eq!(run.tenant.sync(sync(1)).unwrap().tally(), summary.tally);
}

#[test]
fn m5_a_baseline_counts_each_stream_by_itself() {
    let given = renamed().edited("bob", TARGET, [rename(1, "Bob's")]);
    let baseline = given.baseline(learner(TARGET), given.position());
    let expected = Baseline {
        tenant: 1,
        learner: 1,
        plan: given.tenant.plan(learner(TARGET)).version(),
    };
    assert_eq!(baseline, expected);
}

//! Reviews and their calendar tasks in a sync (V1–V5), and what pairs warn of.

use crate::command::decided::Decided;
use crate::command::{Command, Edit};
use crate::event::Event;
use crate::history::review_item::ReviewItem;
use crate::permission::Permission;
use crate::review::status::ReviewStatus::{self, Completed, InProgress, NotScheduled, Scheduled};
use crate::review::status::TaskStatus::{self, Cancelled, Done, Open};
use crate::sync::pair_outcome::{Action, Lost, OwnerEffect, PairOutcome, Reason, ReviewEffect};
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly, SelectedAttributes};
use crate::test_support::sync::{
    APPLIED, APPLIED_WITH_OWNER, DELETED, SOURCE, TARGET, UNCHANGED, choosing, closed_record_of,
    owned_by, remove, rename, request, set,
};
use crate::test_support::{
    Given, active, administrator, attributes, component, learner, programme, sync,
};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

const MONDAY: &str = "2026-11-23T09:30:00.000000Z";
const TUESDAY: &str = "2026-11-24T09:30:00.000000Z";

/// Component 1 is an assignment, 2 a review; the target's case owner is Carol.
fn world() -> Given {
    closed_record_of(["assignment", "review", "assignment"]).learner_as(TARGET, |record| {
        record.enrolments = vec![active(1)];
        record.case_owner = Some(administrator("carol"));
    })
}

fn on(text: &str) -> Value {
    Value::Moment(text.parse().unwrap())
}

fn dated(text: &str) -> Edit {
    set(2, Attribute::ReviewAt, on(text))
}

fn typed(name: &str) -> Edit {
    set(2, Attribute::ReviewType, name.into())
}

fn progress(status: ReviewStatus) -> Edit {
    Edit::SetReviewStatus {
        component: component(2),
        status,
    }
}

const fn recreated(tasks: u8, made: u8) -> PairOutcome {
    APPLIED
        .with_review(ReviewEffect::Recreated { tasks })
        .with_made(made)
}

/// The target has these edits, the source, whose record is open, those.
fn edited<const T: usize, const S: usize>(target: [Edit; T], source: [Edit; S]) -> Given {
    let mut given = world();
    if T > 0 {
        given = given.edited("bob", TARGET, target);
    }
    given
        .opened("alice", SOURCE, 1)
        .edited("alice", SOURCE, source)
}

/// What is decided of the review on the target, and the state after a run.
fn synced(given: Given, kind: SyncKind) -> (PairOutcome, Given) {
    let request = request(kind, [2], [TARGET]);
    let judged = given.judged(&request, TARGET);
    let run = given.synced(1, &request);
    assert_eq!(run.recorded(1, TARGET), judged);
    (judged[0], run)
}

fn item(given: &Given) -> ReviewItem {
    let view = given.on_plan(2, TARGET).unwrap();
    ReviewItem::of(learner(TARGET), view, given.tenant.values()).unwrap()
}

/// Status, date, and each task's assignee, date and status.
type ShownPlan = (
    ReviewStatus,
    Option<String>,
    Vec<(String, String, TaskStatus)>,
);

fn shown(given: &Given) -> ShownPlan {
    let item = item(given);
    let tasks = item.tasks.into_iter().map(|task| {
        let assignee = task.administrator;
        let assignee = assignee.map_or("learner".to_owned(), |known| known.to_string());
        (assignee, task.at.unwrap().to_string(), task.status)
    });
    let at = item.review_at.map(|at| at.to_string());
    (item.status, at, tasks.collect())
}

fn scheduled(at: &str, administrator: &str) -> ShownPlan {
    let task = |whose: &str| (whose.to_owned(), at.to_owned(), Open);
    let tasks = vec![task("learner"), task(administrator)];
    (Scheduled, Some(at.to_owned()), tasks)
}

/// The same, in the place of a review whose two tasks a sync cancelled.
fn scheduled_anew(at: &str, administrator: &str) -> ShownPlan {
    let (status, date, open) = scheduled(at, administrator);
    (status, date, [cancelled(), open].concat())
}

fn unscheduled() -> ShownPlan {
    (NotScheduled, None, cancelled())
}

/// The tasks that the target's review had for Monday, once it was made anew.
fn cancelled() -> Vec<(String, String, TaskStatus)> {
    let (_, _, tasks) = scheduled(MONDAY, "carol");
    let cancelled = |(whose, at, _)| (whose, at, Cancelled);
    tasks.into_iter().map(cancelled).collect()
}

#[test]
fn v1_a_created_review_is_scheduled_where_it_has_a_date() {
    for kind in [ChangesOnly, AllAttributes] {
        let add = |pairs: &[(Attribute, Value)]| Edit::Add {
            component: component(7),
            programme: programme(1),
            component_type: "review".parse().unwrap(),
            attributes: attributes([(Attribute::Name, "Seven".into())])
                .iter()
                .chain(pairs.iter().map(|(attribute, value)| (*attribute, value)))
                .map(|(attribute, value)| (attribute, value.clone()))
                .collect(),
        };
        let cases = [
            (vec![], (NotScheduled, None, vec![]), None),
            (
                vec![(Attribute::ReviewAt, on(MONDAY))],
                scheduled(MONDAY, "carol"),
                Some("carol"),
            ),
            (
                vec![
                    (Attribute::ReviewAt, on(MONDAY)),
                    (Attribute::Owner, owned_by("dave")),
                ],
                scheduled(MONDAY, "dave"),
                None,
            ),
        ];
        for (pairs, expected, case_owner) in cases {
            let given = edited([], [add(&pairs)]);
            let request = request(kind, [7], [TARGET]);
            let owner = match pairs.get(1) {
                Some(_) => OwnerEffect::Source,
                None => OwnerEffect::Kept,
            };
            let created = PairOutcome::applied(Action::Create, owner, false);
            assert_eq!(given.judged(&request, TARGET), [created]);
            let run = given.synced(1, &request);
            let view = run.on_plan(7, TARGET).unwrap();
            let item = ReviewItem::of(learner(TARGET), view, run.tenant.values()).unwrap();
            assert_eq!(
                (item.status, item.tasks.len()),
                (expected.0, expected.2.len())
            );
            let assignees: Vec<_> = item
                .tasks
                .iter()
                .map(|task| task.administrator.clone())
                .collect();
            if let Some((administrator, ..)) = expected.2.get(1) {
                assert_eq!(assignees, [None, Some(administrator.parse().unwrap())]);
            }
            assert_eq!(
                run.recorded_case_owner(1, TARGET),
                case_owner.map(administrator)
            );
            let (of, name) = (learner(TARGET), component(7));
            let name = [&of.as_uuid().as_bytes()[..], name.as_uuid().as_bytes()].concat();
            let id = sync(1).derive(&name);
            assert_eq!(*item.review.as_uuid(), id);
        }
    }
}

#[test]
fn v2_a_change_cancels_the_review_and_its_tasks_and_creates_them_anew() {
    let given = edited([dated(MONDAY)], [rename(2, "New")]);
    let before = item(&given);
    assert_eq!(shown(&given), scheduled(MONDAY, "carol"));

    let (pair_outcome, run) = synced(given, ChangesOnly);

    assert_eq!(pair_outcome, recreated(2, 2));
    assert_eq!(shown(&run), scheduled_anew(MONDAY, "carol"));
    let after = item(&run);
    assert_ne!(after.review, before.review);
    assert_eq!(after.tasks[0].task, before.tasks[0].task);
    assert_ne!(after.tasks[2].task, before.tasks[0].task);
    let case_owner = Some(administrator("carol"));
    assert_eq!(run.recorded_case_owner(1, TARGET), case_owner);
}

#[test]
fn v2_every_type_of_sync_recreates_and_says_how_many_tasks_were_open() {
    let (pair_outcome, run) = synced(edited([], [dated(MONDAY)]), AllAttributes);
    let none = recreated(0, 2);
    assert_eq!(
        (pair_outcome, shown(&run)),
        (none, scheduled(MONDAY, "carol"))
    );

    let mondays = edited([dated(MONDAY), rename(2, "Bob's")], [rename(1, "One")]);
    let by_template = choosing(
        request(SelectedAttributes, [2], [TARGET]),
        [Attribute::Name],
    );
    assert_eq!(mondays.judged(&by_template, TARGET), [recreated(2, 2)]);

    let (pair_outcome, run) = synced(mondays, AllAttributes);
    let two = recreated(2, 0);
    assert_eq!((pair_outcome, shown(&run)), (two, unscheduled()));
    let case_owner = Some(administrator("carol"));
    assert_eq!(run.recorded_case_owner(1, TARGET), case_owner);

    let alone = edited([dated(MONDAY)], [rename(2, "New")]).learner(TARGET, [1]);
    let alone = alone.edited("bob", TARGET, [set(2, Attribute::ReviewAt, Value::Null)]);
    let alone = alone.edited("bob", TARGET, [dated(MONDAY)]);
    assert_eq!(synced(alone, ChangesOnly).0, recreated(1, 1));
}

#[test]
fn v2_the_new_owner_has_the_task() {
    let given = edited(
        [dated(MONDAY)],
        [set(2, Attribute::Owner, owned_by("dave"))],
    );

    let (pair_outcome, run) = synced(given, ChangesOnly);

    let effect = ReviewEffect::Recreated { tasks: 2 };
    let expected = APPLIED_WITH_OWNER.with_review(effect).with_made(2);
    assert_eq!(pair_outcome, expected);
    assert_eq!(shown(&run), scheduled_anew(MONDAY, "dave"));
    let case_owner = Some(administrator("carol"));
    assert_eq!(run.recorded_case_owner(1, TARGET), case_owner);
}

#[test]
fn v2_a_review_that_has_begun_is_created_anew_and_done_tasks_are_kept() {
    let target = [dated(MONDAY), progress(Completed), progress(InProgress)];
    let given = edited(target, [dated(TUESDAY)]);
    let kept: Vec<_> = item(&given).tasks.iter().map(|task| task.task).collect();

    let (pair_outcome, run) = synced(given, ChangesOnly);

    assert_eq!(pair_outcome, recreated(0, 2));
    let (status, at, tasks) = shown(&run);
    assert_eq!((status, at), (Scheduled, Some(TUESDAY.to_owned())));
    let meetings: Vec<_> = tasks
        .iter()
        .map(|(_, at, status)| (&**at, *status))
        .collect();
    let expected = [
        (MONDAY, Done),
        (MONDAY, Done),
        (TUESDAY, Open),
        (TUESDAY, Open),
    ];
    assert_eq!(meetings, expected);
    let ids: Vec<_> = item(&run).tasks.iter().map(|task| task.task).collect();
    assert_eq!(ids[..2], kept);
}

#[test]
fn v2_planned_for_qa_alone_recreates_nothing() {
    let planned = set(2, Attribute::PlannedForQa, true.into());
    let given = edited([dated(MONDAY)], [planned]);
    let before = item(&given);

    let (pair_outcome, run) = synced(given, ChangesOnly);

    assert_eq!((pair_outcome, item(&run)), (APPLIED, before));
}

#[test]
fn v2_p4_an_internal_verifier_cancels_no_review() {
    let planned = set(2, Attribute::PlannedForQa, true.into());
    let given = edited([dated(MONDAY)], [planned, rename(2, "New")]);
    let verifier = given.administrator("alice", [Permission::InternalVerifier]);

    let (pair_outcome, run) = synced(verifier, ChangesOnly);

    let alone = APPLIED.with_rest_withheld(Reason::EditNotPermitted);
    assert_eq!(pair_outcome, alone);
    assert_eq!(run.value(2, TARGET, Attribute::PlannedForQa), true.into());
    assert_eq!(shown(&run), scheduled(MONDAY, "carol"));
}

#[test]
fn v2_a_completed_review_is_left_alone() {
    let given = edited([dated(MONDAY), progress(Completed)], [rename(2, "New")]);
    let before = item(&given);

    let (pair_outcome, run) = synced(given, ChangesOnly);

    assert_eq!((pair_outcome, item(&run)), (APPLIED, before));
}

#[test]
fn v3_changes_only_replays_the_type_onto_a_review_that_has_not_begun() {
    for target in [vec![], vec![dated(MONDAY)]] {
        let tasks = u8::try_from(target.len() * 2).unwrap();
        let given = match target.as_slice() {
            [edit] => edited([edit.clone()], [typed("Final")]),
            _ => edited([], [typed("Final")]),
        };
        let (pair_outcome, run) = synced(given, ChangesOnly);
        assert_eq!(pair_outcome, recreated(tasks, tasks));
        assert_eq!(run.value(2, TARGET, Attribute::ReviewType), "Final".into());
    }
}

#[test]
fn v3_the_type_of_a_review_that_has_begun_stays_and_the_rest_is_replayed() {
    let source = || [typed("Final"), rename(2, "New")];
    let type_of = |given: &Given| given.value(2, TARGET, Attribute::ReviewType);

    let (pair_outcome, run) = synced(edited([progress(InProgress)], source()), ChangesOnly);
    assert_eq!(pair_outcome, recreated(0, 0).with_review_type_kept(true));
    assert_eq!(type_of(&run), Value::Null);
    assert_eq!(run.value(2, TARGET, Attribute::Name), "New".into());

    let (pair_outcome, run) = synced(edited([progress(Completed)], source()), ChangesOnly);
    assert_eq!(pair_outcome, APPLIED.with_review_type_kept(true));
    assert_eq!(type_of(&run), Value::Null);

    let same = edited([typed("Final"), progress(InProgress)], source());
    assert_eq!(synced(same, ChangesOnly).0, recreated(0, 0));
}

#[test]
fn v3_where_only_the_type_would_change_nothing_does_and_the_warning_stands() {
    let planned = set(2, Attribute::PlannedForQa, true.into());
    let kept = |pair_outcome: PairOutcome| pair_outcome.with_review_type_kept(true);

    let given = edited([progress(InProgress)], [typed("Final")]);
    let version = given.tenant.plan(learner(TARGET)).version();
    let (pair_outcome, run) = synced(given, ChangesOnly);
    assert_eq!(pair_outcome, kept(UNCHANGED));
    assert_eq!(run.tenant.plan(learner(TARGET)).version(), version);

    let given = edited([progress(InProgress)], [typed("Final"), planned]);
    let before = item(&given);
    let (pair_outcome, run) = synced(given, ChangesOnly);
    assert_eq!((pair_outcome, item(&run)), (kept(APPLIED), before));
}

#[test]
fn v3_all_attributes_replays_the_type_always() {
    for status in ReviewStatus::ALL {
        let target = match status {
            NotScheduled => vec![],
            Scheduled => vec![dated(MONDAY)],
            InProgress | Completed => vec![progress(status)],
        };
        let given = world();
        let given = target
            .into_iter()
            .fold(given, |given, edit| given.edited("bob", TARGET, [edit]));
        let given = given
            .opened("alice", SOURCE, 1)
            .edited("alice", SOURCE, [typed("Final")]);
        let (pair_outcome, run) = synced(given, AllAttributes);
        assert_eq!(
            (pair_outcome.is_applied(), pair_outcome.review_type_kept()),
            (true, false)
        );
        assert_eq!(run.value(2, TARGET, Attribute::ReviewType), "Final".into());
    }
}

#[test]
fn v4_a_completed_review_and_its_meeting_keep_their_date() {
    for kind in [ChangesOnly, AllAttributes] {
        let given = edited([dated(MONDAY), progress(Completed)], [dated(TUESDAY)]);
        let before = item(&given);

        let (pair_outcome, run) = synced(given, kind);

        assert_eq!(pair_outcome.review(), ReviewEffect::CompletedKept);
        assert!(pair_outcome.is_applied());
        assert_eq!(item(&run), before);
        assert_eq!(run.value(2, TARGET, Attribute::ReviewAt), on(TUESDAY));
    }
}

#[test]
fn v2_v4_the_past_meeting_of_a_completed_component_stays() {
    let finished = Edit::SetStatus {
        component: component(2),
        status: crate::plan::status::Status::Completed,
    };
    for (edit, effect) in [
        (rename(2, "New"), ReviewEffect::Unaffected),
        (dated(TUESDAY), ReviewEffect::CompletedKept),
    ] {
        let given = edited([dated(MONDAY), finished.clone()], [edit]);
        let before = item(&given);

        let (pair_outcome, run) = synced(given, ChangesOnly);

        assert_eq!(pair_outcome, APPLIED.with_review(effect));
        assert_eq!(item(&run), before);
    }
}

#[test]
fn v2_nothing_is_told_where_there_was_no_task_and_is_none() {
    let (pair_outcome, _) = synced(edited([], [rename(2, "New")]), ChangesOnly);

    assert_eq!(pair_outcome, recreated(0, 0));
    assert_eq!(pair_outcome.warnings().count(), 0);
}

#[test]
fn v4_the_targets_review_decides_whatever_the_sources() {
    let given = edited([dated(MONDAY)], [dated(TUESDAY), progress(Completed)]);

    let (pair_outcome, run) = synced(given, ChangesOnly);

    assert_eq!(pair_outcome, recreated(2, 2));
    assert_eq!(shown(&run), scheduled_anew(TUESDAY, "carol"));
}

#[test]
fn v5_a_deleted_component_takes_its_review_along() {
    let given = edited([dated(MONDAY)], [remove(2)]);

    let (pair_outcome, run) = synced(given, ChangesOnly);

    let lost = Lost {
        tasks: 2,
        ..Lost::default()
    };
    assert_eq!(pair_outcome, DELETED.with_lost(lost));
    assert!(run.tenant.plan(learner(TARGET)).reviews.is_empty());
}

#[test]
fn i1_what_was_decided_gives_the_same_state_again() {
    let target = [dated(MONDAY), progress(Completed), progress(InProgress)];
    let given = edited(target, [dated(TUESDAY), typed("Final")]);
    let (_, run) = synced(given, ChangesOnly);
    let events = run.commits.iter().flat_map(|(_, _, events)| events);
    let replayed = events.filter(|event| matches!(event, Event::TargetReplayed(_)));
    assert_eq!(replayed.count(), 1);
    run.assert_refolds();
}

#[test]
fn v0_a_finished_component_that_lost_its_date_may_be_told_the_status_its_review_has() {
    let finished = Edit::SetStatus {
        component: component(2),
        status: crate::plan::status::Status::Completed,
    };
    let given = edited([dated(MONDAY), finished], [rename(2, "Review")]);
    let (_, run) = synced(given, AllAttributes);
    assert_eq!(item(&run).status, Scheduled);
    let again = Command::EditPlan {
        learner: learner(TARGET),
        expected_version: None,
        edits: vec![progress(Scheduled)],
    };
    let decided = run.when(&"bob".parse().unwrap(), &again).0;
    assert!(matches!(decided, Ok(Decided::Unchanged(_))));
}

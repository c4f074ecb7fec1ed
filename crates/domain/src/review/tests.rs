//! Where a review goes from each of its statuses (V0), and what it keeps (V2).

use uuid::Uuid;

use super::*;
use crate::test_support::{component, learner, sync};
use ReviewStatus::{Completed, InProgress, NotScheduled, Scheduled};
use TaskStatus::{Cancelled, Done, Open};

const MONDAY: ValueId = ValueId::TRUE;
const TUESDAY: ValueId = ValueId::UNKNOWN;
const ALICE: ValueId = ValueId::FALSE;

const fn on(at: ValueId) -> Meeting {
    Meeting {
        at,
        administrator: ALICE,
    }
}

const UNDATED: Meeting = on(ValueId::NULL);

fn by_hand(version: u32) -> Origin {
    Origin::Hand(Version::new(version))
}

fn scheduled() -> Review {
    Review::created(by_hand(1), on(MONDAY))
}

fn with(mut review: Review, change: impl FnOnce(&mut Review)) -> Review {
    change(&mut review);
    review
}

/// Status, date, and each task's number, date and status.
type ShownReview = (ReviewStatus, ValueId, Vec<(u32, ValueId, TaskStatus)>);

fn shown(review: &Review) -> ShownReview {
    let tasks = review.tasks.iter();
    let tasks = tasks.map(|task| (task.number, task.at, task.status));
    (review.status, review.at, tasks.collect())
}

#[test]
fn v1_a_date_schedules_with_a_task_for_the_learner_and_one_for_the_administrator() {
    let review = scheduled();

    let two = vec![(0, MONDAY, Open), (1, MONDAY, Open)];
    assert_eq!(shown(&review), (Scheduled, MONDAY, two));
    let assignees: Vec<_> = review.tasks.iter().map(|task| task.assignee).collect();
    let administrator = Assignee::Administrator(ALICE);
    assert_eq!(assignees, [Assignee::Learner, administrator]);
    assert_eq!(review.open_task_count(true), 2);
}

#[test]
fn v1_without_a_date_or_an_administrator_there_is_less() {
    let undated = Review::created(by_hand(1), UNDATED);
    let alone = Meeting {
        at: MONDAY,
        administrator: ValueId::NULL,
    };

    let alone = Review::created(by_hand(1), alone);

    assert_eq!(shown(&undated), (NotScheduled, ValueId::NULL, vec![]));
    let one = vec![(0, MONDAY, Open)];
    assert_eq!(shown(&alone), (Scheduled, MONDAY, one));
}

#[test]
fn v0_another_date_moves_an_open_review_and_its_open_tasks() {
    for status in [Scheduled, InProgress] {
        let begun = with(scheduled(), |review| review.set_status(status, on(MONDAY)));

        let moved = with(begun, |review| review.reschedule(on(TUESDAY)));

        let tasks = vec![(0, TUESDAY, Open), (1, TUESDAY, Open)];
        assert_eq!(shown(&moved), (status, TUESDAY, tasks));
    }
}

#[test]
fn v0_no_date_unschedules_and_a_new_one_makes_new_tasks() {
    for status in [Scheduled, InProgress] {
        let begun = with(scheduled(), |review| review.set_status(status, on(MONDAY)));

        let undated = with(begun, |review| review.reschedule(UNDATED));
        let again = with(undated.clone(), |review| review.reschedule(on(TUESDAY)));

        let cancelled = vec![(0, MONDAY, Cancelled), (1, MONDAY, Cancelled)];
        assert_eq!(shown(&undated), (NotScheduled, ValueId::NULL, cancelled));
        let tasks = vec![
            (0, MONDAY, Cancelled),
            (1, MONDAY, Cancelled),
            (2, TUESDAY, Open),
            (3, TUESDAY, Open),
        ];
        assert_eq!(shown(&again), (Scheduled, TUESDAY, tasks));
        assert_eq!(
            again.id(learner(1), component(1)),
            scheduled().id(learner(1), component(1))
        );
    }
}

#[test]
fn v0_no_date_leaves_what_has_none_as_it_is() {
    let undated = Review::created(by_hand(1), UNDATED);
    let same = with(undated.clone(), |review| review.reschedule(UNDATED));
    assert_eq!(same, undated);
}

#[test]
fn v0_a_completed_review_has_its_tasks_done_and_keeps_its_date() {
    let completed = with(scheduled(), |review| {
        review.set_status(Completed, on(MONDAY));
    });
    let done = vec![(0, MONDAY, Done), (1, MONDAY, Done)];
    assert_eq!(shown(&completed), (Completed, MONDAY, done.clone()));

    let moved = with(completed.clone(), |review| review.reschedule(on(TUESDAY)));
    let undated = with(completed.clone(), |review| review.reschedule(UNDATED));

    assert_eq!((&moved, &undated), (&completed, &completed));
    let back = with(moved, |review| review.set_status(Scheduled, on(TUESDAY)));
    assert_eq!(shown(&back), (Scheduled, TUESDAY, done));
}

#[test]
fn v0_what_is_scheduled_again_and_in_no_calendar_gets_its_tasks() {
    let undated = Review::created(by_hand(1), UNDATED);
    let begun = with(undated, |review| review.set_status(InProgress, UNDATED));
    let dated = with(begun, |review| review.reschedule(on(MONDAY)));
    assert_eq!(shown(&dated), (InProgress, MONDAY, vec![]));
    let makes = ReviewStatus::ALL.map(|status| dated.would_make_tasks(status));
    assert_eq!(makes, [false, true, false, false]);

    let back = with(dated, |review| review.set_status(Scheduled, on(MONDAY)));

    let tasks = vec![(0, MONDAY, Open), (1, MONDAY, Open)];
    assert_eq!(shown(&back), (Scheduled, MONDAY, tasks));
    assert!(!back.would_make_tasks(Scheduled));
}

#[test]
fn v2_the_review_in_its_place_keeps_the_tasks_that_are_done() {
    let by_sync = Origin::Sync(sync(1));
    let done = with(scheduled(), |review| {
        review.set_status(Completed, on(MONDAY));
    });
    let reopened = with(done, |review| review.set_status(InProgress, on(MONDAY)));

    let recreated = reopened.recreated(by_sync, None, on(TUESDAY));

    let kept = [(0, MONDAY, Done), (1, MONDAY, Done)];
    let new = [(0, TUESDAY, Open), (1, TUESDAY, Open)];
    let tasks = [kept, new].concat();
    assert_eq!(shown(&recreated), (Scheduled, TUESDAY, tasks));
    let ids = |review: &Review| -> Vec<TaskId> {
        let tasks = review.tasks().iter();
        tasks
            .map(|task| task.id(learner(1), component(1)))
            .collect()
    };
    assert_eq!(ids(&recreated)[..2], ids(&reopened));
    assert!(!ids(&reopened).contains(&ids(&recreated)[2]));
}

#[test]
fn v2_cancelled_tasks_are_shown_until_the_review_is_made_anew_once_more() {
    let [first, second] = [1, 2].map(|number| Origin::Sync(sync(number)));
    let goes = on(MONDAY).administrator;

    let once = scheduled().recreated(first, Some(goes), on(TUESDAY));
    let twice = once.recreated(second, Some(goes), UNDATED);
    let alone = scheduled().recreated(first, None, UNDATED);

    let cancelled = |day| vec![(0, day, Cancelled), (1, day, Cancelled)];
    let open = vec![(0, TUESDAY, Open), (1, TUESDAY, Open)];
    let tasks = [cancelled(MONDAY), open].concat();
    assert_eq!(shown(&once), (Scheduled, TUESDAY, tasks));
    let id = |review: &Review, index: usize| review.tasks()[index].id(learner(1), component(1));
    assert_eq!(id(&once, 0), id(&scheduled(), 0));
    let tasks = cancelled(TUESDAY);
    assert_eq!(shown(&twice), (NotScheduled, ValueId::NULL, tasks));
    let tasks = cancelled(MONDAY);
    assert_eq!(shown(&alone), (NotScheduled, ValueId::NULL, tasks));
}

#[test]
fn v2_v6_a_cancelled_task_is_of_whoever_went_there_last() {
    let [came, other] = [ValueId::UNKNOWN, on(MONDAY).administrator];
    let without = Meeting {
        administrator: ValueId::NULL,
        ..on(MONDAY)
    };
    let assignees = |review: &Review| -> Vec<Assignee> {
        review.tasks().iter().map(|task| task.assignee).collect()
    };
    let sync = Origin::Sync(sync(1));

    let followed = scheduled().recreated(sync, Some(came), UNDATED);
    let late = Review::created(by_hand(1), without).recreated(sync, Some(other), UNDATED);

    let theirs = |who| vec![Assignee::Learner, Assignee::Administrator(who)];
    assert_eq!(assignees(&followed), theirs(came));
    assert_eq!(assignees(&late), theirs(other));
}

#[test]
fn the_ids_follow_from_where_a_review_comes_from() {
    let id = |origin: Origin, learner, component| {
        let review = Review::undated(origin).id(learner, component);
        review.as_uuid().to_owned()
    };
    let (ada, one) = (learner(1), component(1));
    let mut name = b"review/".to_vec();
    name.extend(one.as_uuid().as_bytes());
    name.extend([0, 0, 0, 7]);
    let by_hand = Uuid::new_v5(ada.as_uuid(), &name);
    assert_eq!(id(Origin::Hand(Version::new(7)), ada, one), by_hand);
    let name = [ada.as_uuid().as_bytes(), &one.as_uuid().as_bytes()[..]].concat();
    let by_sync = Uuid::new_v5(sync(1).as_uuid(), &name);
    assert_eq!(id(Origin::Sync(sync(1)), ada, one), by_sync);
    let task = scheduled().tasks[1].id(ada, one);
    let review = scheduled().id(ada, one);
    assert_eq!(
        *task.as_uuid(),
        Uuid::new_v5(review.as_uuid(), &[0, 0, 0, 1])
    );
}

#[test]
fn tasks_are_bounded_and_the_oldest_go_first() {
    let mut review = Review::created(by_hand(1), UNDATED);
    for _ in 0..TASKS_MAX {
        review.reschedule(on(MONDAY));
        review.set_status(Completed, on(MONDAY));
        review.set_status(InProgress, UNDATED);
        review.set_status(NotScheduled, UNDATED);
    }
    review.reschedule(on(TUESDAY));
    assert_eq!(review.tasks.len(), TASKS_MAX);
    for _ in 0..TASKS_MAX {
        review.reschedule(UNDATED);
        review.reschedule(on(TUESDAY));
    }
    let done = review.tasks.iter().filter(|task| task.status == Done);
    assert_eq!(
        (review.tasks.len(), done.count()),
        (TASKS_MAX, TASKS_MAX - 2)
    );
    let last = review.tasks.last().map(|task| (task.at, task.status));
    assert_eq!(last, Some((TUESDAY, Open)));
}

#[test]
fn v0_only_tasks_of_its_own_that_stand_count_as_being_in_a_calendar() {
    let would = |review: &Review| review.would_make_tasks(Scheduled);
    assert!(!would(&scheduled()));
    let cancelled = with(scheduled(), |review| {
        for task in &mut review.tasks {
            task.status = Cancelled;
        }
    });
    assert!(would(&cancelled));
    let anothers = with(scheduled(), |review| {
        for task in &mut review.tasks {
            task.origin = by_hand(9);
        }
    });
    assert!(would(&anothers));
}

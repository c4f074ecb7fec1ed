//! Tests of reviews that are edited by hand: V0, and P9 for progress from `completed`.

use super::{add, change, edits, plan};
use crate::command::rejection::Rejection;
use crate::command::{Command, Edit};
use crate::event::command_outcome::CommandOutcome;
use crate::event::{ComponentAdded, ComponentChanged, ComponentReadded, Event, ReviewStatusSet};
use crate::history::review_item::ReviewItem;
use crate::ids::Actor;
use crate::ids::stream::Stream;
use crate::ids::version::{TemplateVersion, Version};
use crate::permission::{Permission, PermissionReason};
use crate::review::status::ReviewStatus::{self, Completed, InProgress, NotScheduled, Scheduled};
use crate::review::status::TaskStatus;
use crate::review::status::TaskStatus::{Cancelled, Done, Open};
use crate::test_support::{
    Given, actor, administrator, attributes, component, given, learner, programme,
    template_component,
};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

const MONDAY: &str = "2026-11-23T09:30:00.000000Z";
const TUESDAY: &str = "2026-11-24T09:30:00.000000Z";

/// Learner 1, whose case owner is Carol, has the template's review 1 and assignment 2. Ann may
/// edit and delete what is finished, Eve only what is not.
fn world() -> Given {
    let template = [
        template_component(1, "review"),
        template_component(2, "assignment"),
    ];
    given()
        .administrator("ann", [Permission::Supervisor])
        .administrator("eve", [Permission::AdvancedDeliveryEdit])
        .programme(1)
        .template(1, template)
        .learner_as(1, |record| {
            record.enrolments = vec![crate::test_support::active(1)];
            record.case_owner = Some(administrator("carol"));
        })
        .done(
            &Actor::System,
            &Command::InstantiatePlan {
                learner: learner(1),
                programme: programme(1),
            },
        )
}

fn at(text: &str) -> Value {
    Value::Moment(text.parse().unwrap())
}

fn dated(number: u128, text: &str) -> Edit {
    change(number, [(Attribute::ReviewAt, at(text))])
}

fn undated(number: u128) -> Edit {
    change(number, [(Attribute::ReviewAt, Value::Null)])
}

fn set_review(number: u128, status: ReviewStatus) -> Edit {
    Edit::SetReviewStatus {
        component: component(number),
        status,
    }
}

fn review_set(number: u128, status: ReviewStatus, case_owner: Option<&str>) -> Event {
    Event::ReviewStatusSet(ReviewStatusSet {
        component: component(number),
        status,
        case_owner: case_owner.map(administrator),
        tasks_follow: false,
    })
}

/// Status, date, and each task's assignee, date and status.
type ShownComponent = (
    ReviewStatus,
    Option<String>,
    Vec<(String, String, TaskStatus)>,
);

fn item(given: &Given, number: u128) -> Option<ReviewItem> {
    let view = given.tenant.plan(learner(1)).component(component(number));
    ReviewItem::of(learner(1), view.unwrap(), given.tenant.values())
}

fn shown(given: &Given, number: u128) -> ShownComponent {
    let item = item(given, number).unwrap();
    let tasks = item.tasks.into_iter().map(|task| {
        let assignee = task.administrator;
        let assignee = assignee.map_or("learner".to_owned(), |known| known.to_string());
        (assignee, task.at.unwrap().to_string(), task.status)
    });
    let at = item.review_at.map(|at| at.to_string());
    (item.status, at, tasks.collect())
}

fn tasks(of: &[(&str, &str, TaskStatus)]) -> Vec<(String, String, TaskStatus)> {
    let owned = of
        .iter()
        .map(|(whose, at, status)| ((*whose).into(), (*at).into(), *status));
    owned.collect()
}

fn edited<const N: usize>(given: Given, list: [Edit; N]) -> Given {
    given.done(&Actor::System, &edits(list))
}

#[test]
fn v0_an_instantiated_review_is_not_scheduled_and_only_reviews_have_one() {
    let given = world();
    assert_eq!(shown(&given, 1), (NotScheduled, None, vec![]));
    assert_eq!(item(&given, 2), None);
}

#[test]
fn v0_a_review_that_is_added_with_a_date_is_scheduled_for_learner_and_case_owner() {
    let given_attributes = attributes([
        (Attribute::Name, "Review".into()),
        (Attribute::ReviewAt, at(MONDAY)),
    ]);
    let add = Edit::Add {
        component: component(7),
        programme: programme(1),
        component_type: "review".parse().unwrap(),
        attributes: given_attributes.clone(),
    };
    let event = Event::ComponentAdded(ComponentAdded {
        component: component(7),
        programme: programme(1),
        component_type: "review".parse().unwrap(),
        attributes: given_attributes,
        case_owner: Some(administrator("carol")),
    });
    let command = edits([add]);
    world().when(&actor("ann"), &command).then(plan(), [event]);
    let given = world().done(&actor("ann"), &command);
    let expected = tasks(&[("learner", MONDAY, Open), ("carol", MONDAY, Open)]);
    assert_eq!(shown(&given, 7), (Scheduled, Some(MONDAY.into()), expected));
}

#[test]
fn v0_a_template_review_that_comes_back_with_a_date_is_another_review() {
    let removed = edited(
        world(),
        [Edit::Remove {
            component: component(1),
        }],
    );
    let given_attributes = attributes([(Attribute::ReviewAt, at(MONDAY))]);
    let readd = Edit::Readd {
        template: component(1),
        programme: programme(1),
        attributes: given_attributes.clone(),
    };
    let event = Event::ComponentReadded(ComponentReadded {
        component: component(1),
        programme: programme(1),
        template_version: TemplateVersion::new(1),
        attributes: given_attributes,
        case_owner: Some(administrator("carol")),
    });
    removed
        .when(&actor("ann"), &edits([readd.clone()]))
        .then(plan(), [event]);
    let given = edited(removed, [readd]);
    assert_eq!(shown(&given, 1).0, Scheduled);
    let (before, after) = (item(&world(), 1), item(&given, 1));
    assert_ne!(before.unwrap().review, after.unwrap().review);
}

#[test]
fn v0_the_owner_has_the_task_where_there_is_one() {
    let owned = (
        Attribute::Owner,
        Value::Administrator(administrator("dave")),
    );
    let both = change(1, [(Attribute::ReviewAt, at(MONDAY)), owned.clone()]);
    let event = |set, case_owner| {
        Event::ComponentChanged(ComponentChanged {
            component: component(1),
            set,
            reason: None,
            case_owner,
        })
    };
    let set = attributes([(Attribute::ReviewAt, at(MONDAY)), owned]);
    world()
        .when(&Actor::System, &edits([both.clone()]))
        .then(plan(), [event(set, None)]);
    let set = attributes([(Attribute::ReviewAt, at(MONDAY))]);
    world()
        .when(&Actor::System, &edits([dated(1, MONDAY)]))
        .then(plan(), [event(set, Some(administrator("carol")))]);
    let expected = tasks(&[("learner", MONDAY, Open), ("dave", MONDAY, Open)]);
    assert_eq!(shown(&edited(world(), [both]), 1).2, expected);
}

#[test]
fn v0_dates_move_cancel_and_make_tasks() {
    let given = edited(world(), [dated(1, MONDAY)]);
    let first = tasks(&[("learner", MONDAY, Open), ("carol", MONDAY, Open)]);
    assert_eq!(shown(&given, 1), (Scheduled, Some(MONDAY.into()), first));

    let moved = edited(given, [dated(1, TUESDAY)]);
    let later = tasks(&[("learner", TUESDAY, Open), ("carol", TUESDAY, Open)]);
    assert_eq!(shown(&moved, 1), (Scheduled, Some(TUESDAY.into()), later));

    let none = edited(moved, [undated(1)]);
    let cancelled = [
        ("learner", TUESDAY, Cancelled),
        ("carol", TUESDAY, Cancelled),
    ];
    assert_eq!(shown(&none, 1), (NotScheduled, None, tasks(&cancelled)));

    let again = edited(none, [dated(1, MONDAY)]);
    let made = [("learner", MONDAY, Open), ("carol", MONDAY, Open)];
    let all = tasks(&[&cancelled[..], &made].concat());
    assert_eq!(shown(&again, 1), (Scheduled, Some(MONDAY.into()), all));
}

#[test]
fn v0_a_completed_review_keeps_its_date_and_its_done_tasks() {
    let given = edited(world(), [dated(1, MONDAY), set_review(1, Completed)]);

    let moved = edited(given, [dated(1, TUESDAY)]);

    let done = tasks(&[("learner", MONDAY, Done), ("carol", MONDAY, Done)]);
    assert_eq!(shown(&moved, 1), (Completed, Some(MONDAY.into()), done));
    let view = moved
        .tenant
        .plan(learner(1))
        .component(component(1))
        .unwrap();
    let component_date = moved.tenant.values().get(view.value(Attribute::ReviewAt));
    assert_eq!(*component_date, at(TUESDAY));
    assert_eq!(view.status(), crate::plan::status::Status::NotStarted);
    assert_eq!(view.last_changed(), Version::new(3));
}

#[test]
fn v0_progress_is_one_event_and_names_the_case_owner_only_for_a_new_task() {
    world()
        .when(&actor("eve"), &edits([set_review(1, InProgress)]))
        .then(plan(), [review_set(1, InProgress, None)]);
    let begun = edited(world(), [set_review(1, InProgress), dated(1, MONDAY)]);
    begun
        .when(&actor("eve"), &edits([set_review(1, Scheduled)]))
        .then(plan(), [review_set(1, Scheduled, Some("carol"))]);
    let owned = change(
        1,
        [(
            Attribute::Owner,
            Value::Administrator(administrator("dave")),
        )],
    );
    edited(begun, [owned])
        .when(&actor("eve"), &edits([set_review(1, Scheduled)]))
        .then(plan(), [review_set(1, Scheduled, None)]);
    let same = edited(world(), [dated(1, MONDAY)]);
    let version = Version::new(2);
    same.when(&actor("eve"), &edits([set_review(1, Scheduled)]))
        .then_unchanged(CommandOutcome::Plan { version });
}

#[test]
fn v0_back_to_scheduled_goes_what_has_a_date_and_to_not_scheduled_what_has_none() {
    let problem = "the review has no date; set `review_at` to schedule it";
    edited(world(), [set_review(1, InProgress)])
        .when(&actor("ann"), &edits([set_review(1, Scheduled)]))
        .then_refused(Rejection::invalid("edits[0].status", problem));
    let problem =
        "the review has a date; set `review_at` to null first, or set the status to scheduled";
    edited(world(), [dated(1, MONDAY)])
        .when(&actor("ann"), &edits([set_review(1, NotScheduled)]))
        .then_refused(Rejection::invalid("edits[0].status", problem));
    edited(world(), [set_review(1, Completed)])
        .when(&actor("ann"), &edits([set_review(1, NotScheduled)]))
        .then(plan(), [review_set(1, NotScheduled, None)]);
}

#[test]
fn v0_only_a_review_that_is_there_has_progress() {
    let problem = "components of type assignment have no review";
    world()
        .when(&actor("ann"), &edits([set_review(2, InProgress)]))
        .then_refused(Rejection::invalid("edits[0]", problem));
    world()
        .when(
            &actor("ann"),
            &edits([add(7, "Seven"), set_review(9, InProgress)]),
        )
        .then_refused(Rejection::ComponentNotFound(component(9)));
}

#[test]
fn p9_a_review_leaves_completed_only_by_who_may_edit_what_is_finished() {
    let completed = edited(world(), [set_review(1, Completed)]);
    let refused = PermissionReason::EditFinishedNotPermitted;
    completed
        .when(&actor("eve"), &edits([set_review(1, InProgress)]))
        .then_refused(Rejection::NotPermitted(refused));
    completed
        .when(&actor("ann"), &edits([set_review(1, InProgress)]))
        .then(plan(), [review_set(1, InProgress, None)]);
}

#[test]
fn v5_a_component_that_goes_takes_its_review_along() {
    let given = edited(world(), [dated(1, MONDAY)]);
    let gone = edited(
        given,
        [Edit::Remove {
            component: component(1),
        }],
    );
    let plan = gone.tenant.plan(learner(1));
    assert!(plan.reviews.is_empty());
    assert_eq!(plan.gone_at(component(1)), Some(Version::new(3)));
    assert_eq!(plan.gone_at(component(2)), None);
}

/// The case owner that the one event of an edit remembers.
fn remembered(given: &Given, edit: Edit) -> Option<String> {
    let decided = given.when(&actor("ann"), &edits([edit])).0.unwrap();
    let crate::command::decided::Decided::Events { events, .. } = decided else {
        panic!("an edit gives events")
    };
    let [event] = &events[..] else {
        panic!("one event, not {events:?}")
    };
    let owner = if let Event::ComponentAdded(added) = event {
        &added.case_owner
    } else if let Event::ComponentChanged(changed) = event {
        &changed.case_owner
    } else {
        panic!("{event:?}")
    };
    owner.as_ref().map(ToString::to_string)
}

#[test]
fn v1_the_case_owner_is_remembered_only_where_a_task_becomes_theirs() {
    let of_new = |component_type: &str, set: &[(Attribute, Value)]| {
        let mut attributes = attributes([(Attribute::Name, "New".into())]);
        for (attribute, value) in set {
            attributes.insert(*attribute, value.clone());
        }
        let edit = Edit::Add {
            component: component(7),
            programme: programme(1),
            component_type: component_type.parse().unwrap(),
            attributes,
        };
        remembered(&world(), edit)
    };
    let date = (Attribute::ReviewAt, at(MONDAY));
    let owner = (
        Attribute::Owner,
        Value::Administrator(administrator("dave")),
    );
    let carol = Some("carol".to_owned());
    assert_eq!(of_new("review", std::slice::from_ref(&date)), carol);
    assert_eq!(of_new("review", &[]), None);
    assert_eq!(of_new("review", &[date, owner.clone()]), None);
    assert_eq!(of_new("exam", &[]), None);

    assert_eq!(remembered(&world(), dated(1, MONDAY)), carol);
    let scheduled = world().done(&actor("ann"), &edits([dated(1, MONDAY)]));
    assert_eq!(remembered(&scheduled, dated(1, TUESDAY)), None);
    let rename = change(1, [(Attribute::Name, "Other".into())]);
    assert_eq!(remembered(&world(), rename), None);
    let daves = world().done(&actor("ann"), &edits([change(1, [owner])]));
    assert_eq!(remembered(&daves, dated(1, MONDAY)), None);
}

/// The same as it is now (V6).
fn shown_now(given: &Given, number: u128) -> Vec<(String, TaskStatus)> {
    let view = given.tenant.plan(learner(1)).component(component(number));
    let record = given.tenant.learner(learner(1)).unwrap();
    let case_owner = record.case_owner.as_ref();
    let item = ReviewItem::followed(learner(1), view.unwrap(), given.tenant.values(), case_owner);
    let tasks = item.unwrap().tasks.into_iter();
    let whose = |administrator: Option<crate::ids::AdministratorId>| {
        administrator.map_or("learner".to_owned(), |known| known.to_string())
    };
    tasks
        .map(|task| (whose(task.administrator), task.status))
        .collect()
}

fn owned(name: Option<&str>) -> Edit {
    let owner = name.map(|name| Value::Administrator(administrator(name)));
    change(1, [(Attribute::Owner, owner.unwrap_or(Value::Null))])
}

fn with_case_owner(given: Given, name: Option<&str>) -> Given {
    given.learner_as(1, |record| {
        record.case_owner = name.map(administrator);
        record.enrolments = vec![crate::test_support::active(1)];
    })
}

#[test]
fn v6_an_open_task_follows_the_owner_and_the_case_owner() {
    let whose = |given: &Given, name: &str| {
        let expected = [("learner".to_owned(), Open), (name.to_owned(), Open)];
        assert_eq!(shown_now(given, 1), expected);
    };
    let given = edited(world(), [dated(1, MONDAY)]);
    whose(&given, "carol");
    let given = with_case_owner(given, Some("frank"));
    whose(&given, "frank");
    let given = edited(given, [owned(Some("dave"))]);
    whose(&given, "dave");
    whose(&edited(given.clone(), [owned(None)]), "frank");

    // Where nobody is left it is off the calendar, and whoever comes later has one.
    let nobody = with_case_owner(edited(given, [owned(None)]), None);
    assert_eq!(shown_now(&nobody, 1)[1].1, Cancelled);
    whose(&edited(nobody, [owned(Some("eve"))]), "eve");
    let alone = edited(with_case_owner(world(), None), [dated(1, MONDAY)]);
    assert_eq!(shown_now(&alone, 1), [("learner".to_owned(), Open)]);
    whose(&with_case_owner(alone, Some("frank")), "frank");
}

#[test]
fn v6_a_task_that_is_done_keeps_who_did_it() {
    let given = with_case_owner(edited(world(), [dated(1, MONDAY)]), Some("frank"));
    let done = edited(given, [set_review(1, Completed)]);
    let later = edited(with_case_owner(done, Some("grace")), [owned(Some("dave"))]);
    let expected = [("learner".to_owned(), Done), ("frank".to_owned(), Done)];
    assert_eq!(shown_now(&later, 1), expected);

    let alone = edited(with_case_owner(world(), None), [dated(1, MONDAY)]);
    let late = with_case_owner(alone, Some("frank"));
    let done = edited(late, [set_review(1, Completed)]);
    assert_eq!(shown_now(&with_case_owner(done, None), 1), expected);
}

#[test]
fn v6_a_log_of_the_first_edition_keeps_who_had_it() {
    let given = edited(world(), [dated(1, MONDAY), owned(Some("dave"))]);
    let event = review_set(1, Completed, None);
    let stream = Stream::Plan(learner(1));
    let done = given.commit(&Actor::System, &stream, &[event]);
    let expected = [("learner".to_owned(), Done), ("carol".to_owned(), Done)];
    assert_eq!(shown_now(&done, 1), expected);
}

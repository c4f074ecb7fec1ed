//! Tests that what a target's commit states equals what the plans before and after it show (V6).

use crate::command::Edit;
use crate::event::Event;
use crate::event::sync::TargetReplayed;
use crate::history::plan_change::ChangeKind;
use crate::history::plan_step::{BeforeAfter, ComponentStep, PlanStep};
use crate::history::target_told::{IDS_MAX, Outline, TargetTold, TasksFound};
use crate::history::task_changes::Witness;
use crate::ids::{ComponentId, LearnerId};
use crate::plan::status::Status;
use crate::sync::change_set::ChangeSet;
use crate::sync::pair_outcome::{Action, PairOutcome, ReviewEffect};
use crate::sync::pair_outcomes::PairOutcomes;
use crate::sync::request::SyncKind::{self, AllAttributes, ChangesOnly};
use crate::test_support::sync::{
    SOURCE, TARGET, add, closed_record_of, criteria, owned_by, progress, remove, rename, request,
    set,
};
use crate::test_support::{Given, active, administrator, component, learner, programme, sync};
use crate::values::attribute::Attribute;
use crate::values::value::Value;

const MONDAY: &str = "2026-11-23T09:30:00.000000Z";
const TUESDAY: &str = "2026-11-24T09:30:00.000000Z";

fn on(number: u128, text: &str) -> Edit {
    let moment = Value::Moment(text.parse().unwrap());
    set(number, Attribute::ReviewAt, moment)
}

fn new_review(number: u128, owner: Option<&str>) -> Edit {
    let owner = owner.map(|owner| (Attribute::Owner, Value::Administrator(administrator(owner))));
    let at = (Attribute::ReviewAt, Value::Moment(MONDAY.parse().unwrap()));
    let name = (Attribute::Name, "Meeting".into());
    Edit::Add {
        component: component(number),
        programme: programme(1),
        component_type: "review".parse().unwrap(),
        attributes: [name, at].into_iter().chain(owner).collect(),
    }
}

/// Components 2 and 3 are reviews; the target's case owner is Carol, or nobody.
fn world(case_owner: Option<&str>) -> Given {
    closed_record_of(["assignment", "review", "review"]).learner_as(TARGET, |record| {
        record.enrolments = vec![active(1)];
        record.case_owner = case_owner.map(administrator);
    })
}

/// A sync's commit of the target, its change set, and the plan before and after.
struct SyncRun {
    before: Given,
    after: Given,
    change_set: ChangeSet,
    replayed: TargetReplayed,
}

fn run(given: Given, kind: SyncKind, components: &[u128]) -> SyncRun {
    let mut request = request(kind, [1], [TARGET]);
    let listed = components.iter().map(|number| component(*number));
    request.components = crate::sync::request::Components::Listed(listed.collect());
    let before = given.started("alice", 1, &request);
    let change_set = before.tenant.sync(sync(1)).unwrap().change_set();
    let change_set = ChangeSet::clone(change_set);
    let after = before.clone().run(1);
    let events = after.commits.iter().flat_map(|(_, _, events)| events);
    let mut replays = events.filter_map(|event| {
        if let Event::TargetReplayed(replayed) = event {
            Some(replayed.clone())
        } else {
            None
        }
    });
    let replayed = replays.next().unwrap();
    SyncRun {
        before,
        after,
        change_set,
        replayed,
    }
}

impl SyncRun {
    fn target() -> LearnerId {
        learner(TARGET)
    }

    /// What the plan shows, where this is the commit.
    fn steps(&self, replayed: &TargetReplayed) -> Vec<ComponentStep> {
        let step = PlanStep {
            learner: Self::target(),
            before: self.before.tenant.plan(Self::target()),
            after: self.after.tenant.plan(Self::target()),
            values: self.after.tenant.values(),
        };
        let pair_outcome = |component| {
            let index = self.change_set.index(component)?;
            replayed.pair_outcomes.get(index)
        };
        let target = self.after.tenant.learner(Self::target()).unwrap();
        let has_case_owner = target.case_owner.is_some();
        let touched = step.touched().into_iter();
        touched
            .map(|touched| {
                let pair_outcome = pair_outcome(touched.component).unwrap();
                step.of_component(touched, Witness::of_sync(pair_outcome, has_case_owner))
            })
            .collect()
    }

    fn told(&self) -> TargetTold {
        let outline = Outline::of(&self.change_set);
        TargetTold::of(&outline, &self.replayed).unwrap()
    }

    /// What the steps show, in the order of the change set.
    fn shown(&self) -> TargetTold {
        self.shown_by(&self.replayed)
    }

    fn shown_by(&self, replayed: &TargetReplayed) -> TargetTold {
        let mut steps = self.steps(replayed);
        steps.sort_by_key(|step| step.component);
        let of = |change: ChangeKind| -> Vec<ComponentId> {
            let these = steps.iter().filter(|step| step.change == change);
            these.map(|step| step.component).collect()
        };
        let tasks = steps.iter().map(|step| step.tasks.clone());
        TargetTold {
            created: of(ChangeKind::Created),
            updated: of(ChangeKind::Updated),
            deleted: of(ChangeKind::Deleted),
            made: tasks.clone().flat_map(|tasks| tasks.made).collect(),
            cancelled: tasks.flat_map(|tasks| tasks.cancelled).collect(),
            truncated: false,
        }
    }

    /// The same commit as an earlier version would have made it.
    fn of_earlier_version(&self) -> TargetReplayed {
        let pair_outcomes = self.replayed.pair_outcomes.iter().map(|pair_outcome| {
            let first = PairOutcome::applied(
                pair_outcome.action(),
                pair_outcome.owner(),
                pair_outcome.exercise_withheld(),
            );
            match (pair_outcome.review(), pair_outcome.action()) {
                (ReviewEffect::Recreated { .. }, _) => first.with_review(pair_outcome.review()),
                (_, Action::Delete) => first,
                _another => pair_outcome,
            }
        });
        TargetReplayed {
            pair_outcomes: pair_outcomes.collect::<PairOutcomes>(),
            cancelled: None,
            ..self.replayed.clone()
        }
    }
}

fn numbers(components: &[ComponentId]) -> Vec<u128> {
    let number = |one: &ComponentId| (1..100).find(|number| component(*number) == *one);
    components.iter().filter_map(number).collect()
}

/// The target's reviews are dated, and so are the source's new ones.
fn busy(case_owner: Option<&str>, later: Option<&str>) -> Given {
    let given = world(case_owner).edited("bob", TARGET, [on(2, MONDAY), on(3, MONDAY)]);
    let given = given.learner_as(TARGET, |record| {
        record.enrolments = vec![active(1)];
        record.case_owner = later.map(administrator);
    });
    given.opened("alice", SOURCE, 1).edited(
        "alice",
        SOURCE,
        [
            rename(1, "New"),
            on(2, TUESDAY),
            remove(3),
            new_review(7, None),
            new_review(8, Some("dora")),
            add(9),
        ],
    )
}

#[test]
fn v6_a_targets_commit_names_the_tasks_that_the_plan_shows_whoever_is_the_case_owner() {
    let owners = [None, Some("carol"), Some("dora")];
    for first in owners {
        for later in owners {
            for kind in [ChangesOnly, AllAttributes] {
                let run = run(busy(first, later), kind, &[1, 2, 3, 7, 8, 9]);
                let told = run.told();
                assert_eq!(told, run.shown(), "{first:?} {later:?} {kind:?}");
                assert_eq!(numbers(&told.created), [7, 8, 9]);
                assert_eq!(numbers(&told.deleted), [3]);
                let each = if later.is_some() { 2 } else { 1 };
                assert_eq!(
                    told.cancelled.len(),
                    2 * each,
                    "{first:?} {later:?} {kind:?}"
                );
            }
        }
    }
}

#[test]
fn v6_what_an_earlier_version_committed_is_told_by_what_the_plan_shows() {
    let run = run(
        busy(Some("carol"), Some("carol")),
        ChangesOnly,
        &[1, 2, 3, 7],
    );
    let earlier = run.of_earlier_version();
    let outline = Outline::of(&run.change_set);
    assert_eq!(TargetTold::of(&outline, &earlier), None);
    let shown = run.shown();
    assert_eq!(run.shown_by(&earlier), shown);
    let found = TasksFound {
        made: shown.made.clone(),
        cancelled: shown.cancelled.clone(),
    };
    assert_eq!(TargetTold::with(&outline, &earlier, &found), shown);
}

#[test]
fn v6_an_owner_that_comes_to_a_review_that_is_left_alone_makes_a_task_that_the_plan_shows() {
    let finished = Edit::SetStatus {
        component: component(2),
        status: Status::Completed,
    };
    for (case_owner, made) in [(None, 1), (Some("carol"), 0)] {
        let given = world(case_owner).edited("bob", TARGET, [on(2, MONDAY), finished.clone()]);
        let given = given.opened("alice", SOURCE, 1);
        let run = run(
            given.edited(
                "alice",
                SOURCE,
                [set(2, Attribute::Owner, owned_by("dora"))],
            ),
            ChangesOnly,
            &[2],
        );
        let outline = Outline::of(&run.change_set);
        assert_eq!(TargetTold::of(&outline, &run.replayed), None);
        let shown = run.shown();
        assert_eq!((shown.made.len(), shown.cancelled.len()), (made, 0));
    }
}

#[test]
fn v6_a_review_that_is_left_alone_with_its_owner_needs_no_look_at_the_plan() {
    let finished = Edit::SetStatus {
        component: component(2),
        status: Status::Completed,
    };
    for kind in [ChangesOnly, AllAttributes] {
        let given = world(None).edited("bob", TARGET, [on(2, MONDAY), finished.clone()]);
        let given = given.opened("alice", SOURCE, 1);
        let run = run(
            given.edited("alice", SOURCE, [rename(2, "New")]),
            kind,
            &[2],
        );
        assert_eq!(run.told(), run.shown());
    }
}

/// The source gets so many components, four at a time.
fn many(mut given: Given, count: u128) -> Given {
    for first in (100..100 + count).step_by(4) {
        let edits = [0, 1, 2, 3].map(|more| add(first + more));
        given = given.edited("alice", SOURCE, edits);
    }
    given
}

#[test]
fn v6_where_not_even_the_components_fit_no_task_is_looked_for() {
    let count = u128::try_from(IDS_MAX).unwrap() + 4;
    let given = world(Some("carol")).edited("bob", TARGET, [on(2, MONDAY)]);
    let given = many(given.opened("alice", SOURCE, 1), count);
    let given = given.edited("alice", SOURCE, [remove(2)]);
    let all: Vec<u128> = [2].into_iter().chain(100..100 + count).collect();
    let run = run(given, ChangesOnly, &all);
    let told = run.told();
    assert_eq!((told.created.len(), told.truncated), (IDS_MAX, true));
    assert!(told.deleted.is_empty() && told.cancelled.is_empty());
    let outline = Outline::of(&run.change_set);
    let earlier = TargetTold::of(&outline, &run.of_earlier_version());
    assert_eq!(earlier, Some(told));
}

#[test]
fn v6_no_more_ids_are_told_than_fit_and_components_come_first() {
    let count = u128::try_from(IDS_MAX).unwrap() - 4;
    let given = world(Some("carol")).edited("bob", TARGET, [on(2, MONDAY), on(3, MONDAY)]);
    let given = many(given.opened("alice", SOURCE, 1), count);
    let given = given.edited("alice", SOURCE, [remove(2), remove(3)]);
    let all: Vec<u128> = [2, 3].into_iter().chain(100..100 + count).collect();
    let run = run(given, ChangesOnly, &all);
    let told = run.told();
    assert_eq!((told.created.len(), told.deleted.len()), (IDS_MAX - 4, 2));
    assert_eq!((told.cancelled.len(), told.truncated), (2, true));
    let outline = Outline::of(&run.change_set);
    let shown = run.shown();
    let found = TasksFound {
        made: shown.made,
        cancelled: shown.cancelled,
    };
    assert_eq!(TargetTold::with(&outline, &run.replayed, &found), told);
}

#[test]
fn a_step_shows_both_sides_of_everything_that_a_commit_did() {
    let before = world(None).edited("bob", TARGET, [progress(1, Status::Completed)]);
    let before = before.edited(
        "bob",
        TARGET,
        [set(1, Attribute::Criteria, criteria(["K1"]))],
    );
    let after = before.clone().edited(
        "bob",
        TARGET,
        [
            set(1, Attribute::Criteria, criteria(["K2"])),
            progress(1, Status::Submitted),
            remove(2),
            new_review(7, None),
            set(3, Attribute::Owner, owned_by("dora")),
            set(3, Attribute::Name, "Other".into()),
            set(3, Attribute::Name, "Component 3".into()),
        ],
    );
    let step = PlanStep {
        learner: learner(TARGET),
        before: before.tenant.plan(learner(TARGET)),
        after: after.tenant.plan(learner(TARGET)),
        values: after.tenant.values(),
    };
    let touched = step.touched();
    let by_hand = Witness::Hand {
        has_case_owner: false,
    };
    let shown: Vec<_> = touched
        .iter()
        .map(|one| step.of_component(*one, by_hand))
        .collect();
    let kinds = shown.iter().map(|one| (one.component, one.change));
    let expected = [
        (component(1), ChangeKind::Updated),
        (component(3), ChangeKind::Updated),
        (component(7), ChangeKind::Created),
        (component(2), ChangeKind::Deleted),
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    let status = |before, after| Some(BeforeAfter { before, after });
    let statuses = shown.iter().map(|one| one.status);
    let expected = [
        status(Some(Status::Completed), Some(Status::Submitted)),
        None,
        status(None, Some(Status::NotStarted)),
        status(Some(Status::NotStarted), None),
    ];
    assert_eq!(statuses.collect::<Vec<_>>(), expected);
    let [first] = shown[0].attributes.as_slice() else {
        panic!("{:?}", shown[0].attributes);
    };
    let elements = first.elements.clone().unwrap();
    assert_eq!(
        (
            &first.before,
            &first.after,
            elements.added,
            elements.removed
        ),
        (
            &criteria(["K1"]),
            &criteria(["K2"]),
            vec!["K2".into()],
            vec!["K1".into()]
        )
    );
    let names = shown[1].attributes.iter().map(|one| one.attribute);
    assert_eq!(names.collect::<Vec<_>>(), [Attribute::Owner]);
    let created = shown[2].attributes.iter();
    assert!(
        created
            .clone()
            .all(|one| one.before == Value::Null && one.elements.is_none())
    );
    let review = "review".parse().unwrap();
    let all = Attribute::ALL
        .iter()
        .filter(|attribute| attribute.fits(&review));
    assert_eq!(created.len(), all.count());
    let deleted = shown[3].attributes.iter();
    assert!(deleted.clone().all(|one| one.after == Value::Null));
    assert_eq!(shown[2].tasks.made.len(), 1);
    let review = shown[2].review.unwrap();
    assert!(review.before.is_none() && review.after.unwrap().review_at.is_some());
}

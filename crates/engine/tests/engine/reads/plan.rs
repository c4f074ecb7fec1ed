//! Plans at their current and earlier versions, and their history.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::command::{Command, Edit};
use plansync_domain::history::plan_change::{ChangeKind, PlanChange};
use plansync_domain::ids::version::{TemplateVersion, Version};
use plansync_domain::ids::{CommandId, LearnerId};
use plansync_domain::plan::status::Status;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::value::Value;
use plansync_engine::read::{ComponentItems, PlanCommit, Window};
use uuid::Uuid;

use super::{ALL, actor, ask, refused};
use crate::stage::{PROGRAMME, SOURCE, SYNC, Stage, component, rename, sync, target};

fn edit(learner: LearnerId, edits: Vec<Edit>) -> Command {
    Command::EditPlan {
        learner,
        expected_version: None,
        edits,
    }
}

fn plan(stage: &Stage, learner: LearnerId, at: Option<u32>) -> ComponentItems {
    let at = at.map(Version::new);
    ask(stage, "sam", |reading| reading.plan(learner, at, ALL)).unwrap()
}

fn history(stage: &Stage, learner: LearnerId) -> Vec<PlanCommit> {
    let listed = ask(stage, "sam", |reading| {
        reading.plan_history(learner, None, ALL)
    })
    .unwrap();
    assert_eq!(listed.total, listed.items.len());
    listed.items
}

/// The source edited, synchronised onto everybody, and a target edited afterwards.
fn busy() -> (Stage, Vec<(u32, ComponentItems)>) {
    let mut stage = Stage::college();
    let mut kept = vec![(1, plan(&stage, target(0), None))];
    stage.rename("New");
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.work();
    kept.push((2, plan(&stage, target(0), None)));
    let more = [
        vec![Edit::SetStatus {
            component: component(2),
            status: Status::Completed,
        }],
        vec![
            Edit::SubmitEvidence {
                component: component(1),
            },
            Edit::Remove {
                component: component(0),
            },
        ],
    ];
    for (version, edits) in (3..).zip(more) {
        stage.next_as("sam", &edit(target(0), edits)).unwrap();
        stage.write();
        kept.push((version, plan(&stage, target(0), None)));
    }
    (stage, kept)
}

#[test]
fn a_plan_shows_every_attribute_of_its_components_and_who_last_changed_them() {
    let (stage, _) = busy();
    let shown = plan(&stage, target(0), None);
    assert_eq!(
        (shown.version, shown.components.total),
        (Version::new(4), 2)
    );
    let [evidenced, finished] = shown.components.items.as_slice() else {
        panic!("two components")
    };
    assert_eq!((evidenced.component, evidenced.evidence), (component(1), 1));
    assert_eq!(
        (finished.component, finished.status),
        (component(2), Status::Completed)
    );
    assert_eq!(
        finished.attributes.get(Attribute::Name),
        Some(&Value::from("Activity 2"))
    );
    assert_eq!(
        finished.attributes.get(Attribute::Owner),
        Some(&Value::Null)
    );
    assert_eq!(finished.attributes.get(Attribute::ReviewAt), None);
    let commits = history(&stage, target(0));
    assert_eq!(finished.last_updated.position, commits[2].position);
    assert_eq!(finished.last_updated.by, actor("sam"));
    assert_eq!(evidenced.last_updated.position, commits[3].position);
}

#[test]
fn i1_a_plan_at_every_earlier_version_is_what_it_was_then() {
    let (mut stage, kept) = busy();
    for (version, was) in &kept {
        assert_eq!(
            plan(&stage, target(0), Some(*version)),
            *was,
            "version {version}"
        );
    }
    stage.restart();
    for (version, was) in &kept {
        assert_eq!(
            plan(&stage, target(0), Some(*version)),
            *was,
            "version {version}"
        );
    }
    let nothing = plan(&stage, target(0), Some(0));
    assert_eq!(
        (nothing.version, nothing.components.total),
        (Version::ZERO, 0)
    );
}

#[test]
fn a_version_that_the_plan_has_not_reached_is_refused() {
    let stage = Stage::college();
    let asked = ask(&stage, "sam", |reading| {
        reading.plan(SOURCE, Some(Version::new(2)), ALL)
    });
    let problem = "the plan is at version 1; request this version or an earlier one";
    let rejection = Rejection::invalid("at_version", problem);
    assert_eq!(asked.unwrap_err(), refused(rejection));
}

#[test]
fn a_history_tells_what_every_commit_did_oldest_first() {
    let (stage, _) = busy();
    let commits = history(&stage, target(0));
    let versions: Vec<_> = commits.iter().map(|commit| commit.version.get()).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    let instantiated = PlanChange::Instantiated {
        programme: PROGRAMME,
        template_version: TemplateVersion::new(1),
        added: 3,
    };
    assert_eq!(commits[0].changes, [instantiated]);
    assert_eq!((commits[0].sync, &commits[0].by), (None, &actor("system")));
    let [PlanChange::Synchronised(tally)] = commits[1].changes.as_slice() else {
        panic!("a sync")
    };
    assert_eq!((tally.applied, tally.unchanged, tally.skipped), (1, 2, 0));
    assert_eq!(
        (commits[1].sync, &commits[1].by),
        (Some(SYNC), &actor("sam"))
    );
    let shown: Vec<_> = commits[3].changes.iter().map(shown).collect();
    let evidence = (component(1), ChangeKind::Updated, None, Some(1));
    let removed = (component(0), ChangeKind::Deleted, None, None);
    assert_eq!(shown, [evidence, removed]);
}

type Shown = (
    plansync_domain::ids::ComponentId,
    ChangeKind,
    Option<Status>,
    Option<u32>,
);

fn shown(change: &PlanChange) -> Shown {
    let PlanChange::Component(change) = change else {
        panic!("of one component: {change:?}")
    };
    (
        change.component,
        change.change,
        change.status,
        change.evidence,
    )
}

#[test]
fn a_sync_in_a_history_names_the_command_that_began_it() {
    let (stage, _) = busy();
    let commits = history(&stage, target(0));
    let edited = history(&stage, SOURCE).pop().unwrap();
    let next = CommandId::from_uuid(Uuid::from_u128(edited.command.as_uuid().as_u128() + 1));
    assert_eq!(commits[1].command, next);
}

#[test]
fn a_history_begins_where_it_is_asked_to_and_comes_in_parts() {
    let mut stage = Stage::college();
    for number in 2..=9 {
        stage
            .next_as("sam", &rename(SOURCE, &format!("Name {number}")))
            .unwrap();
    }
    stage.write();
    let part = |from: Option<u32>, skip, take| {
        let from = from.map(Version::new);
        let window = Window { skip, take };
        let asked = ask(&stage, "sam", |reading| {
            reading.plan_history(SOURCE, from, window)
        });
        let listed = asked.unwrap();
        let versions: Vec<u32> = listed.items.iter().map(|item| item.version.get()).collect();
        (listed.total, versions)
    };
    assert_eq!(part(None, 0, 3), (9, vec![1, 2, 3]));
    assert_eq!(part(Some(4), 2, 3), (6, vec![6, 7, 8]));
    assert_eq!(part(Some(4), 5, 3), (6, vec![9]));
    assert_eq!(part(Some(4), 6, 3), (6, vec![]));
    assert_eq!(part(Some(99), 0, 3), (0, vec![]));
}

/// A change set too large for one commit: its chunks are read back in order.
#[test]
fn a_plan_is_looked_back_at_across_a_sync_that_has_let_its_change_set_go() {
    let mut stage = Stage::college();
    stage.rename("New");
    let long = Value::from("🎓".repeat(20_000).as_str());
    let edits = (0..3).map(|index| Edit::Change {
        component: component(index),
        set: [(Attribute::Instructions, long.clone())]
            .into_iter()
            .collect(),
        reason: None,
    });
    for change in edits {
        stage.next_as("sam", &edit(SOURCE, vec![change])).unwrap();
    }
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.work();
    let now = plan(&stage, target(0), None);
    stage.next_as("sam", &rename(target(0), "Newer")).unwrap();
    stage.write();
    let snapshot = stage.whole();
    let ended = snapshot.tenant.sync(SYNC).unwrap();
    assert_eq!((ended.facts().components, ended.change_set().len()), (3, 0));
    assert_eq!(ended.facts().chunks, 1);
    stage.restart();
    assert_eq!(plan(&stage, target(0), Some(2)), now);
    assert_eq!(
        now.components.items[2]
            .attributes
            .get(Attribute::Instructions),
        Some(&long)
    );
}

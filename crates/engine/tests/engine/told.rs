//! The ids that events about targets tell, also for commits of earlier versions, which stored no tasks.

use plansync_domain::command::{Command, Edit};
use plansync_domain::event::Event;
use plansync_domain::event::sync::TargetReplayed;
use plansync_domain::history::target_told::TargetTold;
use plansync_domain::ids::LearnerId;
use plansync_domain::ids::version::Version;
use plansync_domain::sync::request::SyncKind;
use plansync_domain::values::attribute::Attribute;
use plansync_domain::values::attributes::AttributeMap;
use plansync_domain::values::raw::Raw;
use plansync_domain::values::value::Value;
use plansync_engine::{Config, Fault, decided};
use plansync_log::{Position, Read as _};

use crate::stage::{PROGRAMME, SOURCE, Stage, component, config, sync, target, tenant};

fn meeting(learner: LearnerId, at: &str) -> Command {
    let mut attributes = AttributeMap::new();
    let given = [
        (Attribute::Name, "Meeting"),
        (Attribute::ReviewAt, at),
        (Attribute::Owner, "sam"),
    ];
    for (attribute, text) in given {
        let value = Value::parse(attribute, Raw::Text(text.to_owned()));
        attributes.insert(attribute, value.unwrap());
    }
    Command::EditPlan {
        learner,
        expected_version: None,
        edits: vec![Edit::Add {
            component: component(50),
            programme: PROGRAMME,
            component_type: "review".parse().unwrap(),
            attributes,
        }],
    }
}

/// A sync that makes a meeting of one target anew, and gives the others theirs.
fn synced(faults: Vec<Fault>) -> Stage {
    let mut stage = Stage::college_with(Config { faults, ..config() });
    let one = meeting(target(0), "2026-12-01T09:00:00Z");
    stage.next_as("sam", &one).unwrap();
    stage.rename("New");
    let source = meeting(SOURCE, "2026-12-02T09:00:00Z");
    stage.next_as("sam", &source).unwrap();
    stage
        .next_as("sam", &sync(SyncKind::AllAttributes))
        .unwrap();
    stage.work();
    stage
}

/// Every target's commit, and what it tells.
fn told(stage: &Stage) -> Vec<(TargetReplayed, TargetTold)> {
    let commits = stage.log.read(Position::ZERO.next(), 1_000).unwrap();
    let replays = commits.iter().flat_map(|commit| {
        let commit = decided(commit, &plansync_log::sealing::Keys::only_read(None)).unwrap();
        let version = Version::of_stream(commit.commit.proposal.version.get());
        let events = commit.events.into_iter();
        events.filter_map(move |event| {
            if let Event::TargetReplayed(replayed) = event {
                Some((replayed, version))
            } else {
                None
            }
        })
    });
    replays
        .map(|(replayed, version)| {
            let told = stage
                .engine
                .target_told(&tenant(), &replayed, Some(version));
            (replayed, told.unwrap())
        })
        .collect()
}

#[test]
fn v6_what_an_earlier_version_committed_is_told_as_what_this_one_commits() {
    let (now, earlier) = (synced(Vec::new()), synced(vec![Fault::KeepsNoTasks]));
    let (now, earlier) = (told(&now), told(&earlier));
    let kept = |told: &[(TargetReplayed, TargetTold)]| -> usize {
        told.iter()
            .map(|(replayed, _)| replayed.cancelled.iter().flatten().count())
            .sum()
    };
    assert_eq!((kept(&now), kept(&earlier)), (2, 0));
    let only = |told: Vec<(TargetReplayed, TargetTold)>| -> Vec<TargetTold> {
        told.into_iter().map(|(_, told)| told).collect()
    };
    let (now, earlier) = (only(now), only(earlier));
    assert_eq!(now, earlier);
    let made: usize = now.iter().map(|told| told.made.len()).sum();
    let cancelled: usize = now.iter().map(|told| told.cancelled.len()).sum();
    assert_eq!((now.len(), made, cancelled), (5, 10, 2));
}

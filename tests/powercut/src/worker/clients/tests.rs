//! The script and the judgement on an engine in memory: that enough happens, and that a log which
//! breaks a rule is found.

use std::collections::BTreeSet;
use std::sync::Arc;

use plansync_domain::event::Event;
use plansync_engine::{Config, Engine};
use plansync_log::memory::MemoryLog;
use plansync_log::{LogId, Proposal, Read as _, Recorded, Sequenced, Tip, sequence};
use uuid::Uuid;

use super::script::Script;
use super::{hands, judgement};

const COMMANDS: u64 = 900;
const SCRIPT: Script = Script::new(7);

/// Every commit of an engine that was asked all of these, worked off after every tenth.
fn played() -> Vec<Sequenced> {
    let log = MemoryLog::new(LogId::new(Uuid::nil()));
    let config = Config {
        batch_targets_max: 2,
        ..Config::default()
    };
    let engine = Engine::open(Box::new(log.clone()), Arc::new(log.clone()), config).unwrap();
    for number in 0..COMMANDS {
        let asked = SCRIPT.ask(number).unwrap();
        let _denied_perhaps = engine.submit(&asked.call, &asked.command);
        if number % 10 == 0 {
            hands::work_off(&engine).unwrap();
        }
    }
    hands::work_off(&engine).unwrap();
    log.read(plansync_log::Position::FIRST, usize::MAX).unwrap()
}

fn proposals(commits: &[Sequenced]) -> Vec<Proposal> {
    let proposal = |commit: &Sequenced| commit.decode().unwrap().proposal;
    commits.iter().map(proposal).collect()
}

/// The same proposals in a log of their own, whose chain is right.
fn sequenced(proposals: &[Proposal]) -> Vec<Sequenced> {
    let log = MemoryLog::new(LogId::new(Uuid::nil()));
    let mut tip: Tip = log.tip();
    let mut commits = Vec::new();
    for proposal in proposals {
        let (commit, after) = sequence(&tip, Recorded::new(0), proposal).unwrap();
        tip = after;
        commits.push(commit);
    }
    commits
}

/// The name of its variant.
fn kind(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split(['(', ' ']).next().unwrap().to_owned()
}

fn first(commits: &[Sequenced], wanted: &str) -> usize {
    let has = |commit: &Sequenced| {
        let events =
            plansync_engine::decided(commit, &plansync_log::sealing::Keys::only_read(None))
                .unwrap()
                .events;
        events.iter().any(|event| kind(event) == wanted)
    };
    commits.iter().position(has).unwrap()
}

fn judged(commits: &[Sequenced]) -> Result<u64, String> {
    judgement::judge(commits, SCRIPT, COMMANDS, true).map_err(|error| error.to_string())
}

#[test]
fn the_script_makes_everything_happen_that_an_accident_may_meet() {
    let commits = played();
    let kinds: BTreeSet<String> = commits
        .iter()
        .flat_map(|commit| {
            plansync_engine::decided(commit, &plansync_log::sealing::Keys::only_read(None))
                .unwrap()
                .events
        })
        .map(|event| kind(&event))
        .collect();
    let wanted = [
        "ChangeSetChunk",
        "ComponentAdded",
        "ComponentChanged",
        "ComponentRemoved",
        "EvidenceSubmitted",
        "CommandOutcome",
        "RecordClosed",
        "RecordOpened",
        "StatusSet",
        "SyncAccepted",
        "SyncCancelled",
        "SyncCompleted",
        "TargetReplayed",
    ];
    let missing = wanted.into_iter().filter(|kind| !kinds.contains(*kind));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(judged(&commits).unwrap() > 20);
}

#[test]
fn a_target_replayed_onto_twice_is_found() {
    let commits = played();
    let mut proposals = proposals(&commits);
    let at = first(&commits, "TargetReplayed");
    proposals.insert(at, proposals[at].clone());
    let text = format!(
        "the log is wrong: commit {}: a target is replayed onto twice",
        at + 2
    );
    assert_eq!(judged(&sequenced(&proposals)), Err(text));
}

#[test]
fn an_accepted_sync_without_its_end_is_found() {
    let commits = played();
    let mut proposals = proposals(&commits);
    proposals.remove(first(&commits, "SyncCompleted"));
    let error = judged(&sequenced(&proposals)).unwrap_err();
    assert!(
        error.ends_with("it was accepted and never ended"),
        "{error}"
    );
}

#[test]
fn half_a_change_set_is_found() {
    let commits = played();
    let mut proposals = proposals(&commits);
    let at = first(&commits, "ChangeSetChunk");
    proposals.remove(at);
    let error = judged(&sequenced(&proposals)).unwrap_err();
    let wanted = "a sync is accepted without all of its change set";
    assert!(error.ends_with(wanted), "{error}");
}

#[test]
fn a_command_that_nobody_asked_is_found() {
    let commits = played();
    let error = judgement::judge(&commits, SCRIPT, 3, true).unwrap_err();
    let wanted = "which nobody asked so";
    assert!(error.to_string().ends_with(wanted), "{error}");
}

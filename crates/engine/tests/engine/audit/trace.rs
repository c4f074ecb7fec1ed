//! `audit.trace` and `audit.show`.

use plansync_domain::command::Command;
use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{CommandId, LearnerId};
use plansync_domain::reference::learner::EnrolmentStatus;
use plansync_domain::sync::request::SyncKind;
use plansync_engine::read::{CommitKind, TracedCommit};
use plansync_log::Position;
use uuid::Uuid;

use super::history::History;
use super::reader::READERS;
use crate::reads::{ask, enrolled, put_learner};
use crate::stage::{PROGRAMME, Stage, call, sync};

const LEARNERS: usize = 250;

/// A command's whole tree, read page by page.
fn traced(stage: &Stage, reader: &str, command: CommandId, limit: usize) -> Vec<TracedCommit> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = ask(stage, reader, |reading| {
            reading.audit_trace(command, after, limit)
        })
        .unwrap();
        assert!(page.items.len() <= limit);
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

fn count(tree: &[TracedCommit], kind: CommitKind) -> usize {
    tree.iter()
        .filter(|one| CommitKind::of(&one.decided) == Some(kind))
        .count()
}

/// A synchronisation over 250 learners whose change set does not fit into one commit.
fn large() -> (Stage, CommandId) {
    let mut stage = Stage::college();
    let others = LEARNERS - 5;
    for index in 0..others {
        let learner =
            LearnerId::from_uuid(Uuid::from_u128(0xe000 + u128::try_from(index).unwrap()));
        let record = enrolled("Learner", None, EnrolmentStatus::Active);
        put_learner(&mut stage, learner, record);
        stage.system(Command::InstantiatePlan {
            learner,
            programme: PROGRAMME,
        });
    }
    stage.rename("New");
    for index in 0..30 {
        stage.add_instructed(index, &"Read this. ".repeat(800));
    }
    let start = sync(SyncKind::AllAttributes);
    let command = CommandId::from_uuid(Uuid::from_u128(0x5747));
    let receipt = stage
        .engine
        .submit(&call("sam", 0x5747, &start), &start)
        .unwrap();
    stage.write();
    let call = call("sam", 0x5747, &start);
    stage
        .engine
        .record_accepted(&call, "sync.start", &receipt)
        .unwrap();
    stage.work();
    (stage, command)
}

#[test]
fn a_sync_is_one_acceptance_its_chunks_every_target_one_end_and_the_outcome() {
    let (stage, command) = large();
    let tree = traced(&stage, "sam", command, 500);
    assert_eq!(count(&tree, CommitKind::SyncStarted), 1);
    assert!(count(&tree, CommitKind::SyncChunk) > 0);
    assert_eq!(count(&tree, CommitKind::SyncTarget), LEARNERS);
    assert_eq!(count(&tree, CommitKind::SyncCompleted), 1);
    assert_eq!(count(&tree, CommitKind::CommandAccepted), 1);
    let kinds = [
        CommitKind::SyncStarted,
        CommitKind::SyncChunk,
        CommitKind::SyncTarget,
        CommitKind::SyncCompleted,
        CommitKind::CommandAccepted,
    ];
    assert_eq!(
        tree.len(),
        kinds.iter().map(|kind| count(&tree, *kind)).sum::<usize>()
    );
    let root = tree.iter().find(|one| one.cause.is_none()).unwrap();
    assert_eq!(CommitKind::of(&root.decided), Some(CommitKind::SyncStarted));
    let position = root.decided.commit.position;
    for one in &tree {
        let is_root = one.decided.commit.position == position;
        assert_eq!(
            (one.depth, one.cause),
            if is_root {
                (0, None)
            } else {
                (1, Some(position))
            }
        );
    }
    for limit in [1, 2, 100] {
        assert_eq!(traced(&stage, "sam", command, limit), tree);
    }
}

#[test]
fn a_start_is_shown_with_counts_its_first_targets_and_its_end() {
    let (stage, command) = large();
    let tree = traced(&stage, "sam", command, 500);
    let root = tree.iter().find(|one| one.cause.is_none()).unwrap();
    let show =
        |position: Position| ask(&stage, "sam", |reading| reading.audit_show(position)).unwrap();
    let shown = show(root.decided.commit.position);
    assert_eq!(shown.decided, root.decided);
    assert_eq!(shown.effects, tree.len() - 1);
    assert_eq!(shown.first_effects.len(), 50);
    let end = shown.end.unwrap();
    assert_eq!(CommitKind::of(&end), Some(CommitKind::SyncCompleted));
    assert_eq!(shown.changes.unwrap().len(), 33);
    let target = tree
        .iter()
        .find(|one| CommitKind::of(&one.decided) == Some(CommitKind::SyncTarget));
    let shown = show(target.unwrap().decided.commit.position);
    assert_eq!(shown.causes, std::slice::from_ref(&root.decided));
    assert_eq!((shown.effects, shown.end), (0, None));
    assert_eq!(shown.decisions.unwrap().len(), 33);
    let shown = show(end.commit.position);
    assert_eq!(shown.causes, std::slice::from_ref(&root.decided));
}

#[test]
fn every_commit_that_is_caused_is_in_the_tree_of_its_command() {
    for seed in 1..=3 {
        let history = History::of(seed);
        for reader in READERS {
            for command in &history.commands {
                let tree = traced(&history.stage, reader, *command, 7);
                let found: Vec<_> = tree.iter().map(|one| one.decided.commit.position).collect();
                let caused = history
                    .seen_by(reader)
                    .filter(|one| is_caused(&history, one, *command));
                let expected: Vec<_> = caused.map(|one| one.commit.position).collect();
                assert_eq!(found, expected, "{reader} {command}");
                let all = traced(&history.stage, "system", *command, 500);
                for one in tree.iter().filter(|one| one.depth > 0) {
                    let cause = one.cause.unwrap();
                    assert!(
                        all.iter()
                            .any(|other| other.decided.commit.position == cause)
                    );
                }
            }
        }
    }
}

/// Whether a command caused a commit, or, for its end, started the sync.
fn is_caused(history: &History, decided: &plansync_engine::Decided, command: CommandId) -> bool {
    let cause = decided.commit.proposal.cause.correlation;
    let (Stream::Sync(sync), [Event::SyncCancelled(_)]) =
        (&decided.stream, decided.events.as_slice())
    else {
        return cause == *command.as_uuid()
            || decided.commit.proposal.command.id == *command.as_uuid();
    };
    let starts = |one: &&plansync_engine::Decided| {
        one.stream == Stream::Sync(*sync)
            && matches!(one.events.as_slice(), [Event::SyncAccepted(_)])
    };
    let started = history.commits.iter().find(starts).unwrap();
    cause == *command.as_uuid() || started.commit.proposal.cause.correlation == *command.as_uuid()
}

#[test]
fn every_commit_is_shown_to_those_who_may_see_it_and_to_nobody_else() {
    let history = History::of(9);
    for reader in READERS {
        let seen: Vec<_> = history
            .seen_by(reader)
            .map(|one| one.commit.position)
            .collect();
        for decided in &history.commits {
            let position = decided.commit.position;
            let shown = ask(&history.stage, reader, |reading| {
                reading.audit_show(position)
            });
            assert_eq!(
                shown.is_ok(),
                seen.contains(&position),
                "{reader} {position}"
            );
            let connected = shown
                .iter()
                .flat_map(|shown| shown.causes.iter().chain(&shown.first_effects));
            assert!(
                connected
                    .into_iter()
                    .all(|other| seen.contains(&other.commit.position))
            );
        }
        let beyond = history.commits.last().unwrap().commit.position.next();
        for position in [Position::ZERO, beyond] {
            assert!(
                ask(&history.stage, reader, |reading| reading
                    .audit_show(position))
                .is_err()
            );
        }
    }
}

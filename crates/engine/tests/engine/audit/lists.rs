//! `audit.log`.

use std::collections::BTreeSet;

use plansync_domain::command::rejection::Rejection;
use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::{ComponentId, LearnerId, SyncId};
use plansync_engine::read::{AuditQuery, CommitKind};
use plansync_engine::{Decided, Refusal};
use plansync_log::{Position, Recorded};
use uuid::Uuid;

use super::history::{Dice, History};
use super::reader::READERS;
use crate::reads::{ask, refused};
use crate::stage::{SOURCE, component, target};

/// Whether a commit passes, by a look at it.
fn passes(query: &AuditQuery, decided: &Decided) -> bool {
    let commit = &decided.commit;
    let cause = commit.proposal.cause.correlation;
    let replayed = match decided.events.as_slice() {
        [Event::TargetReplayed(replayed)] => Some(replayed),
        _ => None,
    };
    query
        .learner
        .is_none_or(|learner| about(query, decided, learner))
        && query
            .component
            .is_none_or(|component| touches(decided, component))
        && query.sync.is_none_or(|sync| {
            decided.stream == Stream::Sync(sync) || replayed.is_some_and(|one| one.sync == sync)
        })
        && query
            .command
            .is_none_or(|id| cause == *id.as_uuid() || commit.proposal.command.id == *id.as_uuid())
        && query.by.as_ref().is_none_or(|by| decided.actor == *by)
        && query
            .kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&CommitKind::of(decided).unwrap()))
        && query.from_time.is_none_or(|time| commit.at >= time)
        && query.to_time.is_none_or(|time| commit.at < time)
        && query
            .from_position
            .is_none_or(|position| commit.position >= position)
        && query
            .to_position
            .is_none_or(|position| commit.position <= position)
}

#[allow(clippy::wildcard_enum_match_arm)] // The other events are told by their stream.
fn about(query: &AuditQuery, decided: &Decided, learner: LearnerId) -> bool {
    let of_record = |of: LearnerId| query.with_records && of == learner;
    match decided.events.first().unwrap() {
        Event::RecordOpened(event) => of_record(event.learner),
        Event::RecordClosed(event) => of_record(event.learner),
        Event::TargetReplayed(event) => event.learner == learner,
        _ => matches!(&decided.stream, Stream::Plan(of) | Stream::Learner(of) if *of == learner),
    }
}

/// Every template and every change set of these histories has the first three components.
#[allow(clippy::wildcard_enum_match_arm)] // These histories have no other events of components.
fn touches(decided: &Decided, component: ComponentId) -> bool {
    let of_college = (0..3).any(|index| self::component(index) == component);
    decided.events.iter().any(|event| match event {
        Event::PlanInstantiated(_) | Event::TargetReplayed(_) => of_college,
        Event::ComponentChanged(event) => event.component == component,
        Event::StatusSet(event) => event.component == component,
        _ => false,
    })
}

fn positions<'a>(commits: impl Iterator<Item = &'a Decided>) -> Vec<u64> {
    commits
        .map(|decided| decided.commit.position.get())
        .collect()
}

/// All pages of a list.
fn listed(history: &History, reader: &str, query: &AuditQuery, limit: usize) -> Vec<u64> {
    let mut query = query.clone();
    let mut all = Vec::new();
    loop {
        let found = ask(&history.stage, reader, |reading| {
            reading.audit_log(&query, limit)
        });
        let found = found.unwrap();
        assert!(found.items.len() <= limit);
        all.extend(positions(found.items.iter()));
        match found.next {
            None => return all,
            Some(next) => {
                assert_ne!(query.after, Some(next), "a list that does not go on");
                query.after = Some(next);
            }
        }
    }
}

/// Checks a filter for every reader, in both orders and in pages of several sizes.
#[track_caller]
fn assert_is_found(history: &History, query: &AuditQuery) -> usize {
    let mut most = 0;
    for reader in READERS {
        let expected = positions(history.seen_by(reader).filter(|one| passes(query, one)));
        most = most.max(expected.len());
        for newest_first in [false, true] {
            let query = AuditQuery {
                newest_first,
                ..query.clone()
            };
            let mut expected = expected.clone();
            if newest_first {
                expected.reverse();
            }
            for limit in [1, 2, 500] {
                let found = ask(&history.stage, reader, |reading| {
                    reading.audit_log(&query, 1)
                });
                // A learner or sync whom the reader may not see is refused as one that does not exist.
                if let Err(refusal) = found {
                    assert!(matches!(reader, "nora" | "otto"), "{refusal}");
                    continue;
                }
                assert_eq!(
                    listed(history, reader, &query, limit),
                    expected,
                    "{reader} {query:?}"
                );
            }
        }
    }
    most
}

const EVERY_KIND: [CommitKind; 13] = [
    CommitKind::TenantPut,
    CommitKind::AdministratorPut,
    CommitKind::LearnerPut,
    CommitKind::ProgrammePut,
    CommitKind::TemplatePut,
    CommitKind::PlanChanged,
    CommitKind::RecordOpened,
    CommitKind::RecordClosed,
    CommitKind::SyncStarted,
    CommitKind::SyncTarget,
    CommitKind::CommandUnchanged,
    CommitKind::CommandAccepted,
    CommitKind::CommandRejected,
];

#[test]
fn every_filter_finds_what_a_look_at_each_commit_finds() {
    for seed in 1..=3 {
        let history = History::of(seed);
        assert_is_found(&history, &AuditQuery::default());
        for learner in [SOURCE, target(0), target(1), target(3)] {
            for with_records in [false, true] {
                let query = AuditQuery {
                    learner: Some(learner),
                    with_records,
                    ..AuditQuery::default()
                };
                assert!(assert_is_found(&history, &query) > 2);
                let query = AuditQuery {
                    component: Some(component(0)),
                    ..query
                };
                assert!(assert_is_found(&history, &query) > 1);
            }
        }
        assert!(history.syncs.len() > 1, "a history without syncs");
        for sync in &history.syncs {
            let query = AuditQuery {
                sync: Some(*sync),
                ..AuditQuery::default()
            };
            assert!(assert_is_found(&history, &query) > 1);
            let query = AuditQuery {
                learner: Some(target(3)),
                ..query
            };
            assert_is_found(&history, &query);
        }
        for kind in EVERY_KIND {
            let kinds = Some(
                [kind, CommitKind::SyncCompleted]
                    .into_iter()
                    .collect::<BTreeSet<_>>(),
            );
            let query = AuditQuery {
                kinds,
                ..AuditQuery::default()
            };
            assert!(assert_is_found(&history, &query) > 0, "{kind:?}");
        }
        for by in ["sam", "nora", "system"] {
            let query = AuditQuery {
                by: Some(by.parse().unwrap()),
                ..AuditQuery::default()
            };
            assert!(assert_is_found(&history, &query) > 0);
        }
    }
}

#[test]
fn commits_of_a_command_are_those_that_it_caused() {
    for seed in 1..=3 {
        let history = History::of(seed);
        for command in &history.commands {
            let query = AuditQuery {
                command: Some(*command),
                ..AuditQuery::default()
            };
            for reader in ["system", "otto"] {
                let expected = positions(history.seen_by(reader).filter(|one| passes(&query, one)));
                assert_eq!(
                    listed(&history, reader, &query, 3),
                    expected,
                    "{reader} {command}"
                );
            }
        }
    }
}

#[test]
fn times_are_positions_however_the_clock_was_set() {
    let history = History::of(4);
    let times: Vec<_> = history
        .commits
        .iter()
        .map(|commit| commit.commit.at)
        .collect();
    assert!(times.is_sorted(), "recorded times never decrease");
    let mut dice = Dice::new(5);
    let mut any = |of: u64| {
        let place = usize::try_from(dice.below(of)).unwrap();
        let offset = i64::try_from(dice.below(3)).unwrap() - 1;
        Recorded::new(times[place].get() + offset)
    };
    let count = u64::try_from(times.len()).unwrap();
    for round in 0..30 {
        let (one, other) = (any(count), any(count));
        let query = AuditQuery {
            from_time: Some(one.min(other)).filter(|_| round % 3 != 0),
            to_time: Some(one.max(other)).filter(|_| round % 3 != 1),
            learner: Some(SOURCE).filter(|_| round % 2 == 0),
            ..AuditQuery::default()
        };
        assert_is_found(&history, &query);
    }
}

#[test]
fn positions_bound_a_list() {
    let history = History::of(6);
    let tip = history.commits.last().unwrap().commit.position.get();
    let mut dice = Dice::new(7);
    for round in 0..30 {
        let (one, other) = (dice.below(tip), dice.below(tip));
        let (one, other) = (one.min(other), one.max(other));
        let query = AuditQuery {
            from_position: Some(Position::new(one)).filter(|_| round % 3 != 0),
            to_position: Some(Position::new(other)).filter(|_| round % 3 != 1),
            learner: Some(target(3)).filter(|_| round % 2 == 0),
            with_records: round % 4 == 0,
            ..AuditQuery::default()
        };
        assert_is_found(&history, &query);
    }
}

#[test]
fn what_does_not_exist_or_is_not_seen_is_refused() {
    let history = History::of(8);
    let asked = |reader, query: &AuditQuery| {
        ask(&history.stage, reader, |reading| {
            reading.audit_log(query, 10)
        })
        .map(|_| ())
    };
    let hidden = AuditQuery {
        learner: Some(target(1)),
        ..AuditQuery::default()
    };
    assert_eq!(
        asked("otto", &hidden),
        Err(refused(Rejection::LearnerNotAvailable))
    );
    assert_eq!(asked("nora", &hidden), Ok(()));
    let [from, to] = [3, 2];
    let positions = AuditQuery {
        from_position: Some(Position::new(from)),
        to_position: Some(Position::new(to)),
        ..AuditQuery::default()
    };
    let times = AuditQuery {
        from_time: Some(Recorded::new(3)),
        to_time: Some(Recorded::new(2)),
        ..AuditQuery::default()
    };
    for (query, path) in [(positions, "to_position"), (times, "to_time")] {
        let said = format!("{:?}", asked("nora", &query).unwrap_err());
        assert!(
            said.contains(path) && said.contains("ends before it begins"),
            "{said}"
        );
    }
    let nobody = SyncId::from_uuid(Uuid::from_u128(1));
    let unknown = AuditQuery {
        sync: Some(nobody),
        ..AuditQuery::default()
    };
    assert_eq!(
        asked("system", &unknown),
        Err(refused(Rejection::SyncNotFound(nobody)))
    );
    let alone = AuditQuery {
        component: Some(component(0)),
        ..AuditQuery::default()
    };
    let beyond = AuditQuery {
        after: Some(Position::new(1 << 40)),
        ..AuditQuery::default()
    };
    for (query, field) in [(alone, "component"), (beyond, "after")] {
        match asked("system", &query) {
            Err(Refusal::Rejected(Rejection::InvalidRequest { path, .. })) => {
                assert_eq!(path, field);
            }
            answer => panic!("{answer:?}"),
        }
    }
}

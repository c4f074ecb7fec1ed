//! The apply rule, verdict by verdict.

use plansync_log::contract::Author;
use plansync_log::replication::record::{Record, RecordError};
use plansync_log::replication::{Applied, Halt, Inert, StreamSequence, Term, Verdict, judge};
use plansync_log::{Incarnation, LogId, Position, Sequenced};
use uuid::Uuid;

use crate::world::{applied, barrier, commits, node, read, record};

/// The term of the state that records are judged on; its leader is node 1.
const TERM: u64 = 5;

/// Judges a record on the state after these commits, in the term 5 of node 1.
fn verdict(has: &[Sequenced], record: Record) -> Verdict {
    judged(has, &Ok(record))
}

fn judged(has: &[Sequenced], record: &Result<Record, RecordError>) -> Verdict {
    let state = Applied {
        sequence: StreamSequence::new(40),
        ..applied(has, TERM, node(1))
    };
    let chain_at = |position: Position| {
        let index = usize::try_from(position.get()).unwrap() - 1;
        Ok(has[index].chain())
    };
    judge(&state, record, chain_at).unwrap()
}

/// The commits that another node made of the same log after the first three ones.
fn elsewhere() -> Vec<Sequenced> {
    let mut author = Author::new(crate::world::log());
    let mut all = author.group(3);
    all.extend((0..4).map(|_| author.write(Author::plan(90), 20)));
    all
}

#[test]
fn what_follows_extends() {
    let all = commits(9);
    for (from, to) in [(0, 1), (0, 9), (4, 5), (4, 9)] {
        let next = read(&record(TERM, node(1), &all[..from], &all[from..to]));
        assert_eq!(
            verdict(&all[..from], next),
            Verdict::Extends,
            "{from}..{to}"
        );
    }
}

#[test]
fn what_is_known_is_a_duplicate() {
    let all = commits(9);
    for (from, to) in [(0, 1), (3, 6), (0, 6), (5, 6)] {
        let again = read(&record(TERM, node(1), &all[..from], &all[from..to]));
        assert_eq!(
            verdict(&all[..6], again),
            Verdict::Duplicate,
            "{from}..{to}"
        );
    }
}

#[test]
fn another_commit_at_a_known_position_halts() {
    let (all, other) = (commits(9), elsewhere());
    let halt = |position| {
        let (position, sequence) = (Position::new(position), StreamSequence::new(41));
        Verdict::Halt(Halt::AnotherChain { position, sequence })
    };
    // Wholly behind the end, at the end, and beyond it.
    for (to, position) in [(4, 4), (5, 5), (7, 5)] {
        let rival = read(&record(TERM, node(1), &other[..3], &other[3..to]));
        assert_eq!(verdict(&all[..5], rival), halt(position), "up to {to}");
    }
}

#[test]
fn what_does_not_follow_is_inert() {
    let (all, other) = (commits(9), elsewhere());
    let not_next = |first| {
        let first = Position::new(first);
        Verdict::Inert(Inert::NotNext { first })
    };
    let gap = read(&record(TERM, node(1), &all[..6], &all[6..]));
    assert_eq!(verdict(&all[..4], gap), not_next(7));
    let overlapping = read(&record(TERM, node(1), &all[..2], &all[2..6]));
    assert_eq!(verdict(&all[..4], overlapping), not_next(3));
    let stranded = read(&record(TERM, node(1), &other[..4], &other[4..]));
    assert_eq!(verdict(&all[..4], stranded), not_next(5));
}

#[test]
fn a_term_begins_behind_the_last_commit_only() {
    let (all, other) = (commits(9), elsewhere());
    for term in [TERM + 1, TERM + 7] {
        let begins = read(&barrier(term, node(2), &all[..4]));
        assert_eq!(verdict(&all[..4], begins), Verdict::Begins);
    }
    for before in [&all[..3], &all[..5], &other[..4]] {
        let elsewhere = read(&barrier(TERM + 1, node(2), before));
        let halt = Halt::TermElsewhere {
            term: Term::new(TERM + 1),
            node: node(2),
            sequence: StreamSequence::new(41),
            begins_after: Position::new(u64::try_from(before.len()).unwrap()),
            end: Position::new(4),
        };
        assert_eq!(verdict(&all[..4], elsewhere), Verdict::Halt(halt));
    }
}

#[test]
fn commits_of_a_term_that_never_began_halt() {
    let all = commits(9);
    let next = read(&record(TERM + 1, node(2), &all[..4], &all[4..]));
    let halt = Halt::TermElsewhere {
        term: Term::new(TERM + 1),
        node: node(2),
        sequence: StreamSequence::new(41),
        begins_after: Position::new(4),
        end: Position::new(4),
    };
    assert_eq!(verdict(&all[..4], next), Verdict::Halt(halt));
}

#[test]
fn what_is_of_an_earlier_term_is_inert() {
    let (all, other) = (commits(9), elsewhere());
    let term = Term::new(TERM - 1);
    let late = [
        record(TERM - 1, node(1), &all[..4], &all[4..]),
        record(TERM - 1, node(2), &other[..3], &other[3..]),
        barrier(TERM - 1, node(2), &all[..4]),
    ];
    for late in late {
        let inert = Inert::EarlierTerm { term };
        assert!(!inert.is_alarming());
        assert_eq!(verdict(&all[..4], read(&late)), Verdict::Inert(inert));
    }
}

#[test]
fn a_term_begins_once() {
    let all = commits(9);
    let term = Term::new(TERM);
    for by in [node(1), node(2)] {
        let again = read(&barrier(TERM, by, &all[..4]));
        let inert = Inert::SecondBarrier { term, node: by };
        assert_eq!(verdict(&all[..4], again), Verdict::Inert(inert));
    }
}

#[test]
fn commits_of_two_nodes_in_one_term_halt() {
    let all = commits(9);
    let stranger = read(&record(TERM, node(2), &all[..4], &all[4..]));
    let halt = Halt::TwoNodes {
        term: Term::new(TERM),
        node: node(2),
        sequence: StreamSequence::new(41),
    };
    assert_eq!(verdict(&all[..4], stranger), Verdict::Halt(halt));
}

#[test]
fn what_is_of_another_log_or_unreadable_is_inert() {
    let all = commits(9);
    let mut other_log = read(&record(TERM, node(1), &all[..4], &all[4..]));
    let log = LogId::new(Uuid::from_u128(99));
    other_log.header.log = log;
    let incarnation = Incarnation::FIRST;
    let inert = Inert::AnotherLog { log, incarnation };
    assert_eq!(verdict(&all[..4], other_log), Verdict::Inert(inert));
    let mut other_life = read(&barrier(TERM + 1, node(2), &all[..4]));
    let (log, incarnation) = (other_life.header.log, Incarnation::new(2));
    other_life.header.incarnation = incarnation;
    let inert = Inert::AnotherLog { log, incarnation };
    assert_eq!(verdict(&all[..4], other_life), Verdict::Inert(inert));
    let inert = Inert::Unreadable(RecordError::NotOne);
    assert!(inert.is_alarming());
    assert_eq!(
        judged(&all[..4], &Err(RecordError::NotOne)),
        Verdict::Inert(inert)
    );
}

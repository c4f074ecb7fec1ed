//! What the tests of replication share: a log, nodes, their commits, and a clock that goes on when it is waited for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use plansync_log::contract::{Author, all};
use plansync_log::memory::MemoryLog;
use plansync_log::replication::record::{Record, RecordReader, RecordWriter};
use plansync_log::replication::{
    Applied, Follower, LogStream, Monotonic, MonotonicClock, NodeId, Place, Proposed, Replicated,
    Term,
};
use plansync_log::{Append as _, Chain, Incarnation, LogId, Position, Read as _, Sequenced};
use uuid::Uuid;

pub(crate) fn log() -> LogId {
    LogId::new(Uuid::from_u128(7))
}

pub(crate) fn node(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(0xa0 + number))
}

pub(crate) fn base() -> Place {
    Place {
        position: Position::ZERO,
        chain: Chain::before_first(log()),
    }
}

/// The commits of a log from its first one on.
pub(crate) fn commits(count: u64) -> Vec<Sequenced> {
    Author::new(log()).group(count)
}

/// The state of a node that followed a stream of these commits in a term.
pub(crate) fn applied(commits: &[Sequenced], term: u64, leader: NodeId) -> Applied {
    let end = commits.last().map_or(base(), |last| Place {
        position: last.position(),
        chain: last.chain(),
    });
    Applied {
        end,
        term: Term::new(term),
        leader: Some(leader),
        ..Applied::before_first(log(), Incarnation::FIRST, base())
    }
}

pub(crate) fn writer(term: u64, node: NodeId) -> RecordWriter {
    RecordWriter::new((log(), Incarnation::FIRST), (Term::new(term), node)).unwrap()
}

/// The record of these commits of a log.
pub(crate) fn record(term: u64, node: NodeId, before: &[Sequenced], part: &[Sequenced]) -> Vec<u8> {
    let before = before.last().map_or(base().chain, Sequenced::chain);
    writer(term, node).commits(before, part).unwrap()
}

/// The barrier of a term behind these commits of a log.
pub(crate) fn barrier(term: u64, node: NodeId, before: &[Sequenced]) -> Vec<u8> {
    let end = applied(before, 0, node).end;
    writer(term, node).barrier(end.position.next(), end.chain)
}

pub(crate) fn read(record: &[u8]) -> Record {
    RecordReader::new().unwrap().read(record).unwrap()
}

/// A clock that goes on only when somebody waits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<Duration>>);

impl MonotonicClock for Waiting {
    fn now(&self) -> Monotonic {
        Monotonic::new(*self.0.lock().unwrap())
    }

    fn pause(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

/// A node with its own log, on a stream.
pub(crate) fn follower(stream: impl LogStream + 'static, own: &MemoryLog) -> Follower {
    let clock = Arc::new(Waiting::default());
    Follower::begin(Box::new(stream), Arc::new(own.clone()), base(), clock).unwrap()
}

/// Follows until nothing comes any more, and appends what comes.
pub(crate) fn follow(follower: &mut Follower, own: &MemoryLog) {
    loop {
        let before = *follower.applied();
        own.clone().append(&follower.step().unwrap()).unwrap();
        if *follower.applied() == before {
            return;
        }
    }
}

/// Follows to the end, begins a term, and leads.
#[track_caller]
pub(crate) fn take_over(mut follower: Follower, own: &MemoryLog, node: NodeId) -> Replicated {
    follow(&mut follower, own);
    match follower.begin_term(node).unwrap() {
        Proposed::Begun => {}
        other => panic!("expected the term to begin, got {other:?}"),
    }
    follower.lead(node).unwrap().over(Box::new(own.clone()))
}

/// The commits of a node's own log.
pub(crate) fn own_commits(own: &MemoryLog) -> Vec<Sequenced> {
    assert_eq!(own.tip().log, log());
    all(own)
}

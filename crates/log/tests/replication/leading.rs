//! A leader: what it acknowledges is in the stream and in its own log, whatever it hears.

use std::sync::{Arc, Mutex};

use plansync_log::contract::Author;
use plansync_log::memory::{MemoryLog, MemoryLogStream};
use plansync_log::replication::record::FILL_BYTES;
use plansync_log::replication::{
    Entry, Halt, LogStream, LogStreamError, Replicated, Sent, StreamEnd, StreamSequence, Term,
};
use plansync_log::{Append, AppendError, COMMIT_BYTES_MAX, Position, Sequenced};

use crate::world::{
    barrier, commits, follow, follower, log, node, own_commits, read, record, take_over,
};

/// What the stream does with the next records, the last one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// It is lost.
    Lost,
    /// It is stored, and the answer is lost.
    Unheard,
    /// It is stored, and the answer names another message.
    StoredElsewhere,
}

/// A stream that does what the test says, and then what it should.
#[derive(Clone)]
struct Scripted {
    stream: MemoryLogStream,
    next: Arc<Mutex<Vec<Next>>>,
    /// Whether nothing is answered.
    is_away: Arc<Mutex<bool>>,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

fn no_answer() -> LogStreamError {
    LogStreamError::Unavailable {
        what: "the test".to_owned(),
        source: None,
    }
}

impl LogStream for Scripted {
    fn record_bytes_max(&self) -> usize {
        self.stream.record_bytes_max()
    }

    fn send(&mut self, record: &[u8], last: StreamSequence) -> Sent {
        self.sent.lock().unwrap().push(record.to_vec());
        if *self.is_away.lock().unwrap() {
            return Sent::Unknown(no_answer());
        }
        let next = self.next.lock().unwrap().pop();
        match next {
            Some(Next::Lost) => Sent::Unknown(no_answer()),
            Some(Next::Unheard) => {
                drop(self.stream.send(record, last));
                Sent::Unknown(no_answer())
            }
            Some(Next::StoredElsewhere) => {
                drop(self.stream.send(record, last));
                Sent::Stored(last.next().next())
            }
            None => self.stream.send(record, last),
        }
    }

    fn read_from(
        &mut self,
        from: StreamSequence,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, LogStreamError> {
        self.stream.read_from(from, bytes_max)
    }

    fn end(&mut self) -> Result<StreamEnd, LogStreamError> {
        self.stream.end()
    }
}

/// The leader of term 1, whose barrier is the first message.
struct Leader {
    scripted: Scripted,
    own: MemoryLog,
    replicated: Replicated,
}

impl Leader {
    fn new() -> Self {
        let scripted = Scripted {
            stream: MemoryLogStream::new(),
            next: Arc::default(),
            is_away: Arc::default(),
            sent: Arc::default(),
        };
        let own = MemoryLog::new(log());
        let replicated = take_over(follower(scripted.clone(), &own), &own, node(1));
        scripted.sent.lock().unwrap().clear();
        Self {
            scripted,
            own,
            replicated,
        }
    }

    fn next(&self, next: &[Next]) {
        *self.scripted.next.lock().unwrap() = next.iter().rev().copied().collect();
    }

    fn stream(&self) -> &MemoryLogStream {
        &self.scripted.stream
    }

    /// The commits of each record in the stream behind the barrier.
    fn stored(&self) -> Vec<Vec<Sequenced>> {
        let entries = self
            .stream()
            .clone()
            .read_from(StreamSequence::new(2), usize::MAX);
        let entries = entries.unwrap();
        entries
            .iter()
            .map(|entry| read(&entry.record).commits)
            .collect()
    }

    /// What another node that follows the stream has.
    fn followed(&self) -> Vec<Sequenced> {
        let other = MemoryLog::new(log());
        follow(&mut follower(self.stream().clone(), &other), &other);
        own_commits(&other)
    }

    /// Everything is where it should be: these commits in the stream, here and elsewhere.
    #[track_caller]
    fn has(&self, commits: &[Sequenced]) {
        assert_eq!(self.stored().concat(), commits);
        assert_eq!(own_commits(&self.own), commits);
        assert_eq!(self.followed(), commits);
    }
}

#[track_caller]
fn is_unavailable(appended: Result<(), AppendError>) {
    match appended {
        Err(AppendError::Unavailable { .. }) => {}
        other => panic!("expected the stream to be unavailable, got {other:?}"),
    }
}

#[track_caller]
fn is_halted(appended: Result<(), AppendError>, halt: Halt) {
    match appended {
        Err(AppendError::Halted(found)) => assert_eq!(found, halt),
        other => panic!("expected {halt:?}, got {other:?}"),
    }
}

#[test]
fn a_group_is_stored_in_the_stream_and_in_the_own_log() {
    let mut leader = Leader::new();
    let all = commits(12);
    for group in all.chunks(5) {
        leader.replicated.append(group).unwrap();
    }
    leader.has(&all);
    assert_eq!(leader.stored().len(), 3);
    leader.replicated.append(&[]).unwrap();
    assert_eq!(leader.stored().len(), 3);
}

#[test]
fn a_large_group_is_cut_and_the_largest_commit_goes_alone() {
    let mut leader = Leader::new();
    let mut author = Author::new(log());
    let empty = Author::new(log()).write(Author::plan(1), 0).stored().len();
    let sizes = [
        100,
        200 * 1024,
        60 * 1024,
        COMMIT_BYTES_MAX - empty,
        100,
        100,
    ];
    let group: Vec<_> = sizes
        .map(|bytes| author.write(Author::plan(1), bytes))
        .to_vec();
    leader.replicated.append(&group).unwrap();
    leader.has(&group);
    let counts: Vec<_> = leader.stored().iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 1, 1, 2]);
    for part in leader.stored() {
        let bytes: usize = part.iter().map(|commit| commit.stored().len() + 4).sum();
        assert!(part.len() == 1 || bytes <= FILL_BYTES, "{bytes}");
    }
}

#[test]
fn the_same_bytes_are_sent_again_until_somebody_answers() {
    for next in [Next::Lost, Next::Unheard, Next::StoredElsewhere] {
        let mut leader = Leader::new();
        let all = commits(6);
        leader.next(&[next, next]);
        leader.replicated.append(&all[..3]).unwrap();
        leader.replicated.append(&all[3..]).unwrap();
        leader.has(&all);
        let sent = leader.scripted.sent.lock().unwrap();
        assert!(sent.len() > 2, "{next:?}: {} records", sent.len());
        assert_eq!(sent[0], sent[1], "{next:?}");
    }
}

#[test]
fn what_could_not_be_sent_is_sent_first_when_the_group_comes_again() {
    let mut leader = Leader::new();
    let all = commits(8);
    *leader.scripted.is_away.lock().unwrap() = true;
    is_unavailable(leader.replicated.append(&all[..4]));
    assert_eq!(own_commits(&leader.own), []);
    // Another group at the same position might be stored beside the first one.
    match leader.replicated.append(&all[..2]) {
        Err(AppendError::OutOfOrder { given, .. }) => assert_eq!(given, Position::FIRST),
        other => panic!("{other:?}"),
    }
    *leader.scripted.is_away.lock().unwrap() = false;
    leader.replicated.append(&all[..4]).unwrap();
    leader.replicated.append(&all[4..]).unwrap();
    leader.has(&all);
    let sent = leader.scripted.sent.lock().unwrap();
    let again = sent.iter().filter(|record| **record == sent[0]).count();
    assert_eq!(again, sent.len() - 1);
}

#[test]
fn a_group_that_does_not_follow_is_not_sent() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.replicated.append(&all[..3]).unwrap();
    let mut elsewhere = Author::new(log());
    elsewhere.write(Author::plan(50), 1);
    elsewhere.group(3);
    let other = elsewhere.group(1);
    for (group, given) in [(&all[4..], 5), (&all[..2], 2), (&other[..], 5)] {
        match leader.replicated.append(group) {
            Err(AppendError::OutOfOrder { given: found, .. }) => {
                assert_eq!(found, Position::new(given));
            }
            found => panic!("{found:?}"),
        }
    }
    assert_eq!(leader.stored().len(), 1);
    leader.replicated.append(&all).unwrap();
    leader.has(&all);
}

#[test]
fn records_that_change_nothing_are_passed_over() {
    let mut leader = Leader::new();
    let all = commits(6);
    // It is as long as the record that the leader sends next.
    let length = record(1, node(1), &[], &all[..3]).len();
    leader.stream().force(&vec![0; length]);
    leader.stream().force(&barrier(1, node(2), &[]));
    leader.replicated.append(&all[..3]).unwrap();
    assert_eq!(own_commits(&leader.own), all[..3]);
    assert_eq!(leader.followed(), all[..3]);
    let standing = leader.replicated.standing();
    assert_eq!(standing.alarming_count(), 2);
    assert_eq!(standing.last_alarming().unwrap().sequence.get(), 3);
    assert_eq!(standing.applied().sequence.get(), 4);
}

#[test]
fn a_later_term_deposes() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.replicated.append(&all[..3]).unwrap();
    let other = MemoryLog::new(log());
    let mut next = take_over(follower(leader.stream().clone(), &other), &other, node(2));
    for _ in 0..2 {
        match leader.replicated.append(&all[3..]) {
            Err(AppendError::Deposed { term, node: by }) => {
                assert_eq!((term, by), (Term::new(2), node(2)));
            }
            found => panic!("{found:?}"),
        }
    }
    assert_eq!(own_commits(&leader.own), all[..3]);
    next.append(&all[3..]).unwrap();
    assert_eq!(leader.followed(), all);
    assert_eq!(own_commits(&other), all);
}

#[test]
fn what_was_stored_before_the_later_term_is_acknowledged() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.next(&[Next::Unheard]);
    *leader.scripted.is_away.lock().unwrap() = false;
    // The record is stored, and before the leader hears of it another node takes over behind it.
    let stream = leader.stream().clone();
    drop(
        stream
            .clone()
            .send(&record(1, node(1), &[], &all[..3]), StreamSequence::FIRST),
    );
    let other = MemoryLog::new(log());
    let _next = take_over(follower(stream, &other), &other, node(2));
    leader.replicated.append(&all[..3]).unwrap();
    assert_eq!(own_commits(&leader.own), all[..3]);
    match leader.replicated.append(&all[3..]) {
        Err(AppendError::Deposed { .. }) => {}
        found => panic!("{found:?}"),
    }
    assert_eq!(own_commits(&leader.own), all[..3]);
    assert_eq!(leader.followed(), all[..3]);
}

#[test]
fn a_record_behind_a_later_term_is_nowhere() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.replicated.append(&all[..3]).unwrap();
    leader.stream().force(&barrier(2, node(2), &all[..3]));
    leader
        .stream()
        .force(&record(1, node(1), &all[..3], &all[3..]));
    assert_eq!(leader.followed(), all[..3]);
}

#[test]
fn a_stream_that_lost_its_end_halts_the_leader() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.replicated.append(&all[..2]).unwrap();
    leader.replicated.append(&all[2..4]).unwrap();
    leader.stream().lose_after(StreamSequence::new(2));
    let halt = Halt::TailLost {
        last: StreamSequence::new(2),
        seen: StreamSequence::new(3),
    };
    let mut tries = 0;
    let halted = loop {
        let appended = leader.replicated.append(&all[4..]);
        if !matches!(appended, Err(AppendError::Unavailable { .. })) {
            break appended;
        }
        tries += 1;
    };
    // An outdated server might have answered for as long as that: each try takes two seconds.
    assert!(tries >= 5, "{tries}");
    is_halted(halted, halt);
    is_halted(leader.replicated.append(&all[4..]), halt);
    assert_eq!(own_commits(&leader.own), all[..4]);
}

#[test]
fn another_process_that_is_this_node_halts_it() {
    let mut leader = Leader::new();
    let all = commits(6);
    leader.stream().force(&record(1, node(1), &[], &all[..2]));
    let halt = Halt::NotMine {
        sequence: StreamSequence::new(2),
    };
    is_halted(leader.replicated.append(&all[..3]), halt);
    assert_eq!(own_commits(&leader.own), []);
}

/// A log of its own that is full now and then.
struct Full {
    own: MemoryLog,
    is_full: Arc<Mutex<bool>>,
}

impl Append for Full {
    fn append(&mut self, group: &[Sequenced]) -> Result<(), AppendError> {
        if *self.is_full.lock().unwrap() {
            return Err(AppendError::Unavailable {
                what: "full".to_owned(),
                source: std::io::Error::other("the test"),
            });
        }
        self.own.append(group)
    }
}

#[test]
fn what_the_own_log_has_no_room_for_is_not_sent_again() {
    let (stream, own) = (MemoryLogStream::new(), MemoryLog::new(log()));
    let is_full = Arc::new(Mutex::new(true));
    let mut following = follower(stream.clone(), &own);
    following.begin_term(node(1)).unwrap();
    let full = Full {
        own: own.clone(),
        is_full: Arc::clone(&is_full),
    };
    let mut replicated = following.lead(node(1)).unwrap().over(Box::new(full));
    let all = commits(4);
    is_unavailable(replicated.append(&all[..2]));
    is_unavailable(replicated.append(&all[..2]));
    assert_eq!(own_commits(&own), []);
    *is_full.lock().unwrap() = false;
    replicated.append(&all[..2]).unwrap();
    replicated.append(&all[2..]).unwrap();
    assert_eq!(own_commits(&own), all);
    assert_eq!(stream.clone().end().unwrap().last.get(), 3);
}

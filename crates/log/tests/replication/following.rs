//! A follower: what it appends, where it goes on after a restart, when it may begin a term, and when it stops.

use std::sync::Arc;
use std::time::Duration;

use plansync_log::contract::Author;
use plansync_log::memory::{MemoryLog, MemoryLogStream};
use plansync_log::replication::record::RECORD_BYTES_MAX;
use plansync_log::replication::{
    Applied, FollowError, Follower, Halt, LogStream as _, MonotonicClock as _, NotLed, Place,
    Proposed, StreamSequence, Term,
};
use plansync_log::{Append as _, Chain, Position, Sequenced};

use crate::world::{
    Waiting, barrier, base, commits, follow, follower, log, node, own_commits, record, take_over,
};

/// A stream of term 1 of node 1 with these commits, two to a record.
fn stream_of(commits: &[Sequenced]) -> MemoryLogStream {
    let (stream, own) = (MemoryLogStream::new(), MemoryLog::new(log()));
    let mut leader = take_over(follower(stream.clone(), &own), &own, node(1));
    for pair in commits.chunks(2) {
        leader.append(pair).unwrap();
    }
    stream
}

fn own(commits: &[Sequenced]) -> MemoryLog {
    let mut own = MemoryLog::new(log());
    own.append(commits).unwrap();
    own
}

#[track_caller]
fn halts<T: std::fmt::Debug>(result: Result<T, FollowError>, halt: Halt) {
    match result {
        Err(FollowError::Halted(found)) => assert_eq!(found, halt),
        other => panic!("expected {halt:?}, got {other:?}"),
    }
}

fn resume(
    stream: &MemoryLogStream,
    own: &MemoryLog,
    cursor: Applied,
) -> Result<Follower, FollowError> {
    let clock = Arc::new(Waiting::default());
    Follower::resume(
        Box::new(stream.clone()),
        Arc::new(own.clone()),
        cursor,
        clock,
    )
}

#[test]
fn a_node_gets_what_the_stream_accepted() {
    let all = commits(7);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    let mut following = follower(stream.clone(), &own);
    assert!(!following.is_at_end().unwrap());
    follow(&mut following, &own);
    assert_eq!(own_commits(&own), all);
    assert!(following.is_at_end().unwrap());
    let applied = following.applied();
    assert_eq!((applied.sequence.get(), applied.term), (5, Term::FIRST));
    assert_eq!(applied.leader, Some(node(1)));
    assert_eq!(following.step().unwrap(), []);
}

#[test]
fn what_the_own_log_has_is_compared_and_not_given_again() {
    let all = commits(7);
    // Within a record, between two, and everything.
    for count in [3, 4, 7] {
        let own = own(&all[..count]);
        let mut following = follower(stream_of(&all), &own);
        assert_eq!(following.step().unwrap(), all[count..], "{count}");
    }
    let mut author = Author::new(log());
    author.group(2);
    let other = [&all[..2], &[author.write(Author::plan(60), 9)]].concat();
    let mut following = follower(stream_of(&all), &own(&other));
    let halt = Halt::AnotherChain {
        position: Position::new(3),
        sequence: StreamSequence::new(3),
    };
    halts(following.step(), halt);
    halts(following.step(), halt);
}

#[test]
fn a_stream_may_continue_a_log_that_began_elsewhere() {
    let all = commits(6);
    let stream = MemoryLogStream::new();
    let place = Place {
        position: all[2].position(),
        chain: all[2].chain(),
    };
    let begin = |own: &MemoryLog| {
        let clock = Arc::new(Waiting::default());
        Follower::begin(
            Box::new(stream.clone()),
            Arc::new(own.clone()),
            place,
            clock,
        )
    };
    let seed = own(&all[..3]);
    let mut leader = take_over(begin(&seed).unwrap(), &seed, node(1));
    leader.append(&all[3..]).unwrap();
    assert_eq!(own_commits(&seed), all);
    let restored = own(&all[..4]);
    follow(&mut begin(&restored).unwrap(), &restored);
    assert_eq!(own_commits(&restored), all);
    let mut author = Author::new(log());
    author.write(Author::plan(60), 9);
    let other = author.group(3);
    for wrong in [own(&all[..2]), own(&[])] {
        match begin(&wrong) {
            Err(FollowError::NoBase { base }) => assert_eq!(base, Position::new(3)),
            found => panic!("{found:?}"),
        }
    }
    let stranger = MemoryLog::new(log());
    assert!(
        stranger.clone().append(&other).is_err(),
        "it begins with position 2"
    );
}

#[test]
fn following_goes_on_at_a_cursor() {
    let all = commits(8);
    let (stream, own) = (stream_of(&all[..4]), MemoryLog::new(log()));
    let mut following = follower(stream.clone(), &own);
    follow(&mut following, &own);
    stream.force(b"somebody else's message");
    assert_eq!(following.step().unwrap(), []);
    // The cursor is at the last message that changed something.
    let cursor = following.standing().cursor();
    assert_eq!(
        (cursor.sequence.get(), following.applied().sequence.get()),
        (3, 4)
    );
    stream.force(&record(1, node(1), &all[..4], &all[4..]));
    let mut again = resume(&stream, &own, cursor).unwrap();
    follow(&mut again, &own);
    assert_eq!(own_commits(&own), all);
    // That of a barrier, and that before the first message.
    stream.force(&barrier(2, node(2), &all));
    follow(&mut again, &own);
    let cursor = again.standing().cursor();
    assert_eq!((cursor.sequence.get(), cursor.term.get()), (6, 2));
    assert_eq!(*resume(&stream, &own, cursor).unwrap().applied(), cursor);
    let first = Applied::before_first(log(), cursor.incarnation, base());
    assert_eq!(*resume(&stream, &own, first).unwrap().applied(), first);
}

#[test]
fn a_cursor_of_another_stream_or_log_is_lost() {
    let all = commits(8);
    let (stream, full) = (stream_of(&all), MemoryLog::new(log()));
    let mut following = follower(stream.clone(), &full);
    follow(&mut following, &full);
    let cursor = following.standing().cursor();
    let end = Place {
        position: cursor.end.position,
        chain: Chain::new([1; 32]),
    };
    let wrong = [
        // The folder was restored from an older backup.
        resume(&stream, &own(&all[..6]), cursor),
        resume(&stream, &full, Applied { end, ..cursor }),
        resume(
            &stream,
            &full,
            Applied {
                term: Term::new(2),
                ..cursor
            },
        ),
        resume(
            &stream,
            &full,
            Applied {
                leader: Some(node(2)),
                ..cursor
            },
        ),
        resume(
            &stream,
            &full,
            Applied {
                sequence: StreamSequence::new(4),
                ..cursor
            },
        ),
        resume(&MemoryLogStream::new(), &full, cursor),
    ];
    for (case, resumed) in wrong.into_iter().enumerate() {
        match resumed {
            Err(FollowError::CursorLost) => {}
            other => panic!("case {case}: {other:?}"),
        }
    }
}

#[test]
fn a_term_begins_behind_everything_that_was_followed() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all[..2]), MemoryLog::new(log()));
    let mut following = follower(stream.clone(), &own);
    follow(&mut following, &own);
    stream.force(&record(1, node(1), &all[..2], &all[2..4]));
    match following.begin_term(node(2)).unwrap() {
        Proposed::Refused => {}
        other => panic!("{other:?}"),
    }
    let mut leader = take_over(following, &own, node(2));
    leader.append(&all[4..]).unwrap();
    assert_eq!(own_commits(&own), all);
    assert_eq!(leader.standing().applied().term, Term::new(2));
}

#[test]
fn a_barrier_that_was_stored_unheard_is_the_own_one() {
    let (stream, own) = (MemoryLogStream::new(), MemoryLog::new(log()));
    let mut following = follower(stream.clone(), &own);
    stream.force(&barrier(1, node(2), &[]));
    match following.begin_term(node(2)).unwrap() {
        Proposed::Refused => {}
        other => panic!("{other:?}"),
    }
    follow(&mut following, &own);
    assert_eq!(following.applied().leader, Some(node(2)));
    let all = commits(2);
    let mut leader = following.lead(node(2)).unwrap().over(Box::new(own.clone()));
    leader.append(&all).unwrap();
    assert_eq!(own_commits(&own), all);
}

#[test]
fn a_node_that_did_not_begin_the_term_does_not_lead() {
    let all = commits(2);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    let mut following = follower(stream, &own);
    follow(&mut following, &own);
    assert!(following.leads(node(1)) && !following.leads(node(2)));
    match following.lead(node(2)) {
        Err(NotLed::AnotherNode { term }) => assert_eq!(term, Term::FIRST),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stream_that_cannot_store_the_largest_commit_is_not_led() {
    let stream = MemoryLogStream::with_record_bytes_max(RECORD_BYTES_MAX - 1);
    let own = MemoryLog::new(log());
    let mut following = follower(stream.clone(), &own);
    match following.begin_term(node(1)) {
        Err(FollowError::RecordsTooSmall { bytes_max }) => {
            assert_eq!(bytes_max, RECORD_BYTES_MAX - 1);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stream.clone().end().unwrap().last, StreamSequence::ZERO);
}

/// Asks again and again where the stream ends, and waits between.
fn ask_for_long(following: &mut Follower, clock: &Waiting) -> Result<bool, FollowError> {
    for _ in 0..30 {
        let is_at_end = following.is_at_end();
        if !matches!(is_at_end, Ok(false)) {
            return is_at_end;
        }
        clock.pause(Duration::from_secs(1));
    }
    Ok(false)
}

fn followed(stream: &MemoryLogStream, own: &MemoryLog) -> (Follower, Waiting) {
    let clock = Waiting::default();
    let following = Follower::begin(
        Box::new(stream.clone()),
        Arc::new(own.clone()),
        base(),
        Arc::new(clock.clone()),
    );
    let mut following = following.unwrap();
    follow(&mut following, own);
    (following, clock)
}

/// A stream of six commits in four messages loses the last one of these.
fn lose_end(stream: &MemoryLogStream) -> Halt {
    stream.lose_after(StreamSequence::new(3));
    Halt::TailLost {
        last: StreamSequence::new(3),
        seen: StreamSequence::new(4),
    }
}

#[test]
fn a_stream_that_lost_its_end_halts_whoever_has_seen_it() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    let (mut following, clock) = followed(&stream, &own);
    let lost = lose_end(&stream);
    halts(ask_for_long(&mut following, &clock), lost);
    // After a restart, the cursor is lost, and the own log is ahead.
    let cursor = following.standing().cursor();
    match resume(&stream, &own, cursor) {
        Err(FollowError::CursorLost) => {}
        other => panic!("{other:?}"),
    }
    let (mut again, clock) = followed(&stream, &own);
    let ahead = Halt::Ahead {
        here: Position::new(6),
        stream: Position::new(4),
    };
    halts(again.begin_term(node(3)), ahead);
    halts(ask_for_long(&mut again, &clock), ahead);
}

#[test]
fn whoever_only_follows_notices_a_lost_end() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    let (mut following, clock) = followed(&stream, &own);
    let lost = lose_end(&stream);
    let mut seconds = 0;
    let halted = loop {
        match following.step() {
            Ok(none) => assert_eq!(none, []),
            halted => break halted,
        }
        clock.pause(Duration::from_secs(1));
        seconds += 1;
    };
    halts(halted, lost);
    assert!((10..=20).contains(&seconds), "{seconds}");
}

#[test]
fn an_outdated_server_halts_nobody() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    let (mut following, clock) = followed(&stream, &own);
    let entries = stream
        .clone()
        .read_from(StreamSequence::new(4), usize::MAX)
        .unwrap();
    for _ in 0..20 {
        stream.lose_after(StreamSequence::new(3));
        assert!(!following.is_at_end().unwrap());
        clock.pause(Duration::from_secs(10));
        stream.force(&entries[0].record);
        assert!(following.is_at_end().unwrap());
        clock.pause(Duration::from_secs(10));
    }
}

#[test]
fn a_stream_that_lost_its_beginning_halts_whoever_needs_it() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all), MemoryLog::new(log()));
    stream.remove_before(StreamSequence::new(3));
    let mut following = follower(stream, &own);
    let halt = Halt::Missing {
        sequence: StreamSequence::FIRST,
    };
    halts(following.is_at_end(), halt);
    match following.step() {
        Err(error @ FollowError::Stream(_)) => assert!(!error.is_passing(), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_term_than_the_one_that_was_seen_halts_after_what_came_before_it() {
    let all = commits(6);
    let (stream, own) = (stream_of(&all[..4]), MemoryLog::new(log()));
    stream.force(&barrier(2, node(2), &all[..2]));
    let mut following = follower(stream, &own);
    let given = following.step().unwrap();
    assert_eq!(given, all[..4]);
    own.clone().append(&given).unwrap();
    let halt = Halt::TermElsewhere {
        term: Term::new(2),
        node: node(2),
        sequence: StreamSequence::new(4),
        begins_after: Position::new(2),
        end: Position::new(4),
    };
    halts(following.step(), halt);
}

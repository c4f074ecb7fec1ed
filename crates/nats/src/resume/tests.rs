//! Where the relay goes on: every case of stream, cursor and log, and what is refused.

use plansync_log::{Chain, Incarnation, Incarnations, LogId, Position, Recorded, Tip};
use uuid::Uuid;

use super::{Disagreement, Found, NewStream, Own, PublishedEvent, is_left_behind, resume};
use crate::cursor::Cursor;
use crate::port::LogName;

const CREATED: i128 = 1;

fn name(incarnation: u32) -> LogName {
    LogName {
        log: "0a".into(),
        incarnation,
    }
}

/// A log that lived on behind these positions, each time with the number that follows.
fn incarnations(restores: &[(u32, u64)]) -> Incarnations {
    let log = LogId::new(Uuid::from_u128(10));
    let mut incarnations = Incarnations::first(log);
    for (incarnation, after) in restores {
        let incarnation = Incarnation::new(*incarnation);
        let at = Tip {
            log,
            incarnation,
            position: Position::new(*after),
            chain: Chain::new([0; 32]),
            at: Recorded::ZERO,
        };
        incarnations.begin(incarnation, &at).unwrap();
    }
    incarnations
}

fn own_of(restores: &[(u32, u64)], tip: u64) -> Own {
    let incarnations = incarnations(restores);
    Own {
        name: name(incarnations.current().get()),
        incarnations,
        tip: Position::new(tip),
        chain: Some("c".to_owned()),
    }
}

fn own(tip: u64) -> Own {
    own_of(&[], tip)
}

fn event(incarnation: u32, position: u64) -> PublishedEvent {
    PublishedEvent {
        name: name(incarnation),
        position: Position::new(position),
        chain: "c".to_owned(),
    }
}

fn found_of(last_sequence: u64, last: Option<PublishedEvent>) -> Found {
    Found {
        created_ns: CREATED,
        last_sequence,
        last,
    }
}

fn found(last_sequence: u64, last: Option<u64>) -> Found {
    found_of(last_sequence, last.map(|position| event(1, position)))
}

fn cursor(sequence: u64, position: u64) -> Cursor {
    Cursor::new(&name(1), CREATED, sequence, Position::new(position))
}

#[track_caller]
fn check(found: &Found, cursor: Option<&Cursor>, expected: u64) {
    let position = resume(&own(9), found, cursor, NewStream::Everything).unwrap();
    assert_eq!(position, Position::new(expected));
}

#[test]
fn the_larger_of_cursor_and_last_event_wins() {
    check(&found(5, Some(7)), Some(&cursor(4, 6)), 7);
    check(&found(5, Some(7)), Some(&cursor(5, 8)), 8);
    check(&found(5, Some(7)), None, 7);
}

#[test]
fn an_emptied_stream_goes_on_from_the_cursor() {
    check(&found(5, None), Some(&cursor(5, 8)), 8);
}

#[test]
fn a_stream_that_lost_its_end_goes_on_from_what_it_has() {
    check(&found(3, Some(4)), Some(&cursor(5, 8)), 4);
}

#[test]
fn a_new_stream_starts_as_configured() {
    let old = Cursor::new(&name(1), CREATED + 1, 5, Position::new(8));
    check(&found(0, None), Some(&old), 0);
    check(&found(0, None), None, 0);
    let from_now = resume(&own(9), &found(0, None), Some(&old), NewStream::FromNow);
    assert_eq!(from_now, Ok(Position::new(9)));
}

#[track_caller]
fn check_incarnation(own: &Own, last: PublishedEvent, expected: Result<u64, Disagreement>) {
    let position = resume(own, &found_of(5, Some(last)), None, NewStream::Everything);
    assert_eq!(position, expected.map(Position::new));
}

#[test]
fn a_restored_log_goes_on_after_what_it_inherited_and_was_published() {
    let restored = own_of(&[(2, 6)], 9);
    check_incarnation(&restored, event(1, 4), Ok(4));
    check_incarnation(&restored, event(1, 6), Ok(6));
    check_incarnation(&restored, event(2, 8), Ok(8));
}

#[test]
fn a_log_that_was_restored_to_an_earlier_point_goes_on_after_that_point() {
    check_incarnation(&own_of(&[(2, 6)], 6), event(1, 8), Ok(6));
    check_incarnation(&own_of(&[(2, 6)], 9), event(1, 90), Ok(6));
    let twice = own_of(&[(2, 6), (5, 3)], 9);
    check_incarnation(&twice, event(1, 4), Ok(3));
    check_incarnation(&twice, event(2, 7), Ok(3));
}

#[test]
fn a_cursor_of_an_earlier_incarnation_says_nothing() {
    let restored = own_of(&[(2, 6)], 9);
    let found = found(5, Some(4));
    let position = resume(
        &restored,
        &found,
        Some(&cursor(5, 8)),
        NewStream::Everything,
    );
    assert_eq!(position, Ok(Position::new(4)));
}

#[test]
fn an_incarnation_is_left_behind_if_the_log_has_a_later_one_and_not_it() {
    let incarnations = incarnations(&[(3, 6)]);
    let left = [1, 2, 3, 4]
        .map(|incarnation| is_left_behind(&name(3), &incarnations, &event(incarnation, 7)));
    assert_eq!(left, [false, true, false, false]);
    let other = LogName {
        log: "0b".into(),
        ..name(3)
    };
    assert!(
        !is_left_behind(&other, &incarnations, &event(2, 7)),
        "another log's"
    );
}

#[test]
fn a_folder_that_was_not_used_last_is_refused() {
    let expected = Disagreement::Incarnation { theirs: 3, ours: 2 };
    assert_eq!(
        expected.to_string(),
        "the event stream was last written in incarnation 3 of this log, and this folder is in incarnation 2; \
         start the engine on the folder that was used last, or restore a backup with \
         `plansync restore --incarnation 4`"
    );
    check_incarnation(&own_of(&[(2, 6)], 9), event(3, 7), Err(expected));
}

#[test]
fn a_log_that_is_shorter_than_its_stream_is_refused() {
    let shorter = |published, incarnation| Disagreement::LogIsShorter {
        published: Position::new(published),
        incarnation,
        tip: Position::new(9),
    };
    check_incarnation(&own(9), event(1, 10), Err(shorter(10, 1)));
    check_incarnation(&own_of(&[(2, 6)], 9), event(2, 12), Err(shorter(12, 2)));
    let ahead = resume(
        &own(9),
        &found(5, Some(7)),
        Some(&cursor(5, 11)),
        NewStream::Everything,
    );
    assert_eq!(ahead, Err(shorter(11, 1)));
}

#[test]
fn another_chain_is_refused_in_whatever_incarnation() {
    for (own, last) in [
        (own(9), event(1, 7)),
        (own_of(&[(2, 6)], 9), event(1, 5)),
        (own_of(&[(2, 6)], 9), event(2, 8)),
    ] {
        let expected = Disagreement::Chain {
            position: last.position,
            published: "c".to_owned(),
            ours: "d".to_owned(),
        };
        let changed = Own {
            chain: Some("d".to_owned()),
            ..own
        };
        check_incarnation(&changed, last, Err(expected));
    }
}

#[test]
fn another_log_is_refused() {
    let own = Own {
        name: LogName {
            log: "0b".into(),
            ..name(1)
        },
        ..own(9)
    };
    let expected = Disagreement::OtherLog {
        theirs: "0a".to_owned(),
        ours: "0b".to_owned(),
    };
    check_incarnation(&own, event(1, 7), Err(expected));
}

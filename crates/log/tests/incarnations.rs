//! Which incarnation made what, and the frozen bytes of incarnations.

#![allow(clippy::unwrap_used)]

use plansync_log::bytes::Cursor;
use plansync_log::{
    Chain, INCARNATIONS_MAX, Incarnation, IncarnationError, Incarnations, LogId, Position,
    Recorded, Tip,
};
use uuid::Uuid;

fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10))
}

fn tip(position: u64) -> Tip {
    Tip {
        log: log(),
        incarnation: Incarnation::FIRST,
        position: Position::new(position),
        chain: Chain::new([7; 32]),
        at: Recorded::ZERO,
    }
}

/// Begun at 100 and again, as incarnation 5, at 50.
fn three() -> Incarnations {
    let mut incarnations = Incarnations::first(log());
    incarnations.begin(Incarnation::new(2), &tip(100)).unwrap();
    incarnations.begin(Incarnation::new(5), &tip(50)).unwrap();
    incarnations
}

#[test]
fn a_commit_is_of_the_incarnation_that_made_it() {
    let mut incarnations = Incarnations::first(log());
    incarnations.begin(Incarnation::new(2), &tip(100)).unwrap();
    let of = |incarnations: &Incarnations, position| incarnations.of(Position::new(position)).get();
    assert_eq!(
        [1, 99, 100, 101, 900].map(|at| of(&incarnations, at)),
        [1, 1, 1, 2, 2]
    );
    assert_eq!(
        [1, 50, 51, 100, 101].map(|at| of(&three(), at)),
        [1, 1, 5, 5, 5]
    );
    assert_eq!(of(&three(), 0), 1);
}

#[test]
fn an_incarnation_ends_where_a_later_one_begins() {
    let end_of = |number| three().end_of(Incarnation::new(number));
    let at_50 = Some(Some(Position::new(50)));
    assert_eq!(
        [1, 2, 3, 5, 6].map(end_of),
        [at_50, at_50, None, Some(None), None]
    );
}

#[test]
fn an_incarnation_has_a_number_of_its_own() {
    let mut incarnations = three();
    for number in [0, 1, 4, 5] {
        let refused = incarnations.begin(Incarnation::new(number), &tip(50));
        let current = Incarnation::new(5);
        assert_eq!(refused, Err(IncarnationError::NotLater { current }));
    }
    assert_eq!(incarnations, three());
}

#[test]
fn there_are_so_many_incarnations_and_no_more() {
    let mut incarnations = Incarnations::first(log());
    for number in 2..=u32::try_from(INCARNATIONS_MAX).unwrap() {
        incarnations
            .begin(Incarnation::new(number), &tip(1))
            .unwrap();
    }
    let whole = incarnations.clone();
    let refused = incarnations.begin(Incarnation::new(5_000), &tip(1));
    assert_eq!(refused, Err(IncarnationError::TooMany));
    assert_eq!(incarnations, whole);
    let mut bytes = Vec::new();
    incarnations.encode(&mut bytes);
    assert_eq!(
        Incarnations::decode(log(), &mut Cursor::new(&bytes)),
        Some(whole)
    );
}

#[test]
fn golden_bytes_are_decoded_and_encoded_again() {
    let golden = include_str!("golden/format-1-lives.hex");
    let golden: Vec<u8> = (0..golden.trim().len() / 2)
        .map(|index| u8::from_str_radix(&golden[2 * index..2 * index + 2], 16).unwrap())
        .collect();
    let mut bytes = Vec::new();
    three().encode(&mut bytes);
    assert_eq!(bytes, golden);
    let read = Incarnations::decode(log(), &mut Cursor::new(&golden));
    assert_eq!(read, Some(three()));
}

#[test]
fn other_bytes_are_no_incarnations() {
    let mut bytes = Vec::new();
    three().encode(&mut bytes);
    for end in 0..bytes.len() {
        assert_eq!(
            Incarnations::decode(log(), &mut Cursor::new(&bytes[..end])),
            None
        );
    }
    let other = LogId::new(Uuid::from_u128(9));
    assert_eq!(Incarnations::decode(other, &mut Cursor::new(&bytes)), None);
    let mut too_many = bytes.clone();
    too_many[..4].copy_from_slice(&1_001_u32.to_be_bytes());
    assert_eq!(
        Incarnations::decode(log(), &mut Cursor::new(&too_many)),
        None
    );
    let mut falls = bytes;
    falls[4 + 2 * 44 + 3] = 2;
    assert_eq!(Incarnations::decode(log(), &mut Cursor::new(&falls)), None);
}

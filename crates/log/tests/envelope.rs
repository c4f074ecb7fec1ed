//! Golden bytes of every released envelope, decoded and encoded again, and the properties of the
//! encoding. The files in `golden/` are frozen: a changed layout is a new format with a new file.

#![allow(clippy::unwrap_used)]

use plansync_log::{
    COMMIT_BYTES_MAX, Cause, Chain, CommandKey, CommandScope, Commit, DecodeError, Fingerprint,
    Incarnation, LogId, Position, Proposal, Recorded, Recording, Sequenced, StreamId, StreamKey,
    StreamKind, Tip, TooLarge, Version, sequence,
};
use proptest::prelude::*;
use uuid::Uuid;

fn log() -> LogId {
    LogId::new(Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10))
}

fn plan_changed() -> Proposal {
    Proposal {
        stream: StreamId::new(
            "acme",
            StreamKind::Plan,
            StreamKey::Uuid(Uuid::from_u128(0xabcd)),
        ),
        version: Version::new(3),
        actor: "ada".into(),
        command: CommandKey {
            scope: CommandScope::Client,
            id: Uuid::from_u128(0x1111),
        },
        fingerprint: Fingerprint::of(b"what was asked"),
        cause: Cause {
            correlation: Uuid::from_u128(0x1111),
            trace: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        },
        judged_at: Position::new(40),
        events: vec![
            Recording {
                kind: 1,
                body: vec![0x81, 0xa1, b'a', 0x01],
            },
            Recording {
                kind: 0x0203,
                body: vec![],
            },
        ],
    }
}

fn administrator_put() -> Proposal {
    Proposal {
        stream: StreamId::new(
            "acme",
            StreamKind::Administrator,
            StreamKey::Name("zoë".into()),
        ),
        version: Version::FIRST,
        actor: "system".into(),
        command: CommandKey {
            scope: CommandScope::Engine,
            id: Uuid::from_u128(0x2222),
        },
        fingerprint: Fingerprint::of(b""),
        cause: Cause {
            correlation: Uuid::from_u128(0x1111),
            trace: None,
        },
        judged_at: Position::new(41),
        events: vec![],
    }
}

fn two_commits() -> [Sequenced; 2] {
    let tip = Tip::empty(log(), Incarnation::FIRST);
    let (first, tip) =
        sequence(&tip, Recorded::new(1_700_000_000_000_000), &plan_changed()).unwrap();
    let earlier = Recorded::new(1_600_000_000_000_000);
    let (second, _) = sequence(&tip, earlier, &administrator_put()).unwrap();
    [first, second]
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

#[test]
fn golden_bytes_of_format_1_are_decoded_and_encoded_again() {
    let files = [
        include_str!("golden/format-1-plan.hex"),
        include_str!("golden/format-1-named.hex"),
    ];
    let proposals = [plan_changed(), administrator_put()];
    for ((file, commit), proposal) in files.into_iter().zip(two_commits()).zip(proposals) {
        assert_eq!(commit.stored(), from_hex(file));
        let read = Sequenced::from_stored(from_hex(file).into()).unwrap();
        let expected = Commit {
            position: commit.position(),
            at: Recorded::new(1_700_000_000_000_000),
            chain: commit.chain(),
            proposal,
        };
        assert_eq!(read.decode().unwrap(), expected);
    }
}

#[test]
fn the_chain_begins_with_the_log_and_covers_every_byte() {
    let [first, second] = two_commits();
    let empty = Tip::empty(log(), Incarnation::FIRST);
    assert_eq!(
        first.chain(),
        Chain::before_first(log()).link(Position::FIRST, first.at(), first.body())
    );
    assert!(empty.precedes(&first));
    assert!(empty.after(&first).precedes(&second));
    for index in 0..second.stored().len() {
        let mut stored = second.stored().to_vec();
        stored[index] ^= 1;
        let changed = Sequenced::from_stored(stored.into()).unwrap();
        assert!(
            !empty.after(&first).precedes(&changed),
            "byte {index} is not covered"
        );
    }
}

#[test]
fn skimming_finds_stream_and_command() {
    let [first, second] = two_commits();
    assert_eq!(first.skim().unwrap().stream(), plan_changed().stream);
    assert_eq!(first.skim().unwrap().command, plan_changed().command);
    assert_eq!(first.skim().unwrap().version, Version::new(3));
    assert!(second.skim().unwrap().is_on(&administrator_put().stream));
    assert!(!second.skim().unwrap().is_on(&plan_changed().stream));
}

#[test]
fn time_does_not_run_backwards() {
    let [first, second] = two_commits();
    assert_eq!(
        (first.at(), second.at()),
        (Recorded::new(1_700_000_000_000_000), first.at())
    );
}

#[test]
fn what_is_too_large_says_so() {
    let tip = Tip::empty(log(), Incarnation::FIRST);
    let mut proposal = plan_changed();
    proposal.events = vec![Recording {
        kind: 1,
        body: vec![0; COMMIT_BYTES_MAX],
    }];
    assert_eq!(
        sequence(&tip, Recorded::ZERO, &proposal)
            .unwrap_err()
            .to_string(),
        "the commit has 524511 bytes, but the limit is 524288; nothing was changed: send a smaller command"
    );
    let mut proposal = plan_changed();
    proposal.actor = "a".repeat(256).into();
    assert_eq!(
        sequence(&tip, Recorded::ZERO, &proposal).unwrap_err(),
        TooLarge::Field {
            field: "actor",
            bytes: 256,
            bytes_max: 255
        }
    );
}

#[test]
fn a_later_format_is_not_guessed_at() {
    let [first, _] = two_commits();
    let mut stored = first.stored().to_vec();
    stored[48] = 2;
    let later = Sequenced::from_stored(stored.into()).unwrap();
    assert_eq!(later.decode().unwrap_err(), DecodeError::Format(2));
    assert_eq!(later.skim().unwrap_err(), DecodeError::Format(2));
}

#[test]
fn a_body_cut_anywhere_is_damaged_and_never_read_short() {
    let [first, _] = two_commits();
    for end in 48..first.stored().len() {
        let cut = Sequenced::from_stored(first.stored()[..end].into()).unwrap();
        match cut.decode() {
            Err(DecodeError::Damaged(_)) => {}
            other => panic!("cut at {end}: {other:?}"),
        }
    }
}

prop_compose! {
    fn any_proposal()(
        tenant in ".{0,20}", kind in 0..9_usize, key in any::<Option<u128>>(), name in ".{0,20}",
        numbers in any::<[u64; 2]>(), scope in 0..3_usize, ids in any::<[u128; 2]>(),
        fingerprint in any::<[u8; 32]>(), trace in proptest::option::of("[0-9a-f-]{1,55}"),
        actor in ".{0,20}",
        events in proptest::collection::vec((any::<u16>(), any::<Vec<u8>>()), 0..5),
    ) -> Proposal {
        let key = key.map_or(StreamKey::Name(name.into()), |id| StreamKey::Uuid(Uuid::from_u128(id)));
        Proposal {
            stream: StreamId::new(tenant, StreamKind::ALL[kind], key),
            version: Version::new(numbers[0]),
            actor: actor.into(),
            command: CommandKey { scope: CommandScope::ALL[scope], id: Uuid::from_u128(ids[0]) },
            fingerprint: Fingerprint::new(fingerprint),
            cause: Cause { correlation: Uuid::from_u128(ids[1]), trace: trace.map(Into::into) },
            judged_at: Position::new(numbers[1]),
            events: events.into_iter().map(|(kind, body)| Recording { kind, body }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(proposal in any_proposal()) {
        let tip = Tip::empty(log(), Incarnation::FIRST);
        let (commit, _) = sequence(&tip, Recorded::ZERO, &proposal).unwrap();
        let read = Sequenced::from_stored(commit.stored().into()).unwrap();
        prop_assert_eq!(read.skim().unwrap().stream(), proposal.stream.clone());
        prop_assert_eq!(read.decode().unwrap().proposal, proposal);
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in any::<Vec<u8>>()) {
        let stored = [vec![0; 48], vec![1], bytes].concat();
        let commit = Sequenced::from_stored(stored.into()).unwrap();
        let _ = (commit.skim(), commit.decode());
    }
}
